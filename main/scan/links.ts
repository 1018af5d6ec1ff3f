/**
 * Links inside a folder, for one that follows them. In: places below its root. Out: where they really are.
 *
 * [Note: links] A link is followed only to a file or directory inside the folder's own root, and never to a directory
 * that the way to it has come through: that would have no end. All other links are left out and counted. A name that is
 * there as a link has not vanished, whatever it leads to: what was known below it is unknown, and nothing is deleted.
 */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { BigIntStats } from 'node:fs';
import { parentPath, ROOT, type RelPath } from '../contract/names.ts';
import { errorCode, isVanished } from './disk.ts';
import type { Disk } from './disk.ts';

/** So many links may lie on the way to one directory; the system's own limit is 40. */
const MOST_LINKS = 8;

/** A directory of a folder by where it really is. */
export interface Way {
  /** Absolute, with every link resolved. */
  readonly real: string;
  /** The real directories that the way comes through, the root first and this one last. */
  readonly passed: readonly string[];
  readonly links: number;
}

export type Target =
  | { readonly kind: 'file'; readonly real: string; readonly stats: BigIntStats }
  | { readonly kind: 'directory'; readonly real: string };

export const wayOfRoot = (real: string): Way => ({ real, passed: [real], links: 0 });

/**
 * Goes from the root down to `directory`, part by part. Throws ENOTDIR where a part is neither a directory nor a link
 * that is followed, and the system's error where one cannot be looked at.
 * @param follows whether links are followed; else each is in the way.
 */
export async function wayTo(disk: Disk, realRoot: string, directory: RelPath, follows: boolean): Promise<Way> {
  let way = wayOfRoot(realRoot);
  if (directory === ROOT) return way;
  for (const part of directory.split('/')) {
    const next = join(way.real, part);
    const stats = disk.statNow(next);
    const target = follows && stats.isSymbolicLink() ? await targetOf(way, next) : null;
    if (!stats.isDirectory() && target?.kind !== 'directory') {
      throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
    }
    const real = target?.real ?? next;
    way = { real, passed: [...way.passed, real], links: way.links + (target === null ? 0 : 1) };
  }
  return way;
}

/** Where a link in the directory at the end of `way` leads; null: it is not followed. */
export async function targetOf(way: Way, link: string): Promise<Target | null> {
  const [root = ''] = way.passed;
  try {
    const real = await realpath(link);
    if (!isBelow(root, real)) return null;
    const stats = await lstat(real, { bigint: true });
    if (stats.isFile()) return { kind: 'file', real, stats };
    if (!stats.isDirectory() || way.links >= MOST_LINKS) return null;
    return way.passed.some((one) => one === real || isBelow(real, one)) ? null : { kind: 'directory', real };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'unknown') throw error;
    return null;
  }
}

/** Where an entry of a folder leads: what it is, or what the link that it is leads to; null: it is left out, or not there. */
export async function targetAt(disk: Disk, root: string, path: RelPath): Promise<Target | null> {
  try {
    const way = await wayTo(disk, await realpath(root), parentPath(path), true);
    return await targetOf(way, join(way.real, path.slice(parentPath(path).length)));
  } catch (error) {
    if (isVanished(errorCode(error))) return null;
    throw error;
  }
}

/** Whether `path` lies strictly below `root`; both absolute, with links resolved. */
export function isBelow(root: string, path: string): boolean {
  return path.length > root.length && path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** An absolute real path as a path of the folder; '' for the root. */
export function belowRoot(realRoot: string, real: string): RelPath {
  return relative(realRoot, real).split(sep).join('/') as RelPath;
}

/** The directory of a real path, as a path of the folder. */
export function directoryOf(realRoot: string, real: string): RelPath {
  return belowRoot(realRoot, dirname(real));
}
