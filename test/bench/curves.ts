/** How cost grows. In: nothing. Out: jobs that differ in one number, and which of them make one curve. */
import { even } from './data.ts';
import { delayed, directly, type Job, upload, type Way } from './jobs.ts';
import type { Row } from './table.ts';
import { rclone, type Tool } from './tools.ts';

export interface Curve {
  readonly name: string;
  readonly title: string;
  /** What grows, with its unit. */
  readonly axis: string;
  readonly points: readonly Point[];
}

interface Point {
  readonly x: number;
  readonly job: Job;
}

/** One tool along a curve. */
export interface Line {
  readonly tool: string;
  /** In order of `x`; seconds are medians of the wall clock. */
  readonly dots: readonly { readonly x: number; readonly seconds: number }[];
}

const KIB = 1024;
const RCLONE = 'rclone 16';

interface Amount {
  readonly files: number;
  /** Of each file, bytes. */
  readonly size: number;
  readonly way?: Way;
  /** How many transfers rclone makes at once. */
  readonly transfers?: number;
}

function curve(
  name: string,
  title: string,
  axis: string,
  xs: readonly number[],
  amountOf: (x: number) => Amount,
): Curve {
  const points = xs.map((x) => {
    const { files, size, way = directly, transfers = 16 } = amountOf(x);
    const about = `${title}: ${String(x)} ${axis}`;
    const make = (directory: string) => even(directory, files, size, name);
    return { x, job: upload(`${name}-${String(x)}`, about, make, way, (tools) => pair(tools, transfers)) };
  });
  return { name, title, axis, points };
}

/** Cairn by its default settings, and rclone with so many at once. */
function pair(tools: readonly Tool[], transfers: number): readonly Tool[] {
  const theirs = tools.find(({ name }) => name === RCLONE);
  return [
    ...tools.filter(({ name }) => name === 'cairn'),
    ...(theirs === undefined ? [] : [rclone(transfers, theirs.version)]),
  ];
}

export const curves: readonly Curve[] = [
  curve('by-files', 'Number of files', 'files of 4 KiB', [250, 500, 1000, 2000, 4000], (files) => ({
    files,
    size: 4 * KIB,
  })),
  curve('by-size', 'Size of a file', 'KiB in each of 64 files', [4, 64, 256, 1024, 4096, 16_384], (kib) => ({
    files: 64,
    size: kib * KIB,
  })),
  curve('by-latency', 'Round trip', 'ms of round trip, 500 files of 4 KiB', [1, 10, 30, 100], (ms) => ({
    files: 500,
    size: 4 * KIB,
    way: delayed(ms),
  })),
  curve(
    'by-flight',
    'Number in flight',
    'transfers of rclone at once, 1,000 files of 4 KiB',
    [1, 4, 16, 64],
    (transfers) => ({
      files: 1000,
      size: 4 * KIB,
      transfers,
    }),
  ),
];

/** The lines of a curve, as far as its jobs were measured. */
export function linesOf({ points }: Curve, rows: readonly Row[]): readonly Line[] {
  const dots = points.flatMap(({ x, job }) =>
    rows
      .filter((row) => row.job === job.name)
      // The number in a tool's name may be what grows.
      .map(({ tool, seconds }) => ({ tool: tool.replace(/ \d+$/, ''), x, seconds })),
  );
  return [...new Set(dots.map(({ tool }) => tool))].map((tool) => ({
    tool,
    dots: dots.filter((dot) => dot.tool === tool).map(({ x, seconds }) => ({ x, seconds })),
  }));
}
