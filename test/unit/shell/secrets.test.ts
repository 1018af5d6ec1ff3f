/** Keys that the app keeps: what lies on disk, what goes to the engine, and what happens without a keychain. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openHome } from '../../../main/engine/home.ts';
import { addConnection, removeConnection } from '../../../main/engine/manage.ts';
import { SecretFiles } from '../../../main/shell/secret-files.ts';
import type { Handed } from '../../../main/shell/host-messages.ts';
import { Secrets } from '../../../main/shell/secrets.ts';
import { FakeKeychain } from './fake-keychain.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'very-secret-value' };
const OTHER = { accessKeyId: 'AKIAOTHER', secretAccessKey: 'another-secret', sessionToken: 'token' };

function open(home = temporaryFolder(), keychain = new FakeKeychain()) {
  const handed: Handed[] = [];
  const files = new SecretFiles(home, keychain);
  const secrets = new Secrets({ files, keychain, hand: (message) => handed.push(message) });
  return { home, keychain, files, secrets, handed };
}
const folderOf = (home: string): string => join(home, 'secrets');

describe('keys that are kept', () => {
  test('go to the engine, lie encrypted in a file of their owner, and are there at the next start', async () => {
    const { home, secrets, handed } = open();
    expect(must(await secrets.keep('../my store/', KEYS))).toEqual({ name: '../my store/' });
    expect(handed).toEqual([{ kind: 'keys', connection: '../my store/', keys: KEYS }]);
    const [file = ''] = readdirSync(folderOf(home));
    expect(file).toMatch(/^keys-[0-9a-f]{32}\.secret$/);
    expect(readFileSync(join(folderOf(home), file), 'latin1')).not.toMatch(/very-secret-value|AKIATEST|my store/);
    if (process.platform !== 'win32') {
      expect(statSync(join(folderOf(home), file)).mode & 0o777).toBe(0o600);
      expect(statSync(folderOf(home)).mode & 0o777).toBe(0o700);
    }
    const next = open(home);
    expect(next.files.isAny).toBe(true);
    await next.secrets.load();
    expect(next.secrets.greeting()).toEqual(handed);
    expect(await next.secrets.store()).toEqual({ state: 'ok', backend: 'test', kept: ['../my store/'], unreadable: 0 });
  });

  test('are replaced by newer ones, and gone without a trace once they are to be forgotten', async () => {
    const { home, secrets, handed } = open();
    must(await secrets.keep('a', KEYS));
    must(await secrets.keep('a', OTHER));
    expect(secrets.greeting()).toEqual([{ kind: 'keys', connection: 'a', keys: OTHER }]);
    expect(readdirSync(folderOf(home))).toHaveLength(1);
    must(secrets.forget('a'));
    expect(readdirSync(folderOf(home))).toEqual([]);
    expect(secrets.greeting()).toEqual([]);
    expect(handed.at(-1)).toEqual({ kind: 'keys', connection: 'a', keys: null });
  });

  test('go with their connection, whoever removes it, and the app forgets them too', async () => {
    const { home, secrets, handed } = open();
    must(await secrets.keep('a', KEYS));
    must(await secrets.keep('b', OTHER));
    secrets.forgetGone();
    expect(secrets.greeting()).toHaveLength(2);

    // As the command line does it, where no app runs or beside it.
    const settings = must(openHome(home));
    const connection = { endpoint: 'http://127.0.0.1:1', region: 'r', pathStyle: true } as const;
    must(addConnection(settings, { name: 'a', ...connection, credentials: { kind: 'app' } }));
    must(removeConnection(settings, null, 'a'));
    settings.close();
    expect(readdirSync(folderOf(home))).toHaveLength(1);
    secrets.forgetGone();
    expect(secrets.greeting()).toEqual([{ kind: 'keys', connection: 'b', keys: OTHER }]);
    expect(handed.at(-1)).toEqual({ kind: 'keys', connection: 'a', keys: null });
  });

  test('that the keychain withholds are handed over once it gives them', async () => {
    const { home, secrets } = open();
    must(await secrets.keep('a', KEYS));
    const next = open(home);
    next.keychain.isLocked = true;
    await next.secrets.load();
    expect(next.secrets.isWaiting).toBe(true);
    expect(await next.secrets.store()).toMatchObject({ kept: [], unreadable: 1 });
    next.keychain.isLocked = false;
    expect(await next.secrets.store()).toMatchObject({ kept: ['a'], unreadable: 0 });
    expect(next.handed).toEqual([{ kind: 'keys', connection: 'a', keys: KEYS }]);
  });

  test('do not take the place of keys that were typed since, and a broken file harms no other', async () => {
    const { home, secrets } = open();
    must(await secrets.keep('a', KEYS));
    must(await secrets.keep('b', KEYS));
    const [first = ''] = readdirSync(folderOf(home));
    writeFileSync(join(folderOf(home), first), 'broken');
    const next = open(home);
    must(next.secrets.hand('a', OTHER));
    must(next.secrets.hand('b', OTHER));
    await next.secrets.load();
    expect(next.secrets.greeting().map((message) => message.kind === 'keys' && message.keys)).toEqual([OTHER, OTHER]);
    expect((await next.secrets.store()).unreadable).toBe(1);
  });
});

test.each(['basic', 'missing'] as const)('without a keychain (%s) nothing is kept, and that is said', async (state) => {
  const { home, keychain, secrets, handed, files } = open();
  keychain.state = state;
  const refused = await secrets.keep('a', KEYS);
  expect(codeOf(refused)).toBe('keychain-missing');
  expect(JSON.stringify(refused)).not.toContain(KEYS.secretAccessKey);
  expect(files.isAny).toBe(false);
  expect(() => readdirSync(folderOf(home))).toThrow('ENOENT');
  expect(handed).toEqual([]);
  // Typed at each start they serve all the same, from memory.
  must(secrets.hand('a', KEYS));
  expect(handed).toEqual([{ kind: 'keys', connection: 'a', keys: KEYS }]);
  expect(files.isAny).toBe(false);
});
