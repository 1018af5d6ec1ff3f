/** What was sent over a longer time is read as long as somebody looks at it. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { success } from '../../../main/contract/result.ts';
import { Sent } from '../../../renderer/state/sent.svelte.ts';
import { FakeBridge, FakeVisibility } from './fake-bridge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('the chart’s hour and day are read when they are chosen, then now and then, and not while nobody sees them', async () => {
  const bridge = new FakeBridge({
    'status.throughput': ({ span }) => success([{ at: `of the ${span}`, bytes: 1 } as never]),
  });
  const visibility = new FakeVisibility();
  const sent = new Sent(bridge, visibility);
  const stop = sent.start();
  const passed = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);
  await passed(60);
  expect(bridge.count('status.throughput'), 'the last minutes come with the status').toBe(0);

  sent.span = 'day';
  await passed(1);
  expect(sent.points).toMatchObject([{ at: 'of the day' }]);
  await passed(24);
  expect(bridge.count('status.throughput')).toBe(3);

  visibility.isVisible = false;
  await passed(120);
  expect(bridge.count('status.throughput')).toBe(3);
  expect(vi.getTimerCount(), 'a timer wakes what nobody sees').toBe(0);
  visibility.show();
  await passed(1);
  expect(bridge.count('status.throughput')).toBe(4);
  await passed(12);
  expect(bridge.count('status.throughput')).toBe(5);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});
