/** When copies are made: by a clock that the test holds. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success, type Result } from '../../../main/contract/result.ts';
import { dayOf, openBackups } from '../../../main/engine/backups.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-01T08:00:00') });
});
afterEach(() => {
  expect(vi.getTimerCount(), 'timers that were left').toBe(0);
  vi.useRealTimers();
});

function keeper(answer: () => Result<unknown> = () => success(null)) {
  const made: string[] = [];
  const told: string[] = [];
  const days = new Set<string>();
  const backups = openBackups({
    now: () => new Date(),
    has: (day) => days.has(day),
    make: (day) => {
      made.push(day);
      const result = answer();
      if (result.ok) days.add(day);
      return Promise.resolve(result);
    },
    onFailure: (cause) => told.push(cause.code),
    onBug: (error) => {
      throw error;
    },
  });
  return { backups, made, told, days };
}

describe('copies', () => {
  test('a while after the start, then one a day', async () => {
    const { backups, made } = keeper();
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(made, 'not at once').toEqual([]);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(made).toEqual(['2026-03-01']);
    await vi.advanceTimersByTimeAsync(72 * HOUR);
    expect(made).toEqual(['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04']);
    await backups.stop();
  });

  test('none where today has one', async () => {
    const { backups, made, days } = keeper();
    days.add('2026-03-01');
    await vi.advanceTimersByTimeAsync(15 * HOUR);
    expect(made).toEqual([]);
    await backups.stop();
  });

  test('one that could not be made is tried again, and told once', async () => {
    let room = false;
    const { backups, made, told } = keeper(() => (room ? success(null) : failed(failure('disk-full', { path: '/' }))));
    await vi.advanceTimersByTimeAsync(3 * HOUR);
    expect(made.length).toBeGreaterThan(3);
    expect(told).toEqual(['disk-full']);
    room = true;
    const before = made.length;
    await vi.advanceTimersByTimeAsync(3 * HOUR);
    expect(made).toHaveLength(before + 1);
    await backups.stop();
  });

  test('a clock that is set back, or a computer that slept for days: each day once', async () => {
    const { backups, made } = keeper();
    await vi.advanceTimersByTimeAsync(HOUR);
    vi.setSystemTime(new Date('2026-02-27T08:00:00'));
    await vi.advanceTimersByTimeAsync(HOUR);
    vi.setSystemTime(new Date('2026-03-09T08:00:00'));
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(made).toEqual(['2026-03-01', '2026-02-27', '2026-03-09']);
    await backups.stop();
  });

  test('a stop waits for the copy under way, which hears of it', async () => {
    let heard = false;
    const backups = openBackups({
      now: () => new Date(),
      has: () => false,
      make: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            heard = true;
            resolve(failed(failure('cancelled')));
          });
        }),
      onFailure: (cause) => {
        throw new Error(cause.code);
      },
      onBug: (error) => {
        throw error;
      },
    });
    await vi.advanceTimersByTimeAsync(HOUR);
    await backups.stop();
    expect(heard).toBe(true);
  });
});

test('the day is the one where the computer stands', () => {
  expect(dayOf(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
  expect(dayOf(new Date(2026, 0, 6, 0, 1))).toBe('2026-01-06');
});
