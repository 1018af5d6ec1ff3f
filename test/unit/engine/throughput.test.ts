import { expect, it } from 'vitest';
import { Throughput } from '../../../main/engine/throughput.ts';

const MINUTE = 60_000;

it('keeps ten minutes, an hour and a day, each in some three hundred points', () => {
  let now = Date.UTC(2026, 10, 22, 14);
  const sent = new Throughput(() => now);
  sent.add(6_000);
  const sum = (span: 'minutes' | 'hour' | 'day', seconds: number): number =>
    sent.points(span).reduce((all, point) => all + point.bytesPerSecond * seconds, 0);
  expect([sum('minutes', 2), sum('hour', 12), sum('day', 300)]).toEqual([6_000, 6_000, 6_000]);
  now += 20 * MINUTE;
  expect([sum('minutes', 2), sum('hour', 12), sum('day', 300)]).toEqual([0, 6_000, 6_000]);
  now += 60 * MINUTE;
  expect([sum('hour', 12), sum('day', 300)]).toEqual([0, 6_000]);
  now += 24 * 60 * MINUTE;
  expect(sum('day', 300)).toBe(0);
  for (const span of ['minutes', 'hour', 'day'] as const) expect(sent.points(span).length).toBeLessThan(301);
});

it('does not grow, however long it goes', () => {
  let now = 0;
  const sent = new Throughput(() => now);
  for (let step = 0; step < 2_000; step += 1) {
    sent.add(600_000);
    now += 300_000;
  }
  sent.add(600_000);
  expect(sent.points('day').every((point) => point.bytesPerSecond === 2_000)).toBe(true);
  expect(sent.size).toBe(300 + 300 + 288);
});
