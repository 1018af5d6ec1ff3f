/** What can happen to Cairn's own state, and to its rights: each time a sentence, nothing changed, nothing lost. */
import { chmod, chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { run } from '../support/processes.ts';
import { CLI, type CommandOptions } from '../support/world/command.ts';
import { seededBytes } from '../support/world/disk.ts';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';

const NOBODY = 65534;

/**
 * How to run as somebody whom rights bind, which they do not the first user. The whole world is given to that user.
 * @returns the options, or a sentence that says why it cannot be.
 */
async function boundByRights(w: World): Promise<Partial<CommandOptions> | string> {
  if (process.getuid?.() !== 0) return {};
  const through = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];
  const tried = await run(through[0] ?? '', [...through.slice(1), process.execPath, '--check', CLI], {
    timeout: 10_000,
  });
  if (tried.code !== 0) return `the first user is bound by no rights, and no other may run ${CLI} here`;
  const given = await run('chown', ['-R', `${NOBODY}:${NOBODY}`, w.root], { timeout: 10_000 });
  expect(given).toMatchObject({ code: 0 });
  return { through };
}

describe('the home', () => {
  test('is a file', async () => {
    await using w = await openWorld();
    const file = join(w.root, 'a file');
    await writeFile(file, 'not a folder');
    for (const command of ['status', 'sync', 'watch', 'receipts', 'plan']) {
      const words = command === 'plan' ? [command, FOLDER] : [command];
      await w.expectRefused([...words, '--home', file], 1, 'home-read-only');
    }
    await w.expectRefused(['connection', 'add', 'x', '--home', join(file, 'below')], 1, 'home-read-only');
    expect(await readFile(file, 'utf8')).toBe('not a folder');
  });

  test('is empty: reading commands have nothing to tell', async () => {
    await using w = await openWorld();
    const home = ['--home', join(w.root, 'nothing yet')];
    for (const command of ['status', 'queue', 'activity', 'receipts']) {
      expect(await w.cairnDone(command, ...home)).toEqual([]);
    }
    expect(await w.cairnDone('receipts', 'check', ...home)).toEqual([{ checked: 0, ok: true, brokenAtSeq: null }]);
    await w.expectRefused(['watch', ...home], 2, 'usage');
  });

  test('has settings that cannot be read, or that a newer release wrote: they are left as they are', async () => {
    await using w = await openWorld();
    const path = join(w.home, 'config.json');
    const good = await readFile(path, 'utf8');
    const refused = async (text: string, code: string): Promise<void> => {
      await writeFile(path, text);
      await w.expectRefused(['status'], 1, code);
      await w.expectRefused(['sync'], 1, code);
      await w.expectRefused(['connection', 'add', 'x'], 1, code);
      expect(await readFile(path, 'utf8')).toBe(text);
    };
    await refused(good.slice(0, good.length / 2), 'config-malformed');
    await refused('', 'config-malformed');
    await refused(good.replace('"connections"', '"connexions"'), 'config-malformed');
    await refused(good.replace('"deletes": "keep"', '"deletes": "perhaps"'), 'config-malformed');
    await refused(good.replace('"format": 1', '"format": 999'), 'home-from-newer');

    await writeFile(path, good);
    await w.cairnDone('sync');
  });

  test('has a database of a newer release: refused, and not touched', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    await w.settle();
    const path = join(w.home, 'cairn.db');
    using db = closing(new Sqlite(path));
    const version = db.handle.pragma('user_version', { simple: true });
    db.handle.pragma('user_version = 999');

    await w.expectRefused(['status'], 1, 'home-from-newer');
    await w.expectRefused(['sync'], 1, 'home-from-newer');

    db.handle.pragma(`user_version = ${String(version)}`);
    expect(await w.cairnDone('sync')).toMatchObject([{ summary: { puts: 0, requests: 0 } }]);
  });

  test('has a database that is damaged: named, never a crash, and nothing wrong is sent', async () => {
    await using w = await openWorld();
    for (let at = 0; at < 200; at += 1) await w.write(`${at}.txt`, String(at));
    await w.settle();
    const path = join(w.home, 'cairn.db');
    const good = await readFile(path);
    w.forgetRequests();

    const random = seededBytes(good.length, 'damage');
    const half = Buffer.from(good);
    random.copy(half, 8192, 8192);
    for (const damaged of [random, good.subarray(0, good.length / 2), half]) {
      await writeFile(path, damaged);
      await w.expectRefused(['sync'], 1, 'home-damaged');
      await w.expectRefused(['receipts'], 1, 'home-damaged');
      await w.expectRefused(['status'], 1, 'home-damaged');
    }
    await writeFile(path, good.subarray(0, 50));
    await w.expectRefused(['sync'], 1, 'home-damaged');
    expect(w.requests()).toEqual([]);

    await writeFile(path, good);
    expect(await w.cairnDone('sync')).toMatchObject([{ summary: { puts: 0, requests: 0 } }]);
  });

  test('has receipts that somebody changed: the chain says where', async () => {
    await using w = await openWorld();
    for (const name of ['a', 'b', 'c']) await w.write(name, name);
    await w.settle();
    using db = closing(new Sqlite(join(w.home, 'cairn.db')));
    expect(() => db.handle.exec('UPDATE receipts SET version_id = 0')).toThrow();
    expect(() => db.handle.exec('DELETE FROM receipts')).toThrow();
    // Somebody who knows how gets past the triggers; the hashes tell.
    for (const { name } of db.handle
      .prepare<[], { name: string }>(`SELECT name FROM sqlite_master WHERE type = 'trigger'`)
      .all()) {
      db.handle.exec(`DROP TRIGGER "${name}"`);
    }
    db.handle.exec(`UPDATE receipts SET body = replace(body, '"size":1', '"size":2') WHERE seq = 2`);

    expect(await w.cairn('receipts', 'check')).toMatchObject({
      code: 3,
      lines: [{ ok: false, brokenAtSeq: 2, checked: 1 }],
    });
  });

  test('may only be read', async (story) => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    const bound = await boundByRights(w);
    if (typeof bound === 'string') return story.skip(bound);
    await chmod(w.home, 0o500);

    await w.expectRefused(['sync'], 1, 'home-read-only', bound);
    await w.expectRefused(['connection', 'add', 'x'], 1, 'home-read-only', bound);
    await chmod(w.home, 0o700);
    const ended = await w.begin(['sync'], bound).ended;
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    await w.expectNothingLost();
  });
});

test('files, directories and a root that may not be read: told, the rest is sent, and nothing counts as gone', async (story) => {
  await using w = await openWorld();
  await w.write('fine.txt', 'fine');
  await w.write('secret.txt', 'one');
  await w.write('closed/below.txt', 'two');
  await w.settle();
  const bound = await boundByRights(w);
  if (typeof bound === 'string') return story.skip(bound);
  await w.write('secret.txt', 'changed');
  if (process.getuid?.() === 0) await chown(w.path('secret.txt'), NOBODY, NOBODY);
  await chmod(w.path('secret.txt'), 0o000);
  await chmod(w.path('closed'), 0o000);
  await w.write('new.txt', 'new');

  const first = await w.begin(['sync'], bound).ended;
  expect(first.code, 'some files need attention').toBe(3);
  expect(w.parked()).toMatchObject({ 'secret.txt': 'file-unreadable' });
  expect(first.stderr).toContain('closed');
  await w.expectVersions('new.txt', ['new']);
  expect(w.receipts().filter((receipt) => receipt.operation === 'gone')).toEqual([]);

  await chmod(w.path('secret.txt'), 0o644);
  await w.begin(['retry', FOLDER], bound).ended;
  const second = await w.begin(['sync'], bound).ended;
  expect(second.code, 'a directory that cannot be read needs attention, too').toBe(3);
  await w.expectVersions('secret.txt', ['changed', 'one']);

  await chmod(w.disk, 0o000);
  await w.expectRefused(['sync'], 4, 'root-unreadable', bound);
  await chmod(w.disk, 0o755);
  await chmod(w.path('closed'), 0o755);
  const last = await w.begin(['sync'], bound).ended;
  expect(last, last.stderr).toMatchObject({ code: 0, stderr: '' });
  await w.expectNothingLost();
});

function closing(handle: Sqlite.Database) {
  return {
    handle,
    [Symbol.dispose]: () => {
      handle.close();
    },
  };
}
