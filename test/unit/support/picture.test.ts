import { expect, test } from 'vitest';
import { curves, linesOf } from '../../bench/curves.ts';
import { asPicture } from '../../bench/picture.ts';
import type { Row } from '../../bench/table.ts';

const row = (job: string, tool: string, seconds: number): Row => ({
  job,
  tool,
  samples: 1,
  seconds,
  cpuSeconds: 0,
  serverCpuSeconds: null,
  peakBytes: 0,
  slowSeconds: seconds,
  toBest: null,
});

test('a line goes through what was measured of a tool, whatever number its name has', () => {
  const curve = curves.find(({ name }) => name === 'by-flight');
  if (curve === undefined) throw new Error('there is no such curve');
  const rows = [
    row('by-flight-1', 'rclone 1', 9),
    row('by-flight-4', 'rclone 4', 3),
    row('by-flight-4', 'cairn', 2),
    row('small', 'cairn', 7),
  ];
  expect(linesOf(curve, rows)).toEqual([
    {
      tool: 'rclone',
      dots: [
        { x: 1, seconds: 9 },
        { x: 4, seconds: 3 },
      ],
    },
    { tool: 'cairn', dots: [{ x: 4, seconds: 2 }] },
  ]);
});

test('every point of every curve is a job of its own', () => {
  const names = curves.flatMap(({ points }) => points.map(({ job }) => job.name));
  expect(new Set(names).size).toBe(names.length);
});

test('a picture holds a dot for each figure, inside of it, the quicker one lower down', () => {
  const picture = asPicture('Files & more', 'files', [
    {
      tool: 'cairn',
      dots: [
        { x: 10, seconds: 0.4 },
        { x: 1000, seconds: 31 },
      ],
    },
    { tool: 'rclone', dots: [{ x: 10, seconds: 0.7 }] },
  ]);
  const dots = [...picture.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(dots).toHaveLength(3);
  for (const [x = -1, y = -1] of dots) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(640);
    expect(y).toBeGreaterThanOrEqual(40);
    expect(y).toBeLessThanOrEqual(304);
  }
  expect(dots[0]?.[1]).toBeGreaterThan(dots[2]?.[1] ?? 0);
  expect(dots[2]?.[1]).toBeGreaterThan(dots[1]?.[1] ?? 0);
  expect(picture).toContain('Files &amp; more');
});

test('names of lines that end in one place stand below one another', () => {
  const dots = [
    { x: 1, seconds: 1 },
    { x: 4, seconds: 3 },
  ];
  const picture = asPicture('Files', 'files', [
    { tool: 'cairn', dots },
    { tool: 'rclone', dots },
  ]);
  const heights = ['cairn', 'rclone'].map((tool) =>
    Number(new RegExp(`y="([\\d.]+)"[^>]*>${tool}<`).exec(picture)?.[1]),
  );
  expect(Math.abs((heights[0] ?? 0) - (heights[1] ?? 0))).toBeGreaterThanOrEqual(12);
});
