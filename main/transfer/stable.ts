/**
 * Reads a file so that what is sent is one state of it.
 *
 * [Note: stable reads] The path is opened without following a link and without blocking; the handle is stat'ed before
 * and after the reading, and the path once more in the end. Only where inode, size, mtime and ctime agree all the way
 * is it one state. A file up to one part is read whole into memory first, so what is hashed is what is sent; of a larger
 * one each part is, and the whole is compared again before the upload is completed. Programs that write through mmap
 * may change bytes without a new mtime for a while: that is outside of what a reader can see.
 */
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, realpath, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { failure, type Failure } from '../contract/errors.ts';
import type { LinksMode } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import { systemReason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { FileStat } from '../store/types.ts';

/** A file of a folder. */
export interface FilePlace {
  /** Absolute. */
  readonly root: string;
  readonly path: RelPath;
  /** Whether the path may lead through links; then it must end inside the root. */
  readonly links: LinksMode;
}

/** An open file and what it was when it was opened. */
export interface OpenFile {
  readonly place: FilePlace;
  /** Absolute: where it was opened. */
  readonly at: string;
  readonly handle: FileHandle;
  readonly stat: FileStat;
}

/** Of an expected end: the path is no regular file any more. */
export type Vanished = { readonly vanished: true };

/** Windows has neither flag: there a link is opened like its target, and the stat of the path shows it. */
export const HOW_TO_OPEN =
  process.platform === 'win32' ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export async function openStable(place: FilePlace): Promise<Result<OpenFile> | Vanished> {
  const { path } = place;
  let at: string | null;
  let handle: FileHandle;
  try {
    at = await whereIs(place);
    if (at === null) return { vanished: true };
    handle = await open(at, HOW_TO_OPEN);
  } catch (error) {
    return openingFailed(error, path);
  }
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) {
      await handle.close();
      return { vanished: true };
    }
    return success({ place, at, handle, stat: toStat(stats) });
  } catch (error) {
    await handle.close();
    return failed(unreadable(error, path));
  }
}

/** The path that is opened: with links resolved where they may be followed. Null: it leads out of the folder. */
async function whereIs(place: FilePlace): Promise<string | null> {
  const absolute = join(place.root, place.path);
  if (place.links === 'skip') return absolute;
  const [real, realRoot] = await Promise.all([realpath(absolute), realpath(place.root)]);
  return isBelow(real, realRoot) ? real : null;
}

/** The same where a thread may wait. @param resolve how links are resolved. */
export function whereIsIn({ root, path, links }: FilePlace, resolve: (path: string) => string): string | null {
  const absolute = join(root, path);
  if (links === 'skip') return absolute;
  const real = resolve(absolute);
  return isBelow(real, resolve(root)) ? real : null;
}

function isBelow(real: string, realRoot: string): boolean {
  return real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep);
}

function openingFailed(error: unknown, path: RelPath): Result<OpenFile> | Vanished {
  return isEndOfPath(error) ? { vanished: true } : failed(unreadable(error, path));
}

/** Whether no regular file stands at the path any more. */
export function isEndOfPath(error: unknown): boolean {
  // ELOOP: a link stands there now. ENXIO: a pipe or a socket.
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO', 'EMLINK'].includes(codeOf(error));
}

export function unreadable(error: unknown, path: RelPath): Failure {
  return failure('file-unreadable', { path, reason: systemReason(error) });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** True where handle and path still show the file as it was when it was opened. */
export async function isStill(file: OpenFile): Promise<boolean> {
  const after = await file.handle.stat({ bigint: true });
  if (!isSameState(toStat(after), file.stat)) return false;
  try {
    // A link may have been bent elsewhere meanwhile.
    if ((await whereIs(file.place)) !== file.at) return false;
    const atPath = await lstat(file.at, { bigint: true });
    return isSameState(toStat(atPath), file.stat);
  } catch {
    return false; // gone from its path: the next scan says what became of it
  }
}

export function isSameState(a: FileStat, b: FileStat): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

/** Fills `target` from `position`; answers how many bytes there were. */
export async function readFully(handle: FileHandle, target: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await handle.read(target, filled, target.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

export function toStat(stats: BigIntStats): FileStat {
  return {
    dev: String(stats.dev),
    ino: String(stats.ino),
    size: Number(stats.size),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    mode: Number(stats.mode),
  };
}

/**
 * How long the file must still be left alone, milliseconds; 0: it is old enough to be read. A time in the future is a
 * clock that was off (or was given to the file by hand), and no reason to wait; the other time still counts.
 */
export function youth(stat: FileStat, nowMs: number, quietMs: number): number {
  const ages = [stat.mtimeNs, stat.ctimeNs].map((ns) => nowMs - Number(BigInt(ns) / 1_000_000n));
  const age = Math.min(...ages.filter((one) => one >= 0));
  return age >= quietMs ? 0 : quietMs - age;
}
