/** Which jobs go out now: the order, the share of the oldest, and the places that large files leave free. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asksForOldest, choose, placesForLarge } from '../../../main/queue/choose.ts';
import type { Candidate } from '../../../main/store/job-order.ts';

const small = (id: number, rank: number): Candidate => ({ id, class: 0, rank });
const large = (id: number, rank: number): Candidate => ({ id, class: 1, rank });

describe('places', () => {
  test('go to the lowest rank, one in four to what was queued first', () => {
    const jobs = [small(1, 900), small(2, 800), small(3, 10), small(4, 20), small(5, 30), small(6, 40)];
    expect(choose(jobs, jobs, { places: 5, forLarge: 5, given: 0 })).toEqual([3, 4, 5, 1, 6]);
    expect(choose(jobs, jobs, { places: 1, forLarge: 1, given: 3 })).toEqual([1]);
    expect(choose(jobs, jobs, { places: 9, forLarge: 9, given: 4 })).toHaveLength(6);
  });

  test('of large files are never all: what is small goes past them, and what was pulled forward as well', () => {
    const jobs = [large(1, 1), large(2, 2), large(3, 3), small(4, 400), large(5, -1)];
    expect(choose(jobs, jobs, { places: 4, forLarge: 1, given: 0 })).toEqual([5, 4]);
    expect(choose(jobs.slice(0, 4), [], { places: 4, forLarge: 2, given: 0 })).toEqual([1, 2, 4]);
    expect([1, 4, 16, 64].map(placesForLarge)).toEqual([1, 3, 12, 48]);
  });
});

test('the oldest is asked for just when one of the places is its own', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.integer({ min: 1, max: 64 }), (given, places) => {
      const isIts = Array.from({ length: places }, (_, at) => (given + at) % 4 === 3).some((one) => one);
      expect(asksForOldest({ places, forLarge: places, given })).toBe(isIts);
    }),
  );
});

test('nothing waits for ever: however many better ones come, the first is out after as many claims as stood before it', () => {
  // Every claim finds better candidates; the first one still goes with the fourth place.
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(3), (places, start) => {
      let given = start;
      let next = 1000;
      for (let claim = 0; claim < 4; claim += 1) {
        const better = Array.from({ length: places }, () => small((next += 1), -1e9));
        const first = large(1, 1e15);
        const chosen = choose([...better, first], [first, ...better], { places, forLarge: 1, given });
        if (chosen.includes(1)) return;
        given += chosen.length;
      }
      throw new Error('the first one was never chosen');
    }),
  );
});
