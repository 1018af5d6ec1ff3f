import { describe, expect, test } from 'vitest';
import type { Pace } from '../../../main/queue/index.ts';
import { Turns, type Turn } from '../../../main/queue/turns.ts';

/** Turns of which there are as many as `world.limit` says, and a record of who got one. */
function open(limit: number) {
  const world = { limit, pausedUntil: null as number | null, now: 0 };
  const pace: Pace = {
    limit: () => (world.pausedUntil !== null && world.now < world.pausedUntil ? 0 : world.limit),
    pausedUntil: () => world.pausedUntil,
    filled: () => undefined,
    answered: () => undefined,
    throttled: () => undefined,
  };
  const turns = new Turns(pace, () => world.now);
  const sent: string[] = [];
  const ask = (name: string): { turn: Turn; taken: Promise<boolean> } => {
    const turn = turns.open(() => sent.push(name));
    return { turn, taken: turn.take() };
  };
  return { world, turns, sent, ask };
}

describe('turns', () => {
  test('come in the order in which they were asked for, never more at once than the pace allows', async () => {
    const { ask, sent } = open(2);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(ask);
    expect(sent).toEqual(['a', 'b']);
    expect([await a?.taken, await b?.taken]).toEqual([true, true]);
    b?.turn.giveBack();
    expect(sent).toEqual(['a', 'b', 'c']);
    a?.turn.giveBack();
    expect(sent).toEqual(['a', 'b', 'c', 'd']);
    expect([await c?.taken, await d?.taken]).toEqual([true, true]);
  });

  test('one attempt has one, however often it asks; given back twice it counts once', async () => {
    const { ask, sent } = open(1);
    const { turn, taken } = ask('a');
    expect([await taken, await turn.take(), await turn.take()]).toEqual([true, true, true]);
    const next = ask('b');
    const last = ask('c');
    expect(sent).toEqual(['a']);
    turn.giveBack();
    turn.giveBack();
    expect(sent).toEqual(['a', 'b']);
    expect(await next.taken).toBe(true);
    next.turn.giveBack();
    expect(await last.taken).toBe(true);
  });

  test('who gave it back and asks again comes last', async () => {
    const { ask, sent } = open(1);
    const first = ask('a');
    const second = ask('b');
    first.turn.giveBack();
    const again = first.turn.take();
    expect(sent).toEqual(['a', 'b']);
    second.turn.giveBack();
    expect(await again).toBe(true);
    expect(sent).toEqual(['a', 'b', 'a']);
  });

  test('who ends while it waits is not waited for', async () => {
    const { ask, sent } = open(1);
    const [a, b, c] = ['a', 'b', 'c'].map(ask);
    b?.turn.giveBack();
    expect(await b?.taken).toBe(false);
    a?.turn.giveBack();
    expect(await c?.taken).toBe(true);
    expect(sent).toEqual(['a', 'c']);
  });

  test('where there are more than before, those who wait go on; where there are fewer, all wait until so many ended', () => {
    const { ask, sent, turns, world } = open(1);
    const all = ['a', 'b', 'c', 'd', 'e'].map(ask);
    world.limit = 3;
    turns.admit();
    expect(sent).toEqual(['a', 'b', 'c']);
    world.limit = 1;
    for (const one of all.slice(0, 2)) one.turn.giveBack();
    expect(sent).toEqual(['a', 'b', 'c']);
    all[2]?.turn.giveBack();
    expect(sent).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a pause ends by itself', async () => {
    const { ask, sent, world } = open(2);
    world.pausedUntil = 20;
    const { taken } = ask('a');
    expect(sent).toEqual([]);
    world.now = 20;
    expect(await taken).toBe(true);
  });

  test('after the stop nobody waits, and nobody gets one', async () => {
    const { ask, sent, turns } = open(1);
    const [a, b] = ['a', 'b'].map(ask);
    turns.stop();
    expect([await a?.taken, await b?.taken, await ask('c').taken]).toEqual([true, false, false]);
    a?.turn.giveBack();
    expect(sent).toEqual(['a']);
  });
});
