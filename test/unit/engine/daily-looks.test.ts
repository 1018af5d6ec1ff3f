import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failure, type Failure } from '../../../main/contract/errors.ts';
import type { Folder } from '../../../main/contract/models.ts';
import { failed, success, type Result } from '../../../main/contract/result.ts';
import { openDailyLooks } from '../../../main/engine/daily-looks.ts';

const HOUR = 3_600_000;
const folders = ['a', 'b'].map((id) => ({ id, name: id }) as Folder);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open(look: (folder: Folder) => Promise<Result<unknown>>, lastAt = new Map<string, string>()) {
  const looked: string[] = [];
  const failures: Failure[] = [];
  const looks = openDailyLooks({
    folders: () => folders,
    lastAt: ({ id }) => lastAt.get(id) ?? null,
    look: async (folder) => {
      looked.push(folder.id);
      const result = await look(folder);
      if (result.ok) lastAt.set(folder.id, new Date().toISOString());
      return result;
    },
    now: () => new Date(),
    random: () => 0.5,
    onFailure: (_folder, cause) => failures.push(cause),
    onBug: (error) => {
      throw error;
    },
  });
  return { looks, looked, failures };
}

it('looks at each folder a while after the start and then once a day, and not again after its stop', async () => {
  const { looks, looked } = open(() => Promise.resolve(success(null)));
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(looked).toEqual([]);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(looked).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(22 * HOUR);
  expect(looked.length).toBe(2);
  await vi.advanceTimersByTimeAsync(2 * HOUR);
  expect(looked.length).toBe(4);
  await looks.stop();
  await vi.advanceTimersByTimeAsync(100 * HOUR);
  expect(looked.length).toBe(4);
  expect(vi.getTimerCount()).toBe(0);
});

it('a folder that was looked at lately waits, one that failed is told of and tried again', async () => {
  const lastAt = new Map([['a', new Date().toISOString()]]);
  const { looks, looked, failures } = open(() => Promise.resolve(failed(failure('offline'))), lastAt);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(new Set(looked)).toEqual(new Set(['b']));
  expect(looked.length).toBeGreaterThan(1);
  expect(failures.map(({ code }) => code)).toContain('offline');
  await looks.stop();
});
