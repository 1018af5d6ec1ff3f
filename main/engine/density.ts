/** How much happened when, for a slider. In: a folder, a stretch of time, into how many parts. Out: a count for each. */
import type { Density } from '../contract/history.ts';
import type { AnyFolder } from '../contract/models.ts';
import type { UntoldTimes } from '../history/index.ts';
import type { ReadTables } from '../store/index.ts';

const MINUTE = 60_000;

/** Whether receipts alone do not tell a folder's life: it is attached, or something lay there before it. */
export function hasUntoldLife(folder: AnyFolder, tables: Pick<ReadTables, 'looks'>): boolean {
  return folder.path === null || tables.looks.hasBefore(folder.id);
}

/** @param untold versions that receipts do not count; left out: there are none. */
export function densityOf(
  folder: Pick<AnyFolder, 'id' | 'addedAt'>,
  tables: Pick<ReadTables, 'density'>,
  wanted: { readonly from: string | undefined; readonly to: string | undefined; readonly buckets: number },
  now: Date,
  untold: UntoldTimes = { saved: [], gone: [] },
): Density {
  const to = wanted.to === undefined ? now.getTime() : Date.parse(wanted.to);
  const from = Math.min(wanted.from === undefined ? firstOf(folder, tables, untold) : Date.parse(wanted.from), to);
  // Where a part takes in minutes, its borders are whole ones: they are counted beforehand.
  const unit = to - from >= wanted.buckets * MINUTE ? MINUTE : 1;
  const count = unit === MINUTE ? tables.density.byMinute : tables.density.exactly;
  const start = Math.floor(from / unit) * unit;
  const span = Math.floor(to / unit) * unit + unit - start;
  // Neighbours share their border; the last part takes in `to` itself.
  const border = (index: number): number => start + Math.floor((span * index) / wanted.buckets / unit) * unit;
  const buckets = Array.from({ length: wanted.buckets }, (_, index) => {
    const [begin, end] = [border(index), border(index + 1)];
    const { saved, gone } = count(folder.id, iso(begin), iso(end));
    return {
      at: iso(begin),
      saved: saved + countBetween(untold.saved, begin, end),
      gone: gone + countBetween(untold.gone, begin, end),
    };
  });
  return { from: iso(from), to: iso(to), buckets };
}

function firstOf(
  folder: Pick<AnyFolder, 'id' | 'addedAt'>,
  tables: Pick<ReadTables, 'density'>,
  { saved, gone }: UntoldTimes,
): number {
  const told = Date.parse(tables.density.firstSeenAt(folder.id) ?? folder.addedAt);
  return Math.min(told, saved[0] ?? Infinity, gone[0] ?? Infinity);
}

/** How many of these rising times lie from one on and before another. */
function countBetween(times: readonly number[], from: number, before: number): number {
  return below(times, before) - below(times, from);
}

/** How many lie before a time: by halves, since there may be a million. */
function below(times: readonly number[], before: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) < before) low = middle + 1;
    else high = middle;
  }
  return low;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
