/** The home's problem: noted once, tried again by the clock, gone when a row can be written. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Health } from '../../../main/engine/health.ts';
import { temporaryFolder } from '../store/support.ts';

const sqlite = (code: string): Error => Object.assign(new Error(code), { code });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount(), 'timers that were left').toBe(0);
  vi.useRealTimers();
});

function open(probe: () => void) {
  const changes: (string | null)[] = [];
  const said: string[] = [];
  const health = new Health({
    home: temporaryFolder(),
    tables: { probe },
    log: (line) => said.push(line),
    onChange: (problem) => changes.push(problem?.code ?? null),
  });
  return { health, changes, said };
}

test.each(['SQLITE_FULL', 'SQLITE_BUSY', 'SQLITE_READONLY', 'SQLITE_IOERR_WRITE'])(
  '%s: told once, tried every five seconds, over when a row is written',
  (code) => {
    let isWell = false;
    let tries = 0;
    const { health, changes, said } = open(() => {
      tries += 1;
      if (!isWell) throw sqlite(code);
    });
    for (let times = 0; times < 10; times += 1) expect(health.note(sqlite(code))).not.toBeNull();
    vi.advanceTimersByTime(21_000);
    expect(tries).toBe(4);
    expect(said).toHaveLength(1);
    isWell = true;
    vi.advanceTimersByTime(5_000);
    expect(health.problem).toBeNull();
    expect(changes).toEqual([expect.any(String), null]);
    health.stop();
  },
);

test('damage stays: that a row can be written proves nothing', () => {
  const { health, changes } = open(() => undefined);
  health.note(sqlite('SQLITE_CORRUPT'));
  vi.advanceTimersByTime(60_000);
  expect(health.problem?.code).toBe('home-damaged');
  expect(changes).toEqual(['home-damaged']);
  health.stop();
});

test('a bug is none of the home’s', () => {
  const { health, changes } = open(() => undefined);
  expect(health.note(new TypeError('x'))).toBeNull();
  expect(health.note(sqlite('SQLITE_CONSTRAINT'))).toBeNull();
  expect(changes).toEqual([]);
  health.stop();
});

test('after the stop nothing is tried', () => {
  const { health, changes } = open(() => {
    throw new Error('it was tried');
  });
  health.note(sqlite('SQLITE_FULL'));
  health.stop();
  vi.advanceTimersByTime(60_000);
  health.note(sqlite('SQLITE_BUSY'));
  vi.advanceTimersByTime(60_000);
  expect(changes).toEqual(['disk-full']);
});
