/** The end of a run, for people and for programs. In: how each kind went. Out: lines; the last one holds the sums. */
import type { Outcome } from './kinds.ts';

const HEAD = ['kind', 'passed', 'failed', 'skipped', 'seconds'] as const;

/** @param remarks what else a reader of the result must know, one sentence each. */
export function summary(outcomes: readonly Outcome[], remarks: readonly string[]): readonly string[] {
  const ran = outcomes.filter((outcome) => outcome.notRun === null);
  const rows = ran.map((outcome) => [
    outcome.name,
    String(outcome.passed),
    String(outcome.failed),
    String(outcome.skipped),
    outcome.seconds.toFixed(1),
  ]);
  const failures = outcomes.flatMap((outcome) => outcome.failures.map((one) => `FAILED: ${outcome.name}: ${one}`));
  const absent = outcomes.flatMap((outcome) =>
    outcome.notRun === null ? [] : [`NOT RUN: ${outcome.name}, because ${outcome.notRun}`],
  );
  return ['', ...table(rows), '', ...failures, ...remarks, ...absent, sums(ran)];
}

/** True where the run as a whole may be called good. What could not run is told, and fails nothing. */
export function isGood(outcomes: readonly Outcome[]): boolean {
  return outcomes.every((outcome) => outcome.failed === 0);
}

function sums(outcomes: readonly Outcome[]): string {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((all, one) => all + of(one), 0);
  const skipped = sum((one) => one.skipped);
  const line = `${String(sum((one) => one.passed))} passed, ${String(sum((one) => one.failed))} failed`;
  return skipped === 0 ? line : `${line}, ${String(skipped)} skipped`;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEAD.map((title, column) => Math.max(...[HEAD, ...rows].map((row) => (row[column] ?? title).length)));
  return [HEAD, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}
