import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { pulse } from '../../../renderer/state/pulse.ts';
import { FakeVisibility } from './fake-bridge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('runs at once, then at most once in the given time, and once more for what came meanwhile', async () => {
  const runs: number[] = [];
  const beat = pulse(() => void runs.push(Date.now()), 500, new FakeVisibility());
  const begin = Date.now();
  for (let index = 0; index < 20; index += 1) {
    beat.request();
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(2000);
  expect(runs.map((at) => at - begin)).toEqual([0, 500, 1000, 1500, 2000]);
  beat.stop();
});

it('does nothing while the window is hidden, and catches up once when it is shown', async () => {
  const visibility = new FakeVisibility();
  visibility.isVisible = false;
  let runs = 0;
  const beat = pulse(() => void (runs += 1), 500, visibility);
  beat.request();
  beat.request();
  await vi.advanceTimersByTimeAsync(5000);
  expect(runs).toBe(0);
  visibility.show();
  await vi.advanceTimersByTimeAsync(5000);
  expect(runs).toBe(1);
  visibility.show();
  await vi.advanceTimersByTimeAsync(5000);
  expect(runs).toBe(1);
  beat.stop();
});

it('never runs twice at the same time, and gives a slow task a rest', async () => {
  let isRunning = false;
  const begun: number[] = [];
  const begin = Date.now();
  const beat = pulse(
    async () => {
      expect(isRunning).toBe(false);
      isRunning = true;
      begun.push(Date.now() - begin);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      isRunning = false;
    },
    500,
    new FakeVisibility(),
  );
  beat.request();
  await vi.advanceTimersByTimeAsync(200);
  beat.request();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(begun).toEqual([0, 5000]);
  beat.stop();
});

it('leaves no timer when it is stopped', async () => {
  let runs = 0;
  const beat = pulse(() => void (runs += 1), 500, new FakeVisibility());
  beat.request();
  await vi.advanceTimersByTimeAsync(10);
  beat.request();
  beat.stop();
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(5000);
  expect(runs).toBe(1);
});

it('goes on at its pace when the clock is set back', async () => {
  let runs = 0;
  const beat = pulse(() => void (runs += 1), 500, new FakeVisibility());
  beat.request();
  await vi.advanceTimersByTimeAsync(0);
  vi.setSystemTime(Date.now() - 86_400_000);
  beat.request();
  await vi.advanceTimersByTimeAsync(600);
  expect(runs).toBe(2);
  beat.stop();
});
