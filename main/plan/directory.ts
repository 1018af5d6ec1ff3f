/** One directory: its listing against what the journal and the queue know of it. */
import type { Failure } from '../contract/errors.ts';
import type { RelPath } from '../contract/names.ts';
import { baseName } from '../contract/names.ts';
import type { DiskFile, Listing } from '../scan/types.ts';
import type { FileStat, ForgottenPath, Job, JournalRow, NewJob } from '../store/types.ts';
import type { BY_POLICY } from '../transfer/index.ts';

/** The reason of jobs that apply a policy. */
const byPolicy: typeof BY_POLICY = 'policy';

type CompleteListing = Extract<Listing, { state: 'complete' }>;

export interface Known {
  /** The folder's id. */
  readonly folder: string;
  readonly journal: readonly JournalRow[];
  readonly jobs: readonly Job[];
  /** Taken out of the queue by a person. */
  readonly forgotten?: readonly ForgottenPath[];
}

export interface DirectoryPlan {
  readonly directory: RelPath;
  /** To be queued. */
  readonly jobs: readonly NewJob[];
  /** The same file under another device number: only the journal is brought up to date. */
  readonly refreshed: readonly { readonly path: RelPath; readonly stat: FileStat }[];
  /** Cannot be kept, with the reason. */
  readonly refused: readonly { readonly path: RelPath; readonly failure: Failure }[];
  /** Waiting work that has lost its point: the file is as the journal says, or was never sent and is gone. */
  readonly dropped: readonly RelPath[];
  /** Known files that this listing does not show. One look proves nothing yet. */
  readonly absent: readonly JournalRow[];
  /** Not shown either, and just now sent for the first time: judged by a later look, once they are known. */
  readonly leaving: readonly RelPath[];
  /** Known files that are there: an absence noted before is over. */
  readonly present: readonly RelPath[];
  /** Contents that were replaced or removed on disk before they were read. */
  readonly superseded: number;
}

export function toFileStat(file: DiskFile): FileStat {
  return {
    dev: String(file.dev),
    ino: String(file.ino),
    size: file.size,
    mtimeNs: String(file.mtimeNs),
    ctimeNs: String(file.ctimeNs),
    mode: file.mode,
  };
}

/**
 * Whether nothing points to a change. The device number is left out: it may differ after a restart of the computer,
 * and a file that was really replaced by one of another device has another ctime.
 */
function isUnchanged(a: FileStat, b: FileStat): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino;
}

/** That the path is gone was taken out of the queue. */
function isForgottenEnd(one: ForgottenPath | undefined): boolean {
  return one?.seen === null && one.refused === null;
}

export function planDirectory(listing: CompleteListing, known: Known, seenAt: string): DirectoryPlan {
  const journal = new Map(known.journal.map((row) => [row.path, row]));
  const waiting = new Map(known.jobs.map((job) => [job.path, job]));
  const forgotten = new Map(known.forgotten?.map((one) => [one.path, one]));
  const jobs: NewJob[] = [];
  const refreshed: { path: RelPath; stat: FileStat }[] = [];
  const dropped: RelPath[] = [];
  let superseded = 0;

  for (const file of listing.files) {
    const stat = toFileStat(file);
    const row = journal.get(file.path);
    const job = waiting.get(file.path);
    if (row !== undefined && isUnchanged(row.stat, stat)) {
      if (row.stat.dev !== stat.dev) refreshed.push({ path: file.path, stat });
      // A policy is applied to what is there: that the file has not changed is no reason against it.
      if (job !== undefined && job.state !== 'active' && job.reason !== byPolicy) dropped.push(file.path);
      continue;
    }
    if (job?.operation === 'put' && job.seen !== null) {
      if (isUnchanged(job.seen, stat)) continue; // queued, under way or parked already, with this very content
      if (job.state === 'waiting') superseded += 1;
    }
    const left = forgotten.get(file.path)?.seen ?? null;
    if (left !== null && isUnchanged(left, stat)) continue; // a person said so, of this very content
    const reason = row === undefined ? 'new' : 'changed';
    jobs.push({ folder: known.folder, path: file.path, operation: 'put', reason, size: file.size, seen: stat, seenAt });
  }

  const refused = listing.refused.filter(
    ({ path, failure }) =>
      waiting.get(path)?.error?.code !== failure.code && forgotten.get(path)?.refused !== failure.code,
  );
  // A directory that stands in a file's place is not the file. What is ignored or refused is there all the same.
  const directories = new Set(listing.directories);
  const isThere = (path: RelPath): boolean => listing.present.has(baseName(path)) && !directories.has(path);
  const leaving = known.jobs.filter((job) => isFirstSending(job, journal) && !isThere(job.path)).map((job) => job.path);
  for (const job of known.jobs) {
    // What was never sent and is gone again has nothing to keep. What is in the journal is judged as an absence.
    if (isThere(job.path) || journal.has(job.path) || job.state === 'active') continue;
    dropped.push(job.path);
    if (job.state === 'waiting') superseded += 1;
  }
  const absent = known.journal.filter((row) => !isThere(row.path) && !isForgottenEnd(forgotten.get(row.path)));
  const present = known.journal.filter((row) => isThere(row.path)).map((row) => row.path);
  return { directory: listing.directory, jobs, refreshed, refused, dropped, absent, leaving, present, superseded };
}

/** Its receipt will say that the file is kept, whatever became of it meanwhile. */
function isFirstSending(job: Job, journal: { readonly has: (path: RelPath) => boolean }): boolean {
  return job.state === 'active' && job.operation === 'put' && !journal.has(job.path);
}

/** A directory that is gone, by a complete listing of one above it: all that was known in it is absent. */
export function planLostDirectory(directory: RelPath, known: Known): DirectoryPlan {
  const inJournal = new Set(known.journal.map((row) => row.path));
  const forgotten = new Map(known.forgotten?.map((one) => [one.path, one]));
  const dropped = known.jobs.filter((job) => job.state !== 'active' && !inJournal.has(job.path)).map((job) => job.path);
  return {
    directory,
    jobs: [],
    refreshed: [],
    refused: [],
    dropped,
    absent: known.journal.filter((row) => !isForgottenEnd(forgotten.get(row.path))),
    leaving: known.jobs.filter((job) => isFirstSending(job, inJournal)).map((job) => job.path),
    present: [],
    superseded: dropped.length,
  };
}
