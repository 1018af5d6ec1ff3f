/**
 * Copies of the database, one a day. In: the open database and a day. Out: `backup/cairn-DAY.db` in the home, whole or
 * not at all; the last seven are kept.
 */
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { failure, FailureError } from '../contract/errors.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { binding, syncDirectory } from './files.ts';

export const BACKUP_FOLDER = 'backup';
const KEPT = 7;
const NAME = /^cairn-(\d{4}-\d{2}-\d{2})\.db$/;
/** Pages of 4 KiB that are copied without a pause: some milliseconds. */
const PAGES_AT_ONCE = 64;
/** A copy is made only where the disk has so many times the database's size to spare. */
const ROOM = 2;

export interface Backup {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly path: string;
}

/** Newest first. */
export function backupsOf(home: string): readonly Backup[] {
  const folder = join(home, BACKUP_FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const found = names.flatMap((name) => {
    const day = NAME.exec(name)?.[1];
    return day === undefined ? [] : [{ day, path: join(folder, name) }];
  });
  return found.sort((a, b) => (a.day < b.day ? 1 : -1));
}

/** The newest copy that SQLite finds nothing wrong with; null: there is none. */
export function newestGoodBackup(home: string): Backup | null {
  return backupsOf(home).find(({ path }) => isGood(path)) ?? null;
}

function isGood(path: string): boolean {
  try {
    const db = new Sqlite(path, { readonly: true, fileMustExist: true, ...binding() });
    try {
      return damageOf(db) === null;
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

/** The first thing that SQLite finds wrong with a database; null: nothing. */
export function damageOf(db: Sqlite.Database): string | null {
  const found = String(db.pragma('quick_check(1)', { simple: true }));
  return found === 'ok' ? null : found;
}

/** Bytes that this user may still write on the disk that holds a folder; null where it cannot be told. */
export function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/**
 * Copies the database in small steps, between which everything else goes on. Throws what SQLite or the file system
 * throws. Fails with `disk-full` where there is too little room, and with `cancelled` after the signal.
 */
export async function makeBackup(
  db: Sqlite.Database,
  home: string,
  day: string,
  signal: AbortSignal,
  free: (folder: string) => number | null = freeBytes,
): Promise<Result<Backup>> {
  const folder = join(home, BACKUP_FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, 'new.db');
  removeWith(temporary);
  const size = Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
  const room = free(folder);
  if (room !== null && room < ROOM * size) return failed(failure('disk-full', { path: folder }));
  const path = join(folder, `cairn-${day}.db`);
  try {
    await db.backup(temporary, {
      progress: () => {
        if (signal.aborted) throw new FailureError(failure('cancelled'));
        return PAGES_AT_ONCE;
      },
    });
    settle(temporary);
    renameSync(temporary, path);
    syncDirectory(folder);
  } catch (error) {
    removeWith(temporary);
    if (error instanceof FailureError) return failed(error.failure);
    throw error;
  }
  for (const old of backupsOf(home).slice(KEPT)) removeWith(old.path);
  return success({ day, path });
}

/** One file that needs no other beside it, also for those who may only read. */
function settle(path: string): void {
  chmodSync(path, 0o600);
  const db = new Sqlite(path, { fileMustExist: true, ...binding() });
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}

function removeWith(path: string): void {
  for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(`${path}${ending}`, { force: true });
}
