import { describe, expect, test } from 'vitest';
import { BUILT_IN_PRICES } from '../../../main/policy/prices.ts';
import { nextLookMs, readRestore, thawOffers } from '../../../main/policy/thaw.ts';

const GB = 2 ** 30;

test('tiers by class, the quickest first, each with its time and its price', () => {
  const offers = thawOffers('GLACIER', 100 * GB, 30, BUILT_IN_PRICES);
  expect(offers.map(({ tier, minutes }) => [tier, minutes])).toEqual([
    ['Expedited', 5],
    ['Standard', 300],
    ['Bulk', 720],
  ]);
  // 100 GB for a month in STANDARD, and what the tier asks for a GB and a request.
  for (const [index, price] of [2.3 + 3 + 0.01, 2.3 + 1 + 0.00005, 2.3].entries()) {
    expect(offers[index]?.price).toBeCloseTo(price, 8);
  }
  expect(thawOffers('DEEP_ARCHIVE', GB, 1, BUILT_IN_PRICES).map(({ tier }) => tier)).toEqual(['Standard', 'Bulk']);
  for (const other of ['STANDARD', 'GLACIER_IR', 'constructor', null]) {
    expect(thawOffers(other, GB, 1, BUILT_IN_PRICES)).toEqual([]);
  }
});

test('looks are sparing: few until it is due, never more than one a minute, one an hour where it is overdue', () => {
  const minute = 60_000;
  let at = 0;
  const looks: number[] = [];
  while (at < 400 * minute) looks.push((at = nextLookMs(at, 300 * minute)) / minute);
  expect(looks[0]).toBe(60);
  expect(looks.length).toBeLessThan(25);
  expect(nextLookMs(1000 * minute, 300 * minute)).toBe(1060 * minute);
  expect(nextLookMs(0, 1)).toBe(minute);
});

describe('what the store says', () => {
  test.each<[string | undefined, unknown]>([
    [undefined, { kind: 'none' }],
    ['', { kind: 'none' }],
    ['ongoing-request="true"', { kind: 'ongoing' }],
    [
      'ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"',
      { kind: 'ready', until: '2029-12-21T00:00:00.000Z' },
    ],
    ['ongoing-request="false"', { kind: 'ready', until: null }],
  ])('%s', (header, expected) => {
    expect(readRestore(header)).toEqual(expected);
  });
});
