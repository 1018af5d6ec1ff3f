/** In: what the schema of a policy finds wrong. Out: the failure that a person reads, with a value that would be right. */
import type { z } from 'zod';
import { failure, type Failure } from './errors.ts';
import { baseOnlyFields, settableFields } from './policy-values.ts';

/** What is wrong, in words that go on after a field's name, for the faults that the schema itself finds. */
export function problemOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'it is missing'
        : `it must be ${EXPECTED[issue.expected] ?? 'of another kind'}`;
    case 'invalid_value':
      return `it must be one of ${issue.values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'it must not be empty' : `it must be at least ${String(issue.minimum)}`;
    case 'too_big':
      if (issue.origin === 'string') return `it must have at most ${String(issue.maximum)} characters`;
      if (issue.origin === 'array') return `it must have at most ${String(issue.maximum)} entries`;
      return `it must be at most ${String(issue.maximum)}`;
    case 'unrecognized_keys':
      return issue.keys.some((key) => Object.hasOwn(baseOnlyFields, key))
        ? 'it counts for the whole folder, so it may stand only in the base, not in a rule'
        : 'there is no such field';
    default:
      return 'it has the wrong shape';
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** A good value of each field, as JSON. */
const GOOD: Readonly<Record<string, string>> = {
  storageClass: '"STANDARD_IA"',
  encryption: '{ "mode": "AES256" }',
  'encryption.mode': '"aws:kms"',
  'encryption.keyId':
    '"arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", with the mode "aws:kms"',
  'encryption.context': '{ "team": "blue" }, with the mode "aws:kms"',
  'encryption.bucketKey': 'true, with the mode "aws:kms"',
  'encryption.keyFile': '"/home/me/customer.key", with the mode "customer"',
  'encryption.keyRef': '"photos", with the mode "customer"',
  acl: '"private"',
  grants: '{ "read": ["id=79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"] }, without acl',
  'grants.fullControl': '["id=79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"]',
  'grants.read': '["id=79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"]',
  'grants.readAcp': '["id=79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"]',
  'grants.writeAcp': '["id=79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"]',
  tags: '{ "project": "cairn" }',
  metadata: '{ "origin": "laptop" }',
  cacheControl: '"max-age=60"',
  contentDisposition: '"inline"',
  contentEncoding: '"identity"',
  contentLanguage: '"en"',
  contentType: '"auto"',
  expires: '{ "inDays": 30 }',
  'expires.inDays': '30',
  'expires.at': '"2040-01-31T12:00:00Z"',
  redirect: '"/elsewhere.html"',
  checksum: '"CRC32"',
  contentMd5: '"auto"',
  lock: '{ "mode": "GOVERNANCE", "retainDays": 30 }',
  'lock.mode': '"GOVERNANCE"',
  'lock.retainDays': '30, with the mode "GOVERNANCE"',
  'lock.retainUntil': '"2040-01-31T12:00:00Z", without retainDays',
  'lock.legalHold': 'true',
  requesterPays: 'false',
  expectedBucketOwner: '"123456789012"',
  guardOverwrites: 'false',
  rules: '[{ "match": ["*.mp4"], "set": { "storageClass": "GLACIER_IR" } }]',
  'rules.match': '["*.mp4", "raw/**"]',
  'rules.minSize': '1048576',
  'rules.maxSize': '1073741824',
  'rules.set': '{ "storageClass": "GLACIER_IR" }',
};

/** The failure of one field. An unknown field is answered with those that may stand beside it. */
export function malformed(path: readonly PropertyKey[], problem: string, isUnknownField = false): Failure {
  const field = path.length === 0 ? 'policy' : path.map(String).join('.');
  const place = placeInBase(path.map(String));
  const good = isUnknownField
    ? `Fields that can stand there: ${fieldsBeside(place, path[0] === 'rules').join(', ')}.`
    : `A good value: ${goodValueOf(place)}.`;
  return failure('policy-malformed', { field, problem, good });
}

/** A field of a rule is described as the same field of the base; rules themselves go by `rules`, without a number. */
function placeInBase(path: readonly string[]): readonly string[] {
  if (path[0] !== 'rules' || path.length < 2) return path;
  return path[2] === 'set' && path.length > 3 ? path.slice(3) : ['rules', ...path.slice(2)];
}

/** Of the field itself, else of the nearest one that holds it. */
function goodValueOf(place: readonly string[]): string {
  for (let depth = place.length; depth > 0; depth -= 1) {
    const good = GOOD[place.slice(0, depth).join('.')];
    if (good !== undefined) return good;
  }
  return '{ "storageClass": "STANDARD_IA" }';
}

function fieldsBeside(place: readonly string[], isInRule: boolean): readonly string[] {
  const holder = place.slice(0, -1).join('.');
  if (holder === '')
    return [...Object.keys(settableFields), ...(isInRule ? [] : [...Object.keys(baseOnlyFields), 'rules'])];
  const prefix = `${holder}.`;
  return Object.keys(GOOD).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}
