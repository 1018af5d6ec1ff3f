/** Which known directories are gone, by what was listed of those above them. */
import { baseName, parentPath, type RelPath } from '../contract/names.ts';
import type { Listing } from '../scan/types.ts';

/** The little that must be kept of a listing: a map of these for a large tree stays small. */
export interface ListedDirectory {
  readonly complete: boolean;
  readonly present: ReadonlySet<string>;
  /** Names that are plain files now: what was known below such a name is gone. */
  readonly files: ReadonlySet<string>;
}

export function digestListing(listing: Listing): ListedDirectory {
  if (listing.state === 'unknown') return { complete: false, present: new Set(), files: new Set() };
  const { files, present } = listing;
  // Each file's name is among those that are there: where these are as many, they are the same, and kept once.
  const isAllFiles = files.length === present.size;
  return { complete: true, present, files: isAllFiles ? present : new Set(files.map((file) => baseName(file.path))) };
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
    if (found !== undefined) {
      const name = baseName(child);
      return found.complete && (!found.present.has(name) || found.files.has(name));
    }
    if (parent === '') return false;
    child = parent;
  }
}
