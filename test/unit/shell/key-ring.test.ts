/** The ring of customer keys: made, brought in, taken out as a recovery copy, confirmed, and handed to the engine. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { keyIn } from '../../../main/engine/key-text.ts';
import type { Handed } from '../../../main/shell/host-messages.ts';
import { KeyRing } from '../../../main/shell/key-ring.ts';
import { SecretFiles } from '../../../main/shell/secret-files.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';
import { FakeKeychain } from './fake-keychain.ts';

const NOW = '2026-03-01T12:00:00.000Z';
const md5Of = (key: Buffer): string => createHash('md5').update(key).digest('base64');

function open(home = temporaryFolder(), keychain = new FakeKeychain()) {
  const handed: Handed[] = [];
  const files = new SecretFiles(home, keychain);
  const ring = new KeyRing({ files, hand: (message) => handed.push(message), now: () => new Date(NOW) });
  /** What the engine knows now. */
  const known = () => {
    const last = handed.at(-1);
    return last?.kind === 'ring' ? last.keys : [];
  };
  return { home, keychain, ring, handed, known };
}

describe('a key', () => {
  test('that is made is 256 bits, told by its MD5, kept encrypted, and not to be confirmed before a copy was written', async () => {
    const { home, ring, known } = open();
    const made = must(await ring.make('photos'));
    const [handed] = known();
    const key = Buffer.from(handed?.key ?? '', 'base64');
    expect(key).toHaveLength(32);
    expect(made).toEqual({
      name: 'photos',
      md5: md5Of(key),
      origin: 'made',
      since: NOW,
      exportedAt: null,
      confirmedAt: null,
    });
    expect(handed).toMatchObject({ md5: made.md5, confirmed: false });
    expect(codeOf(await ring.confirm('photos'))).toBe('ring-key-unconfirmed');

    const [file = ''] = readdirSync(join(home, 'secrets'));
    expect(file).toMatch(/^ring-/);
    expect(readFileSync(join(home, 'secrets', file), 'latin1')).not.toContain(handed?.key);
    expect(JSON.stringify(await ring.list())).not.toContain(handed?.key);
  });

  test('comes back from its recovery copy, and the copy says how to do without Cairn', async () => {
    const { ring, known } = open();
    must(await ring.make('photos'));
    let copy = '';
    const write = (text: string) => {
      copy = text;
      return success(null);
    };
    expect(must(await ring.export('photos', write)).exportedAt).toBe(NOW);
    expect(must(await ring.confirm('photos')).confirmedAt).toBe(NOW);
    expect(known()).toMatchObject([{ name: 'photos', confirmed: true }]);
    const [{ key, md5 } = { key: '', md5: '' }] = known();
    expect(copy).toContain(`MD5 (Base64): ${md5}`);
    expect(copy).toContain('--sse-customer-key fileb://customer.key');

    const other = open();
    const back = must(await other.ring.import('pictures', Buffer.from(copy), '/copy'));
    expect(back).toMatchObject({ name: 'pictures', md5, origin: 'imported', confirmedAt: null });
    expect(other.known()).toMatchObject([{ key, confirmed: false }]);
    // Whoever brought it in has it somewhere.
    expect(must(await other.ring.confirm('pictures')).confirmedAt).toBe(NOW);
  });

  test('that is typed is taken as Base64 or as hexadecimal, once, and waits for a word of its person', async () => {
    const key = randomBytes(32);
    const { ring, known } = open();
    const typed = must(await ring.type('photos', key.toString('hex').toUpperCase()));
    expect(typed).toMatchObject({ md5: md5Of(key), origin: 'imported', exportedAt: null, confirmedAt: null });
    expect(known()).toMatchObject([{ name: 'photos', key: key.toString('base64'), confirmed: false }]);
    expect(codeOf(await ring.type('again', key.toString('base64')))).toBe('ring-key-known');
    // The same bytes: the last character before the sign says less than it could.
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const base64 = key.toString('base64');
    const other = `${base64.slice(0, 42)}${letters[letters.indexOf(base64[42] ?? '') + 1] ?? ''}=`;
    expect(other).not.toBe(base64);
    expect(codeOf(await ring.type('again', other))).toBe('ring-key-known');
    expect(must(await ring.confirm('photos')).confirmedAt).toBe(NOW);
  });

  test('that is shown counts as kept elsewhere where it was copied, and only there', async () => {
    const { ring, known } = open();
    must(await ring.make('photos'));
    const seen: string[] = [];
    const look = (isTaken: boolean) => (key: string) => {
      seen.push(key);
      return Promise.resolve(isTaken);
    };
    expect(must(await ring.show('photos', look(false))).exportedAt).toBeNull();
    expect(codeOf(await ring.confirm('photos'))).toBe('ring-key-unconfirmed');
    expect(must(await ring.show('photos', look(true))).exportedAt).toBe(NOW);
    expect(seen).toEqual([known()[0]?.key, known()[0]?.key]);
    expect(must(await ring.confirm('photos')).confirmedAt).toBe(NOW);
    // What became of it while the dialog stood is not undone.
    const gone = ring.show('photos', () => {
      must(ring.forget('photos'));
      return Promise.resolve(true);
    });
    expect(codeOf(await gone)).toBe('unknown-ring-key');
    expect((await ring.list()).keys).toEqual([]);
  });

  test('that could not be written down stays one without a copy', async () => {
    const { ring } = open();
    must(await ring.make('photos'));
    const refused = await ring.export('photos', () =>
      failed(failure('write-failed', { path: '/x', reason: 'ENOSPC' })),
    );
    expect(codeOf(refused)).toBe('write-failed');
    expect((await ring.list()).keys).toMatchObject([{ exportedAt: null }]);
  });

  test('is there at the next start, and gone once it is forgotten', async () => {
    const { home, ring, known } = open();
    must(await ring.make('b'));
    must(await ring.make('a'));
    const next = open(home);
    await next.ring.load();
    expect((await next.ring.list()).keys.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(new Set(next.known().map(({ key }) => key))).toEqual(new Set(known().map(({ key }) => key)));
    must(next.ring.forget('a'));
    expect(next.known().map(({ name }) => name)).toEqual(['b']);
    expect(readdirSync(join(home, 'secrets'))).toHaveLength(1);
    expect(codeOf(next.ring.forget('a'))).toBe('unknown-ring-key');
  });

  test('does not come twice, and never takes the place of one that the keychain withholds', async () => {
    const { home, ring, known } = open();
    must(await ring.make('a'));
    const same = Buffer.from(known()[0]?.key ?? '', 'base64');
    expect(codeOf(await ring.make('a'))).toBe('ring-key-known');
    expect(codeOf(await ring.import('other name', same, '/x'))).toBe('ring-key-known');
    const next = open(home);
    next.keychain.isLocked = true;
    await next.ring.load();
    expect(await next.ring.list()).toEqual({ keys: [], unreadable: 1 });
    expect(codeOf(await next.ring.make('a'))).toBe('ring-key-known');
    next.keychain.isLocked = false;
    expect((await next.ring.list()).keys).toMatchObject([{ name: 'a' }]);
    expect(next.known()[0]?.key).toBe(same.toString('base64'));
  });

  test('cannot be kept without a keychain', async () => {
    const { keychain, ring, handed } = open();
    keychain.state = 'basic';
    expect(codeOf(await ring.make('a'))).toBe('keychain-missing');
    expect(await ring.list()).toEqual({ keys: [], unreadable: 0 });
    expect(handed).toEqual([]);
  });
});

test('a file holds a key as 32 bytes, as their Base64 or hexadecimal, or in a recovery copy; anything else is none', async () => {
  const key = randomBytes(32);
  const base64 = key.toString('base64');
  for (const bytes of [
    key,
    Buffer.from(base64),
    Buffer.from(`${base64}\n`),
    Buffer.from(`${key.toString('hex')}\n`),
    Buffer.from(`x\r\n Key (Base64): ${base64}\r\ny`),
  ]) {
    expect(keyIn(bytes)).toBe(base64);
  }
  for (const bytes of [
    Buffer.alloc(0),
    key.subarray(1),
    Buffer.from(base64.slice(1)),
    Buffer.from('Key (Base64): x'),
  ]) {
    expect(keyIn(bytes)).toBeNull();
  }
  const { ring } = open();
  const refused = await ring.import('a', Buffer.from('no key'), '/home/x');
  expect(codeOf(refused)).toBe('not-a-key');
});
