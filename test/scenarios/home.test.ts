/** The home meets a full disk, another program, rights that are taken away: words, no crash, and nothing is lost. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { RunningCairn } from '../support/world/command.ts';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount) console.warn('Only root can mount a small disk: the tests of a FULL DISK DO NOT RUN here.');

/** Puts the home on a disk of its own. */
async function onDiskOf(w: World, size: string): Promise<AsyncDisposable> {
  const aside = join(w.root, 'aside');
  await cp(w.home, aside, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'none', w.home]);
  await cp(aside, w.home, { recursive: true });
  await rm(aside, { recursive: true });
  return {
    [Symbol.asyncDispose]: async () => {
      await sleep(100);
      // Lazily: a child that was left running fails the test by itself.
      execFileSync('umount', ['-l', w.home]);
    },
  };
}

const fillerOf = (w: World): string => join(w.home, 'filler');

/** Takes all that is left of the disk. */
function fillDisk(w: World): void {
  const file = openSync(fillerOf(w), 'a');
  try {
    const piece = Buffer.alloc(4096, 1);
    for (;;) writeSync(file, piece);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(file);
  }
}

async function beginWatch(w: World): Promise<RunningCairn> {
  const watch = w.begin(['watch']);
  await watch.until(({ stderr }) => stderr.includes('Watching'), 'its first words');
  await w.write('begun', 'it looks');
  await watch.until(hasAll(['begun']), 'the first receipt');
  return watch;
}

async function endWatch(watch: RunningCairn): Promise<void> {
  watch.kill('SIGTERM');
  expect(await watch.ended, watch.stderr).toMatchObject({ code: 0, signal: null });
}

const hasAll =
  (paths: readonly string[]) =>
  (run: RunningCairn): boolean => {
    const seen = new Set(run.lines.map((line) => line['path']));
    return paths.every((path) => seen.has(path));
  };

/** What the window would be shown. */
async function snapshot(w: World): Promise<{ folders: { state: string; failure: { code: string } | null }[] }> {
  const heard = await new Promise<string>((resolve, reject) => {
    const socket = connect(join(w.home, 'engine.sock'));
    let text = '';
    socket.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    socket.once('error', reject);
    socket.once('close', () => {
      resolve(text);
    });
    socket.end('{"name":"status.snapshot"}\n');
  });
  return (JSON.parse(heard) as { value: Awaited<ReturnType<typeof snapshot>> }).value;
}

describe.runIf(canMount)('a full disk', () => {
  test('while watch runs: said once, nothing taken in, nothing lost, and on it goes when there is room', async () => {
    await using w = await openWorld();
    await using _disk = await onDiskOf(w, '2m');
    const watch = await beginWatch(w);
    fillDisk(w);
    const names = Array.from({ length: 120 }, (_, at) => `full/${at % 7}/${at}.txt`);
    for (const name of names) await w.write(name, name);
    await watch.until(({ stderr }) => stderr.includes('The disk is full'), 'its word about the disk', 30_000);
    expect((await snapshot(w)).folders).toMatchObject([{ state: 'attention', failure: { code: 'disk-full' } }]);

    const paused = await w.cairn('folder', 'pause', FOLDER);
    expect(paused).toMatchObject({ code: 1, lines: [{ error: { code: 'disk-full' } }] });
    const synced = await w.cairn('sync');
    expect(synced.code, synced.stderr).toBe(1);
    expect(synced.lines.at(-2)).toMatchObject({ error: { code: 'disk-full' } });
    await sleep(6_000);
    expect(watch.isRunning).toBe(true);
    expect(watch.stderr.split('The disk is full'), 'said once').toHaveLength(2);
    expect(watch.stderr).not.toMatch(/\bat .*\.js:\d+/);

    await rm(fillerOf(w));
    await watch.until(hasAll(names), 'all receipts', 60_000);
    expect((await snapshot(w)).folders).toMatchObject([{ failure: null }]);
    expect(w.parked()).toEqual({});
    await endWatch(watch);
    await w.expectNothingLost();
    expect(await w.bucket.versions(), 'one version each').toHaveLength(names.length + 1);
  });

  test('at a start and in a sync: refused in words, and whole afterwards', async () => {
    await using w = await openWorld();
    await using _disk = await onDiskOf(w, '2m');
    await w.write('a.txt', 'one');
    await w.cairnDone('sync');
    fillDisk(w);
    await w.write('b.txt', 'two');
    for (let times = 0; times < 4; times += 1) {
      const ended = await w.cairn('sync');
      expect(ended.code, ended.stderr).toBe(1);
      expect(ended.lines.filter((line) => 'error' in line)).toMatchObject([{ error: { code: 'disk-full' } }]);
    }
    // SQLite needs a little room beside the database, even to read.
    expect(await w.cairn('status')).toMatchObject({ code: 1, lines: [{ error: { code: 'disk-full' } }] });
    await rm(fillerOf(w));
    await w.cairnDone('sync');
    await w.expectVersions('b.txt', ['two']);
    await w.expectNothingLost();
  });

  test('in the middle of a sync: it ends in words, and the next one finds again what was stored', async () => {
    await using w = await openWorld();
    await using _disk = await onDiskOf(w, '2m');
    const names = Array.from({ length: 400 }, (_, at) => `${at}.txt`);
    for (const name of names) await w.write(name, name);
    const sync = w.begin(['sync']);
    await sync.until((run) => run.lines.length > 20, 'some receipts');
    fillDisk(w);
    const ended = await sync.ended;
    expect(ended.code, ended.stderr).toBe(1);
    expect(ended.lines.at(-2)).toMatchObject({ error: { code: 'disk-full' } });
    await rm(fillerOf(w));
    await w.cairnDone('sync');
    await w.expectNothingLost();
    expect(await w.bucket.versions(), 'one version each').toHaveLength(names.length);
  });

  test('a home that is read-only: named by what changes, and what only reads says so or goes on', async () => {
    await using w = await openWorld();
    await using _disk = await onDiskOf(w, '4m');
    await w.write('a.txt', 'one');
    await w.cairnDone('sync');
    execFileSync('mount', ['-o', 'remount,ro', w.home]);
    for (const words of [['sync'], ['folder', 'pause', FOLDER], ['watch']]) {
      const ended = await w.cairn(...words);
      expect(ended, words.join(' ')).toMatchObject({ code: 1, lines: [{ error: { code: 'home-read-only' } }] });
    }
    const listed = await w.cairn('folder', 'list');
    expect(listed).toMatchObject({ code: 1, lines: [{ error: { code: 'home-read-only' } }] });
    execFileSync('mount', ['-o', 'remount,rw', w.home]);
    await w.cairnDone('sync');
    await w.expectNothingLost();
  });
});

describe('another program holds the database', () => {
  test('while watch runs: said, waited for, nothing lost', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    const other = new Sqlite(join(w.home, 'cairn.db'));
    other.exec('BEGIN IMMEDIATE');
    try {
      await w.write('a.txt', 'one');
      await watch.until(({ stderr }) => stderr.includes('Another program holds'), 'its word about it', 60_000);
    } finally {
      other.exec('ROLLBACK');
      other.close();
    }
    await watch.until(hasAll(['a.txt']), 'the receipt', 60_000);
    expect(w.parked()).toEqual({});
    await endWatch(watch);
    await w.expectNothingLost();
  });

  test('at a start: refused in words, not as another Cairn', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    const other = new Sqlite(join(w.home, 'cairn.db'));
    other.exec('BEGIN IMMEDIATE');
    try {
      expect(await w.cairn('sync')).toMatchObject({ code: 1, lines: [{ error: { code: 'home-busy' } }] });
    } finally {
      other.exec('ROLLBACK');
      other.close();
    }
    await w.cairnDone('sync');
    await w.expectNothingLost();
  });
});
