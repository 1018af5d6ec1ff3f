import { describe, expect, it } from 'vitest';
import { checkPolicyText } from '../../../main/contract/policy.ts';
import { baseOnlyFields, settableFields } from '../../../main/contract/policy-values.ts';
import {
  faultsOf,
  FIELDS,
  groupsFor,
  keyChoices,
  limitOf,
  modeLimit,
  termFaults,
  usedOf,
} from '../../../renderer/state/policy-form.ts';

const shown = (layer: 'base' | number, mode?: string): string[] =>
  groupsFor(layer, mode).flatMap(({ fields }) => fields.map(({ name }) => name));

describe('the form', () => {
  it('has every field that a policy can hold', () => {
    const covered = new Set(FIELDS.map(({ name }) => name.split('.')[0]));
    for (const name of [...Object.keys(settableFields), ...Object.keys(baseOnlyFields)])
      expect(covered).toContain(name);
  });
  it('shows a rule no field that counts for the whole folder', () => {
    for (const name of Object.keys(baseOnlyFields)) {
      expect(shown('base')).toContain(name);
      expect(shown(0)).not.toContain(name);
    }
  });
  it('asks for a key only where the way of encryption has one', () => {
    const keys = (mode?: string) => shown('base', mode).filter((name) => /^encryption\.(?!mode)/.test(name));
    expect(keys()).toEqual([]);
    expect(keys('AES256')).toEqual([]);
    expect(keys('aws:kms')).toEqual(['encryption.keyId', 'encryption.bucketKey', 'encryption.context']);
    expect(keys('aws:kms:dsse')).toEqual(['encryption.keyId', 'encryption.context']);
    expect(keys('customer')).toEqual(['encryption.keyRef', 'encryption.keyFile']);
  });
});

describe('a fault', () => {
  const { faults } = checkPolicyText(
    JSON.stringify({
      tags: { 'aws:x': '1' },
      lock: { mode: 'GOVERNANCE' },
      encryption: { mode: 'customer' },
      grants: { read: ['nobody'] },
      rules: [{ match: ['!a'], set: { expires: { inDays: 'ten' } } }],
    }),
  );
  const at = (layer: 'base' | number): string[] =>
    FIELDS.flatMap((field) => faultsOf(faults, layer, field).map(() => field.name));
  it('stands at its field, in the base or in its rule', () => {
    expect(faults).toHaveLength(6);
    expect(at('base').sort()).toEqual(['encryption.keyFile', 'grants.read', 'lock', 'tags']);
    expect(at(0)).toEqual(['expires']);
    expect(termFaults(faults, 0)).toHaveLength(1);
    expect(termFaults(faults, 1)).toEqual([]);
  });
  it('of any field is shown somewhere', () => {
    const wrong = Object.fromEntries(
      [...Object.keys(settableFields), ...Object.keys(baseOnlyFields)].map((name) => [name, 7]),
    );
    const all = checkPolicyText(JSON.stringify(wrong)).faults;
    expect(all.length).toBeGreaterThan(15);
    for (const fault of all) {
      const homes = FIELDS.filter((field) => faultsOf([fault], 'base', field).length > 0);
      expect(homes, fault.path.join('.')).toHaveLength(1);
    }
  });
});

it('offers the keys of the ring, and says which cannot be named yet and which is not there', () => {
  const keys = [
    { name: 'photos', confirmedAt: 'now' },
    { name: 'new', confirmedAt: null },
  ];
  const [photos, fresh] = [
    { name: 'photos', kind: 'ready' },
    { name: 'new', kind: 'unready' },
  ];
  expect(keyChoices(keys, '')).toEqual([photos, fresh]);
  expect(keyChoices(keys, 'photos')).toEqual([photos, fresh]);
  expect(keyChoices(keys, 'lost')).toEqual([photos, fresh, { name: 'lost', kind: 'missing' }]);
});

it('a limit greys its field and those below it, a way of encryption alone', () => {
  const limits = [
    { field: 'lock', because: 'lock-off', detail: '', lacks: null },
    { field: 'encryption.mode:customer', because: 'in-clear', detail: '', lacks: null },
  ] as const;
  expect(limitOf(limits, 'lock.legalHold')?.because).toBe('lock-off');
  expect(limitOf(limits, 'encryption.mode')).toBeNull();
  expect(modeLimit(limits, 'customer')?.because).toBe('in-clear');
  expect(modeLimit(limits, 'aws:kms')).toBeNull();
});

it('says how much of what S3 takes is used, in bytes where it counts bytes', () => {
  expect(usedOf('tags', { a: 'b' })).toEqual({ used: 1, most: 10 });
  expect(usedOf('metadata', { ä: 'b' })).toEqual({ used: 3, most: 1856 });
  expect(usedOf('cacheControl', 'x')).toBeNull();
});
