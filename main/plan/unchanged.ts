/** One directory in which nothing has happened. In: its listing, and the little of the journal that tells. Out: a plan that asks for nothing, or that it takes a closer look. */
import type { RelPath } from '../contract/names.ts';
import type { DiskFile, Listing } from '../scan/types.ts';
import type { KnownStat } from '../store/types.ts';
import type { DirectoryPlan } from './directory.ts';

type CompleteListing = Extract<Listing, { state: 'complete' }>;

/**
 * The plan that `planDirectory` would make, apart from the order of `present`, where each listed file is known just as
 * it is, none is missing and nothing is refused. Null: something is otherwise, and `planDirectory` has to judge it.
 * Nearly all directories of nearly all looks are like that, and this needs a third of each row of the journal.
 * @param known all that the journal has in this directory. Neither jobs nor forgotten paths may be known in it.
 */
export function planUnchanged(listing: CompleteListing, known: readonly KnownStat[]): DirectoryPlan | null {
  const { directory, files, refused } = listing;
  // As many of one as of the other: where each file is known, each known path is one of the files.
  if (refused.length > 0 || files.length !== known.length) return null;
  const byPath = new Map<RelPath, KnownStat>();
  for (const one of known) byPath.set(one[0], one);
  if (!files.every((file) => isAsKnown(file, byPath.get(file.path)))) return null;
  const present = files.map((file) => file.path);
  return {
    directory,
    jobs: [],
    refreshed: [],
    refused: [],
    dropped: [],
    absent: [],
    leaving: [],
    present,
    superseded: 0,
  };
}

/** The device counts as well: where it alone is another one, the journal is brought up to date. */
function isAsKnown(file: DiskFile, known: KnownStat | undefined): boolean {
  if (known === undefined) return false;
  // By their places: to take a list apart asks an iterator, for each file anew.
  return (
    known[1] === String(file.dev) &&
    known[2] === String(file.ino) &&
    known[3] === file.size &&
    known[4] === String(file.mtimeNs) &&
    known[5] === String(file.ctimeNs)
  );
}
