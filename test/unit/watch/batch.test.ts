import { describe, expect, test } from 'vitest';
import type { RelPath } from '../../../main/contract/names.ts';
import { Batch, STORM_EVENTS, STORM_REPEATS } from '../../../main/watch/batch.ts';
import type { Clock } from '../../../main/watch/batch.ts';

/** Time that passes only when it is told to, calling back what falls due on the way. */
class FakeClock implements Clock {
  time = 0;
  readonly timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers.delete(due);
      this.time = due.at;
      due.callback();
    }
    this.time = end;
  }
}

const path = (text: string): RelPath => text as RelPath;

function begin() {
  const clock = new FakeClock();
  const told: { at: number; what: string }[] = [];
  const batch = new Batch({
    quietMs: 300,
    limitMs: 5_000,
    clock,
    dirty: (directories) => told.push({ at: clock.time, what: [...directories].sort().join(' ') }),
    overflow: () => told.push({ at: clock.time, what: 'OVERFLOW' }),
  });
  return { clock, told, batch };
}

describe('what is quiet is told', () => {
  test('a directory is told 300 ms after its event, once', () => {
    const { clock, told, batch } = begin();
    batch.event('a/x', [path('a')]);
    clock.pass(299);
    expect(told).toEqual([]);
    clock.pass(1);
    expect(told).toEqual([{ at: 300, what: 'a' }]);
    clock.pass(60_000);
    expect(told).toHaveLength(1);
    expect(clock.timers.size).toBe(0);
  });

  test('each event puts it off', () => {
    const { clock, told, batch } = begin();
    for (let i = 0; i < 5; i += 1) {
      batch.event('a/x', [path('a')]);
      clock.pass(200);
    }
    expect(told).toEqual([]);
    clock.pass(200);
    expect(told).toEqual([{ at: 1_100, what: 'a' }]);
  });

  test('a busy directory is told at the latest 5 s after its first event, and again while it stays busy', () => {
    const { clock, told, batch } = begin();
    for (let i = 0; i < 120; i += 1) {
      batch.event('log', [path('')]);
      clock.pass(100);
    }
    expect(told.map((one) => one.at)).toHaveLength(2);
    expect(told[0]?.at).toBeLessThanOrEqual(5_000);
    expect(told[1]?.at).toBeLessThanOrEqual(10_200);
    clock.pass(1_000);
    expect(told).toHaveLength(3);
  });

  test('a busy directory does not hold back a quiet one', () => {
    const { clock, told, batch } = begin();
    batch.event('calm/x', [path('calm')]);
    for (let i = 0; i < 10; i += 1) {
      batch.event('busy/x', [path('busy')]);
      clock.pass(100);
    }
    expect(told).toEqual([{ at: 300, what: 'calm' }]);
  });

  test('directories that are quiet together are told together', () => {
    const { clock, told, batch } = begin();
    batch.event('a/x', [path('a')]);
    batch.event('b', [path(''), path('b')]);
    batch.mark(path('c'));
    clock.pass(400);
    expect(told).toEqual([{ at: 300, what: ' a b c' }]);
  });

  test('stop forgets all and leaves no timer', () => {
    const { clock, told, batch } = begin();
    batch.event('a/x', [path('a')]);
    batch.lost();
    batch.stop();
    expect(clock.timers.size).toBe(0);
    clock.pass(10_000);
    expect(told).toEqual([]);
  });
});

describe('a storm becomes one overflow', () => {
  test('4,000 events within a second, told once they are quiet, instead of their directories', () => {
    const { clock, told, batch } = begin();
    for (let i = 0; i < STORM_EVENTS; i += 1) {
      batch.event(`d${String(i % 7)}/${String(i)}`, [path(`d${String(i % 7)}`)]);
      if (i % 5 === 0) clock.pass(1);
    }
    const last = clock.time;
    clock.pass(1_000);
    expect(told).toEqual([{ at: expect.closeTo(last + 300, -1) as number, what: 'OVERFLOW' }]);
  });

  test('one event fewer is none', () => {
    const { clock, told, batch } = begin();
    for (let i = 0; i < STORM_EVENTS - 1; i += 1) batch.event(`d/${String(i)}`, [path('d')]);
    clock.pass(1_000);
    expect(told).toEqual([{ at: 300, what: 'd' }]);
  });

  test('so is the same over a longer time', () => {
    const { clock, told, batch } = begin();
    for (let i = 0; i < 8_000; i += 1) {
      batch.event(`d/${String(i)}`, [path('d')]);
      if (i % 3 === 0) clock.pass(1);
    }
    clock.pass(1_000);
    expect(told.map((one) => one.what)).not.toContain('OVERFLOW');
  });

  test('a burst across the border of two counts is seen', () => {
    const { clock, told, batch } = begin();
    batch.event('d/first', [path('d')]);
    clock.pass(450);
    for (let i = 0; i < STORM_EVENTS / 2; i += 1) batch.event(`d/${String(i)}`, [path('d')]);
    clock.pass(100);
    for (let i = 0; i < STORM_EVENTS / 2; i += 1) batch.event(`d/b${String(i)}`, [path('d')]);
    clock.pass(1_000);
    expect(told.map((one) => one.what)).toEqual(['d', 'OVERFLOW']);
  });

  test('one file written in many pieces is no storm, until the kernel may have dropped events', () => {
    const { clock, told, batch } = begin();
    for (let i = 0; i < STORM_REPEATS - 1; i += 1) batch.event('d/film', [path('d')]);
    clock.pass(1_000);
    expect(told.map((one) => one.what)).toEqual(['d']);
    for (let i = 0; i < STORM_REPEATS; i += 1) batch.event('d/film', [path('d')]);
    clock.pass(1_000);
    expect(told.map((one) => one.what)).toEqual(['d', 'OVERFLOW']);
  });

  test('a storm that does not end is told every 5 s', () => {
    const { clock, told, batch } = begin();
    for (let i = 0; i < 60_000; i += 1) {
      batch.event(`d/${String(i)}`, [path('d')]);
      if (i % 5 === 0) clock.pass(1);
    }
    clock.pass(1_000);
    expect(told.every((one) => one.what === 'OVERFLOW' || one.what === 'd')).toBe(true);
    expect(told.filter((one) => one.what === 'OVERFLOW').length).toBeGreaterThanOrEqual(2);
    expect(told.filter((one) => one.what === 'OVERFLOW').length).toBeLessThanOrEqual(4);
  });

  test('what was lost is an overflow, thousands of losses are one', () => {
    const { clock, told, batch } = begin();
    batch.event('a/x', [path('a')]);
    for (let i = 0; i < 3_000; i += 1) batch.lost();
    clock.pass(1_000);
    expect(told).toEqual([{ at: 300, what: 'OVERFLOW' }]);
  });

  test('thousands of directories at once are an overflow', () => {
    const { clock, told, batch } = begin();
    for (let i = 0; i < STORM_EVENTS; i += 1) batch.mark(path(`d${String(i)}`));
    clock.pass(1_000);
    expect(told).toEqual([{ at: 300, what: 'OVERFLOW' }]);
  });
});
