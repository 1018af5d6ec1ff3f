import { expect, it } from 'vitest';
import { advance, settle } from '../../../renderer/state/progress.ts';

it('counts what is done of a batch, and ends with it', () => {
  let progress = advance(null, 10);
  expect(progress).toEqual({ total: 10, done: 0, share: 0 });
  progress = advance(progress, 4);
  expect(progress).toEqual({ total: 10, done: 6, share: 0.6 });
  expect(advance(progress, 0)).toBeNull();
  expect(advance(null, 0)).toBeNull();
});

it('never goes back when work is added: the numbers say so, the bar waits', () => {
  const half = advance(advance(null, 10), 5);
  const grown = advance(half, 15);
  expect(grown).toEqual({ total: 20, done: 5, share: 0.5 });
  expect(advance(grown, 5)?.share).toBe(0.75);
});

it('lets the time left fall at once and rise only after ten seconds', () => {
  const first = settle(null, 60, 0);
  expect(first).toEqual({ seconds: 60, aboveSince: null });
  expect(settle(first, 50, 1000)?.seconds).toBe(50);
  const above = settle(first, 90, 1000);
  expect(above).toEqual({ seconds: 60, aboveSince: 1000 });
  const still = settle(above, 95, 10_900);
  expect(still?.seconds).toBe(60);
  expect(settle(still, 95, 11_000)).toEqual({ seconds: 95, aboveSince: null });
  // Falling below in between begins the ten seconds anew.
  expect(settle(above, 55, 2000)).toEqual({ seconds: 55, aboveSince: null });
  expect(settle(first, null, 3000)).toBeNull();
});
