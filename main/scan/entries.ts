/** In: the path of a directory. Out: its entries with names as text, and which of the names are no valid UTF-8. */
import type { Dirent } from 'node:fs';
import type { SkippedKind } from '../contract/models.ts';
import type { Disk } from './disk.ts';

export type EntryKind = 'file' | 'directory' | 'link' | 'special';
type Kinds = Pick<
  Dirent,
  'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isSocket' | 'isFIFO' | 'isBlockDevice' | 'isCharacterDevice'
>;

export interface Entry {
  /** As it is on disk; where it is not valid UTF-8, with U+FFFD in place of what cannot be read. */
  readonly name: string;
  readonly kind: EntryKind;
  /** What to call it where it is a link or special; else null. */
  readonly skipped: SkippedKind | null;
  readonly isUtf8: boolean;
}

/** Lists `path`. Throws the system's error where that fails. */
export async function readEntries(disk: Disk, path: string): Promise<readonly Entry[]> {
  const listed = await disk.names(path);
  // U+FFFD is what Node puts in place of bytes that are not UTF-8, but a name may also truly hold it.
  if (listed.some((entry) => entry.name.includes('\ufffd'))) return readExactEntries(disk, path);
  return listed.map((entry) => ({
    name: entry.name,
    kind: kindOf(entry),
    skipped: skippedKindOf(entry),
    isUtf8: true,
  }));
}

async function readExactEntries(disk: Disk, path: string): Promise<readonly Entry[]> {
  const listed = await disk.rawNames(path);
  return listed.map((entry) => {
    const name = entry.name.toString('utf8');
    const isUtf8 = Buffer.from(name, 'utf8').equals(entry.name);
    return { name, kind: kindOf(entry), skipped: skippedKindOf(entry), isUtf8 };
  });
}

/** What an entry of a listing, or a look at it, says that it is. */
export function kindOf(seen: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): EntryKind {
  if (seen.isFile()) return 'file';
  if (seen.isDirectory()) return 'directory';
  return seen.isSymbolicLink() ? 'link' : 'special';
}

/** The word for an entry that is never kept; null for files and directories. */
export function skippedKindOf(seen: Kinds): SkippedKind | null {
  if (seen.isFile() || seen.isDirectory()) return null;
  if (seen.isSymbolicLink()) return 'link';
  if (seen.isSocket()) return 'socket';
  if (seen.isFIFO()) return 'pipe';
  return seen.isBlockDevice() || seen.isCharacterDevice() ? 'device' : 'other';
}

// eslint-disable-next-line no-control-regex -- the range is all of ASCII
const ASCII = /^[\x00-\x7f]*$/;

/**
 * Finds names that are equal once composed (Unicode NFC), and so would have one key.
 * Answers for each of them another one that it collides with; mostly an empty map.
 */
export function findCollisions(names: readonly string[]): ReadonlyMap<string, string> {
  const collisions = new Map<string, string>();
  const seen = new Map<string, string>();
  for (const name of names) {
    if (ASCII.test(name)) continue;
    const composed = name.normalize('NFC');
    const other = seen.get(composed);
    if (other === undefined) {
      seen.set(composed, name);
      continue;
    }
    collisions.set(name, other);
    if (!collisions.has(other)) collisions.set(other, name);
  }
  return collisions;
}
