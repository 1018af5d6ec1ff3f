import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../main/contract/policy.ts';
import { askedFields } from '../../../main/policy/fields.ts';

function asked(value: object): readonly string[] {
  const parsed = parsePolicy(value);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return [...askedFields(parsed.value)].sort();
}

describe('the fields of a request that a policy asks for', () => {
  test('are what Cairn writes itself where it says nothing', () => {
    expect(asked({})).toEqual(['ContentType', 'Metadata']);
  });

  test('are those of the base and of every rule', () => {
    const fields = asked({ tags: { a: 'b' }, rules: [{ set: { storageClass: 'GLACIER', acl: 'private' } }] });
    expect(fields).toEqual(['ACL', 'ContentType', 'Metadata', 'StorageClass', 'Tagging']);
  });

  test('are those of a lock, whichever way its end is told, and no more than were said', () => {
    const retention = ['ContentType', 'Metadata', 'ObjectLockMode', 'ObjectLockRetainUntilDate'];
    expect(asked({ lock: { mode: 'GOVERNANCE', retainDays: 3 } })).toEqual(retention);
    expect(asked({ lock: { mode: 'GOVERNANCE', retainUntil: '2040-01-01' } })).toEqual(retention);
    expect(asked({ lock: { legalHold: true } })).toEqual(['ContentType', 'Metadata', 'ObjectLockLegalHoldStatus']);
  });

  test('are those of encryption, each by itself', () => {
    expect(asked({ encryption: { mode: 'aws:kms', bucketKey: true } })).toEqual([
      'BucketKeyEnabled',
      'ContentType',
      'Metadata',
      'SSECustomerAlgorithm',
      'ServerSideEncryption',
    ]);
    expect(asked({ encryption: { mode: 'customer', keyFile: '/key' } })).toContain('SSECustomerKeyMD5');
  });
});
