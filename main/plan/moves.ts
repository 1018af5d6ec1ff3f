/**
 * Files that have come from another path. In: a plan, and known files by inode number. Out: the plan, with the version
 * that each such file may be copied from.
 *
 * A move keeps inode, size and mtime; ctime it changes. All of these together are a hint and no more: a number is given
 * away again, an archiver sets times as it likes, and a hard link is there under both names. So the bytes are compared
 * before anything is copied, and the old name is judged like any other that a listing does not show.
 */
import type { JournalRow, MoveSource, NewJob } from '../store/types.ts';
import type { DirectoryPlan } from './directory.ts';

/** The reason of a file that is there under another name: of the put that brings the new, and of the end of the old. */
export const MOVED = 'moved';

/** Some file systems have no numbers of their own and give this one to every file. */
const NO_INODE = '0';

/** The inode numbers that are worth asking the journal for; none where nothing is new or changed. */
export function inodesToAsk(plan: Pick<DirectoryPlan, 'jobs'>): readonly string[] {
  return plan.jobs.flatMap(({ operation, seen }) =>
    // An empty file has no bytes that a copy would spare.
    operation === 'put' && seen !== null && seen.size > 0 && seen.ino !== NO_INODE ? [seen.ino] : [],
  );
}

/** @param candidates known files of the folder with the numbers that were asked for. */
export function withSources(plan: DirectoryPlan, candidates: readonly JournalRow[]): DirectoryPlan {
  if (candidates.length === 0) return plan;
  const byInode = new Map<string, JournalRow[]>();
  for (const row of candidates) {
    const known = byInode.get(row.stat.ino);
    if (known === undefined) byInode.set(row.stat.ino, [row]);
    else known.push(row);
  }
  const asked = new Set(inodesToAsk(plan));
  return {
    ...plan,
    jobs: plan.jobs.map((job) => {
      if (job.seen === null || !asked.has(job.seen.ino)) return job;
      const source = sourceOf(job, byInode.get(job.seen.ino) ?? []);
      return source === null ? job : { ...job, reason: MOVED, source };
    }),
  };
}

/** Of several names of one file the one that was stored last. */
function sourceOf({ path, seen }: NewJob, rows: readonly JournalRow[]): MoveSource | null {
  let found: MoveSource | null = null;
  for (const row of rows) {
    if (row.path === path || row.stat.size !== seen?.size || row.stat.mtimeNs !== seen.mtimeNs) continue;
    // Without an id of its own the version under the old key may be another one by the time it is copied.
    if (row.versionId === null || row.versionId === 'null') continue;
    if (found !== null && found.receiptSeq > row.receiptSeq) continue;
    const { key, versionId, sha256, etag, receiptSeq } = row;
    found = { path: row.path, key, versionId, size: row.stat.size, sha256, etag, receiptSeq };
  }
  return found;
}
