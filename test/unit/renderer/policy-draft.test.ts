import { describe, expect, it } from 'vitest';
import {
  bytesIn,
  countChanges,
  entriesOf,
  exactSize,
  fieldsOf,
  isSame,
  numberIn,
  valueOf,
  withEncryption,
  withEntry,
  withField,
  withMovedRule,
  withNewRule,
  withoutEntry,
  withoutRule,
  withRuleTerm,
  type Draft,
} from '../../../renderer/state/policy-draft.ts';

const rule = (name: string): object => ({ match: [`*.${name}`], set: { tags: { kind: name } } });
const DRAFT: Draft = {
  storageClass: 'STANDARD_IA',
  lock: { mode: 'GOVERNANCE', retainDays: 30 },
  rules: [rule('a'), rule('b'), rule('c')],
};
const order = (draft: Draft): unknown => (draft['rules'] as { match: string[] }[]).map(({ match }) => match[0]);

describe('one field', () => {
  it('is set and unset in the base, and what held it alone goes with it', () => {
    const set = withField({}, 'base', 'expires.inDays', 30);
    expect(set).toEqual({ expires: { inDays: 30 } });
    expect(valueOf(set, 'base', 'expires.inDays')).toBe(30);
    expect(withField(set, 'base', 'expires.inDays', undefined)).toEqual({});
    expect(withField(DRAFT, 'base', 'lock.retainDays', undefined)['lock']).toEqual({ mode: 'GOVERNANCE' });
  });
  it('is set in one rule alone, and leaves the former draft as it was', () => {
    const before = JSON.stringify(DRAFT);
    const set = withField(DRAFT, 1, 'cacheControl', 'no-cache');
    expect(fieldsOf(set, 1)).toEqual({ tags: { kind: 'b' }, cacheControl: 'no-cache' });
    expect(fieldsOf(set, 0)).toEqual({ tags: { kind: 'a' } });
    expect(fieldsOf(set, 'base')).not.toHaveProperty('cacheControl');
    expect(JSON.stringify(DRAFT)).toBe(before);
  });
  it('keeps its place, so that the JSON does not jump', () => {
    expect(Object.keys(withField(DRAFT, 'base', 'storageClass', 'STANDARD'))[0]).toBe('storageClass');
  });
  it('another way of encryption drops what belongs to the former', () => {
    const kms = { encryption: { mode: 'aws:kms', keyId: 'k', bucketKey: true } };
    expect(withEncryption(kms, 'base', 'aws:kms:dsse')).toEqual({ encryption: { mode: 'aws:kms:dsse', keyId: 'k' } });
    expect(withEncryption(kms, 'base', 'AES256')).toEqual({ encryption: { mode: 'AES256' } });
    expect(withEncryption(kms, 'base', undefined)).toEqual({});
  });
});

it('a key of the ring and a key file take each other’s place', () => {
  const file = { encryption: { mode: 'customer', keyFile: '/key' } };
  const ref = { encryption: { mode: 'customer', keyRef: 'photos' } };
  expect(withField(file, 'base', 'encryption.keyRef', 'photos')).toEqual(ref);
  expect(withField(ref, 'base', 'encryption.keyFile', '/key')).toEqual(file);
  expect(withField(ref, 'base', 'encryption.keyFile', undefined)).toEqual(ref);
});

describe('rules', () => {
  it('come last, move, and go', () => {
    expect(withNewRule({})['rules']).toEqual([{ match: ['*'], set: {} }]);
    expect(order(withMovedRule(DRAFT, 0, 2))).toEqual(['*.b', '*.c', '*.a']);
    expect(order(withMovedRule(DRAFT, 2, 0))).toEqual(['*.c', '*.a', '*.b']);
    expect(order(withMovedRule(DRAFT, 1, 99))).toEqual(['*.a', '*.c', '*.b']);
    expect(withMovedRule(DRAFT, 7, 0)).toEqual(DRAFT);
    expect(order(withoutRule(DRAFT, 1))).toEqual(['*.a', '*.c']);
    expect(withoutRule({ rules: [rule('a')] }, 0), 'no empty list stays').toEqual({});
  });
  it('get patterns and sizes, and lose them', () => {
    const sized = withRuleTerm(DRAFT, 0, 'minSize', 1024);
    expect(sized['rules']).toMatchObject([{ match: ['*.a'], minSize: 1024 }, {}, {}]);
    expect(withRuleTerm(sized, 0, 'minSize', undefined)).toEqual(DRAFT);
    const every = withRuleTerm(DRAFT, 0, 'match', []);
    expect((every['rules'] as object[])[0]).toEqual({ set: { tags: { kind: 'a' } } });
  });
});

describe('what is not saved', () => {
  it('is counted by fields and rules; the order of keys is no change', () => {
    expect(countChanges(DRAFT, DRAFT)).toBe(0);
    expect(isSame({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true);
    expect(countChanges({}, DRAFT)).toBe(5);
    expect(countChanges(DRAFT, withField(DRAFT, 'base', 'acl', 'private'))).toBe(1);
    expect(countChanges(DRAFT, withField(DRAFT, 2, 'acl', 'private'))).toBe(1);
    expect(countChanges(DRAFT, withMovedRule(DRAFT, 0, 2)), 'a move is one change').toBe(1);
    expect(countChanges(DRAFT, withoutRule(DRAFT, 0))).toBe(1);
    expect(countChanges({ rules: [rule('a'), rule('a')] }, { rules: [rule('a')] })).toBe(1);
  });
});

describe('what is typed', () => {
  it('becomes a number where it is one, and stays for the check where it is none', () => {
    expect(['30', ' 7 ', '', '-1', '1.5', 'ten', '1e9'].map(numberIn)).toEqual([
      30,
      7,
      undefined,
      -1,
      1.5,
      'ten',
      '1e9',
    ]);
  });
  it('becomes bytes, and can be typed in again as it is shown', () => {
    expect(['48 MB', '1.5k', '10', '2 GiB', '0,5 MB', 'much', '', '1 XB'].map(bytesIn)).toEqual([
      48 * 1024 ** 2,
      1536,
      10,
      2 * 1024 ** 3,
      512 * 1024,
      null,
      null,
      null,
    ]);
    for (const bytes of [0, 1, 1023, 1024, 1_234_567, 5 * 1024 ** 4]) expect(bytesIn(exactSize(bytes))).toBe(bytes);
    expect(exactSize(1024 ** 2)).toBe('1 MB');
  });
  it('becomes an entry of a map; the value may hold an equals sign', () => {
    expect(withEntry(undefined, 'project = photos')).toEqual({ project: 'photos' });
    expect(withEntry({ a: '1' }, 'a=b=c')).toEqual({ a: 'b=c' });
    expect(entriesOf({ a: 'b=c', d: '' })).toEqual(['a=b=c', 'd=']);
    expect(withoutEntry({ a: '1', b: '2' }, 0)).toEqual({ b: '2' });
    expect(withoutEntry({ a: '1' }, 0)).toBeUndefined();
  });
});
