/** Names of files and of objects, as types that cannot be mixed up. In: strings. Out: branded strings, or the reason against them. */

declare const brand: unique symbol;

/** A path below a folder's root: parts joined by `/`, no leading slash, no `.` or `..` part, Unicode as it is on disk. */
export type RelPath = string & { readonly [brand]: 'RelPath' };

/** A whole object key in a bucket: prefix and path, NFC, at most 1,024 bytes of UTF-8. */
export type ObjectKey = string & { readonly [brand]: 'ObjectKey' };

/** What the connection to the practice bucket is called in the settings, in any language. */
export const PRACTICE_NAME = 'This computer';

/** The root of a folder, seen as a directory of itself. */
export const ROOT = '' as RelPath;

/** Joins a directory and the name of one of its entries. The name must come from a listing of that directory. */
export function childPath(directory: RelPath, name: string): RelPath {
  return (directory === '' ? name : `${directory}/${name}`) as RelPath;
}

/** The directory that holds `path`; the root's own parent is the root. */
export function parentPath(path: RelPath): RelPath {
  const cut = path.lastIndexOf('/');
  return (cut < 0 ? '' : path.slice(0, cut)) as RelPath;
}

/** The last part of `path`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Takes a path that a person typed, or that came over the contract.
 * Answers null where it is empty, absolute, or holds an empty, `.` or `..` part or a NUL.
 */
export function parseRelPath(text: string): RelPath | null {
  if (text.includes('\0')) return null;
  const parts = text.split('/');
  const isClean = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  return isClean ? (text as RelPath) : null;
}
