/** In: what the schema of a policy finds wrong. Out: the failure that a person reads, with a value that would be right. */
import type { z } from 'zod';
import { failure, type Failure } from './errors.ts';
import { messageOf, reason, type Reason } from './reasons.ts';
import { baseOnlyFields, settableFields } from './policy-values.ts';

/** What is wrong, for the faults that a schema itself finds; the message carries a reason. */
export function problemOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return messageOf(issue.input === undefined ? 'missing' : (EXPECTED[issue.expected] ?? 'other-kind'));
    case 'invalid_value':
      return messageOf('one-of', {
        values: issue.values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', '),
      });
    case 'too_small':
      if (issue.origin === 'string') return messageOf('empty-text');
      return messageOf('at-least', { least: String(issue.minimum) });
    case 'too_big':
      if (issue.origin === 'string') return messageOf('most-characters', { most: String(issue.maximum) });
      if (issue.origin === 'array') return messageOf('most-entries', { most: String(issue.maximum) });
      return messageOf('at-most', { most: String(issue.maximum) });
    case 'unrecognized_keys':
      return messageOf(issue.keys.some((key) => Object.hasOwn(baseOnlyFields, key)) ? 'base-only' : 'no-such-field');
    default:
      return messageOf('wrong-shape');
  }
}

type OfKind = 'not-text' | 'not-number' | 'not-whole' | 'not-boolean' | 'not-list' | 'not-object';

const EXPECTED: Readonly<Record<string, OfKind>> = {
  string: 'not-text',
  number: 'not-number',
  int: 'not-whole',
  boolean: 'not-boolean',
  array: 'not-list',
  object: 'not-object',
};

/** A good value of each field, as JSON. */
const GOOD: Readonly<Record<string, string | Reason>> = {
  storageClass: '"STANDARD_IA"',
  encryption: '{ "mode": "AES256" }',
  'encryption.mode': '"aws:kms"',
  'encryption.keyId': reason('good-value-with-mode', {
    value: '"arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"',
    mode: '"aws:kms"',
  }),
  'encryption.context': reason('good-value-with-mode', { value: '{ "team": "blue" }', mode: '"aws:kms"' }),
  'encryption.bucketKey': reason('good-value-with-mode', { value: 'true', mode: '"aws:kms"' }),
  'encryption.keyFile': reason('good-value-with-mode', { value: '"/home/me/customer.key"', mode: '"customer"' }),
  'encryption.keyRef': reason('good-value-with-mode', { value: '"photos"', mode: '"customer"' }),
  acl: '"private"',
  grants: reason('good-value-without', {
    value: '{ "read": ["id=79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"] }',
    field: 'acl',
  }),
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
  'lock.retainDays': reason('good-value-with-mode', { value: '30', mode: '"GOVERNANCE"' }),
  'lock.retainUntil': reason('good-value-without', { value: '"2040-01-31T12:00:00Z"', field: 'retainDays' }),
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
export function malformed(path: readonly PropertyKey[], problem: string | Reason, isUnknownField = false): Failure {
  const field = path.length === 0 ? reason('whole-policy') : path.map(String).join('.');
  const place = placeInBase(path.map(String));
  const good = isUnknownField
    ? reason('fields-there', { fields: fieldsBeside(place, path[0] === 'rules').join(', ') })
    : goodValueOf(place);
  return failure('policy-malformed', { field, problem, good });
}

/** A field of a rule is described as the same field of the base; rules themselves go by `rules`, without a number. */
function placeInBase(path: readonly string[]): readonly string[] {
  if (path[0] !== 'rules' || path.length < 2) return path;
  return path[2] === 'set' && path.length > 3 ? path.slice(3) : ['rules', ...path.slice(2)];
}

/** Of the field itself, else of the nearest one that holds it. */
function goodValueOf(place: readonly string[]): Reason {
  for (let depth = place.length; depth > 0; depth -= 1) {
    const good = GOOD[place.slice(0, depth).join('.')];
    if (good !== undefined) return typeof good === 'string' ? reason('good-value', { value: good }) : good;
  }
  return reason('good-value', { value: '{ "storageClass": "STANDARD_IA" }' });
}

function fieldsBeside(place: readonly string[], isInRule: boolean): readonly string[] {
  const holder = place.slice(0, -1).join('.');
  if (holder === '')
    return [...Object.keys(settableFields), ...(isInRule ? [] : [...Object.keys(baseOnlyFields), 'rules'])];
  const prefix = `${holder}.`;
  return Object.keys(GOOD).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}
