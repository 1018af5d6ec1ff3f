import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../main/contract/models.ts';
import type { Policy } from '../../../main/contract/policy.ts';
import { checkStoreTakes } from '../../../main/engine/store-limits.ts';

const at = (endpoint: string | null): Connection => ({
  name: 'c',
  endpoint,
  region: 'auto',
  pathStyle: true,
  credentials: { kind: 'default' },
});
const R2 = at('https://0123.r2.cloudflarestorage.com');
const OTHER = at('https://s3.example.com');

function refusal(policy: Policy, connection: Connection): string | null {
  const checked = checkStoreTakes(policy, connection);
  return checked.ok ? null : `${checked.failure.code} ${String(checked.failure.facts['field'] ?? '')}`.trim();
}

describe('a policy is held against the kind of its store', () => {
  test.each<[string, Policy]>([
    ['tags', { tags: { a: 'b' } }],
    ['acl', { acl: 'public-read' }],
    ['acl', { grants: { read: ['id=1'] } }],
    ['lock', { lock: { legalHold: true } }],
    ['encryption.mode', { encryption: { mode: 'aws:kms', keyId: 'k' } }],
    ['redirect', { redirect: '/elsewhere' }],
    ['requesterPays', { requesterPays: true }],
    ['expectedBucketOwner', { expectedBucketOwner: '123456789012' }],
  ])('R2 has no %s, whether the base or a rule asks for it', (field, policy) => {
    expect(refusal(policy, R2)).toBe(`store-lacks ${field}`);
    expect(refusal(policy, OTHER)).toBeNull();
    expect(refusal(policy, at(null))).toBeNull();
    const { requesterPays, expectedBucketOwner, ...set } = policy;
    if (requesterPays === undefined && expectedBucketOwner === undefined) {
      expect(refusal({ rules: [{ match: ['*.x'], set }] }, R2)).toBe(`store-lacks ${field}`);
    }
  });

  test('a class that the store does not have is named with those that it has', () => {
    const checked = checkStoreTakes({ storageClass: 'GLACIER' }, R2);
    expect(checked).toMatchObject({ ok: false, failure: { code: 'store-lacks' } });
    expect(!checked.ok && checked.failure.message).toMatch(/has the classes .*STANDARD.* and not GLACIER/);
  });

  test('an empty policy, a private ACL and AES256 go everywhere', () => {
    expect(refusal({}, R2)).toBeNull();
    expect(refusal({ acl: 'private', storageClass: 'STANDARD' }, R2)).toBeNull();
  });

  test.each([
    ['http://s3.example.com', 'customer-key-in-clear'],
    ['https://s3.example.com', null],
    ['http://127.0.0.1:9000', null],
    ['http://127.8.9.1:9000', null],
    ['http://[::1]:9000', null],
    ['http://localhost:9000', null],
    ['http://127.0.0.1.example.com', 'customer-key-in-clear'],
  ])('a customer key to %s: %s', (endpoint, code) => {
    expect(refusal({ encryption: { mode: 'customer', keyFile: '/k' } }, at(endpoint))).toBe(code);
  });
});
