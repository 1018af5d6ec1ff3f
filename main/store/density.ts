/** How much happened when. In: a folder and a stretch of time. Out: counts of receipts, by an index alone. */
import type { ReadableDb } from './database.ts';

export interface DensityCount {
  readonly saved: number;
  readonly gone: number;
}

export function openDensity(db: ReadableDb) {
  // What was adopted came to the bucket at another time than the receipt says.
  const exactly = db.prepare<[string, string, string], DensityCount>(
    `SELECT total(operation NOT IN ('gone', 'delete')) AS saved, total(operation IN ('gone', 'delete')) AS gone
     FROM receipts INDEXED BY receipts_by_time WHERE folder = ? AND seen_at >= ? AND seen_at < ? AND operation <> 'adopt'`,
  );
  const byMinute = db.prepare<[string, string, string], DensityCount>(
    'SELECT total(saved) AS saved, total(gone) AS gone FROM minutes WHERE folder = ? AND minute >= ? AND minute < ?',
  );
  const first = db
    .prepare<[string], string | null>('SELECT min(seen_at) FROM receipts INDEXED BY receipts_by_time WHERE folder = ?')
    .pluck();
  return {
    /** Times as ISO 8601 in UTC. A million receipts in between take a while; for them there are minutes. */
    exactly: (folder: string, from: string, before: string): DensityCount =>
      exactly.get(folder, from, before) ?? { saved: 0, gone: 0 },
    /** The same between two whole minutes. */
    byMinute: (folder: string, from: string, before: string): DensityCount =>
      byMinute.get(folder, from.slice(0, 16), before.slice(0, 16)) ?? { saved: 0, gone: 0 },
    /** When the first content was seen; null: there is none. */
    firstSeenAt: (folder: string): string | null => first.get(folder) ?? null,
  };
}
