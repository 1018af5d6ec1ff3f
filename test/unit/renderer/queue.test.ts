import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { BrakeReport, Folder, QueueEntry } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import type { Cause } from '../../../renderer/state/causes.ts';
import { Folders } from '../../../renderer/state/folders.svelte.ts';
import { inAnHour, tomorrowMorning } from '../../../renderer/state/pauses.ts';
import { Problems } from '../../../renderer/state/problems.svelte.ts';
import { Queue } from '../../../renderer/state/queue.svelte.ts';
import { Status } from '../../../renderer/state/status.svelte.ts';
import { FakeBridge, FakeVisibility } from './fake-bridge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2000);
const entry = (path: string, state: QueueEntry['state']): QueueEntry => ({
  folder: 'Thesis',
  path,
  operation: 'put',
  state,
  size: 1,
  attempts: 0,
  notBefore: null,
  waitsFor: null,
  error: null,
});

it('pulls one forward and leaves one out, and reads the queue again', async () => {
  let list = [entry('a', 'waiting'), entry('b', 'waiting'), entry('c', 'parked')];
  const bridge = new FakeBridge({
    'queue.list': () => success(list),
    'queue.first': ({ path }) => {
      list = [entry(path, 'waiting'), ...list.filter((one) => one.path !== path)];
      return success(entry(path, 'waiting'));
    },
    'queue.forget': ({ folder, path }) => {
      list = list.filter((one) => one.path !== path);
      return success({ folder, path, settling: false });
    },
  });
  const queue = new Queue('Thesis', bridge, new FakeVisibility());
  const stop = queue.start();
  await settled();
  const paths = (): readonly string[] => queue.rows?.map(({ path }) => path) ?? [];
  expect(paths()).toEqual(['c', 'a', 'b']);
  await queue.first('b');
  await settled();
  expect(paths()).toEqual(['c', 'b', 'a']);
  await queue.forget('a');
  await settled();
  expect(paths()).toEqual(['c', 'b']);
  stop();
});

it('says why a wish was not done until the next one is', async () => {
  const bridge = new FakeBridge({
    'queue.list': () => success([entry('a', 'active')]),
    'queue.forget': ({ path }) => failed(failure('under-way', { path })),
    'queue.retry': () => success(1),
  });
  const queue = new Queue('Thesis', bridge, new FakeVisibility());
  const stop = queue.start();
  await queue.forget('a');
  await settled();
  // Reading the list well does not take the answer away.
  expect(queue.failure?.code).toBe('under-way');
  await queue.retry(null);
  expect(queue.failure).toBeNull();
  stop();
});

it('pauses a folder until a time', async () => {
  const bridge = new FakeBridge({
    'queue.pause': ({ folder, until }) =>
      success([{ id: '1', name: folder, paused: true, pausedUntil: until ?? null } as Folder]),
  });
  const folders = new Folders(bridge, new FakeVisibility());
  await folders.pauseUntil('Thesis', '2026-11-23T08:00:00.000Z');
  expect(folders.find('Thesis')).toMatchObject({ paused: true, pausedUntil: '2026-11-23T08:00:00.000Z' });
  await folders.pauseUntil('Thesis', null);
  expect(bridge.made.at(-1)).toEqual({ name: 'queue.pause', input: { folder: 'Thesis' } });
});

it('knows an hour and the next morning', () => {
  const evening = new Date(2026, 10, 22, 21, 30);
  expect(Date.parse(inAnHour(evening)) - evening.getTime()).toBe(3_600_000);
  expect(tomorrowMorning(evening)).toBe(new Date(2026, 10, 23, 8).toISOString());
  expect(tomorrowMorning(new Date(2026, 11, 31, 1))).toBe(new Date(2027, 0, 1, 8).toISOString());
});

it('names the deletes that a cause holds back', async () => {
  const report = (folder: string, deletes: number): BrakeReport => ({
    folder,
    deletes,
    since: null,
    paths: ['x'],
    replaced: null,
  });
  const bridge = new FakeBridge({
    'brake.show': ({ folder }) =>
      folder === 'gone'
        ? failed(failure('unknown-folder', { name: folder }))
        : success(report(folder, folder === 'a' ? 30 : 0)),
  });
  const problems = new Problems(bridge, new Status(bridge, new FakeVisibility()), new FakeVisibility());
  const cause = { folders: ['a', 'b', 'gone'] } as Partial<Cause> as Cause;
  expect(await problems.waitingDeletes(cause)).toEqual([report('a', 30)]);
  expect(problems.failure?.code).toBe('unknown-folder');
});
