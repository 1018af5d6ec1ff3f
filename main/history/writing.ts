/**
 * What the writing thread does. In: small files with their bytes. Out: each on the disk under its temporary name, with
 * its time and mode, flushed; or why not.
 *
 * [Note: flushing together] To flush a file makes a file system write its journal, which takes as long for one file as
 * for many. So a batch is written first, and flushed file after file then: the first of them pays for all.
 */
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { isInPlaceNow, type HeldWords } from './held.ts';
import { WITHOUT_LINKS } from './name.ts';

export interface WriteTask {
  /** Absolute; nothing may be there. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Null: as it is. */
  readonly mode: number | null;
  /** Seconds since 1970; null: now. */
  readonly mtime: number | null;
}

export interface NameTask {
  readonly held: HeldWords;
  /** Both absolute, through the held directory. The temporary name goes in any case. */
  readonly temporary: string;
  readonly place: string;
}

/** Null: it has its name. Else a code of the file system, or `MOVED`: the directory is not where it should be. */
export type NameAnswer = string | null;

export type WriteAnswer =
  | {
      readonly ok: true;
      /** As the file system keeps it. */
      readonly mtimeNs: string;
    }
  | { readonly ok: false; readonly code: string };

/** One that fails leaves nothing behind, and the others alone. */
export function writeAll(tasks: readonly WriteTask[]): readonly WriteAnswer[] {
  const begun = tasks.map((task) => attempt(task.path, null, () => openSync(task.path, 'wx', 0o600)));
  const written = begun.map((one, index) => {
    const task = tasks[index];
    return !one.ok || task === undefined
      ? one
      : attempt(task.path, one.value, () => {
          write(one.value, task);
          return one.value;
        });
  });
  return written.map((one, index) => {
    if (!one.ok) return one;
    const flushed = attempt(tasks[index]?.path ?? '', one.value, () => {
      fsyncSync(one.value);
      const { mtimeNs } = fstatSync(one.value, { bigint: true });
      closeSync(one.value);
      return String(mtimeNs);
    });
    return flushed.ok ? { ok: true, mtimeNs: flushed.value } : flushed;
  });
}

/** Gives a whole file its name where that is free and its directory in its place. */
export function nameNow({ held, temporary, place }: NameTask): NameAnswer {
  try {
    if (!isInPlaceNow(held)) return 'MOVED';
    linkOrClaim(temporary, place);
    if (isInPlaceNow(held)) return null;
    // Moved away in the same moment: what was written is taken back from wherever it is now.
    rmSync(place, { force: true });
    return 'MOVED';
  } catch (error) {
    return codeOf(error);
  } finally {
    quietly(() => {
      rmSync(temporary, { force: true });
    });
  }
}

function linkOrClaim(temporary: string, place: string): void {
  try {
    linkSync(temporary, place);
  } catch (error) {
    if (!WITHOUT_LINKS.has(codeOf(error))) throw error;
    closeSync(openSync(place, 'wx'));
    try {
      renameSync(temporary, place);
    } catch (failed) {
      rmSync(place, { force: true });
      throw failed;
    }
  }
}

type Attempted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string };

/** @param fd is closed, and its file removed, where the work fails; null: there is none yet. */
function attempt<T>(path: string, fd: number | null, work: () => T): Attempted<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (fd !== null) {
      quietly(() => {
        closeSync(fd);
      });
      quietly(() => {
        rmSync(path, { force: true });
      });
    }
    return { ok: false, code: codeOf(error) };
  }
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // What failed before is told.
  }
}

function write(fd: number, { bytes, mode, mtime }: WriteTask): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  if (mode !== null) fchmodSync(fd, mode);
  if (mtime !== null) futimesSync(fd, mtime, mtime);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
