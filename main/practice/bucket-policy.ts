/**
 * A bucket's policy and its block of public access: set, told and removed, and whether the policy is public.
 *
 * A policy is kept and never evaluated: every request is signed with the server's one key, which may do everything.
 */
import { bucketOf, type Call, emptyReply, type Reply, xmlReply } from './call.ts';
import { changeSettings } from './change-settings.ts';
import { readDocument } from './document.ts';
import { Refusal } from './refusal.ts';
import type { PublicAccessBlock } from './settings-model.ts';
import { childText, expectOnly, parseBoolean, parseXml } from './xml.ts';

/** Most bytes of a policy. */
const MAX_POLICY = 20 * 1024;

function malformed(message: string): Refusal {
  return new Refusal('MalformedPolicy', message);
}

type Fields = ReadonlyMap<string, unknown>;

function fieldsOf(value: unknown): Fields | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? new Map<string, unknown>(Object.entries(value)) : undefined;
}

/** One value or several, as the language of policies lets both stand. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function statementsOf(policy: string): readonly Fields[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(policy);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  const document = fieldsOf(parsed);
  const statements = listOf(document?.get('Statement')).map(fieldsOf);
  const found = statements.filter((statement) => statement !== undefined);
  if (found.length === 0 || found.length < statements.length) throw malformed('Missing required field Statement');
  return found;
}

function checkPolicy(policy: string, bucketName: string): readonly Fields[] {
  const statements = statementsOf(policy);
  for (const statement of statements) {
    const effect = statement.get('Effect');
    if (effect !== 'Allow' && effect !== 'Deny') throw malformed('Invalid effect');
    for (const name of ['Principal', 'Action', 'Resource']) {
      if (statement.has(name) === statement.has(`Not${name}`)) throw malformed(`Missing required field ${name}`);
    }
    const arn = `arn:aws:s3:::${bucketName}`;
    const resources = listOf(statement.get('Resource') ?? statement.get('NotResource'));
    const isOurs = (one: unknown): boolean => typeof one === 'string' && (one === arn || one.startsWith(`${arn}/`));
    if (!resources.every(isOurs)) throw malformed('Policy has invalid resource');
  }
  return statements;
}

/** Whether a statement lets everyone in. Its conditions are not weighed: the answer is rather yes than no. */
function isPublic(statement: Fields): boolean {
  if (statement.get('Effect') !== 'Allow') return false;
  const principal = statement.get('Principal');
  return principal === '*' || listOf(fieldsOf(principal)?.get('AWS')).includes('*');
}

export async function putBucketPolicy(call: Call): Promise<Reply> {
  bucketOf(call);
  const policy = await readDocument(call, MAX_POLICY);
  const statements = checkPolicy(policy, call.bucketName);
  await changeSettings(call, (settings) => {
    if (settings.publicAccess?.BlockPublicPolicy === true && statements.some(isPublic)) {
      throw new Refusal('AccessDenied', 'Access Denied');
    }
    return { ...settings, policy };
  });
  return emptyReply(204);
}

function policyOf(call: Call): string {
  const { policy } = bucketOf(call).settings;
  if (policy !== undefined) return policy;
  throw new Refusal('NoSuchBucketPolicy', 'The bucket policy does not exist', {
    details: { BucketName: call.bucketName },
  });
}

export function getBucketPolicy(call: Call): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: policyOf(call) };
}

export function getBucketPolicyStatus(call: Call): Reply {
  return xmlReply('PolicyStatus', [['IsPublic', statementsOf(policyOf(call)).some(isPublic)]]);
}

export async function deleteBucketPolicy(call: Call): Promise<Reply> {
  await changeSettings(call, (settings) => ({ ...settings, policy: undefined }));
  return emptyReply(204);
}

const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

export async function putPublicAccessBlock(call: Call): Promise<Reply> {
  bucketOf(call);
  const document = parseXml(await readDocument(call), 'PublicAccessBlockConfiguration');
  expectOnly(document, BLOCKS);
  const isOn = (name: keyof PublicAccessBlock): boolean => parseBoolean(childText(document, name) ?? 'false');
  const publicAccess: PublicAccessBlock = {
    BlockPublicAcls: isOn('BlockPublicAcls'),
    IgnorePublicAcls: isOn('IgnorePublicAcls'),
    BlockPublicPolicy: isOn('BlockPublicPolicy'),
    RestrictPublicBuckets: isOn('RestrictPublicBuckets'),
  };
  await changeSettings(call, (settings) => ({ ...settings, publicAccess }));
  return emptyReply(200);
}

export function getPublicAccessBlock(call: Call): Reply {
  const { publicAccess } = bucketOf(call).settings;
  if (publicAccess === undefined) {
    throw new Refusal('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found');
  }
  return xmlReply(
    'PublicAccessBlockConfiguration',
    BLOCKS.map((name) => [name, publicAccess[name]] as const),
  );
}

export async function deletePublicAccessBlock(call: Call): Promise<Reply> {
  await changeSettings(call, (settings) => ({ ...settings, publicAccess: undefined }));
  return emptyReply(204);
}
