import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMemoryGate } from '../../../main/transfer/index.ts';

describe('room for buffers', () => {
  test('is given at once while there is some, and in the order of asking afterwards', async () => {
    const gate = openMemoryGate(10);
    const order: string[] = [];
    const first = await gate.take(6);
    const second = gate.take(6).then((back) => {
      order.push('second');
      return back;
    });
    // A small one behind a large one waits its turn: else the large one might wait for ever.
    const third = gate.take(1).then((back) => {
      order.push('third');
      return back;
    });
    await Promise.resolve();
    expect(order).toEqual([]);
    first();
    await Promise.all([second, third]);
    expect(order).toEqual(['second', 'third']);
  });

  test('given back twice counts once', async () => {
    const gate = openMemoryGate(10);
    const back = await gate.take(10);
    back();
    back();
    const held = await gate.take(10);
    let isIn = false;
    const waiting = gate.take(1).then(() => {
      isIn = true;
    });
    await new Promise(setImmediate);
    expect(isIn).toBe(false);
    held();
    await waiting;
  });

  test('more than all of it is let in alone, and nothing takes no room', async () => {
    const gate = openMemoryGate(10);
    const small = await gate.take(1);
    let isIn = false;
    const large = gate.take(1000).then((back) => {
      isIn = true;
      return back;
    });
    await new Promise(setImmediate);
    expect(isIn).toBe(false);
    small();
    const back = await large;
    let isNext = false;
    const next = gate.take(1).then(() => {
      isNext = true;
    });
    await new Promise(setImmediate);
    expect(isNext).toBe(false);
    back();
    await next;
    await gate.take(0);
  });

  test('property: never more than the limit is out, but for one alone, and everyone gets in', async () => {
    const limit = 100;
    const demand = fc.record({ bytes: fc.integer({ min: 0, max: 150 }), holds: fc.integer({ min: 0, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(demand, { minLength: 1, maxLength: 30 }), async (demands) => {
        const gate = openMemoryGate(limit);
        let used = 0;
        let inside = 0;
        const entered: number[] = [];
        await Promise.all(
          demands.map(async ({ bytes, holds }, index) => {
            const back = await gate.take(bytes);
            entered.push(index);
            used += bytes;
            if (bytes > 0) inside += 1;
            if (used > limit) expect(inside).toBe(1);
            for (let turn = 0; turn < holds; turn += 1) await Promise.resolve();
            used -= bytes;
            if (bytes > 0) inside -= 1;
            back();
          }),
        );
        expect(entered).toEqual(demands.map((_, index) => index));
      }),
      { numRuns: 300 },
    );
  });
});
