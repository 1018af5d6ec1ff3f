import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Slots } from '../../../main/history/index.ts';
import type { Pace } from '../../../main/queue/index.ts';

/** Runs work until all of it is done; tells how much was under way at most. */
async function most(slots: Slots, count: number, answer: () => void = () => undefined): Promise<number> {
  let underWay = 0;
  let highest = 0;
  await Promise.all(
    Array.from({ length: count }, () =>
      slots.hold(async () => {
        underWay += 1;
        highest = Math.max(highest, underWay);
        await sleep(1);
        underWay -= 1;
        answer();
      }),
    ),
  );
  return highest;
}

/** A pace whose number the test sets. */
function paceOf(given: { limit: number; pausedUntil?: number }): Pace & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    limit: (now) => (given.pausedUntil !== undefined && now < given.pausedUntil ? 0 : given.limit),
    pausedUntil: (now) => (given.pausedUntil !== undefined && now < given.pausedUntil ? given.pausedUntil : null),
    filled: () => void told.push('filled'),
    answered: (bytes) => void told.push(`answered ${String(bytes)}`),
    throttled: () => void told.push('throttled'),
  };
}

describe('slots', () => {
  test('of a fixed number are never exceeded, and all work is done, also where some fails', async () => {
    const slots = new Slots(3);
    await expect(slots.hold(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await most(slots, 40)).toBe(3);
  });

  test('follow a pace up and down while work waits', async () => {
    const given = { limit: 2 };
    const slots = new Slots(paceOf(given));
    let answers = 0;
    const highest = await most(slots, 60, () => {
      answers += 1;
      given.limit = answers < 20 ? 8 : 1;
      slots.answered(1);
    });
    expect(highest).toBe(8);
    expect(await most(slots, 5), 'the number that was left').toBe(1);
  });

  test('tell the pace when every place is taken, what came, and that less was asked for', async () => {
    const pace = paceOf({ limit: 1 });
    const slots = new Slots(pace);
    await slots.hold(() => Promise.resolve());
    slots.answered(7);
    slots.throttled(0);
    expect(pace.told).toEqual(['filled', 'answered 7', 'throttled']);
  });

  test('wait while the pace pauses, and go on by themselves', async () => {
    const pausedUntil = performance.now() + 60;
    const slots = new Slots(paceOf({ limit: 1, pausedUntil }));
    await slots.hold(() => Promise.resolve());
    expect(performance.now()).toBeGreaterThanOrEqual(pausedUntil);
  });
});
