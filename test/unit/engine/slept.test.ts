import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hasSlept, watchForSleep } from '../../../main/engine/slept.ts';

const MINUTE = 60_000;
const START = { wallMs: 1_000_000, steadyMs: 500 };
const after = (wallMs: number, steadyMs: number) => ({
  wallMs: START.wallMs + wallMs,
  steadyMs: START.steadyMs + steadyMs,
});

test.each([
  ['both went on alike', MINUTE, MINUTE, false],
  ['a busy thread is no sleep', 10 * MINUTE, 10 * MINUTE, false],
  ['eight hours of sleep', 480 * MINUTE, 30_000, true],
  ['two minutes and a bit', 2 * MINUTE + 30_001, 30_000, true],
  ['a clock that was a little off', MINUTE + 30_000, 30_000, false],
  ['a clock set back', -480 * MINUTE, 30_000, false],
])('%s', (_, wallMs, steadyMs, expected) => {
  expect(hasSlept(START, after(wallMs, steadyMs))).toBe(expected);
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('a sleep is told once', () => {
  let clocks = START;
  const onWake = vi.fn();
  const stop = watchForSleep(onWake, () => clocks);
  vi.advanceTimersByTime(MINUTE);
  expect(onWake).not.toHaveBeenCalled();
  clocks = after(60 * MINUTE, MINUTE);
  vi.advanceTimersByTime(5 * MINUTE);
  expect(onWake).toHaveBeenCalledTimes(1);
  stop();
});
