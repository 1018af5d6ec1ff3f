/** Figures of a run: nothing fails by them, since they are the computer's as much as Cairn's. Out: lines, and a file. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { results } from '../support/paths.ts';

export type Unit = 's' | 'ms' | 'a second' | '';

/** Prints a figure, and keeps it in `test-results/figures.json` beside those of other stories. */
export async function noteFigure(name: string, value: number, unit: Unit): Promise<void> {
  const shown = unit === 's' ? value.toFixed(2) : String(Math.round(value));
  console.log(`figure: ${name}: ${shown}${unit === '' ? '' : ` ${unit}`}`);
  await mkdir(results, { recursive: true });
  const file = join(results, 'figures.json');
  const known = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Readonly<Record<string, unknown>>,
    () => ({}),
  );
  await writeFile(file, `${JSON.stringify({ ...known, [name]: { value, unit } }, null, 2)}\n`);
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The most of these moments, milliseconds, that lie within any one second. */
export function mostInASecond(moments: readonly number[]): number {
  return Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + 1000).length));
}
