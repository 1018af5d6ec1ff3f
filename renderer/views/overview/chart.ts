/** The line of a chart. In: points over time and a size in pixels. Out: a path, a round top and where the ticks stand. */
import type { ThroughputPoint } from '../../../main/contract/models.ts';

export interface Drawing {
  readonly line: string;
  readonly fill: string;
  /** The newest point. */
  readonly end: { readonly x: number; readonly y: number } | null;
  /** Bytes a second at the top grid line. */
  readonly top: number;
  readonly times: readonly { readonly x: number; readonly at: string }[];
}

export const TEN_MINUTES_MS = 600_000;
const TICKS = 5;

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

const at = (value: number): string => value.toFixed(1);

/**
 * Draws a span of time, ten minutes unless said otherwise, up to the newest point. Missing times stay at nothing: the engine was not running.
 * @param width of the plot, the axis at its right not included.
 */
export function draw(
  points: readonly ThroughputPoint[],
  width: number,
  height: number,
  now: number,
  spanMs = TEN_MINUTES_MS,
): Drawing {
  const top = roundTop(points.reduce((most, point) => Math.max(most, point.bytesPerSecond), 0));
  const begin = now - spanMs;
  const placed = points
    .map((point) => ({
      x: ((Date.parse(point.at) - begin) / spanMs) * width,
      y: height - (point.bytesPerSecond / top) * height,
    }))
    .filter((point) => point.x >= 0 && point.x <= width);
  const line = placed.map((point, index) => `${index === 0 ? 'M' : 'L'}${at(point.x)} ${at(point.y)}`).join('');
  const first = placed[0];
  const end = placed.at(-1) ?? null;
  const fill =
    first === undefined || end === null ? '' : `${line}L${at(end.x)} ${at(height)}L${at(first.x)} ${at(height)}Z`;
  const times = Array.from({ length: TICKS + 1 }, (_, tick) => ({
    x: (tick / TICKS) * width,
    at: new Date(begin + (tick / TICKS) * spanMs).toISOString(),
  }));
  return { line, fill, end, top, times };
}
