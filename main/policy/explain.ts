/** The exact request of one file, and what set each field. In: a policy and facts. Out: an explanation. Pure. */
import type { ObjectKey, RelPath } from '../contract/names.ts';
import type { PolicyExplanation } from '../contract/models.ts';
import type { Policy, PolicyFields } from '../contract/policy.ts';
import { success, type Result } from '../contract/result.ts';
import { awsCliCommand } from './aws-cli.ts';
import { checksumOf, createMultipartFields, putObjectFields } from './request.ts';
import { resolvePolicy } from './resolve.ts';

/** Stands for what only the upload itself can know. */
export const AT_UPLOAD = '<at upload>';

/** The file that the recovery copy of a key of the ring says how to make. */
const KEY_OF_RING = 'customer.key';

export interface ExplainFacts {
  readonly bucket: string;
  readonly key: ObjectKey;
  readonly path: RelPath;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly mode: number | null;
  readonly exactName: string | null;
  readonly now: Date;
  /** Larger files go as multipart uploads; bytes. */
  readonly onePart: number;
  /** The MD5 of the customer key, where one is asked for. */
  readonly customerKeyMd5: string | null;
  readonly sendsContentMd5: boolean;
}

export function explain(policy: Policy, facts: ExplainFacts): Result<PolicyExplanation> {
  const { fields, because } = resolvePolicy(policy, facts);
  const isPut = facts.size <= facts.onePart;
  const common = { ...facts, attemptId: AT_UPLOAD, sha256: isPut ? AT_UPLOAD : null };
  const made = isPut ? putObjectFields(fields, common) : createMultipartFields(fields, common);
  if (!made.ok) return made;
  const input: Record<string, unknown> = { ...made.value };
  if (facts.customerKeyMd5 !== null) input['SSECustomerKeyMD5'] = facts.customerKeyMd5;
  if (isPut) {
    input['ContentLength'] = facts.size;
    input[`Checksum${checksumOf(fields)}`] = AT_UPLOAD;
    if (facts.sendsContentMd5) input['ContentMD5'] = AT_UPLOAD;
  }
  return success({
    path: facts.path,
    size: facts.size,
    operation: isPut ? 'put' : 'multipart',
    input,
    because,
    awsCli: isPut
      ? awsCliCommand('put-object', forCli(input, fields), facts.path)
      : awsCliCommand('create-multipart-upload', forCli(input, fields), null),
  });
}

/** What only Cairn fills in at the upload is left out of a command that a person might run. */
function forCli(input: Readonly<Record<string, unknown>>, { encryption }: PolicyFields): Record<string, unknown> {
  const plain = Object.entries(input).filter(([, value]) => value !== AT_UPLOAD);
  // The AWS CLI reads the key from its file by itself, and computes its MD5.
  const at = plain.findIndex(([name]) => name === 'SSECustomerKeyMD5');
  if (at >= 0) plain.splice(at, 1, ['SSECustomerKey', `fileb://${encryption?.keyFile ?? KEY_OF_RING}`]);
  return Object.fromEntries(plain.map(([name, value]) => [name, name === 'Metadata' ? withoutUpload(value) : value]));
}

function withoutUpload(metadata: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(metadata as Record<string, unknown>).filter(([, value]) => value !== AT_UPLOAD),
  );
}
