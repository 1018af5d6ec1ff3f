/** Statements on the queue's rows: one a path, kept through a crash. */
import type { Failure } from '../contract/errors.ts';
import type { JobOperation, JobState } from '../contract/models.ts';
import { parentPath, type RelPath } from '../contract/names.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { likePattern } from './like.ts';
import { classOf, rankOf } from './rank.ts';
import type { FileStat, Job, MoveSource, NewJob } from './types.ts';

export interface Raw {
  id: number;
  folder: string;
  path: string;
  operation: JobOperation;
  reason: string;
  size: number;
  seen: string;
  seen_at: string;
  state: JobState;
  renewed: number;
  attempts: number;
  crashes: number;
  not_before_ms: number;
  rank: number;
  interval_ms: number;
  error: string | null;
  source: string | null;
}

export function toJob(raw: Raw): Job {
  return {
    id: raw.id,
    folder: raw.folder,
    path: raw.path as RelPath,
    operation: raw.operation,
    reason: raw.reason,
    size: raw.size,
    seen: JSON.parse(raw.seen) as FileStat | null,
    seenAt: raw.seen_at,
    state: raw.state,
    renewed: raw.renewed === 1,
    attempts: raw.attempts,
    crashes: raw.crashes,
    notBeforeMs: raw.not_before_ms,
    isFirst: raw.rank < 0,
    intervalMs: raw.interval_ms,
    error: raw.error === null ? null : (JSON.parse(raw.error) as Failure),
    source: raw.source === null ? null : (JSON.parse(raw.source) as MoveSource),
  };
}

/**
 * A name that a file was moved away from goes after the copy's receipt: while a job is open that copies from it, the
 * end of the old name is not due. A parked one holds nothing back, or the old name might stay for ever: the version
 * that it would copy from is named by its id, and outlives a name that is gone.
 */
export const NOT_HELD_BACK = `(operation NOT IN ('gone', 'delete') OR NOT EXISTS (
       SELECT 1 FROM jobs AS moved WHERE moved.folder = jobs.folder AND moved.source_path = jobs.path
         AND moved.state IN ('waiting', 'active')))`;

/** Counts of a folder's jobs. `bytes`: of those that wait or are under way. */
export interface JobCounts {
  /** Without those that are held back. */
  readonly waiting: number;
  /** Deletes that do not go out for now, as long as a person or the bucket stands against it. */
  readonly held: number;
  /** Of those that wait: files whose newest version is too young for another one. */
  readonly early: number;
  readonly active: number;
  readonly parked: number;
  readonly bytes: number;
}

/** The reason of a job that a person took out of the queue, and that has former attempts to settle. */
export const FORGOTTEN = 'forgotten';

export type JobsReader = ReturnType<typeof openJobsReader>;
export type Jobs = ReturnType<typeof openJobs>;

export function openJobsReader(db: ReadableDb) {
  const one = db.prepare<[string, string], Raw>('SELECT * FROM jobs WHERE folder = ? AND path = ?');
  const ofFolder = db.prepare<[string], Raw>('SELECT * FROM jobs WHERE folder = ? ORDER BY id');
  const inDirectory = db.prepare<[string, string], Raw>('SELECT * FROM jobs WHERE folder = ? AND directory = ?');
  const search = db.prepare<[string, string, number], Raw>(
    `SELECT * FROM jobs WHERE folder = ? AND path LIKE ? ESCAPE '\\' ORDER BY path LIMIT ?`,
  );
  const directories = db.prepare<[string], string>('SELECT DISTINCT directory FROM jobs WHERE folder = ?').pluck();
  // Of the counts that triggers keep: a look at the rows themselves would be one at all of them.
  const counts = db.prepare<[string], { state: JobState; n: number; bytes: number }>(
    `SELECT state, sum(jobs) AS n, sum(CASE operation WHEN 'delete' THEN 0 ELSE bytes END) AS bytes
     FROM job_counts WHERE folder = ? GROUP BY state`,
  );
  const countWhere = (condition: string) =>
    db
      .prepare<[string], number>(`SELECT coalesce(sum(jobs), 0) FROM job_counts WHERE folder = ? AND ${condition}`)
      .pluck();
  const held = countWhere(`held = 1 AND operation = 'delete' AND state = 'waiting'`);
  const early = countWhere(`held = 0 AND state = 'waiting' AND early = 1`);
  const undecided = countWhere(`operation = 'delete' AND reason = 'vanished' AND state IN ('waiting', 'active')`);
  const decided = countWhere(`operation = 'delete' AND reason = 'released' AND state IN ('waiting', 'active')`);
  const deletes = countWhere(`operation = 'delete'`);
  const somePaths = db
    .prepare<[string, number], string>(
      `SELECT path FROM jobs WHERE folder = ? AND held IN (0, 1) AND operation = 'delete'
         AND reason = 'vanished' AND state = 'waiting' LIMIT ?`,
    )
    .pluck();
  const firstParked = db.prepare<[string], Raw>(
    `SELECT * FROM jobs WHERE folder = ? AND state = 'parked' ORDER BY id LIMIT 1`,
  );
  const isSource = db
    .prepare<[string, string], number>('SELECT 1 FROM jobs WHERE folder = ? AND source_path = ? LIMIT 1')
    .pluck();
  const lastId = db.prepare<[], number | null>('SELECT max(id) FROM jobs').pluck();
  const hasOpen = db
    .prepare<[string, number], number>(
      `SELECT 1 FROM jobs WHERE folder = ? AND state IN ('waiting', 'active') AND held = 0 AND interval_ms = 0
         AND id <= ? LIMIT 1`,
    )
    .pluck();
  const byReason = db.prepare<[string, string], { state: JobState; n: number; bytes: number }>(
    'SELECT state, count(*) AS n, sum(size) AS bytes FROM jobs WHERE folder = ? AND reason = ? GROUP BY state',
  );
  const waitingByReason = db
    .prepare<[string, string], string>(
      `SELECT path FROM jobs WHERE folder = ? AND reason = ? AND state = 'waiting' ORDER BY id`,
    )
    .pluck();
  const someOpen = db.prepare<[string, number], Raw>(
    `SELECT * FROM jobs WHERE folder = ? AND state IN ('waiting', 'active') AND held = 0
       AND interval_ms = 0 LIMIT ?`,
  );
  return {
    /** The newest job's id; 0 where there is none. */
    lastId: (): number => lastId.get() ?? 0,
    /** A job of the folder, none newer than an id, is under way, or waits for anything but its least interval. */
    hasOpen: (folder: string, upToId: number): boolean => hasOpen.get(folder, upToId) === 1,
    /** How many jobs have this reason, and their bytes: those that wait or are under way, and those that need a person. */
    ofReason: (
      folder: string,
      reason: string,
    ): { readonly open: number; readonly bytes: number; readonly parked: number } => {
      const rows = byReason.all(folder, reason);
      const open = rows.filter((row) => row.state !== 'parked');
      return {
        open: open.reduce((sum, row) => sum + row.n, 0),
        bytes: open.reduce((sum, row) => sum + row.bytes, 0),
        parked: rows.find((row) => row.state === 'parked')?.n ?? 0,
      };
    },
    /** The paths of those that wait. */
    waitingOfReason: (folder: string, reason: string): RelPath[] => waitingByReason.all(folder, reason) as RelPath[],
    /** Some such jobs of a folder. */
    someOpen: (folder: string, limit: number): Job[] => someOpen.all(folder, limit).map(toJob),
    find: (folder: string, path: RelPath): Job | null => {
      const raw = one.get(folder, path);
      return raw === undefined ? null : toJob(raw);
    },
    inDirectory: (folder: string, directory: RelPath): Job[] => inDirectory.all(folder, directory).map(toJob),
    search: (folder: string, text: string, limit: number): Job[] =>
      search.all(folder, likePattern(text), limit).map(toJob),
    /** Every directory that a job is in. */
    directories: (folder: string): RelPath[] => directories.all(folder) as RelPath[],
    ofFolder: (folder: string): Job[] => ofFolder.all(folder).map(toJob),
    /** Some job would copy from this path. */
    isSource: (folder: string, path: RelPath): boolean => isSource.get(folder, path) === 1,
    firstParked: (folder: string): Job | null => {
      const raw = firstParked.get(folder);
      return raw === undefined ? null : toJob(raw);
    },
    counts: (folder: string): JobCounts => {
      const rows = counts.all(folder);
      const of = (state: JobState): { n: number; bytes: number } =>
        rows.find((row) => row.state === state) ?? { n: 0, bytes: 0 };
      const [waiting, active, parked] = [of('waiting'), of('active'), of('parked')];
      const back = held.get(folder) ?? 0;
      const bytes = waiting.bytes + active.bytes;
      return {
        waiting: waiting.n - back,
        held: back,
        early: early.get(folder) ?? 0,
        active: active.n,
        parked: parked.n,
        bytes,
      };
    },
    /** Some delete of the folder waits, is under way or parked. */
    hasDeletes: (folder: string): boolean => (deletes.get(folder) ?? 0) > 0,
    /** Deletes that wait or are under way, and that nobody has decided about. */
    undecidedDeletes: (folder: string): number => undecided.get(folder) ?? 0,
    /** Deletes that a person has released and that did not go out yet. */
    decidedDeletes: (folder: string): number => decided.get(folder) ?? 0,
    /** Some of the paths that nobody has decided about. */
    undecidedPaths: (folder: string, limit: number): RelPath[] => somePaths.all(folder, limit) as RelPath[],
  };
}

/** A new content does not shorten what the least interval asks for; that the file is gone does. */
const STAYS_EARLY = `state = 'waiting' AND interval_ms > 0 AND excluded.operation = 'put'`;

export function openJobs(db: WritableDb) {
  const enqueue = db.prepare(
    `INSERT INTO jobs (folder, path, directory, operation, reason, size, seen, seen_at, source, rank, class, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')
     ON CONFLICT (folder, path) DO UPDATE SET operation = excluded.operation, reason = excluded.reason,
       size = excluded.size, seen = excluded.seen, seen_at = excluded.seen_at, source = excluded.source, held = 0,
       renewed = (state = 'active'), state = CASE state WHEN 'active' THEN 'active' ELSE 'waiting' END,
       attempts = CASE state WHEN 'active' THEN attempts ELSE 0 END, crashes = 0, error = NULL, class = excluded.class,
       rank = CASE state WHEN 'waiting' THEN min(rank, excluded.rank) ELSE excluded.rank END,
       not_before_ms = CASE WHEN ${STAYS_EARLY} THEN not_before_ms ELSE 0 END,
       interval_ms = CASE WHEN ${STAYS_EARLY} THEN interval_ms ELSE 0 END`,
  );
  const park = db.prepare(
    `INSERT INTO jobs (folder, path, directory, operation, reason, size, seen, seen_at, state, error)
     VALUES (@folder, @path, @directory, 'put', @reason, @size, 'null', @seenAt, 'parked', @error)
     ON CONFLICT (folder, path) DO UPDATE SET error = @error, state = 'parked' WHERE state <> 'active'`,
  );
  const activate = db.prepare<[number]>(
    `UPDATE jobs SET state = 'active', renewed = 0, attempts = attempts + 1, interval_ms = 0 WHERE id = ?`,
  );
  const remove = db.prepare<[number]>('DELETE FROM jobs WHERE id = ? AND renewed = 0');
  const again = db.prepare<[number]>(
    `UPDATE jobs SET state = 'waiting', renewed = 0, attempts = 0, not_before_ms = 0, error = NULL WHERE id = ?`,
  );
  const retryAt = db.prepare<[number, string | null, number, number]>(
    `UPDATE jobs SET state = 'waiting', renewed = 0, not_before_ms = ?, error = ?, attempts = attempts - ? WHERE id = ?`,
  );
  const parkJob = db
    .prepare<[string, number], JobState>(
      `UPDATE jobs SET state = CASE renewed WHEN 1 THEN 'waiting' ELSE 'parked' END,
         attempts = CASE renewed WHEN 1 THEN 0 ELSE attempts END,
         error = CASE renewed WHEN 1 THEN NULL ELSE ? END, renewed = 0 WHERE id = ? RETURNING state`,
    )
    .pluck();
  const waitEarly = db.prepare<[number, number, number]>(
    `UPDATE jobs SET state = 'waiting', renewed = 0, not_before_ms = ?, interval_ms = ?, error = NULL,
       attempts = attempts - 1 WHERE id = ?`,
  );
  const lookAgain = db.prepare<[string]>(
    `UPDATE jobs SET not_before_ms = 0, interval_ms = 0 WHERE folder = ? AND state = 'waiting' AND interval_ms > 0`,
  );
  const recover = db.prepare<[number, number]>(
    `UPDATE jobs SET state = 'waiting', crashes = crashes + ?, not_before_ms = min(not_before_ms, ?) WHERE state = 'active'`,
  );
  const clamp = db.prepare<{ nowMs: number; longestMs: number }>(
    `UPDATE jobs SET not_before_ms = @nowMs + max(@longestMs, interval_ms)
     WHERE not_before_ms > @nowMs + max(@longestMs, interval_ms)`,
  );
  const dropOf = db.prepare<[string, string]>(`DELETE FROM jobs WHERE folder = ? AND path = ? AND state <> 'active'`);
  // Retrying after a conflict is the word of a person: theirs stays as the version before, ours goes on top.
  const overTheirs = `reason = CASE WHEN error IS NOT NULL AND json_extract(error, '$.code') = 'conflict'
       THEN 'over-theirs' ELSE reason END`;
  const retryPath = db.prepare<[string, string]>(
    `UPDATE jobs SET ${overTheirs}, state = 'waiting', not_before_ms = 0, interval_ms = 0, attempts = 0, crashes = 0,
       error = NULL WHERE folder = ? AND path = ? AND state <> 'active'`,
  );
  const retryFolder = db.prepare<[string]>(
    `UPDATE jobs SET ${overTheirs}, state = 'waiting', not_before_ms = 0, interval_ms = 0, attempts = 0, crashes = 0,
       error = NULL WHERE folder = ? AND (state = 'parked' OR (not_before_ms > 0 AND interval_ms = 0)) AND state <> 'active'`,
  );
  const settleOnly = db.prepare<[string, string, string]>(
    `UPDATE jobs SET reason = ?, state = 'waiting', not_before_ms = 0, interval_ms = 0, attempts = 0, crashes = 0,
       error = NULL WHERE folder = ? AND path = ? AND state <> 'active'`,
  );
  const removeFolder = db.prepare<[string]>('DELETE FROM jobs WHERE folder = ?');
  const deletesOf = `folder = ? AND operation = 'delete'`;
  const hold = db.prepare<[string]>(`UPDATE jobs SET held = 1 WHERE ${deletesOf} AND held = 0 AND state = 'waiting'`);
  const holdUndecided = db.prepare<[string]>(
    `UPDATE jobs SET held = 1 WHERE ${deletesOf} AND held = 0 AND reason = 'vanished' AND state = 'waiting'`,
  );
  const letGo = db.prepare<[string]>(`UPDATE jobs SET held = 0 WHERE ${deletesOf} AND held = 1`);
  const letGoDecided = db.prepare<[string]>(
    `UPDATE jobs SET held = 0 WHERE ${deletesOf} AND held = 1 AND reason <> 'vanished'`,
  );
  const release = db.prepare<[string]>(
    `UPDATE jobs SET held = 0, reason = 'released' WHERE ${deletesOf} AND reason = 'vanished' AND state <> 'parked'`,
  );
  const noteOnly = `UPDATE jobs SET operation = 'gone', reason = 'kept', held = 0, attempts = 0, not_before_ms = 0,
    error = NULL, state = 'waiting' WHERE ${deletesOf}`;
  const discard = db.prepare<[string]>(`${noteOnly} AND reason = 'vanished' AND state = 'waiting'`);
  const keepAll = db.prepare<[string]>(`${noteOnly} AND state <> 'active'`);
  return {
    ...openJobsReader(db),
    /** A newer operation replaces a waiting or parked one; one that is under way is marked to run again. */
    enqueue: (job: NewJob): void => {
      const source = job.source === undefined || job.source === null ? null : JSON.stringify(job.source);
      const { folder, path, operation, reason, size, seen, seenAt } = job;
      enqueue.run(
        ...[folder, path, parentPath(path), operation, reason, size, JSON.stringify(seen), seenAt],
        ...[source, rankOf(job), classOf(job)],
      );
    },
    /** Notes a path that cannot be kept, with the reason, without an attempt. */
    parkPath: (folder: string, path: RelPath, reason: string, size: number, seenAt: string, cause: Failure): void => {
      park.run({ folder, path, directory: parentPath(path), reason, size, seenAt, error: JSON.stringify(cause) });
    },
    activate: (id: number): void => {
      activate.run(id);
    },
    /** The operation is done: the row goes, or waits again where a newer operation came meanwhile. */
    finish: (id: number): void => {
      if (remove.run(id).changes === 0) again.run(id);
    },
    retryAt: (id: number, notBeforeMs: number, cause: Failure | null, counts: boolean): void => {
      retryAt.run(notBeforeMs, cause === null ? null : JSON.stringify(cause), counts ? 0 : 1, id);
    },
    /** False where a newer operation came meanwhile: that one waits now, as if nothing had been tried. */
    park: (id: number, cause: Failure): boolean => parkJob.get(JSON.stringify(cause), id) === 'parked',
    /** The newest version is too young for another one: the attempt does not count. */
    waitEarly: (id: number, untilMs: number, intervalMs: number): void => {
      waitEarly.run(untilMs, intervalMs, id);
    },
    /** The least interval of a folder has changed: what waits for it is looked at again. */
    lookAtEarly: (folder: string): number => lookAgain.run(folder).changes,
    /**
     * What was under way when Cairn ended waits again; answers how many.
     * @param isCrash false: Cairn ended in peace, and only how they ended could not be written down.
     */
    recover: (nowMs: number, isCrash = true): number => recover.run(isCrash ? 1 : 0, nowMs).changes,
    /** A time to wait for that lies further away than what is ever waited for came from a clock that was wrong. */
    clampNotBefore: (nowMs: number, longestMs: number): void => {
      clamp.run({ nowMs, longestMs });
    },
    drop: (folder: string, path: RelPath): void => {
      dropOf.run(folder, path);
    },
    /** Former attempts are settled, and then the job goes: nothing new is sent. */
    settleOnly: (folder: string, path: RelPath): void => {
      settleOnly.run(FORGOTTEN, folder, path);
    },
    retryPath: (folder: string, path: RelPath): number => retryPath.run(folder, path).changes,
    retryFolder: (folder: string): number => retryFolder.run(folder).changes,
    /** Deletes that wait are not due for now: all of them, or those that nobody has decided about. */
    holdDeletes: (folder: string, which: 'all' | 'undecided'): number => {
      if (which === 'all') return hold.run(folder).changes;
      letGoDecided.run(folder);
      return holdUndecided.run(folder).changes;
    },
    letDeletesGo: (folder: string): number => letGo.run(folder).changes,
    /** A person said yes to those that wait: they go out and are counted no more. */
    releaseDeletes: (folder: string): number => release.run(folder).changes,
    /** Nothing is sent: the paths are only noted as gone. Those that nobody has decided about, or all. */
    keepInstead: (folder: string, which: 'all' | 'undecided'): number =>
      (which === 'all' ? keepAll : discard).run(folder).changes,
    removeFolder: (folder: string): void => {
      removeFolder.run(folder);
    },
  };
}
