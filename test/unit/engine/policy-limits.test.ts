import { describe, expect, test } from 'vitest';
import { ofBucket, ofDropped, ofStore } from '../../../main/engine/policy-limits.ts';
import { presets, type BucketLook } from '../../../main/s3/index.ts';

type Settings = Pick<BucketLook, 'lock' | 'ownership' | 'encryption'>;
const untold: Settings = {
  lock: { kind: 'denied', action: 's3:GetBucketObjectLockConfiguration' },
  ownership: { kind: 'unknown', answer: '501' },
  encryption: { kind: 'unset' },
};
const fields = (settings: Partial<Settings>): string[] =>
  ofBucket({ ...untold, ...settings }).map(({ field, because }) => `${field} ${because}`);

describe('what a bucket cannot do', () => {
  test('what it does not tell is taken as possible', () => {
    expect(fields({})).toEqual([]);
    expect(fields({ ownership: { kind: 'told', value: 'ObjectWriter' } })).toEqual([]);
    expect(fields({ lock: { kind: 'told', value: { enabled: true, retention: null } } })).toEqual([]);
  });
  test('lock off, owner enforced, customer keys blocked', () => {
    expect(fields({ lock: { kind: 'unset' } })).toEqual(['lock lock-off']);
    expect(fields({ lock: { kind: 'told', value: { enabled: false, retention: null } } })).toEqual(['lock lock-off']);
    expect(fields({ ownership: { kind: 'told', value: 'BucketOwnerEnforced' } })).toEqual([
      'acl owner-enforced',
      'grants owner-enforced',
    ]);
    const blocked = { algorithm: 'AES256', keyId: null, bucketKey: false, blocked: ['SSE-C'] };
    expect(fields({ encryption: { kind: 'told', value: blocked } })).toEqual([
      'encryption.mode:customer customer-blocked',
    ]);
  });
});

test('what a kind of store lacks is said with its name', () => {
  const limits = ofStore(presets.r2);
  expect(limits.find(({ field }) => field === 'tags')).toEqual({
    field: 'tags',
    because: 'store',
    detail: 'Cloudflare R2 has no tags on objects',
    lacks: 'tags',
  });
  expect(limits.map(({ field }) => field)).toContain('encryption.mode:aws:kms');
  expect(ofStore(presets.aws)).toEqual([]);
});

test('what was seen to be dropped names the field of the policy and the file', () => {
  const dropped = { way: 'put', field: 'BucketKeyEnabled', path: 'a.txt', since: '2026-11-22T12:00:00.000Z' };
  expect(ofDropped([dropped, { ...dropped, field: 'Metadata' }])).toEqual([
    { field: 'encryption', because: 'dropped', detail: 'a.txt', lacks: null },
    { field: 'metadata', because: 'dropped', detail: 'a.txt', lacks: null },
  ]);
});
