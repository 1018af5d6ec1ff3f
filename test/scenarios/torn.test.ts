/** A file that is rewritten all the time while it is sent: every version is one whole state of it, never two mixed. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RunningCairn } from '../support/world/command.ts';
import { digest } from '../support/world/disk.ts';
import { openWorld, tellOnce, type World } from '../support/world/world.ts';

const MIB = 1024 * 1024;
const COUNTER = 8;

/** One state: its number, again and again. */
function state(size: number, number: number): Buffer {
  return Buffer.alloc(size, String(number).padStart(COUNTER, '0'));
}

/** The number of a state, or null where it is none or several. */
function numberOf(bytes: Buffer): number | null {
  const first = bytes.subarray(0, COUNTER).toString();
  return bytes.equals(Buffer.alloc(bytes.length, first)) ? Number(first) : null;
}

/** Writes in place and in pieces, as a program does that does not care about readers. */
async function rewrite(path: string, bytes: Buffer, pieces: number): Promise<void> {
  const file = openSync(path, 'r+');
  try {
    const step = Math.ceil(bytes.length / pieces / COUNTER) * COUNTER;
    for (let at = 0; at < bytes.length; at += step) {
      writeSync(file, bytes, at, Math.min(step, bytes.length - at), at);
      await sleep(1);
    }
    ftruncateSync(file, bytes.length);
  } finally {
    closeSync(file);
  }
}

const saved = (run: RunningCairn, path: string): number => run.lines.filter((line) => line['path'] === path).length;

async function expectWholeStates(w: World, path: string, last: number): Promise<readonly (number | null)[]> {
  const versions = await w.bucket.versionsOf(path);
  const numbers: (number | null)[] = [];
  for (const version of versions) numbers.push(numberOf(await w.bucket.bytes(path, version.versionId)));
  expect(numbers, 'each version is one state').not.toContain(null);
  expect(numbers, 'newest first').toEqual([...numbers].sort((a, b) => (b ?? 0) - (a ?? 0)));
  expect(numbers[0], 'the last state is the newest version').toBe(last);
  return numbers;
}

test.each([
  // Pauses a little below and above the 300 ms for which a file must have been quiet.
  { name: 'small', size: 64 * 1024, pieces: 8, pauses: [0, 250, 290, 310, 330, 360, 420], rounds: 41 },
  { name: 'of 20 MiB, in parts', size: 20 * MIB, pieces: 6, pauses: [0, 310, 400, 600, 900, 1500], rounds: 25 },
])('a file $name', async ({ size, pieces, pauses, rounds }) => {
  await using w = await openWorld();
  await mkdir(w.path('busy'));
  await w.write('busy/file', state(size, 0));
  const watch = w.begin(['watch']);
  await watch.until((run) => saved(run, 'busy/file') >= 1, 'the first version');

  for (let round = 1; round <= rounds; round += 1) {
    await rewrite(w.path('busy/file'), state(size, round), pieces);
    // At rest now and then until it is caught: a slow machine, too, must send some states between.
    const soFar = saved(watch, 'busy/file');
    if (round % 8 === 0) await watch.until((run) => saved(run, 'busy/file') > soFar, `state ${round}`);
    else await sleep(pauses[round % pauses.length] ?? 0);
  }
  const last = digest('sha256', state(size, rounds));
  await watch.until((run) => run.lines.some((line) => line['sha256'] === last), 'the last state');
  watch.kill('SIGTERM');
  expect(await watch.ended).toMatchObject({ code: 0 });

  const numbers = await expectWholeStates(w, 'busy/file', rounds);
  expect(numbers.length, 'some states between were caught').toBeGreaterThan(2);
  await w.cairnDone('sync');
  await w.expectNothingLost();
});

tellOnce('a file that never rests is parked by sync with the reason, and the others go', async () => {
  await using w = await openWorld();
  await w.write('restless', state(1024, 0));
  await w.write('calm', 'calm');
  const stop = new AbortController();
  const writing = (async () => {
    for (let round = 1; !stop.signal.aborted; round += 1) {
      await rewrite(w.path('restless'), state(1024, round), 2);
      await sleep(40);
    }
  })();

  const ended = await w.cairn('sync');
  stop.abort();
  await writing;

  expect(ended.code, 'some files need attention').toBe(3);
  expect(w.parked()).toEqual({ restless: 'file-changing' });
  await w.expectVersions('calm', ['calm']);
  expect(await w.settle(), 'at rest it goes by itself').toMatchObject({ puts: 1, parked: 0 });
  await w.expectNothingLost();
});
