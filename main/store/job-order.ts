/**
 * Which jobs are next, in a queue of any length. In: folders and how many. Out: candidates by rank and by age, and when
 * there is something to do again. Each question walks an index from its front: none looks at more rows than it answers.
 */
import type { RelPath } from '../contract/names.ts';
import type { WritableDb } from './database.ts';
import { NOT_HELD_BACK, toJob, type Raw } from './jobs.ts';
import { JOB_CLASS, type JobClass } from './rank.ts';
import type { Job } from './types.ts';

/** As much of a job as the choice between jobs needs. */
export interface Candidate {
  readonly id: number;
  readonly class: JobClass;
  readonly rank: number;
}

/** So many are made due at a time, lest a claim takes long where half a million become due at once. */
const PROMOTED_AT_ONCE = 1_000;
/** So many ends of paths are looked at; where all of them are held back, those that hold them back come first anyway. */
const ENDS_LOOKED_AT = 200;

export type JobOrder = ReturnType<typeof openJobOrder>;

export function openJobOrder(db: WritableDb) {
  const dueNow = `folder = ? AND held = 0 AND state = 'waiting' AND not_before_ms = 0`;
  const foldersDue = db
    .prepare<[string], string>(
      `SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM jobs
         WHERE folder = value AND held = 0 AND state = 'waiting' AND not_before_ms = 0)`,
    )
    .pluck();
  const listing = (order: 'rank' | 'id') => ({
    plain: db.prepare<[string, number, number], Candidate>(
      `SELECT id, class, rank FROM jobs INDEXED BY ${order === 'rank' ? 'jobs_by_rank' : 'jobs_by_age'}
       WHERE ${dueNow} AND class = ? ORDER BY ${order} LIMIT ?`,
    ),
    ends: db.prepare<[string, number, number], Candidate>(
      `SELECT id, class, rank FROM (SELECT * FROM jobs
         INDEXED BY ${order === 'rank' ? 'jobs_by_rank' : 'jobs_by_age'}
         WHERE ${dueNow} AND class = ${JOB_CLASS.end} ORDER BY ${order} LIMIT ?) AS jobs
       WHERE ${NOT_HELD_BACK} ORDER BY ${order} LIMIT ?`,
    ),
  });
  const ranked = listing('rank');
  const oldest = listing('id');
  const byId = db.prepare<[number], Raw>('SELECT * FROM jobs WHERE id = ?');
  const becomingDue = db
    .prepare<[string, number, number], number>(
      `SELECT id FROM jobs WHERE folder = ? AND held = 0 AND state = 'waiting' AND not_before_ms BETWEEN 1 AND ?
       ORDER BY not_before_ms LIMIT ?`,
    )
    .pluck();
  const makeDue = db.prepare<[number]>('UPDATE jobs SET not_before_ms = 0, interval_ms = 0 WHERE id = ?');
  const nextAt = db
    .prepare<[string], number | null>(
      `SELECT min(not_before_ms) FROM jobs WHERE folder = ? AND held = 0 AND state = 'waiting' AND not_before_ms > 0`,
    )
    .pluck();
  // Due ones come first in the index, so this ends at the first row wherever anything is due.
  const isOpen = db
    .prepare<[string], number>(
      `SELECT 1 FROM jobs INDEXED BY jobs_by_rank WHERE folder = ? AND held = 0 AND state = 'waiting'
         AND (not_before_ms = 0 OR interval_ms = 0) ORDER BY not_before_ms LIMIT 1`,
    )
    .pluck();
  const lowestRank = db.prepare<[], number | null>('SELECT min(rank) FROM jobs WHERE rank < 0').pluck();
  const pull = db.prepare<[number, string, string]>(
    `UPDATE jobs SET rank = ?, not_before_ms = 0, interval_ms = 0 WHERE folder = ? AND path = ? AND state = 'waiting'`,
  );

  const candidates =
    (of: ReturnType<typeof listing>) =>
    (folder: string, which: JobClass, limit: number): Candidate[] =>
      which === JOB_CLASS.end
        ? of.ends.all(folder, Math.max(limit, ENDS_LOOKED_AT), limit)
        : of.plain.all(folder, which, limit);
  return {
    /** Those of the folders of which something is due. */
    foldersDue: (folders: readonly string[]): string[] => foldersDue.all(JSON.stringify(folders)),
    /** Due jobs of one folder and class, the lowest rank first. */
    ranked: candidates(ranked),
    /** The same, in the order in which they were queued. */
    oldest: candidates(oldest),
    job: (id: number): Job | null => {
      const raw = byId.get(id);
      return raw === undefined ? null : toJob(raw);
    },
    /** What had to wait until now is due from here on; answers how many. Many become due over several calls. */
    promote: (nowMs: number, folders: readonly string[]): number => {
      const ids = folders.flatMap((folder) => becomingDue.all(folder, nowMs, PROMOTED_AT_ONCE));
      if (ids.length > 0) {
        db.transaction(() => {
          for (const id of ids) makeDue.run(id);
        }).immediate();
      }
      return ids.length;
    },
    /** When the next of those that wait for a time is due, milliseconds since 1970; null: none does. */
    nextAt: (folders: readonly string[]): number | null => {
      const times = folders.flatMap((folder) => nextAt.get(folder) ?? []);
      return times.length === 0 ? null : Math.min(...times);
    },
    /** Something waits, be it for its turn or for another try; what waits for its least interval alone does not count. */
    isAnyOpen: (folders: readonly string[]): boolean => folders.some((folder) => isOpen.get(folder) === 1),
    /** Before all others, those too that were pulled forward before; false: no such job waits. */
    pullForward: (folder: string, path: RelPath): boolean =>
      pull.run(Math.min(0, lowestRank.get() ?? 0) - 1, folder, path).changes > 0,
  };
}
