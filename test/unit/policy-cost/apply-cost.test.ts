import { describe, expect, test } from 'vitest';
import { applyCost } from '../../../main/engine/cost.ts';
import { BUILT_IN_PRICES } from '../../../main/policy/prices.ts';

const GB = 1024 ** 3;
const step = (storageClass: string, size: number, ...changes: string[]) => ({ storageClass, size, changes });

describe('what a policy costs that is applied to what is there', () => {
  test('nothing to change costs nothing', () => {
    expect(applyCost([], BUILT_IN_PRICES)).toMatchObject({ once: 0, aMonth: 0, currency: 'USD', asOf: '2025-06-01' });
  });

  test('changes in place cost a request each, and add no version', () => {
    const cost = applyCost([step('STANDARD', GB, 'tags', 'acl'), step('GLACIER', GB, 'tags')], BUILT_IN_PRICES);
    expect(cost.once).toBeCloseTo((3 * 0.005) / 1000, 12);
    expect(cost.aMonth).toBe(0);
  });

  test('a copy costs the copy and a look at it once, and its version every month, by its class', () => {
    const cost = applyCost([step('STANDARD_IA', 2 * GB, 'copy')], BUILT_IN_PRICES);
    expect(cost.once).toBeCloseTo((0.01 + 0.001) / 1000, 12);
    expect(cost.aMonth).toBeCloseTo(2 * 0.0125, 12);
  });

  test('a small file in a class with a least size is paid for as that size', () => {
    const tiny = applyCost([step('STANDARD_IA', 1, 'copy')], BUILT_IN_PRICES);
    expect(tiny.aMonth).toBeCloseTo((128 / 1024 / 1024) * 0.0125, 12);
  });

  test('a class without a price counts as nothing rather than as a guess', () => {
    expect(applyCost([step('SNOW', GB, 'copy')], BUILT_IN_PRICES)).toMatchObject({ once: 0, aMonth: 0 });
  });
});
