/** A customer key that is handed to one command by its standard input: used for that run, and found nowhere after it. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CairnEnded } from '../support/world/command.ts';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';

/** Runs a command whose standard input is a file. */
function reading(w: World, file: string, ...words: readonly string[]): Promise<CairnEnded> {
  return w.begin(words, { through: ['sh', '-c', 'exec "$@" < "$0"', file] }).ended;
}

test('a key by standard input: its policy is set, files are sent under it, verified and brought back', async () => {
  await using w = await openWorld({ prefix: 'notes' });
  const key = randomBytes(32);
  const keyFile = join(w.root, 'user', 'key.txt');
  await writeFile(keyFile, `${key.toString('hex')}\n`);
  const policy = join(w.root, 'policy.json');
  await writeFile(policy, '{ "encryption": { "mode": "customer", "keyRef": "photos" } }');
  const set = ['folder', 'policy', FOLDER, '--set', policy];
  const handed = ['--key-stdin', 'photos'];

  await w.expectRefused(set, 1, 'secret-in-app');
  expect(await reading(w, keyFile, ...set, '--key-stdin', 'other')).toMatchObject({
    code: 1,
    lines: [{ error: { code: 'ring-key-missing' } }],
  });
  expect(await reading(w, keyFile, ...set, ...handed)).toMatchObject({ code: 0, lines: [{ policyVersion: 2 }] });

  await w.write('a.txt', 'one');
  const without = await w.cairn('sync');
  expect(without.code).not.toBe(0);
  expect(JSON.stringify(without.lines) + without.stderr).toContain('secret-in-app');
  const sent = await reading(w, keyFile, 'sync', ...handed);
  expect(sent.code).toBe(0);
  const md5 = createHash('md5').update(key).digest('base64');
  expect(await w.cairnDone('receipts', FOLDER)).toMatchObject([{ path: 'a.txt', request: { SSECustomerKeyMD5: md5 } }]);

  expect((await w.cairn('verify', FOLDER, '--download')).code).not.toBe(0);
  expect(await reading(w, keyFile, 'verify', FOLDER, '--download', ...handed)).toMatchObject({ code: 0 });
  const [version] = await w.cairnDone('versions', FOLDER, 'a.txt');
  const to = join(w.root, 'back.txt');
  const restore = ['restore', FOLDER, 'a.txt', '--version-id', String(version?.['versionId']), '--to', to];
  await w.expectRefused(restore, 1, 'customer-key-missing');
  expect(await reading(w, keyFile, ...restore, ...handed)).toMatchObject({ code: 0 });
  expect(await readFile(to, 'utf8')).toBe('one');

  const needles = [key, Buffer.from(key.toString('base64')), Buffer.from(key.toString('hex'))];
  for (const entry of await readdir(w.home, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = await readFile(join(entry.parentPath, entry.name));
    expect(
      needles.some((needle) => content.includes(needle)),
      entry.name,
    ).toBe(false);
  }
});

test('what is no key is refused before anything is done, and so is an end at once', async () => {
  await using w = await openWorld({ prefix: 'notes' });
  const file = join(w.root, 'user', 'none.txt');
  const handed = ['sync', '--key-stdin', 'photos'];
  for (const content of ['no key', Buffer.alloc(31), Buffer.alloc(70_000, 'A'), '']) {
    await writeFile(file, content);
    const ended = await reading(w, file, ...handed);
    expect(ended).toMatchObject({ code: 2, lines: [{ error: { code: 'not-a-key' } }] });
  }
  await w.expectRefused(['sync', '--key-stdin', ''], 2, 'usage');
  await w.expectNothingLost();
});
