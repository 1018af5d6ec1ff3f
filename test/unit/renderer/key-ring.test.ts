/** The ring of customer keys as the window knows it: what is due for a key, what a wish brings, and what is never forgotten. */
import { describe, expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { KeyUse } from '../../../main/contract/key-ring.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { KeyRing } from '../../../renderer/state/key-ring.svelte.ts';
import { Place } from '../../../renderer/state/place.svelte.ts';
import { FakeBridge } from './fake-bridge.ts';

const key = { name: 'photos', md5: 'm', origin: 'made', since: '', exportedAt: null, confirmedAt: null } as const;
const UNUSED: KeyUse = { folders: [], receipts: 0 };

function open(use: KeyUse = UNUSED): { bridge: FakeBridge; ring: KeyRing } {
  const bridge = new FakeBridge({
    'app.keyRing': () => success({ keys: [key], unreadable: 1 }),
    'app.secretStore': () => success({ state: 'ok', backend: null, kept: [], unreadable: 1 }),
    'encryption.keyUse': () => success(use),
    'app.makeRingKey': () => success(key),
    'app.exportRingKey': () => success({ path: '/copy' }),
    'app.importRingKey': () => success(null),
    'app.forgetRingKey': ({ name }) => success({ name }),
  });
  return { bridge, ring: new KeyRing(bridge) };
}

describe('the key ring', () => {
  it('names the step that is due: a copy, then the word of a person; what came from a copy has one', () => {
    expect(KeyRing.nextStep(key)).toBe('export');
    expect(KeyRing.nextStep({ ...key, exportedAt: 'now' })).toBe('confirm');
    expect(KeyRing.nextStep({ ...key, origin: 'imported' })).toBe('confirm');
    expect(KeyRing.nextStep({ ...key, exportedAt: 'now', confirmedAt: 'now' })).toBeNull();
  });

  it('reads its list anew after each change, keeps it after a refusal, and takes a dialog put away for neither', async () => {
    const { bridge, ring } = open();
    expect(await ring.make(' photos ')).toBe(true);
    expect(bridge.made[0]).toEqual({ name: 'app.makeRingKey', input: { name: 'photos' } });
    expect([ring.keys, ring.unreadable, ring.keychain]).toEqual([[key], 1, 'ok']);
    expect(await ring.export('photos')).toBe(true);
    expect(ring.exportedTo).toBe('/copy');
    bridge.answers['app.forgetRingKey'] = () => failed(failure('ring-key-in-use', { key: 'photos', uses: 'x' }));
    expect(await ring.forget(key)).toBe(false);
    expect(ring.failure?.code).toBe('ring-key-in-use');
    expect(ring.keys).toEqual([key]);
    expect(await ring.import('x')).toBe(false);
    expect(ring.failure).toBeNull();
    expect(bridge.count('app.keyRing')).toBe(2);
  });

  it('takes a typed key without the blanks that a paste brings, and what is none is never sent', async () => {
    const { bridge, ring } = open();
    const hexadecimal = 'aB'.repeat(32);
    const base64 = `${'q'.repeat(42)}o=`;
    bridge.answers['app.typeRingKey'] = () => success(key);
    for (const typed of [hexadecimal, base64, ` ${base64}\n`, hexadecimal.replaceAll(/(.{8})/g, '$1 ')]) {
      expect(KeyRing.isKey(typed)).toBe(true);
    }
    for (const typed of ['', base64.slice(1), `${base64}=`, hexadecimal.slice(2), `${hexadecimal}00`, 'ä'.repeat(44)]) {
      expect(KeyRing.isKey(typed)).toBe(false);
    }
    expect(await ring.type(' photos ', ` ${base64}\n`)).toBe(true);
    expect(bridge.made[0]).toEqual({ name: 'app.typeRingKey', input: { name: 'photos', key: base64 } });
    expect(JSON.stringify(ring)).not.toContain(base64);
  });

  it('shows a key that was made although its copy could not be written', async () => {
    const { bridge, ring } = open();
    bridge.answers['app.makeRingKey'] = () => failed(failure('write-failed', { path: '/x', reason: 'ENOSPC' }));
    expect(await ring.make('photos')).toBe(false);
    expect([ring.failure?.code, ring.keys]).toEqual(['write-failed', [key]]);
  });

  it.each<[string, KeyUse]>([
    ['a policy names', { folders: ['Thesis'], receipts: 0 }],
    ['versions lie under', { folders: [], receipts: 1204 }],
  ])('asks nothing about a key that %s, and tells what would be lost', async (_, use) => {
    const { bridge, ring } = open(use);
    expect(await ring.forget(key)).toBe(false);
    expect(ring.needed).toEqual({ name: 'photos', use });
    expect(bridge.count('app.forgetRingKey')).toBe(0);
    ring.dismiss();
    expect(ring.needed).toBeNull();
  });

  it('counts what lies under a key only where that is asked, and never while it does not know forgets one', async () => {
    const { bridge, ring } = open();
    await ring.load();
    expect([bridge.count('encryption.keyUse'), ring.useOf('photos')]).toEqual([0, null]);
    expect(await ring.count(key)).toEqual(UNUSED);
    expect(ring.useOf('photos')).toEqual(UNUSED);
    bridge.answers['encryption.keyUse'] = () => failed(failure('engine-down'));
    expect(await ring.forget(key)).toBe(false);
    expect([ring.failure?.code, bridge.count('app.forgetRingKey')]).toEqual(['engine-down', 0]);
    bridge.answers['encryption.keyUse'] = () => success(UNUSED);
    expect(await ring.forget(key)).toBe(true);
  });

  it('is a part of the settings that can be asked for, and does not stay asked for', () => {
    const place = new Place();
    place.settings('ring');
    expect(place.spot).toEqual({ kind: 'settings', part: 'ring' });
    place.settings();
    expect(place.spot).toEqual({ kind: 'settings' });
  });
});
