import { describe, expect, test } from 'vitest';
import { requestsOf } from '../../../main/engine/cost.ts';
import { costOf, totalOf, type ClassCost, type CostFile, type CostOptions } from '../../../main/policy/cost.ts';
import { versionsGoing, type KeptVersion } from '../../../main/policy/kept.ts';
import { BUILT_IN_PRICES, parsePrices, pricesSchema } from '../../../main/policy/prices.ts';

const KB = 1024;
const GB = 2 ** 30;
const FOR_EVER: CostOptions = { keptDays: null, keptNewer: null, monthsAhead: 12, requestsOf: () => 1 };

function one(file: Partial<CostFile>, options: Partial<CostOptions> = {}): ClassCost {
  const whole: CostFile = {
    count: 1,
    size: GB,
    storageClass: 'STANDARD',
    versionsPerMonth: 0,
    kms: 'none',
    ...file,
  };
  const [cost] = costOf([whole], [], BUILT_IN_PRICES, { ...FOR_EVER, ...options });
  if (cost === undefined) throw new Error('There is no class.');
  return cost;
}

describe('storage', () => {
  test('a GB for a month costs the list price of its class', () => {
    expect(one({}).storage).toBeCloseTo(0.023, 6);
    expect(one({ storageClass: 'STANDARD_IA' }).storage).toBeCloseTo(0.0125, 6);
    expect(one({ storageClass: 'GLACIER_IR' }).storage).toBeCloseTo(0.004, 6);
  });

  test('an IA object under 128 KB is paid for as 128 KB, so a million small files are dearer than STANDARD', () => {
    const small = { count: 1_000_000, size: 4 * KB };
    const standard = one(small);
    const ia = one({ ...small, storageClass: 'STANDARD_IA' });
    expect(ia.billedBytes).toBe(1_000_000 * 128 * KB);
    expect(ia.storage).toBeCloseTo((1_000_000 * 128 * KB * 0.0125) / GB, 6);
    expect(ia.storage).toBeGreaterThan(standard.storage * 15);
    expect(one({ size: 128 * KB, storageClass: 'STANDARD_IA' }).billedBytes, 'at the edge').toBe(128 * KB);
    expect(one({ size: 128 * KB + 1, storageClass: 'STANDARD_IA' }).billedBytes).toBe(128 * KB + 1);
  });

  test('an archived object carries 32 KB of its class and 8 KB of STANDARD', () => {
    const cost = one({ size: 0, storageClass: 'DEEP_ARCHIVE', count: 1000 });
    expect(cost.billedBytes).toBe(1000 * 40 * KB);
    expect(cost.storage).toBeCloseTo((1000 * (32 * KB * 0.00099 + 8 * KB * 0.023)) / GB, 9);
  });

  test('INTELLIGENT_TIERING watches objects from 128 KB on', () => {
    const tiering = { storageClass: 'INTELLIGENT_TIERING', count: 1000 };
    expect(one({ ...tiering, size: 128 * KB }).watching).toBeCloseTo(0.0025, 9);
    expect(one({ ...tiering, size: 128 * KB - 1 }).watching).toBe(0);
  });

  test('a class without a price says so, and counts nothing', () => {
    const cost = one({ storageClass: 'SNOW' });
    expect(cost).toMatchObject({ isPriced: false, total: 0, files: 1, bytes: GB });
    expect(totalOf([cost]).isPriced).toBe(false);
  });
});

describe('versions', () => {
  test('kept for ever they add up', () => {
    expect(one({ versionsPerMonth: 4 })).toMatchObject({ versions: 48, versionBytes: 48 * GB });
    expect(one({ versionsPerMonth: 4 }).storage).toBeCloseTo(49 * 0.023, 6);
    expect(one({ versionsPerMonth: 4 }, { monthsAhead: 1 }).versions).toBe(4);
  });

  test('kept for days they level out; kept by number they stop at it; of both the larger stays', () => {
    expect(one({ versionsPerMonth: 30 }, { keptDays: 7 }).versions).toBeCloseTo(7, 9);
    expect(one({ versionsPerMonth: 30 }, { keptNewer: 4 }).versions).toBe(4);
    expect(one({ versionsPerMonth: 30 }, { keptNewer: 4, keptDays: 7 }).versions).toBeCloseTo(7, 9);
    expect(one({ versionsPerMonth: 30 }, { keptNewer: 9, keptDays: 7 }).versions).toBe(9);
  });

  test('those that are there already count in their own class', () => {
    const costs = costOf([], [{ count: 3, size: GB, storageClass: 'GLACIER_IR' }], BUILT_IN_PRICES, FOR_EVER);
    expect(costs).toMatchObject([{ storageClass: 'GLACIER_IR', files: 0, versions: 3 }]);
    expect(costs[0]?.storage).toBeCloseTo(0.012, 6);
  });

  test('what goes before the least days of its class is paid for on', () => {
    // Once a day replaced and kept for 7 days more: of 30 days 22 are paid for in vain, by 30 versions a month.
    const ia = one({ storageClass: 'STANDARD_IA', versionsPerMonth: 30 }, { keptDays: 7 });
    expect(ia.early).toBeCloseTo((30 * 0.0125 * 22) / 30, 6);
    expect(one({ storageClass: 'STANDARD_IA', versionsPerMonth: 30 }, { keptDays: 60 }).early).toBe(0);
    expect(one({ storageClass: 'STANDARD_IA', versionsPerMonth: 30 }).early, 'kept for ever').toBe(0);
    expect(one({ versionsPerMonth: 30 }, { keptDays: 1 }).early, 'STANDARD has no least').toBe(0);
  });
});

describe('requests and KMS', () => {
  test('each new version costs its requests, in the price of its class', () => {
    expect(one({ count: 1000, size: 1, versionsPerMonth: 2 }).requests).toBeCloseTo(0.01, 9);
    expect(one({ count: 1000, size: 1, versionsPerMonth: 2, storageClass: 'GLACIER' }).requests).toBeCloseTo(0.06, 9);
    expect(one({ count: 1000, versionsPerMonth: 1 }, { requestsOf: () => 66 }).requests).toBeCloseTo(0.33, 9);
  });

  test('an upload of many parts is so many requests, and two', () => {
    expect(requestsOf(0)).toBe(1);
    expect(requestsOf(16 * KB * KB)).toBe(1);
    expect(requestsOf(16 * KB * KB + 1)).toBe(4);
    expect(requestsOf(GB)).toBe(66);
  });

  test('a bucket key saves nearly all calls of KMS', () => {
    const each = one({ count: 10_000, versionsPerMonth: 1, kms: 'each' }).kms;
    expect(each).toBeCloseTo(0.03, 9);
    expect(one({ count: 10_000, versionsPerMonth: 1, kms: 'bucket-key' }).kms).toBeCloseTo(each / 100, 9);
    expect(one({ count: 10_000, versionsPerMonth: 1 }).kms).toBe(0);
  });

  test('a histogram costs what its files cost one by one', () => {
    const file: CostFile = { count: 1, size: 5000, storageClass: 'STANDARD_IA', versionsPerMonth: 3, kms: 'each' };
    const singly = totalOf(
      costOf(
        Array.from({ length: 50 }, () => file),
        [],
        BUILT_IN_PRICES,
        FOR_EVER,
      ),
    );
    const together = totalOf(costOf([{ ...file, count: 50 }], [], BUILT_IN_PRICES, FOR_EVER));
    expect(singly.total).toBeCloseTo(together.total, 12);
    expect(together.total).toBeCloseTo(together.storage + together.requests + together.kms, 12);
  });
});

describe('prices', () => {
  test('the built-in table passes its own schema, and says its date and source', () => {
    expect(pricesSchema.parse(BUILT_IN_PRICES)).toEqual(BUILT_IN_PRICES);
    expect(BUILT_IN_PRICES.source).toContain('check with your provider');
  });

  test('a person’s table is laid over it', () => {
    const own = { currency: 'EUR', asOf: '2026-01-01', source: 'my bill', classes: { STANDARD: { storage: 0.006 } } };
    const parsed = parsePrices(JSON.stringify(own));
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        currency: 'EUR',
        asOf: '2026-01-01',
        classes: { STANDARD: { storage: 0.006, writes: 0.005 }, GLACIER: BUILT_IN_PRICES.classes.GLACIER },
        kms: BUILT_IN_PRICES.kms,
      },
    });
    const snow = parsePrices(JSON.stringify({ asOf: '2026-01-01', source: 's', classes: { SNOW: { storage: 1 } } }));
    expect(snow).toMatchObject({ ok: true, value: { classes: { SNOW: { storage: 1, writes: 0, leastDays: 0 } } } });
  });

  test.each([
    ['no JSON', '{', 'prices.json'],
    ['no date', '{"source":"s"}', 'prices.json: asOf'],
    [
      'a negative price',
      '{"asOf":"2026-01-01","source":"s","classes":{"STANDARD":{"storage":-1}}}',
      'prices.json: classes: STANDARD: storage',
    ],
    ['an unknown class', '{"asOf":"2026-01-01","source":"s","classes":{"COLD":{"storage":1}}}', 'prices.json: classes'],
  ])('%s is refused by name', (_, text, field) => {
    expect(parsePrices(text)).toMatchObject({ ok: false, failure: { code: 'bad-input', facts: { field } } });
  });
});

describe('which versions a keep removes', () => {
  const DAY = 86_400_000;
  const at = (path: string, day: number, isMarker = false): KeptVersion => ({
    path,
    size: 10,
    storageClass: 'STANDARD',
    at: day * DAY,
    isMarker,
  });
  const daily = Array.from({ length: 10 }, (_, day) => at('a', day));

  test('by days: those that were replaced so long ago', () => {
    // Version n was replaced on day n + 1; on day 10 those of the days 0 to 4 have been so for 5 days or more.
    expect(versionsGoing(daily, { days: 5, newest: null }, 10 * DAY)).toMatchObject({ count: 5, bytes: 50 });
    expect(versionsGoing(daily, { days: 50, newest: null }, 10 * DAY).count).toBe(0);
  });

  test('by number: all but the newest, which the present one belongs to', () => {
    expect(versionsGoing(daily, { days: null, newest: 4 }, 20 * DAY).count).toBe(6);
    expect(versionsGoing(daily, { days: null, newest: 1 }, 20 * DAY).count).toBe(9);
    expect(versionsGoing(daily, { days: 5, newest: 8 }, 10 * DAY).count, 'both must hold').toBe(2);
  });

  test('each file for itself; the only version of one stays, unless a delete marker lies on it', () => {
    expect(versionsGoing([at('a', 0), at('b', 0)], { days: 1, newest: null }, 99 * DAY).count).toBe(0);
    expect(versionsGoing([at('a', 0), at('a', 1, true)], { days: 1, newest: null }, 99 * DAY).count).toBe(1);
  });

  test('tells bytes by class', () => {
    const mixed = [at('a', 0), { ...at('a', 1), storageClass: 'GLACIER' }, at('a', 2)];
    const going = versionsGoing(mixed, { days: 1, newest: null }, 99 * DAY);
    expect([...going.classes]).toEqual([
      ['GLACIER', { count: 1, bytes: 10 }],
      ['STANDARD', { count: 1, bytes: 10 }],
    ]);
  });
});
