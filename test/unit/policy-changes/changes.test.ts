import { describe, expect, test } from 'vitest';
import type { PolicyFields } from '../../../main/contract/policy.ts';
import { baseOnlyFields, settableFields } from '../../../main/contract/policy-values.ts';
import { policyChanges, type PolicyChanges } from '../../../main/policy/changes.ts';

const now = new Date('2030-01-01T00:00:00Z');
const NOTHING: PolicyChanges = { copy: false, inPlace: [], loosens: false };
const COPY: PolicyChanges = { ...NOTHING, copy: true };

function changes(before: PolicyFields, after: PolicyFields): PolicyChanges {
  return policyChanges(before, after, now);
}

/** How each field of a policy is brought to an object that is there. */
const BY_FIELD: Readonly<Record<string, readonly [PolicyFields, PolicyChanges]>> = {
  storageClass: [{ storageClass: 'GLACIER_IR' }, COPY],
  encryption: [{ encryption: { mode: 'aws:kms', keyId: 'k' } }, COPY],
  acl: [{ acl: 'public-read' }, { ...NOTHING, inPlace: ['acl'] }],
  grants: [{ grants: { read: ['id=1'] } }, { ...NOTHING, inPlace: ['acl'] }],
  tags: [{ tags: { a: 'b' } }, { ...NOTHING, inPlace: ['tags'] }],
  metadata: [{ metadata: { a: 'b' } }, COPY],
  cacheControl: [{ cacheControl: 'no-cache' }, COPY],
  contentDisposition: [{ contentDisposition: 'inline' }, COPY],
  contentEncoding: [{ contentEncoding: 'identity' }, COPY],
  contentLanguage: [{ contentLanguage: 'en' }, COPY],
  contentType: [{ contentType: 'text/plain' }, COPY],
  expires: [{ expires: { inDays: 3 } }, COPY],
  redirect: [{ redirect: '/there' }, COPY],
  checksum: [{ checksum: 'SHA256' }, COPY],
  lock: [
    { lock: { mode: 'GOVERNANCE', retainDays: 3, legalHold: true } },
    { ...NOTHING, inPlace: ['retention', 'legal-hold'] },
  ],
  // These say how a request is made, and nothing of what is there.
  contentMd5: [{ contentMd5: true }, NOTHING],
  requesterPays: [{ requesterPays: true }, NOTHING],
  expectedBucketOwner: [{ expectedBucketOwner: '123456789012' }, NOTHING],
  guardOverwrites: [{ guardOverwrites: true }, NOTHING],
};

describe('a field that is new in a policy', () => {
  test('has its way, whatever field it is', () => {
    expect(Object.keys(BY_FIELD).sort()).toEqual(
      [...Object.keys(settableFields), ...Object.keys(baseOnlyFields)].sort(),
    );
  });

  test.each(Object.entries(BY_FIELD))('%s', (_, [fields, expected]) => {
    expect(changes({}, fields)).toEqual(expected);
    expect(changes(fields, fields), 'the same again').toEqual(NOTHING);
  });

  test('where one needs a copy, the others in place are still named', () => {
    expect(changes({}, { storageClass: 'GLACIER', tags: { a: 'b' } })).toEqual({ ...COPY, inPlace: ['tags'] });
  });
});

describe('what is written out and asks for nothing else than before', () => {
  test.each<readonly [string, PolicyFields]>([
    ['the content type by the name', { contentType: 'auto' }],
    ['the usual checksum', { checksum: 'CRC32' }],
    ['no tags', { tags: {} }],
    ['no metadata', { metadata: {} }],
    ['no grants', { grants: { read: [], fullControl: [] } }],
    ['no hold', { lock: { legalHold: false } }],
  ])('%s costs no request', (_, fields) => {
    expect(changes({}, fields)).toEqual(NOTHING);
    expect(changes(fields, {})).toEqual(NOTHING);
  });

  test('a class that is taken away is the store’s own again, which needs a copy', () => {
    expect(changes({ storageClass: 'STANDARD_IA' }, {})).toEqual(COPY);
  });
});

describe('a lock', () => {
  const retention: PolicyChanges = { ...NOTHING, inPlace: ['retention'] };
  const loosens: PolicyChanges = { ...NOTHING, loosens: true };
  const days = (retainDays: number, mode: 'GOVERNANCE' | 'COMPLIANCE' = 'GOVERNANCE'): PolicyFields => ({
    lock: { mode, retainDays },
  });
  const until = (retainUntil: string): PolicyFields => ({ lock: { mode: 'GOVERNANCE', retainUntil } });

  test.each<readonly [string, PolicyFields, PolicyFields, PolicyChanges]>([
    ['longer', days(3), days(4), retention],
    ['shorter', days(4), days(3), loosens],
    ['stricter', days(3), days(3, 'COMPLIANCE'), retention],
    ['less strict', days(3, 'COMPLIANCE'), days(3), loosens],
    ['stricter and shorter', days(4), days(3, 'COMPLIANCE'), loosens],
    ['longer and less strict', days(3, 'COMPLIANCE'), days(30), loosens],
    ['gone', days(3), {}, loosens],
    ['a later date', until('2031-01-01'), until('2032-01-01'), retention],
    ['an earlier date', until('2032-01-01'), until('2031-01-01'), loosens],
    ['days that reach past the date', until('2030-01-11'), days(11), retention],
    ['days that do not reach the date', until('2030-01-11'), days(9), loosens],
    ['a date that has passed, for days', until('2029-01-01'), days(1), retention],
    ['days for the same date', days(10), until('2030-01-11T00:00:00Z'), NOTHING],
    ['a hold', {}, { lock: { legalHold: true } }, { ...NOTHING, inPlace: ['legal-hold'] }],
    ['a hold no more', { lock: { legalHold: true } }, { lock: { legalHold: false } }, loosens],
    [
      'a hold no more, and longer',
      { lock: { mode: 'GOVERNANCE', retainDays: 3, legalHold: true } },
      days(4),
      { ...NOTHING, inPlace: ['retention'], loosens: true },
    ],
  ])('%s', (_, before, after, expected) => {
    expect(changes(before, after)).toEqual(expected);
  });
});
