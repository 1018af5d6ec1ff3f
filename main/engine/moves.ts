/** What the tables know of files under other names. In: a plan, or a path that is gone. Out: where it came from, or went. */
import type { RelPath } from '../contract/names.ts';
import { inodesToAsk, withSources, type DirectoryPlan } from '../plan/index.ts';
import type { ReadTables } from '../store/index.ts';
import type { JournalRow } from '../store/types.ts';

type Tables = Pick<ReadTables, 'journal' | 'jobs'>;

/**
 * Only what is new or changed asks, and all of a directory at once: a look at a folder where nothing happened asks
 * nothing more of the tables than before.
 */
export function findMoves(folder: string, plan: DirectoryPlan, { journal }: Tables): DirectoryPlan {
  const inodes = inodesToAsk(plan);
  return inodes.length === 0 ? plan : withSources(plan, journal.byInode(folder, inodes));
}

/**
 * Whether the file of a path that is gone is there under another name, or about to be: its end is the end of a name,
 * and nobody deleted anything. This goes by the tables, so that it holds after a restart as well.
 * @param isMissed of a path: a look did not find it, though nothing is proved yet.
 */
export function isElsewhere(row: JournalRow, { journal, jobs }: Tables, isMissed: (path: RelPath) => boolean): boolean {
  if (jobs.isSource(row.folder, row.path)) return true;
  return journal.byInode(row.folder, [row.stat.ino]).some((other) => {
    if (other.path === row.path || other.sha256 !== row.sha256 || isMissed(other.path)) return false;
    const operation = jobs.find(row.folder, other.path)?.operation;
    return operation !== 'gone' && operation !== 'delete';
  });
}
