/** What a new policy changes about an object that is there. In: the fields before and now. Out: how to bring it about. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { PolicyFields } from '../contract/policy.ts';
import { checksumOf } from './request.ts';

/** What can be changed on a version where it lies. */
export type InPlace = 'tags' | 'acl' | 'retention' | 'legal-hold';

export interface PolicyChanges {
  /** By a copy of the version over itself, which makes a new version with all that the policy asks for. */
  readonly copy: boolean;
  /** Where no copy is needed: these, on the version itself. */
  readonly inPlace: readonly InPlace[];
  /** The new policy would hold the object less tightly: that is never done by itself. */
  readonly loosens: boolean;
}

/** Fields that only a new version can have otherwise. */
const BY_COPY = [
  'storageClass',
  'encryption',
  'metadata',
  'cacheControl',
  'contentDisposition',
  'contentEncoding',
  'contentLanguage',
  'contentType',
  'expires',
  'redirect',
  'checksum',
] as const satisfies readonly (keyof PolicyFields)[];

/** @param at from when days of retention count. */
export function policyChanges(before: PolicyFields, now: PolicyFields, at: Date): PolicyChanges {
  const differs = (name: keyof PolicyFields): boolean => !isDeepStrictEqual(meant(name, before), meant(name, now));
  const inPlace: InPlace[] = [];
  if (differs('tags')) inPlace.push('tags');
  if (differs('acl') || differs('grants')) inPlace.push('acl');
  const lock = lockChange(before.lock, now.lock, at);
  if (lock.retention) inPlace.push('retention');
  if (lock.legalHold) inPlace.push('legal-hold');
  return { copy: BY_COPY.some(differs), inPlace, loosens: lock.loosens };
}

/** What a field asks for: written out as it would be without a word, or empty, it asks for nothing. */
function meant(name: keyof PolicyFields, fields: PolicyFields): unknown {
  switch (name) {
    case 'contentType':
      return fields.contentType ?? 'auto';
    case 'checksum':
      return checksumOf(fields);
    case 'grants':
      return Object.entries(fields.grants ?? {})
        .filter(([, grantees]) => (grantees ?? []).length > 0)
        .sort();
    case 'tags':
    case 'metadata':
      return fields[name] ?? {};
    default:
      return fields[name];
  }
}

type Lock = PolicyFields['lock'];

function lockChange(
  before: Lock,
  now: Lock,
  at: Date,
): { readonly retention: boolean; readonly legalHold: boolean; readonly loosens: boolean } {
  const tightness = { before: retentionOf(before, at), now: retentionOf(now, at) };
  const isLooser =
    tightness.now.strictness < tightness.before.strictness || tightness.now.until < tightness.before.until;
  const isTighter =
    !isLooser &&
    (tightness.now.strictness > tightness.before.strictness || tightness.now.until > tightness.before.until);
  const holds = { before: before?.legalHold === true, now: now?.legalHold === true };
  return {
    retention: isTighter,
    legalHold: holds.now && !holds.before,
    loosens: isLooser || (holds.before && !holds.now),
  };
}

/** Days and dates are held against one another as from one moment, which cancels out. */
function retentionOf(lock: Lock, at: Date): { readonly strictness: number; readonly until: number } {
  if (lock?.mode === undefined) return { strictness: 0, until: 0 };
  const strictness = lock.mode === 'COMPLIANCE' ? 2 : 1;
  const until =
    lock.retainUntil === undefined ? (lock.retainDays ?? 0) * 86_400_000 : Date.parse(lock.retainUntil) - at.getTime();
  return { strictness, until: Math.max(0, until) };
}
