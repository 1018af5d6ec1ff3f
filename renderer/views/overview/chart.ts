/** What uPlot draws the chart of what was sent from. In: points over time. Out: columns, a round top and the library's options. */
import type uPlot from 'uplot';
import type { ThroughputPoint } from '../../../main/contract/models.ts';

export interface Drawing {
  /** Seconds since 1970, and bytes a second at each of them. */
  readonly columns: [number[], number[]];
  /** The span of time that is drawn, seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Bytes a second at the top grid line. */
  readonly top: number;
}

/** What it is drawn with, as the theme says at the moment of drawing. */
export interface Ink {
  readonly line: string;
  readonly fill: string;
  readonly grid: string;
  readonly text: string;
  /** Behind all of it. */
  readonly ground: string;
}

export const TEN_MINUTES_MS = 600_000;
export const HEIGHT = 132;
/** Room for the widest tick: `1,024 KB/s`. */
const AXIS = 72;
/** Half of a time below the line; one that stands nearer to the left edge would be cut. */
const HALF_TIME = 18;
/** Between two times, in seconds: from a minute, where ten are shown, to half a day. */
const STEPS = [60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200];

/** The next of 1, 2, 4, 5, 8 and 10 times a power of ten, in the unit in which the value is written. */
export function roundTop(bytesPerSecond: number): number {
  if (bytesPerSecond <= 0) return 1024;
  let unit = 1;
  while (bytesPerSecond >= unit * 1000) unit *= 1024;
  const value = bytesPerSecond / unit;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 5, 8, 10].find((candidate) => candidate * power >= value) ?? 10;
  return step * power * unit;
}

/** A span of time, ten minutes unless said otherwise, up to `now` (milliseconds since 1970); what is older is left out. */
export function drawingOf(points: readonly ThroughputPoint[], now: number, spanMs = TEN_MINUTES_MS): Drawing {
  const begin = now - spanMs;
  const placed = points
    .map(({ at, bytesPerSecond }) => ({ at: Date.parse(at), bytesPerSecond }))
    .filter(({ at }) => at >= begin && at <= now);
  return {
    columns: [placed.map(({ at }) => at / 1000), placed.map(({ bytesPerSecond }) => bytesPerSecond)],
    from: begin / 1000,
    to: now / 1000,
    top: roundTop(points.reduce((most, { bytesPerSecond }) => Math.max(most, bytesPerSecond), 0)),
  };
}

/** The three grid lines, as their axis writes them: the unit stands at the top; the middle repeats it only where it is another one. */
export function ticksOf(top: number, size: (bytes: number) => string): readonly [string, string, string] {
  const topTick = size(top);
  const [value = '', unit = ''] = size(top / 2).split(' ');
  return ['0', topTick.endsWith(` ${unit}`) ? value : `${value} ${unit}`, `${topTick}/s`];
}

/**
 * One line over a faint fill, its newest point as a dot, three grid lines, times below. Nothing of it answers the pointer:
 * what it says is said in words beside it.
 * @param drawing asked anew at each drawing, as `ink` is.
 */
export function optionsOf(settings: {
  readonly width: number;
  /** As CSS writes it. */
  readonly font: string;
  readonly drawing: () => Drawing;
  readonly ink: () => Ink;
  readonly size: (bytes: number) => string;
  readonly clock: (iso: string) => string;
}): uPlot.Options {
  const { width, font, drawing, ink, size, clock } = settings;
  const text = (): string => ink().text;
  const bare = { ticks: { show: false }, border: { show: false }, font, stroke: text };
  return {
    width,
    height: HEIGHT,
    padding: [8, 0, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { range: () => [drawing().from, drawing().to] },
      y: { range: () => [0, drawing().top] },
    },
    axes: [
      {
        ...bare,
        size: 18,
        gap: 6,
        space: 90,
        incrs: STEPS,
        grid: { show: false },
        filter: (plot, splits) => splits.map((split) => (plot.valToPos(split, 'x') < HALF_TIME ? null : split)),
        values: (_, splits: readonly (number | null)[]) =>
          splits.map((split) => (split === null ? null : clock(new Date(split * 1000).toISOString()))),
      },
      {
        ...bare,
        // At the right. The name for it lives in a constant enumeration, which nothing but the compiler can read.
        // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
        side: 1,
        size: AXIS,
        gap: 8,
        grid: { stroke: () => ink().grid, width: 1 },
        splits: () => [0, drawing().top / 2, drawing().top],
        values: () => [...ticksOf(drawing().top, size)],
      },
    ],
    series: [
      {},
      {
        stroke: () => ink().line,
        fill: () => ink().fill,
        width: 1.5,
        pxAlign: false,
        points: {
          show: true,
          size: 7.5,
          width: 1.5,
          stroke: () => ink().ground,
          fill: () => ink().line,
          filter: (plot) => (plot.data[0].length === 0 ? [] : [plot.data[0].length - 1]),
        },
      },
    ],
  };
}
