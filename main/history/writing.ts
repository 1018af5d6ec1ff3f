/**
 * What the writing thread does. In: small files with their bytes. Out: each on the disk under its temporary name, with
 * its time and mode, flushed; or why not.
 *
 * [Note: flushing together] To flush a file makes a file system write its journal, which takes as long for one file as
 * for many. So a batch is written first, and flushed file after file then: the first of them pays for all.
 */
import { closeSync, fchmodSync, fstatSync, fsyncSync, futimesSync, openSync, rmSync, writeSync } from 'node:fs';

export interface WriteTask {
  /** Absolute; nothing may be there. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Null: as it is. */
  readonly mode: number | null;
  /** Seconds since 1970; null: now. */
  readonly mtime: number | null;
}

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
    return { ok: false, code: error instanceof Error && 'code' in error ? String(error.code) : '' };
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
