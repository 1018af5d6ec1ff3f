import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Activity } from '../../../main/contract/models.ts';
import { success } from '../../../main/contract/result.ts';
import { ActivityLog } from '../../../renderer/state/activity.svelte.ts';
import { FakeBridge, FakeVisibility } from './fake-bridge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2000);

function opened(begin: number) {
  let newest = begin;
  const entry = (seq: number): Activity => ({
    seq,
    at: '2026-11-22T14:00:00.000Z',
    folder: 'Thesis',
    kind: 'saved',
    code: 'put',
    path: `f${String(seq)}`,
    detail: {},
  });
  const bridge = new FakeBridge({
    'activity.list': ({ before, limit = 100 }) => {
      const from = Math.min(newest, (before ?? newest + 1) - 1);
      return success(Array.from({ length: Math.max(0, Math.min(limit, from)) }, (_, index) => entry(from - index)));
    },
  });
  const log = new ActivityLog(null, bridge, new FakeVisibility());
  const stop = log.start();
  const save = async (count: number): Promise<void> => {
    newest += count;
    bridge.emit('saved', { folder: 'Thesis', path: 'x', seq: newest });
    await settled();
  };
  return { log, stop, save };
}
const range = (log: ActivityLog): (number | undefined)[] => [
  log.rows?.[0]?.seq,
  log.rows?.at(-1)?.seq,
  log.rows?.length,
];

it('shows the newest first and reads on where the list ends', async () => {
  const { log, stop } = opened(450);
  await settled();
  expect(range(log)).toEqual([450, 251, 200]);
  expect(log.hasMore).toBe(true);
  await log.readOn();
  await log.readOn();
  expect(range(log)).toEqual([450, 1, 450]);
  expect(log.hasMore).toBe(false);
  stop();
});

it('lets new rows in while the newest are looked at', async () => {
  const { log, stop, save } = opened(10);
  await settled();
  await save(3);
  expect(range(log)).toEqual([13, 1, 13]);
  expect(log.held).toBe(0);
  stop();
});

it('holds new rows back while somebody reads further down, until they are asked for', async () => {
  const { log, stop, save } = opened(10);
  await settled();
  log.isAtTop = false;
  await save(3);
  await save(2);
  expect(range(log)).toEqual([10, 1, 10]);
  expect(log.held).toBe(5);
  log.show();
  expect(log.rows?.map((row) => row.seq)).toEqual(Array.from({ length: 15 }, (_, index) => 15 - index));
  expect(log.held).toBe(0);
  stop();
});

it('starts from the newest page when more came than it holds', async () => {
  const { log, stop, save } = opened(10);
  await settled();
  await save(1000);
  expect(range(log)).toEqual([1010, 811, 200]);
  await log.readOn();
  expect(range(log)).toEqual([1010, 611, 400]);
  stop();
});
