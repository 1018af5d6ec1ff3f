/** The queue as a person meets it: pauses, intervals, forgetting, limits, and an end that lets things end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RunningCairn } from '../support/world/command.ts';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';

async function beginWatch(w: World): Promise<RunningCairn> {
  const watch = w.begin(['watch']);
  await watch.until(({ stderr }) => stderr.includes('Watching'), 'its first words');
  return watch;
}

async function endWatch(watch: RunningCairn): Promise<void> {
  watch.kill('SIGTERM');
  expect(await watch.ended, watch.stderr).toMatchObject({ code: 0, signal: null });
}

const has =
  (path: string, times = 1) =>
  (run: RunningCairn): boolean =>
    run.lines.filter((line) => line['path'] === path).length >= times;

test('a pause of all ends by itself: nothing goes out before, and what was saved meanwhile goes out then', async () => {
  await using w = await openWorld();
  expect(await w.cairn('pause', '--for', 'soon')).toMatchObject({ code: 2, lines: [{ error: { code: 'usage' } }] });
  expect(await w.cairn('pause', '--until', '2001-01-01')).toMatchObject({ code: 2 });
  const watch = await beginWatch(w);
  const [paused] = await w.cairnDone('pause', '--for', '4s');
  expect(paused).toMatchObject({ name: FOLDER, paused: true });
  const until = Date.parse(String(paused?.['pausedUntil']));
  await w.write('a.txt', 'one');
  expect(await w.cairnDone('status')).toMatchObject([{ state: 'paused', pausedUntil: paused?.['pausedUntil'] }]);
  await watch.until(has('a.txt'), 'the receipt after the pause');
  expect(Date.parse(String(w.receipts('a.txt')[0]?.startedAt))).toBeGreaterThanOrEqual(until);
  expect(await w.cairnDone('status')).toMatchObject([{ pausedUntil: null }]);

  expect(await w.cairnDone('pause', FOLDER)).toMatchObject([{ paused: true }]);
  expect(await w.cairnDone('resume')).toMatchObject([{ name: FOLDER, paused: false }]);
  expect(await w.cairnDone('resume')).toEqual([]);
  await endWatch(watch);
});

test('a least interval: what is saved too soon waits, and the latest of it becomes the version; one can be sent at once', async () => {
  await using w = await openWorld();
  await w.cairnDone('folder', 'interval', FOLDER, '1h');
  await w.write('log.txt', 'one');
  await w.write('b.txt', 'other');
  expect(await w.settle()).toMatchObject({ puts: 2, waiting: 0 });
  await w.write('log.txt', 'two');
  expect(await w.settle()).toMatchObject({ puts: 0, waiting: 1 });
  await w.write('log.txt', 'three');
  expect(await w.settle()).toMatchObject({ puts: 0, waiting: 1 });
  expect(await w.cairnDone('queue')).toMatchObject([{ path: 'log.txt', state: 'waiting', waitsFor: 'interval' }]);
  await w.expectVersions('log.txt', ['one']);

  expect(await w.cairnDone('queue', 'first', FOLDER, 'log.txt')).toMatchObject([{ path: 'log.txt', waitsFor: null }]);
  expect(await w.settle()).toMatchObject({ puts: 1, waiting: 0 });
  await w.expectVersions('log.txt', ['three', 'one']);

  // A shorter one counts at once, and ends by itself.
  await w.cairnDone('folder', 'interval', FOLDER, '5');
  const watch = await beginWatch(w);
  for (const word of ['four', 'five', 'six']) {
    await w.write('log.txt', word);
    await sleep(400);
  }
  await watch.until(has('log.txt'), 'the receipt after the interval');
  await w.expectVersions('log.txt', ['six', 'three', 'one']);
  await endWatch(watch);
});

test('a path that is forgotten is left alone until it changes, and one that is not queued is refused', async () => {
  await using w = await openWorld();
  const others = { etag: `"${'0'.repeat(32)}"`, 'x-amz-checksum-crc32': 'AAAAAA==' };
  w.gate.spoilAnswers(
    ({ operation }) => operation === 'PutObject' || operation === 'HeadObject',
    { kind: 'headers', headers: others },
    Infinity,
  );
  await w.write('a.txt', 'one');
  await w.sync();
  expect(w.parked()).toEqual({ 'a.txt': 'damaged' });
  w.gate.spoilAnswers(() => false);
  await w.expectRefused(['forget', FOLDER, 'b.txt'], 2, 'not-queued');
  await w.expectRefused(['forget', FOLDER, '../b.txt'], 2, 'usage');
  await w.expectRefused(['queue', 'first', FOLDER, 'b.txt'], 2, 'not-queued');
  expect(await w.cairnDone('forget', FOLDER, 'a.txt')).toMatchObject([{ folder: FOLDER, path: 'a.txt' }]);
  const before = w.requests('PutObject').length;
  await w.settle();
  await w.settle();
  expect(w.requests('PutObject').length, 'nothing is sent again').toBe(before);
  expect(await w.cairnDone('queue')).toEqual([]);
  expect(await w.cairnDone('status')).toMatchObject([{ forgotten: 1 }]);
  await w.write('a.txt', 'another');
  expect(await w.settle()).toMatchObject({ puts: 1 });
  expect(await w.cairnDone('status')).toMatchObject([{ forgotten: 0 }]);
});

test('under a limit a file takes its time; asked to end, Cairn lets it end, and has nothing to look for afterwards', async () => {
  await using w = await openWorld();
  expect(await w.cairnDone('limit', 'set', '200K')).toEqual([{ rules: [], default: 204_800 }]);
  await w.cairnDone('limit', 'set', '1M', '--from', '22:00', '--to', '06:00', '--days', 'sat,sun');
  expect(await w.cairnDone('limit', 'show')).toMatchObject([
    { default: 204_800, rules: [{ bytesPerSecond: 1_048_576 }] },
  ]);
  await w.expectRefused(['limit', 'set', '10'], 2, 'usage');
  await w.expectRefused(['limit', 'set', '1M', '--from', '8', '--to', '9'], 2, 'usage');
  await w.cairnDone('limit', 'off');
  await w.cairnDone('limit', 'set', '200K');

  await w.write('a.bin', Buffer.alloc(300 * 1024, 'a'));
  const sync = w.begin(['sync']);
  while (w.requests('PutObject').length === 0 && sync.isRunning) await sleep(5);
  const begun = performance.now();
  sync.kill('SIGINT');
  const ended = await sync.ended;
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(ended).toMatchObject({ code: 1, lines: [{ path: 'a.bin', operation: 'put' }, { summary: { puts: 1 } }] });
  const [receipt] = w.receipts('a.bin');
  expect(Date.parse(receipt?.finishedAt ?? '') - Date.parse(receipt?.startedAt ?? '')).toBeGreaterThan(1_000);
  w.forgetRequests();
  expect(await w.settle()).toMatchObject({ puts: 0, requests: 0 });
  await w.expectNothingLost();
});
