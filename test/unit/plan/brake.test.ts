import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BRAKE_LIMITS, isMassReplacement, judgeDeletes } from '../../../main/plan/index.ts';

const count = fc.integer({ min: 0, max: 5_000 });
const verdict = (sent: number, waiting: number, files: number, more: { missed?: number; isPulled?: boolean } = {}) =>
  judgeDeletes({ sent, waiting, files, missed: 0, isPulled: false, ...more }, BRAKE_LIMITS);

describe('deletes', () => {
  test('more than a quarter of a folder of over 20 files waits, more than 1,000 in any', () => {
    expect(verdict(0, 5, 20)).toBe('go');
    expect(verdict(0, 20, 20), 'a small folder').toBe('go');
    expect(verdict(0, 5, 21)).toBe('go');
    expect(verdict(0, 6, 21)).toBe('pull');
    expect(verdict(0, 1_000, 1_000_000)).toBe('go');
    expect(verdict(0, 1_001, 1_000_000)).toBe('pull');
  });

  test('spreading them gains nothing: what went out counts with what waits, and the folder is as large as it was', () => {
    fc.assert(
      fc.property(count, count, count, (sent, waiting, others) => {
        fc.pre(waiting > 0);
        const before = sent + waiting + others;
        expect(verdict(sent, waiting, waiting + others)).toBe(verdict(0, sent + waiting, before));
      }),
    );
  });

  test('one more never lets go what fewer held back', () => {
    fc.assert(
      fc.property(count, count, count, (sent, waiting, files) => {
        fc.pre(waiting > 0 && files > waiting);
        if (verdict(sent, waiting, files) === 'pull') expect(verdict(sent, waiting + 1, files)).toBe('pull');
      }),
    );
  });

  test('once pulled it stays so, however the numbers fall, until nothing waits', () => {
    fc.assert(
      fc.property(count, count, count, (sent, waiting, files) => {
        expect(verdict(sent, waiting, files, { isPulled: true })).toBe(waiting === 0 ? 'go' : 'pull');
      }),
    );
  });

  test('where what was missed would be too much, the rest waits for it to show, and no person is asked', () => {
    expect(verdict(0, 1, 40, { missed: 9 })).toBe('go');
    expect(verdict(0, 1, 40, { missed: 10 })).toBe('wait');
    fc.assert(
      fc.property(count, count, count, count, (sent, waiting, files, missed) => {
        if (verdict(sent, waiting, files) === 'pull') expect(verdict(sent, waiting, files, { missed })).toBe('pull');
        else expect(verdict(sent, waiting, files, { missed })).not.toBe('pull');
      }),
    );
  });
});

test('a replacement is told for more than half of a folder of over 20 files, and for all of one of at least 10', () => {
  const is = (replaced: number, files: number) => isMassReplacement(replaced, files, BRAKE_LIMITS);
  expect([is(20, 40), is(21, 40), is(11, 21), is(10, 21)]).toEqual([false, true, true, false]);
  expect([is(9, 10), is(10, 10), is(9, 9), is(20, 20)]).toEqual([false, true, false, true]);
});
