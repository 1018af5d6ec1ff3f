/** In: a folder's root and a directory below it. Out: listings, one a directory, of what is really there. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { BigIntStats } from 'node:fs';
import { failure } from '../contract/errors.ts';
import type { Failure } from '../contract/errors.ts';
import type { LinksMode, SkippedKind } from '../contract/models.ts';
import { childPath } from '../contract/names.ts';
import type { RelPath } from '../contract/names.ts';
import { errorCode, isVanished, realDisk, reasonOf, withPatience } from './disk.ts';
import type { Disk } from './disk.ts';
import { findCollisions, kindOf, readEntries, skippedKindOf } from './entries.ts';
import type { EntryKind } from './entries.ts';
import { IGNORE_FILE } from './folder-rules.ts';
import { belowRoot, directoryOf, targetOf, wayTo } from './links.ts';
import type { Target, Way } from './links.ts';
import { lookAtEach } from './look-at-each.ts';
import type { DiskFile, Listing, RefusedEntry, SkippedExample } from './types.ts';

/** So many of the entries that are left out are named. */
export const EXAMPLES = 20;

export interface ListOptions {
  /**
   * Told each directory before any of its entries is asked about, with whether it has a list of its own (a plain file
   * `.cairnignore`). A failure that it answers makes the directory unknown.
   */
  readonly enter?: (directory: RelPath, hasList: boolean) => Promise<Failure | null>;
  /** Whether the rules of the folder leave this entry out. */
  ignores(path: RelPath, isDirectory: boolean): boolean;
  /** Absolute real paths that are never entered nor opened, such as Cairn's own home. */
  readonly forbidden: ReadonlySet<string>;
  /** Left out: links are skipped. [Note: links] */
  readonly links?: LinksMode | undefined;
  /** Told of each directory, or directory of a file, that is seen under another name since a link leads to it. */
  readonly onLinked?: ((real: RelPath, seenAs: RelPath) => void) | undefined;
  readonly signal?: AbortSignal;
  /** Only tests give another one. */
  readonly disk?: Disk;
}

export interface WalkOptions extends ListOptions {
  /** How many directories are read at once; 4 where it is left out. */
  readonly parallel?: number;
}

/**
 * Lists one directory: its regular files as `lstat` shows them, its directories, what is refused and why.
 * Links are followed only where `links` says so, neither in the directory nor on the way to it (the root may be one).
 * Answers `unknown` where the directory cannot be read, is gone or is forbidden; the failure's fact `error` is the
 * system's name of the error. A file that vanishes while we look is not in the answer at all.
 */
export function listDirectory(root: string, directory: RelPath, options: ListOptions): Promise<Listing> {
  return listBelow(root, realRootOf(root, options), directory, options);
}

/** In the thread pool, so that the root of a network disk that hangs does not hang this thread with it. */
function realRootOf(root: string, { signal }: ListOptions): Promise<string> {
  return withPatience(() => realpath(root), signal);
}

async function listBelow(
  root: string,
  realRoot: Promise<string>,
  directory: RelPath,
  options: ListOptions,
): Promise<Listing> {
  const disk = options.disk ?? realDisk;
  try {
    const real = await realRoot;
    const way = await withPatience(() => wayTo(disk, real, directory, options.links === 'follow'), options.signal);
    return await read(disk, { real, way, directory }, options);
  } catch (error) {
    return unknown(root, directory, error);
  }
}

/**
 * Lists `start` and every directory below it, each once, breadth first, a few at a time. Memory grows with the
 * directories still to be read, not with the files. After an abort the rest comes as `unknown` (`cancelled`).
 */
export async function* walk(root: string, start: RelPath, options: WalkOptions): AsyncGenerator<Listing, void> {
  const parallel = Math.max(1, options.parallel ?? 4);
  const waiting: RelPath[] = [start];
  let next = 0;
  const reading = new Map<number, Promise<{ readonly ticket: number; readonly listing: Listing }>>();
  // Once: a walk looks at one place from its beginning to its end, also where the root is a link that is bent meanwhile.
  const realRoot = realRootOf(root, options);
  const begin = (directory: RelPath): void => {
    const ticket = next;
    reading.set(
      ticket,
      readForWalk(root, realRoot, directory, options).then((listing) => ({ ticket, listing })),
    );
  };
  while (next < waiting.length || reading.size > 0) {
    while (reading.size < parallel) {
      const directory = waiting[next];
      if (directory === undefined) break;
      begin(directory);
      next += 1;
    }
    const { ticket, listing } = await Promise.race(reading.values());
    reading.delete(ticket);
    if (listing.state === 'complete') for (const directory of listing.directories) waiting.push(directory);
    if (next > 1024) {
      waiting.splice(0, next);
      next = 0;
    }
    yield listing;
  }
}

async function readForWalk(
  root: string,
  realRoot: Promise<string>,
  directory: RelPath,
  options: WalkOptions,
): Promise<Listing> {
  if (options.signal?.aborted === true) return { state: 'unknown', directory, failure: failure('cancelled') };
  return listBelow(root, realRoot, directory, options);
}

interface Place {
  /** The real path of the root. */
  readonly real: string;
  readonly way: Way;
  readonly directory: RelPath;
}

/** An entry that may be kept: itself, or what the link that it is leads to. */
interface Kept {
  readonly name: string;
  readonly kind: EntryKind;
  /** Null: it is no link. */
  readonly target: Target | null;
}

async function read(disk: Disk, place: Place, options: ListOptions): Promise<Listing> {
  const { real, directory } = place;
  const realDirectory = place.way.real;
  // Before anything is opened: closing any handle of a locked file there would free the lock.
  if (isWithin(realDirectory, options.forbidden)) {
    return { state: 'unknown', directory, failure: failure('target-is-home', { path: realDirectory }) };
  }
  const ownName = belowRoot(real, realDirectory);
  // Before it is read, so that nothing which happens from now on goes unnoticed under this name.
  if (ownName !== directory) options.onLinked?.(ownName, directory);
  const entries = await withPatience(() => readEntries(disk, realDirectory), options.signal);
  const hasList = entries.some(({ name, kind }) => name === IGNORE_FILE && kind === 'file');
  const cause = (await options.enter?.(directory, hasList)) ?? null;
  if (cause !== null) return { state: 'unknown', directory, failure: cause };

  const forbiddenHere = new Set(
    [...options.forbidden].filter((one) => dirname(one) === realDirectory).map((one) => basename(one)),
  );
  const present = new Set<string>();
  const refused: RefusedEntry[] = [];
  const directories: RelPath[] = [];
  const kept: Kept[] = [];
  const skipped = { ignored: 0, links: 0, special: 0 };
  const examples: SkippedExample[] = [];
  const skip = (path: RelPath, kind: SkippedKind): void => {
    if (kind === 'link') skipped.links += 1;
    else skipped.special += 1;
    if (examples.length < EXAMPLES) examples.push({ path, kind });
  };
  for (const entry of entries) {
    present.add(entry.name);
    const path = childPath(directory, entry.name);
    const isFollowed = entry.kind === 'link' && options.links === 'follow' && entry.isUtf8;
    const target = isFollowed ? await targetOf(place.way, join(realDirectory, entry.name)) : null;
    const kind = target?.kind ?? entry.kind;
    if (entry.skipped !== null && target === null) skip(path, entry.skipped);
    else if (forbiddenHere.has(entry.name)) skipped.ignored += 1;
    else if (target !== null && isWithin(target.real, options.forbidden)) skipped.ignored += 1;
    else if (options.ignores(path, kind === 'directory')) skipped.ignored += 1;
    else if (!entry.isUtf8) refused.push({ path, failure: failure('name-not-utf8', { path }) });
    else kept.push({ name: entry.name, kind, target });
  }

  const collisions = findCollisions(kept.map((entry) => entry.name));
  const wanted: string[] = [];
  const files: DiskFile[] = [];
  for (const { name, kind, target } of kept) {
    const path = childPath(directory, name);
    const other = collisions.get(name);
    if (other !== undefined) {
      refused.push({ path, failure: failure('name-collides', { path, other: childPath(directory, other) }) });
    } else if (kind === 'directory') directories.push(path);
    else if (target?.kind === 'file') {
      options.onLinked?.(directoryOf(real, target.real), directory);
      files.push(toDiskFile(path, target.stats));
    } else wanted.push(name);
  }

  await lookAtEach(disk, realDirectory, wanted, options.signal, (name, look) => {
    const path = childPath(directory, name);
    if (look.ok) {
      const kind = kindOf(look.stats);
      if (kind === 'file') files.push(toDiskFile(path, look.stats));
      else if (kind === 'directory') directories.push(path);
      else skip(path, skippedKindOf(look.stats) ?? 'other');
    } else if (isVanished(look.code)) present.delete(name);
    else refused.push({ path, failure: unreadable(path, look.code) });
  });
  return { state: 'complete', directory, files, directories, refused, present, skipped, examples };
}

function toDiskFile(path: RelPath, stats: BigIntStats): DiskFile {
  return {
    path,
    dev: stats.dev,
    ino: stats.ino,
    size: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    mode: Number(stats.mode),
  };
}

function isWithin(realPath: string, forbidden: ReadonlySet<string>): boolean {
  for (const one of forbidden) {
    if (realPath === one || realPath.startsWith(one.endsWith(sep) ? one : one + sep)) return true;
  }
  return false;
}

function unknown(root: string, directory: RelPath, error: unknown): Listing {
  const code = errorCode(error);
  if (code === 'unknown') throw error;
  if (directory !== '') return { state: 'unknown', directory, failure: unreadable(directory, code) };
  const facts = { root, reason: reasonOf(code), error: code };
  const kind = isVanished(code) ? 'root-missing' : 'root-unreadable';
  return { state: 'unknown', directory, failure: failure(kind, facts) };
}

function unreadable(path: RelPath, code: string): Failure {
  return failure('file-unreadable', { path, reason: reasonOf(code), error: code });
}
