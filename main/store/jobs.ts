/** Statements on the queue's rows: one a path, kept through a crash. */
import type { Failure } from '../contract/errors.ts';
import type { JobOperation, JobState } from '../contract/models.ts';
import { parentPath, type RelPath } from '../contract/names.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { likePattern } from './like.ts';
import type { FileStat, Job, MoveSource, NewJob } from './types.ts';

interface Raw {
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
  error: string | null;
  source: string | null;
}

function toJob(raw: Raw): Job {
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
    error: raw.error === null ? null : (JSON.parse(raw.error) as Failure),
    source: raw.source === null ? null : (JSON.parse(raw.source) as MoveSource),
  };
}

/**
 * A name that a file was moved away from goes after the copy's receipt: while a job is open that copies from it, the
 * end of the old name is not due. A parked one holds nothing back, or the old name might stay for ever: the version
 * that it would copy from is named by its id, and outlives a name that is gone.
 */
const NOT_HELD_BACK = `(operation NOT IN ('gone', 'delete') OR NOT EXISTS (
       SELECT 1 FROM jobs AS moved WHERE moved.folder = jobs.folder AND moved.source_path = jobs.path
         AND moved.state IN ('waiting', 'active')))`;

/** Counts of a folder's jobs. `bytes`: of those that wait or are under way. */
export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly parked: number;
  readonly bytes: number;
}

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
  const counts = db.prepare<[string], { state: JobState; n: number; bytes: number }>(
    'SELECT state, count(*) AS n, sum(size) AS bytes FROM jobs WHERE folder = ? GROUP BY state',
  );
  const firstParked = db.prepare<[string], Raw>(
    `SELECT * FROM jobs WHERE folder = ? AND state = 'parked' ORDER BY id LIMIT 1`,
  );
  const isSource = db
    .prepare<[string, string], number>('SELECT 1 FROM jobs WHERE folder = ? AND source_path = ? LIMIT 1')
    .pluck();
  const lastId = db.prepare<[], number | null>('SELECT max(id) FROM jobs').pluck();
  const hasOpen = db
    .prepare<[string, number], number>(
      `SELECT 1 FROM jobs WHERE folder = ? AND state IN ('waiting', 'active') AND id <= ? LIMIT 1`,
    )
    .pluck();
  const someOpen = db.prepare<[string, number], Raw>(
    `SELECT * FROM jobs WHERE folder = ? AND state IN ('waiting', 'active') LIMIT ?`,
  );
  return {
    /** The newest job's id; 0 where there is none. */
    lastId: (): number => lastId.get() ?? 0,
    /** A job of the folder, none newer than an id, waits or is under way. */
    hasOpen: (folder: string, upToId: number): boolean => hasOpen.get(folder, upToId) === 1,
    /** Some jobs of a folder that wait or are under way. */
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
      return { waiting: waiting.n, active: active.n, parked: parked.n, bytes: waiting.bytes + active.bytes };
    },
  };
}

export function openJobs(db: WritableDb) {
  const enqueue = db.prepare(
    `INSERT INTO jobs (folder, path, directory, operation, reason, size, seen, seen_at, source, state)
     VALUES (@folder, @path, @directory, @operation, @reason, @size, @seen, @seenAt, @source, 'waiting')
     ON CONFLICT (folder, path) DO UPDATE SET operation = @operation, reason = @reason, size = @size, seen = @seen,
       seen_at = @seenAt, source = @source, renewed = (state = 'active'),
       state = CASE state WHEN 'active' THEN 'active' ELSE 'waiting' END,
       attempts = CASE state WHEN 'active' THEN attempts ELSE 0 END, crashes = 0, not_before_ms = 0, error = NULL`,
  );
  const park = db.prepare(
    `INSERT INTO jobs (folder, path, directory, operation, reason, size, seen, seen_at, state, error)
     VALUES (@folder, @path, @directory, 'put', @reason, @size, 'null', @seenAt, 'parked', @error)
     ON CONFLICT (folder, path) DO UPDATE SET error = @error, state = 'parked' WHERE state <> 'active'`,
  );
  const due = db.prepare<[number, string, number], Raw>(
    `SELECT * FROM jobs WHERE state = 'waiting' AND not_before_ms <= ? AND folder IN (SELECT value FROM json_each(?))
       AND ${NOT_HELD_BACK}
     ORDER BY not_before_ms, id LIMIT ?`,
  );
  const nextDue = db
    .prepare<[string], number | null>(
      `SELECT min(not_before_ms) FROM jobs WHERE state = 'waiting' AND folder IN (SELECT value FROM json_each(?))
         AND ${NOT_HELD_BACK}`,
    )
    .pluck();
  const activate = db.prepare<[number]>(
    `UPDATE jobs SET state = 'active', renewed = 0, attempts = attempts + 1 WHERE id = ?`,
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
  const recover = db.prepare<[number]>(
    `UPDATE jobs SET state = 'waiting', crashes = crashes + 1, not_before_ms = min(not_before_ms, ?) WHERE state = 'active'`,
  );
  const clamp = db.prepare<[number, number]>('UPDATE jobs SET not_before_ms = ? WHERE not_before_ms > ?');
  const dropOf = db.prepare<[string, string]>(`DELETE FROM jobs WHERE folder = ? AND path = ? AND state <> 'active'`);
  // Retrying after a conflict is the word of a person: theirs stays as the version before, ours goes on top.
  const overTheirs = `reason = CASE WHEN error IS NOT NULL AND json_extract(error, '$.code') = 'conflict'
       THEN 'over-theirs' ELSE reason END`;
  const retryPath = db.prepare<[string, string]>(
    `UPDATE jobs SET ${overTheirs}, state = 'waiting', not_before_ms = 0, attempts = 0, crashes = 0, error = NULL
     WHERE folder = ? AND path = ? AND state <> 'active'`,
  );
  const retryFolder = db.prepare<[string]>(
    `UPDATE jobs SET ${overTheirs}, state = 'waiting', not_before_ms = 0, attempts = 0, crashes = 0, error = NULL
     WHERE folder = ? AND (state = 'parked' OR not_before_ms > 0) AND state <> 'active'`,
  );
  const removeFolder = db.prepare<[string]>('DELETE FROM jobs WHERE folder = ?');
  return {
    ...openJobsReader(db),
    /** A newer operation replaces a waiting or parked one; one that is under way is marked to run again. */
    enqueue: (job: NewJob): void => {
      const source = job.source === undefined || job.source === null ? null : JSON.stringify(job.source);
      enqueue.run({ ...job, directory: parentPath(job.path), seen: JSON.stringify(job.seen), source });
    },
    /** Notes a path that cannot be kept, with the reason, without an attempt. */
    parkPath: (folder: string, path: RelPath, reason: string, size: number, seenAt: string, cause: Failure): void => {
      park.run({ folder, path, directory: parentPath(path), reason, size, seenAt, error: JSON.stringify(cause) });
    },
    due: (nowMs: number, folders: readonly string[], limit: number): Job[] =>
      due.all(nowMs, JSON.stringify(folders), limit).map(toJob),
    /** When the next waiting job of these folders is due, milliseconds since 1970; null: none waits. */
    nextDue: (folders: readonly string[]): number | null => nextDue.get(JSON.stringify(folders)) ?? null,
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
    /** What was under way when Cairn ended waits again; answers how many. */
    recover: (nowMs: number): number => recover.run(nowMs).changes,
    /** A time to wait for that lies further away than the longest backoff came from a clock that was wrong. */
    clampNotBefore: (latestMs: number): void => {
      clamp.run(latestMs, latestMs);
    },
    drop: (folder: string, path: RelPath): void => {
      dropOf.run(folder, path);
    },
    retryPath: (folder: string, path: RelPath): number => retryPath.run(folder, path).changes,
    retryFolder: (folder: string): number => retryFolder.run(folder).changes,
    removeFolder: (folder: string): void => {
      removeFolder.run(folder);
    },
  };
}
