/** Which known directories are gone, by what was listed of those above them. */
import { baseName, parentPath, type RelPath } from '../contract/names.ts';
import type { Listing } from '../scan/types.ts';

/** The little that must be kept of a listing: a map of these for a large tree stays small. */
export interface ListedDirectory {
  readonly complete: boolean;
  /** Names that are there and no plain files: what was known below any other name is gone. */
  readonly others: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export function digestListing(listing: Listing): ListedDirectory {
  if (listing.state === 'unknown') return { complete: false, others: NONE };
  const { files, present } = listing;
  // Each file's name is among those that are there: where these are as many, there is nothing else.
  if (files.length === present.size) return { complete: true, others: NONE };
  const others = new Set(present);
  for (const { path } of files) others.delete(baseName(path));
  return { complete: true, others };
}

/**
 * Answers those of `known` that are gone for sure: the nearest listed directory above was read whole, and the next
 * part of the path is not in it, or is a plain file. What is ignored, linked or unreadable is there, so it is not gone.
 */
export function lostDirectories(known: readonly RelPath[], listed: ReadonlyMap<RelPath, ListedDirectory>): RelPath[] {
  return known.filter((directory) => directory !== '' && !listed.has(directory) && isLost(directory, listed));
}

function isLost(directory: RelPath, listed: ReadonlyMap<RelPath, ListedDirectory>): boolean {
  let child = directory;
  for (;;) {
    const parent = parentPath(child);
    const found = listed.get(parent);
    if (found !== undefined) return found.complete && !found.others.has(baseName(child));
    if (parent === '') return false;
    child = parent;
  }
}
