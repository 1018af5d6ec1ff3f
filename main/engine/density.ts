/** How much happened when, for a slider. In: a folder, a stretch of time, into how many parts. Out: a count for each. */
import type { Density } from '../contract/history.ts';
import type { Folder } from '../contract/models.ts';
import type { ReadTables } from '../store/index.ts';

const MINUTE = 60_000;

export function densityOf(
  folder: Pick<Folder, 'id' | 'addedAt'>,
  tables: Pick<ReadTables, 'density'>,
  wanted: { readonly from: string | undefined; readonly to: string | undefined; readonly buckets: number },
  now: Date,
): Density {
  const to = wanted.to === undefined ? now.getTime() : Date.parse(wanted.to);
  const first = wanted.from ?? tables.density.firstSeenAt(folder.id) ?? folder.addedAt;
  const from = Math.min(Date.parse(first), to);
  // Where a part takes in minutes, its borders are whole ones: they are counted beforehand.
  const unit = to - from >= wanted.buckets * MINUTE ? MINUTE : 1;
  const count = unit === MINUTE ? tables.density.byMinute : tables.density.exactly;
  const start = Math.floor(from / unit) * unit;
  const span = Math.floor(to / unit) * unit + unit - start;
  // Neighbours share their border; the last part takes in `to` itself.
  const border = (index: number): number => start + Math.floor((span * index) / wanted.buckets / unit) * unit;
  const buckets = Array.from({ length: wanted.buckets }, (_, index) => {
    const at = iso(border(index));
    return { at, ...count(folder.id, at, iso(border(index + 1))) };
  });
  return { from: iso(from), to: iso(to), buckets };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
