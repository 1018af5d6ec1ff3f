/** Samples as a person reads them. In: samples of one job. Out: rows of medians, each against the best other tool. */
import type { Sample } from './jobs.ts';

export interface Row {
  readonly job: string;
  readonly tool: string;
  readonly samples: number;
  /** Medians. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly serverCpuSeconds: number | null;
  readonly peakBytes: number;
  /** The 95th percentile of the seconds. */
  readonly slowSeconds: number;
  /** Its seconds by those of the quickest other tool; null where it is alone. Below 1 it is ahead. */
  readonly toBest: number | null;
}

export function rowsOf(job: string, samples: readonly Sample[]): readonly Row[] {
  const tools = [...new Set(samples.map(({ tool }) => tool))];
  const medians = new Map(
    tools.map((tool) => [
      tool,
      percentile(
        samples.filter((one) => one.tool === tool).map(({ seconds }) => seconds),
        50,
      ),
    ]),
  );
  return tools.map((tool) => {
    const own = samples.filter((one) => one.tool === tool);
    const of = (field: (sample: Sample) => number, at = 50): number => percentile(own.map(field), at);
    const others = tools.filter((other) => other !== tool).map((other) => medians.get(other) ?? Infinity);
    const seconds = of((one) => one.seconds);
    return {
      job,
      tool,
      samples: own.length,
      seconds,
      cpuSeconds: of((one) => one.cpuSeconds),
      serverCpuSeconds: own.every((one) => one.serverCpuSeconds === null)
        ? null
        : of((one) => one.serverCpuSeconds ?? 0),
      peakBytes: of((one) => one.peakBytes),
      slowSeconds: of((one) => one.seconds, 95),
      toBest: others.length === 0 ? null : seconds / Math.min(...others),
    };
  });
}

/** The nearest of the values themselves, none between two. */
export function percentile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((at / 100) * sorted.length) - 1))] ?? NaN;
}

export function asTable(rows: readonly Row[]): string {
  const head = ['job', 'tool', 'n', 'wall s', '95 % s', 'CPU s', 'server CPU s', 'memory MiB', 'to best'];
  const lines = rows.map((row) => [
    row.job,
    row.tool,
    String(row.samples),
    row.seconds.toFixed(2),
    row.slowSeconds.toFixed(2),
    row.cpuSeconds.toFixed(2),
    row.serverCpuSeconds?.toFixed(2) ?? '',
    String(Math.round(row.peakBytes / 1024 / 1024)),
    row.toBest?.toFixed(2) ?? '',
  ]);
  const widths = head.map((title, column) =>
    Math.max(...[head, ...lines].map((line) => (line[column] ?? title).length)),
  );
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
