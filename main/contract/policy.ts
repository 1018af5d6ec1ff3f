/**
 * A folder's policy: what S3 is asked to do with each of its files.
 * In: JSON that a person wrote. Out: a `Policy` whose every field S3 can take, or a failure that names the field and a good value.
 */
import { z } from 'zod';
import type { Failure } from './errors.ts';
import { placeOfJsonFault, placeOfValue, type Place } from './json-place.ts';
import { METADATA_LIMIT, METADATA_RESERVED, metadataBytes, TAGS_LIMIT } from './policy-limits.ts';
import { baseOnlyFields, settableFields } from './policy-values.ts';
import { malformed, problemOf } from './policy-words.ts';
import { messageOf, reason, reasonOfMessage, type Reason } from './reasons.ts';
import { failed, success, type Result } from './result.ts';

export {
  CANNED_ACLS,
  CHECKSUM_ALGORITHMS,
  ENCRYPTION_MODES,
  METADATA_LIMIT,
  METADATA_RESERVED,
  metadataBytes,
  OWN_METADATA,
  STORAGE_CLASSES,
  TAGS_LIMIT,
} from './policy-limits.ts';

/** How long the text of a policy may be: far more than a person writes, and little to parse. */
const TEXT_LIMIT = 1024 * 1024;

const USER_METADATA_LIMIT = METADATA_LIMIT - METADATA_RESERVED;

interface Together {
  readonly acl?: unknown;
  readonly grants?: unknown;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}
type Issues = z.RefinementCtx;

/** What fields may not be together, in the base and in a rule alike. */
function checkTogether(value: Together, issues: Issues): void {
  if (value.acl !== undefined && value.grants !== undefined) complain(issues, ['grants'], messageOf('excludes-acl'));
  checkSizes({}, value, issues, []);
}

/** Whether tags and metadata of `over`, laid over those of `under`, stay within S3's limits. */
function checkSizes(under: Together, over: Together, issues: Issues, path: readonly (string | number)[]): void {
  const isAlone = path.length === 0;
  const tags = Object.keys({ ...under.tags, ...over.tags }).length;
  if (over.tags !== undefined && tags > TAGS_LIMIT) {
    const code = isAlone ? 'too-many-tags' : 'too-many-tags-together';
    complain(issues, [...path, 'tags'], messageOf(code, { tags, most: TAGS_LIMIT }));
  }
  const bytes = metadataBytes({ ...under.metadata, ...over.metadata });
  if (over.metadata !== undefined && bytes > USER_METADATA_LIMIT) {
    const facts = { bytes, free: USER_METADATA_LIMIT, most: METADATA_LIMIT, own: METADATA_RESERVED };
    const code = isAlone ? 'too-much-metadata' : 'too-much-metadata-together';
    complain(issues, [...path, 'metadata'], messageOf(code, facts));
  }
}

function complain(issues: Issues, path: readonly (string | number)[], message: string): void {
  issues.addIssue({ code: 'custom', path: [...path], message });
}

const size = z.number().int().min(0);
const pattern = z
  .string()
  .min(1)
  .max(1024)
  .refine((text) => !text.startsWith('!'), messageOf('negated-pattern'))
  .refine((text) => text.replace(/^\//, '') !== '' && !text.includes('\0'), messageOf('matches-nothing'))
  .refine((text) => !text.split('/').some((part) => part === '.' || part === '..'), messageOf('dots-in-pattern'));

const setSchema = z.strictObject(settableFields).superRefine(checkTogether);

const ruleSchema = z
  .strictObject({
    match: z.array(pattern).min(1, messageOf('no-pattern')).optional(),
    minSize: size.optional(),
    maxSize: size.optional(),
    set: setSchema,
  })
  .refine((rule) => rule.minSize === undefined || rule.maxSize === undefined || rule.minSize <= rule.maxSize, {
    path: ['maxSize'],
    message: messageOf('largest-below-least'),
  });

/** The whole of a policy; unknown fields are refused. */
export const policySchema = z
  .strictObject({ ...settableFields, ...baseOnlyFields, rules: z.array(ruleSchema).max(1000).optional() })
  .superRefine((policy, issues) => {
    checkTogether(policy, issues);
    // More rules may match one file at once; that is only known file by file, so it is checked again at the upload.
    for (const [index, rule] of (policy.rules ?? []).entries()) {
      checkSizes(policy, rule.set, issues, ['rules', index, 'set']);
    }
  });

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

export type Policy = DeepReadonly<z.output<typeof policySchema>>;
/** Without `match`, `minSize` and `maxSize` (bytes, both inclusive) a rule matches every file. */
export type PolicyRule = DeepReadonly<z.output<typeof ruleSchema>>;
/** Every field that says something about an upload; a policy without its rules. */
export type PolicyFields = Omit<Policy, 'rules'>;
export type ChecksumAlgorithm = NonNullable<PolicyFields['checksum']>;

/** Asks nothing: the bucket's own defaults hold. */
export const EMPTY_POLICY: Policy = {};

/**
 * Takes a policy of any origin.
 * @param now where given, a `lock.retainUntil` that is not in the future is refused as well. Leave it out for a policy
 *   that was taken before: its date may have passed since.
 */
export function parsePolicy(value: unknown, now?: Date): Result<Policy> {
  const { policy, faults } = checkPolicy(value, now);
  return policy === null ? failed(faults[0]?.failure ?? malformed([], reason('wrong-shape'))) : success(policy);
}

/** One thing that is wrong with a policy, and the field that it is wrong with; empty: the whole. */
export interface FieldFault {
  readonly path: readonly (string | number)[];
  readonly failure: Failure;
}

/** Like `parsePolicy`, with all that is wrong at once; the policy is null where anything is. */
export function checkPolicy(
  value: unknown,
  now?: Date,
): { readonly policy: Policy | null; readonly faults: readonly FieldFault[] } {
  const parsed = policySchema.safeParse(value, { error: problemOf });
  if (!parsed.success) return { policy: null, faults: parsed.error.issues.flatMap(faultsOf) };
  const late = now === undefined ? null : retentionNotAfter(parsed.data, now);
  if (late === null) return { policy: parsed.data, faults: [] };
  return { policy: null, faults: [faultAt(late, reason('later-than-now'))] };
}

function faultsOf(issue: z.core.$ZodIssue): FieldFault[] {
  if (issue.code !== 'unrecognized_keys') return [faultAt(issue.path, reasonOfMessage(issue.message))];
  return issue.keys.map((key) => faultAt([...issue.path, key], reasonOfMessage(issue.message), true));
}

function faultAt(path: readonly PropertyKey[], problem: string | Reason, isUnknownField = false): FieldFault {
  const plain = path.map((part) => (typeof part === 'number' ? part : String(part)));
  return { path: plain, failure: malformed(path, problem, isUnknownField) };
}

/** Like `parsePolicy`, from the text of a file; where that is no JSON, the failure names line and column. */
export function parsePolicyText(text: string, now?: Date): Result<Policy> {
  const { policy, faults } = checkPolicyText(text, now);
  return policy === null ? failed(faults[0]?.failure ?? malformed([], reason('wrong-shape'))) : success(policy);
}

/** A fault with its place in the text. */
export interface PolicyFault extends FieldFault {
  readonly place: Place | null;
}

/** All that is wrong with the text of a policy, each with line and column; the policy is null where anything is. */
export interface PolicyCheck {
  readonly policy: Policy | null;
  readonly faults: readonly PolicyFault[];
}

export function checkPolicyText(text: string, now?: Date): PolicyCheck {
  const whole = (problem: Reason, place: Place | null): PolicyCheck => ({
    policy: null,
    faults: [{ path: [], failure: malformed([], problem), place }],
  });
  if (text.length > TEXT_LIMIT) return whole(reason('text-too-long'), null);
  // Some editors put a byte order mark first, which JSON itself has no place for.
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    const place = placeOfJsonFault(json);
    return whole(place === null ? reason('no-json') : reason('no-json-at', { ...place }), place);
  }
  const { policy, faults } = checkPolicy(value, now);
  return { policy, faults: faults.map((fault) => ({ ...fault, place: placeOfValue(json, fault.path) })) };
}

function retentionNotAfter(policy: Policy, now: Date): PropertyKey[] | null {
  const isPast = (fields: Pick<PolicyFields, 'lock'>): boolean =>
    fields.lock?.retainUntil !== undefined && !(Date.parse(fields.lock.retainUntil) > now.getTime());
  if (isPast(policy)) return ['lock', 'retainUntil'];
  const rule = (policy.rules ?? []).findIndex((candidate) => isPast(candidate.set));
  return rule < 0 ? null : ['rules', rule, 'set', 'lock', 'retainUntil'];
}
