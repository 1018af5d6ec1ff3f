import { expect, test } from 'vitest';
import { ticksOf } from '../../../renderer/views/versions/axis.ts';

const DAY = 86_400_000;

test.each([4_000, 20_000, 90_000, 600_000, 3_600_000, DAY, 7 * DAY, 30 * DAY, 200 * DAY, 900 * DAY])(
  'a life of %i ms has a few marks below it, in order and within it',
  (span) => {
    const from = Date.UTC(2026, 10, 22, 14, 32, 10);
    const ticks = ticksOf(new Date(from).toISOString(), new Date(from + span).toISOString(), 'en-GB');
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(ticks.length).toBeLessThanOrEqual(10);
    for (const { place } of ticks) expect(place).toSatisfy((one: number) => one >= 0 && one <= 1);
    expect(ticks.map(({ place }) => place)).toEqual(ticks.map(({ place }) => place).sort((a, b) => a - b));
    expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
  },
);

test('of seconds the seconds are said, of minutes they are not', () => {
  const told = (span: number): string =>
    ticksOf(
      '2026-11-22T14:32:10.000Z',
      new Date(Date.UTC(2026, 10, 22, 14, 32, 10) + span).toISOString(),
      'en-GB',
      'UTC',
    )[0]?.text ?? '';
  expect(told(20_000)).toBe('14:32:10');
  expect(told(900_000)).toBe('14:34');
});
