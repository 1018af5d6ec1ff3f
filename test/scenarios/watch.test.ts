/** `watch` as a process of its own: what is saved while it runs is in the bucket a moment later. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RunningCairn } from '../support/world/command.ts';
import { openWorld, type World } from '../support/world/world.ts';

/** Stop must finish or roll back within this, milliseconds. */
const STOP = 5_000;

/** A watch that has taken its first look. */
async function beginWatch(w: World): Promise<RunningCairn> {
  const watch = w.begin(['watch']);
  await watch.until(({ stderr }) => stderr.includes('Watching'), 'its first words');
  await w.write('begun', 'it looks');
  await receipt(watch, 'begun');
  return watch;
}

const pathsOf = (watch: RunningCairn): ReadonlySet<unknown> => new Set(watch.lines.map((line) => line['path']));

function receipt(watch: RunningCairn, path: string, times = 1): Promise<void> {
  const count = (run: RunningCairn): number => run.lines.filter((line) => line['path'] === path).length;
  return watch.until((run) => count(run) >= times, `receipt ${times} of ${path}`, 20_000);
}

/** Ends it as a system does that shuts down. */
async function end(w: World, watch: RunningCairn): Promise<void> {
  const since = performance.now();
  watch.kill('SIGTERM');
  const ended = await watch.ended;
  expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
  expect(performance.now() - since, 'milliseconds to its end').toBeLessThan(STOP);
  // The lock is free: the next one may change things.
  await w.cairnDone('sync');
}

test('each save becomes a version within a moment', async () => {
  await using w = await openWorld();
  await w.write('before.txt', 'saved before it ran');
  const watch = await beginWatch(w);
  await receipt(watch, 'before.txt');

  const latencies: number[] = [];
  for (let time = 1; time <= 10; time += 1) {
    const since = performance.now();
    await w.write('deep/er/a.txt', `state ${time}`);
    await receipt(watch, 'deep/er/a.txt', time);
    latencies.push(performance.now() - since);
  }
  latencies.sort((a, b) => a - b);
  const shown = latencies.map((value) => value.toFixed(0)).join(' ');
  console.log(`save to receipt, milliseconds: ${shown}`);
  // A bound that tells "by an event" from "by the hourly scan", and no measurement: machines differ.
  expect(latencies.at(-1)).toBeLessThan(10_000);

  await end(w, watch);
  await w.expectVersions(
    'deep/er/a.txt',
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((time) => `state ${time}`),
  );
  await w.expectNothingLost();
});

test('a renamed directory: all of it under the new name, and the old one gone after two looks', async () => {
  await using w = await openWorld();
  const watch = await beginWatch(w);
  const names = Array.from({ length: 20 }, (_, at) => `${at % 4}/${at}.txt`);
  for (const name of names) await w.write(`old/${name}`, name);
  await watch.until((run) => names.every((name) => pathsOf(run).has(`old/${name}`)), 'the receipts of the old names');

  await w.rename('old', 'new');
  await watch.until((run) => names.every((name) => pathsOf(run).has(`new/${name}`)), 'the receipts of the new names');
  const goneOf = (run: RunningCairn): number => run.lines.filter((line) => line['operation'] === 'gone').length;
  await watch.until((run) => goneOf(run) === names.length, 'the old names gone');

  await end(w, watch);
  await w.expectVersions('old/0/0.txt', ['0/0.txt']);
  await w.expectVersions('new/0/0.txt', ['0/0.txt']);
  const tree = await w.cairnDone('tree', 'notes');
  expect(tree.map((entry) => entry['path']).sort()).toEqual(['begun', ...names.map((name) => `new/${name}`)].sort());
  await w.expectNothingLost();
});

test('a burst of 500 files, some in directories that were not there', async () => {
  await using w = await openWorld();
  const watch = await beginWatch(w);
  const names = Array.from({ length: 500 }, (_, at) => `burst/${at % 25}/deep/${at}.txt`);
  await Promise.all(names.map((name) => w.write(name, name)));
  await watch.until((run) => names.every((name) => pathsOf(run).has(name)), 'all 500 receipts');

  await end(w, watch);
  await w.expectNothingLost();
});

test('ended in the middle of a burst it loses nothing', async () => {
  await using w = await openWorld();
  const watch = await beginWatch(w);
  for (let at = 0; at < 300; at += 1) await w.write(`${at}.txt`, String(at));
  await watch.until((run) => run.lines.length > 20, 'some receipts');
  await end(w, watch);
  await w.expectNothingLost();
  expect(await w.bucket.versions(), 'one version each').toHaveLength(301);
});

test('a second one on the same home is refused while it runs, and reading commands are not', async () => {
  await using w = await openWorld();
  const watch = await beginWatch(w);

  await w.expectRefused(['watch'], 1, 'home-locked');
  expect((await w.cairnDone('status')).at(0)).toMatchObject({ folder: 'notes', files: 1 });
  expect(await w.cairnDone('receipts', 'check')).toMatchObject([{ ok: true, checked: 1 }]);

  watch.kill('SIGKILL');
  await watch.ended;
  await sleep(50);
  await w.cairnDone('sync');
});
