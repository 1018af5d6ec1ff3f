import { describe, expect, it } from 'vitest';
import { formatter } from '../../../renderer/format.ts';
import { cutName } from '../../../renderer/parts/cut.ts';
import { keptScroll, rangeOf } from '../../../renderer/parts/window-of-rows.ts';
import { drawingOf, roundTop, ticksOf } from '../../../renderer/views/overview/chart.ts';
import { en } from '../../../renderer/words/en.ts';

describe('a long list', () => {
  it('is drawn whole below 200 rows', () => {
    expect(rangeOf(199, 28, 0, 400)).toEqual({ first: 0, end: 199 });
  });

  it('draws what is in view and a margin, at every place', () => {
    for (const top of [0, 1, 1400, 279_000, 279_999]) {
      const { first, end } = rangeOf(10_000, 28, top, 560);
      expect(first * 28).toBeLessThanOrEqual(top);
      expect(end * 28).toBeGreaterThanOrEqual(Math.min(10_000 * 28, top + 560));
      expect(end - first).toBeLessThanOrEqual(20 + 2 * 8 + 1);
      expect(end).toBeLessThanOrEqual(10_000);
    }
  });

  it('draws nothing wrong when it has become shorter than where it was scrolled to', () => {
    const { first, end } = rangeOf(300, 28, 280_000, 560);
    expect(first).toBeLessThanOrEqual(end);
    expect(end).toBe(300);
  });

  it('keeps the first visible row where it stood', () => {
    // Row 50 was at the top with 5 px of it out of view; three rows came in above.
    expect(keptScroll(53, 5, 28)).toBe(53 * 28 + 5);
  });
});

describe('a long name', () => {
  it('keeps its end and extension', () => {
    const { head, tail } = cutName('notes-from-the-supervision-of-the-second-year.md');
    expect(head + tail).toBe('notes-from-the-supervision-of-the-second-year.md');
    expect(tail.endsWith('.md')).toBe(true);
    expect(tail.length).toBe(8);
  });

  it('is left whole where it is short, and never cut within a letter', () => {
    expect(cutName('thesis.pdf')).toEqual({ head: 'thesis.pdf', tail: '' });
    const { head, tail } = cutName('😀'.repeat(30));
    expect([...head].length + [...tail].length).toBe(30);
  });
});

describe('the chart', () => {
  const MB = 1024 ** 2;
  it.each([
    [0, 1024],
    [29.5 * MB, 40 * MB],
    [40 * MB, 40 * MB],
    [41 * MB, 50 * MB],
    [900 * 1024, 1000 * 1024],
    [3, 4],
  ])('puts %d under a round top', (value, top) => {
    expect(roundTop(value)).toBe(top);
  });

  it('draws from the left edge to now, and leaves out what is older', () => {
    const now = Date.parse('2026-11-22T14:30:00Z');
    const point = (minutesAgo: number, bytesPerSecond: number) => ({
      at: new Date(now - minutesAgo * 60_000).toISOString(),
      bytesPerSecond,
    });
    const drawing = drawingOf([point(11, 5 * MB), point(10, 0), point(5, 4 * MB), point(0, 2 * MB)], now);
    const seconds = now / 1000;
    expect(drawing.columns).toEqual([
      [seconds - 600, seconds - 300, seconds],
      [0, 4 * MB, 2 * MB],
    ]);
    expect([drawing.from, drawing.to]).toEqual([seconds - 600, seconds]);
  });

  it('draws nothing of nothing', () => {
    expect(drawingOf([], 0)).toMatchObject({ columns: [[], []], top: 1024 });
  });

  it('writes the unit at the top, and at the middle only where it is another one', () => {
    const { size } = formatter({ locale: 'en-GB', timeZone: 'UTC', now: () => new Date(0), words: en.time });
    expect(ticksOf(40 * MB, size)).toEqual(['0', '20', '40 MB/s']);
    expect(ticksOf(2 * MB, size)).toEqual(['0', '1,024 KB', '2 MB/s']);
  });
});
