/**
 * The home is in trouble: its disk is full, another program holds its database, or the database is damaged. In clear
 * words, with no crash and nothing wrong in the bucket; and all goes on once it is well again.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { audit, type Finding } from '../support/model/audit.ts';
import { Sessions } from '../support/model/sessions.ts';
import { Tree } from '../support/model/tree.ts';
import type { CairnEnded } from '../support/world/command.ts';
import { openWorld, type World } from '../support/world/world.ts';
import { canMount } from './system.ts';
import { isSoak, plan, Tally } from './tally.ts';

const { damages, milliseconds, seed } = plan('disk', { damages: 6 }, { damages: 300 });
const tally = new Tally('disk', seed);

afterAll(() => {
  tally.close();
});

const MIB = 1024 * 1024;
/** Of the database, bytes. */
const PAGE = 4096;
/** So many of a row are damaged at once: less than a digest has letters, more than a size or a time. */
const STRIDE = 30;
const WRITES = new Set(['PutObject', 'CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload']);

function filled(w: World): Tree {
  const tree = new Tree(w.disk, String(seed));
  for (let at = 0; at < 21; at += 1) tree.apply({ kind: 'create', directory: at % 7, name: at % 6, size: 100 + at });
  return tree;
}

function changed(tree: Tree): void {
  for (let at = 0; at < 40; at += 1) tree.apply({ kind: 'change', file: at, size: 200 + at, atOnce: true });
  for (let at = 0; at < 8; at += 1)
    tree.apply({ kind: 'create', directory: 1 + (at % 2), name: at % 6, size: 90 + at });
}

async function found(w: World, tree: Tree): Promise<readonly Finding[]> {
  const points = [{ at: new Date(), tree: tree.snapshot() }];
  const findings = await audit(w, { ever: tree.ever, vanished: tree.vanished, points });
  tally.find(findings);
  tally.add('cases');
  return findings;
}

/** Other bytes in the header may also call the file read-only, or the work of a newer release. */
const SAID = ['home-damaged', 'home-read-only', 'home-from-newer'];

/** In the end all is in the bucket, once. */
async function expectWell(w: World, tree: Tree): Promise<void> {
  await using sessions = new Sessions(w);
  await sessions.sync();
  expect(await found(w, tree)).toEqual([]);
}

/** The home on a disk of its own, which `fill` fills to the last byte and `free` gives room again. */
async function onSmallDisk(w: World) {
  const aside = join(w.root, 'home-aside');
  await rename(w.home, aside);
  await mkdir(w.home);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'none', w.home]);
  await cp(aside, w.home, { recursive: true });
  const filler = join(w.home, 'filler');
  return {
    async fill(): Promise<void> {
      const file = await open(filler, 'a');
      try {
        for (let size = MIB; size >= 1; size = Math.floor(size / 2)) {
          for (;;) {
            try {
              const { bytesWritten } = await file.write(Buffer.alloc(size));
              if (bytesWritten < size) break;
            } catch {
              break; // no room for so much
            }
          }
        }
      } finally {
        await file.close();
      }
    },
    free: () => rm(filler),
    [Symbol.asyncDispose]: async () => {
      execFileSync('umount', [w.home]);
      await rm(aside, { recursive: true });
    },
  };
}

describe.skipIf(!canMount)('the disk of the home is full', () => {
  test('a sync says so, sends nothing that it cannot write down, and the next one goes on', async () => {
    await using w = await openWorld();
    await using disk = await onSmallDisk(w);
    const tree = filled(w);
    await w.cairnDone('sync');
    changed(tree);
    await disk.fill();

    const ended = await w.cairn('sync');
    expect(ended, ended.stderr).toMatchObject({ code: 1, signal: null });
    expect(codesOf(ended.lines)).toContain('disk-full');
    expect(ended.stderr, 'no stack of a fault').not.toMatch(/\n\s+at /);

    await disk.free();
    await w.cairnDone('sync');
    await expectWell(w, tree);
  });

  test('while it is watched: no crash, few words, and it goes on by itself', { timeout: 180_000 }, async () => {
    await using w = await openWorld();
    await using disk = await onSmallDisk(w);
    const tree = filled(w);
    const watch = w.begin(['watch'], { patience: 170_000 });
    const newest = (): boolean =>
      [...tree.files].every(([path, { md5 }]) =>
        watch.lines.some((line) => line['path'] === path && line['etag'] === md5),
      );
    await watch.until(newest, 'the first versions');
    await disk.fill();
    changed(tree);
    await sleep(12_000);
    expect(watch.isRunning, watch.stderr).toBe(true);
    expect(watch.stderr, 'it says so').toMatch(/disk is full/i);
    expect(watch.stderr.split('\n').length, watch.stderr).toBeLessThan(60);

    await disk.free();
    await watch.until(newest, 'all that was changed meanwhile', 60_000);
    watch.kill('SIGTERM');
    expect(await watch.ended).toMatchObject({ code: 0 });
    await expectWell(w, tree);
  });
});

test(
  'another program holds the database for a while: it waits, or says so, and goes on',
  { timeout: 120_000 },
  async () => {
    await using w = await openWorld();
    const tree = filled(w);
    await w.cairnDone('sync');
    changed(tree);
    const other = new DatabaseSync(join(w.home, 'cairn.db'));
    const sync = w.begin(['sync']);
    await sync.until(() => w.requests('PutObject').length > 22, 'the first requests');
    other.exec('PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE');
    await sleep(9_000);
    other.exec('ROLLBACK');
    other.close();
    const ended = await sync.ended;
    expect(ended, ended.stderr).toMatchObject({ signal: null });
    if (ended.code !== 0) expect(codesOf(ended.lines)).toEqual(['home-busy']);
    await expectWell(w, tree);
  },
);

describe('the database is damaged', () => {
  const numbers = fc.sample(fc.nat({ max: 2 ** 30 }), { seed, numRuns: 4000 });
  let at = 0;
  const chance = (below: number): number => {
    at += 1;
    return (numbers[at % numbers.length] ?? 0) % below;
  };

  test('cut short: it is said, and nothing is sent', async () => {
    await using w = await openWorld();
    const tree = filled(w);
    await w.cairnDone('sync');
    changed(tree);
    const database = join(w.home, 'cairn.db');
    const whole = await readFile(database);
    for (const left of [whole.length - 4096, Math.floor(whole.length / 2), 4096, 1000]) {
      await truncate(database, left);
      w.forgetRequests();
      const ended = await w.cairn('sync');
      expect(ended, `${left} of ${whole.length} bytes, ${ended.stderr}`).toMatchObject({ code: 1, signal: null });
      expect(codesOf(ended.lines)).toEqual(['home-damaged']);
      expect(w.requests(), 'nothing is sent').toEqual([]);
      await putBack(w, whole);
    }
    await expectWell(w, tree);
  });

  test(
    'a letter of a name is another one, wherever the database has it: nothing is sent',
    { timeout: 120_000 },
    async () => {
      await using w = await openWorld();
      await w.write('papers/invoice', 'one');
      await w.write('papers/contract', 'two');
      await w.write('picture', 'three');
      await w.cairnDone('sync');
      const whole = await readFile(join(w.home, 'cairn.db'));
      for (const name of ['papers/invoice', 'picture']) {
        for (let at = whole.indexOf(name); at !== -1; at = whole.indexOf(name, at + 1)) {
          const hurt = Buffer.from(whole);
          hurt[at + name.length - 1] = 'x'.charCodeAt(0);
          await putBack(w, hurt);
          w.forgetRequests();
          expectHarmless(w, await w.cairn('sync'), `${name} at ${at}`);
          tally.add('letters');
        }
      }
    },
  );

  test('bytes of the journal are other ones, wherever it has some: nothing is sent', { timeout: 120_000 }, async () => {
    await using w = await openWorld();
    await w.write('papers/invoice', 'one');
    await w.write('papers/contract', 'two');
    await w.write('picture', 'three');
    await w.cairnDone('sync');
    const whole = await readFile(join(w.home, 'cairn.db'));
    const { start, end } = pageOf(join(w.home, 'cairn.db'), 'journal');
    for (let from = start; from < end; from += STRIDE) {
      const hurt = Buffer.from(whole);
      if (whole.subarray(from, from + STRIDE).every((byte) => byte === 0)) continue;
      for (let byte = from; byte < from + STRIDE; byte += 1) hurt[byte] = chance(256);
      await putBack(w, hurt);
      w.forgetRequests();
      expectHarmless(w, await w.cairn('sync'), `bytes from ${from}`);
      tally.add('places');
    }
  });

  test(
    `bytes are flipped, ${damages} times: it is said and nothing is sent, or it did no harm`,
    { timeout: milliseconds + 600_000 },
    async () => {
      const end = performance.now() + milliseconds;
      await using w = await openWorld();
      const tree = filled(w);
      await w.cairnDone('sync');
      const database = join(w.home, 'cairn.db');
      const whole = await readFile(database);
      let said = 0;
      for (let time = 0; time < damages && performance.now() < end; time += 1) {
        const hurt = Buffer.from(whole);
        // Every fourth in the header, which says what kind of file it is.
        const from = time % 4 === 0 ? chance(100) : chance(whole.length);
        const length = 1 + chance(600);
        for (let byte = from; byte < Math.min(from + length, whole.length); byte += 1) hurt[byte] = chance(256);
        await putBack(w, hurt);
        w.forgetRequests();
        const ended = await w.cairn('sync');
        expectHarmless(w, ended, `bytes ${from} to ${from + length} of ${whole.length}`, SAID);
        if (ended.code !== 0) said += 1;
        tally.add('damages');
      }
      tally.add('damages that were seen', said);
      await putBack(w, whole);
      await expectWell(w, tree);
      if (!isSoak) expect(said, 'some were seen').toBeGreaterThan(0);
    },
  );
});

/** Where the only page of a small table lies in the file, bytes. */
function pageOf(database: string, table: string): { start: number; end: number } {
  const db = new DatabaseSync(database, { readOnly: true });
  const { rootpage } = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table) as {
    rootpage: number;
  };
  db.close();
  return { start: (rootpage - 1) * PAGE, end: rootpage * PAGE };
}

/** What is damaged is said, or did no harm; in any case nothing was sent. */
function expectHarmless(w: World, ended: CairnEnded, what: string, codes = ['home-damaged']): void {
  const words = `${what}: ${JSON.stringify(ended.lines)} ${ended.stderr}`;
  expect(ended.signal, words).toBe(null);
  expect(
    w.requests().filter(({ operation }) => WRITES.has(operation)),
    words,
  ).toEqual([]);
  if (ended.code !== 0) expect(codes, words).toContain(codesOf(ended.lines).join(' '));
}

async function putBack(w: World, bytes: Buffer): Promise<void> {
  for (const name of ['cairn.db-wal', 'cairn.db-shm']) await rm(join(w.home, name), { force: true });
  await writeFile(join(w.home, 'cairn.db'), bytes);
  expect((await stat(join(w.home, 'cairn.db'))).size).toBe(bytes.length);
}

function codesOf(lines: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] {
  return lines.flatMap(({ error }) =>
    typeof error === 'object' && error !== null && 'code' in error ? [error.code] : [],
  );
}
