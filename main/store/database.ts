/** Opens the database of a home. In: the home's folder. Out: a handle that can only read, or one that can write. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { failure, type Failure } from '../contract/errors.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { damageOf, freeBytes, newestGoodBackup } from './backup.ts';
import { binding } from './files.ts';
import { markOpen, wasClosed } from './marks.ts';
import { migrations, SCHEMA_VERSION } from './migrations/index.ts';

declare const readable: unique symbol;
declare const writable: unique symbol;
/** A handle whose statements may only read. A writable one serves as a readable one, never the other way. */
export type ReadableDb = Sqlite.Database & { readonly [readable]: true };
export type WritableDb = ReadableDb & { readonly [writable]: true };

export const DATABASE_FILE = 'cairn.db';

/** How long a statement waits for another program that holds the database, milliseconds. */
export const BUSY_MS = 5_000;
/** Up to this size a database is checked on every open for writing: some 4 ms a MB, measured at 217 MB. Bytes. */
const SMALL = 16 * 1024 * 1024;
/** A disk with less than this to spare is a small one, bytes. */
const TIGHT = 32 * 1024 * 1024;

/**
 * Opens for writing, brings an older schema up to date, and looks for damage: in a small database always, in a larger
 * one where it was not closed the last time. The home's lock must be held. With `mustExist` a missing one is not made.
 *
 * [Note: durability] WAL with synchronous FULL: each commit is flushed, so a receipt that was reported survives a power
 * loss. Set on every open, since better-sqlite3 reopens a WAL database with NORMAL. fullfsync makes macOS's fsync one
 * that reaches the platter. The cost, 0.3 ms a transaction on a local disk, is shared by the group commit.
 */
export function openWritable(home: string, mustExist = false): Result<WritableDb> {
  return guarded(home, () => {
    // An empty one in its place would have all that is kept sent again.
    if (mustExist && !isThere(join(home, DATABASE_FILE))) return failed(lost(home, reason('database-missing')));
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const db = new Sqlite(join(home, DATABASE_FILE), { timeout: BUSY_MS, ...binding() });
    try {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      // On a small disk the log, 4 MB by itself, would take the room that it needs to be emptied into the database.
      if ((freeBytes(home) ?? Infinity) < TIGHT) db.pragma('wal_autocheckpoint = 32');
      if (process.platform === 'darwin') db.pragma('fullfsync = ON');
      // What a statement or a savepoint might have to undo went to a file: a hundred writes for each file that is sent.
      db.pragma('temp_store = MEMORY');
      db.pragma('foreign_keys = ON');
      // With this, REPLACE fires the triggers that keep receipts from vanishing.
      db.pragma('recursive_triggers = ON');
      const version = schemaOf(db);
      if (version > SCHEMA_VERSION) {
        db.close();
        return failed(fromNewer(home));
      }
      if (version === 0 && mustExist) {
        db.close();
        return failed(lost(home, reason('database-empty')));
      }
      const size = statSync(join(home, DATABASE_FILE)).size;
      migrate(db, version);
      if (version > 0 && (size <= SMALL || !wasClosed(db))) {
        const found = damageOf(db);
        if (found !== null) {
          db.close();
          return failed(failure('home-damaged', { home, reason: found }));
        }
      }
      markOpen(db);
    } catch (error) {
      db.close();
      throw error;
    }
    return success(db as WritableDb);
  });
}

/** Opens for reading only, while an engine may be writing. Null: the home is empty, nothing was ever kept. */
export function openReadable(home: string): Result<ReadableDb | null> {
  return guarded(home, () => {
    const path = join(home, DATABASE_FILE);
    if (!isThere(path)) return success(null);
    const db = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS, ...binding() });
    try {
      const version = schemaOf(db);
      if (version === SCHEMA_VERSION) return success(db as ReadableDb);
      db.close();
      if (version === 0) return success(null);
      return failed(version > SCHEMA_VERSION ? fromNewer(home) : failure('home-needs-upgrade', { home }));
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function schemaOf(db: Sqlite.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function migrate(db: Sqlite.Database, from: number): void {
  for (const migration of migrations) {
    if (migration.version <= from) continue;
    db.transaction(() => {
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.version}`);
    })();
  }
}

function lost(home: string, why: Reason): Failure {
  return failure('home-damaged', { home, reason: why });
}

function fromNewer(home: string): Failure {
  return failure('home-from-newer', { home, way: reason('that-release-or-rebuild') });
}

function isThere(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** The statements of opening are right: where SQLite calls one wrong, the header or the schema is not what we wrote. */
function malformed(error: unknown, home: string): Failure | null {
  const isMalformed = error instanceof Sqlite.SqliteError && error.code === 'SQLITE_ERROR';
  return isMalformed ? failure('home-damaged', { home, reason: error.message }) : null;
}

function guarded<T>(home: string, open: () => Result<T>): Result<T> {
  let opened: Result<T>;
  try {
    opened = open();
  } catch (error) {
    const cause = databaseFailure(error, home) ?? malformed(error, home);
    if (cause === null) throw error;
    // The files that SQLite needs beside the database cannot be made on a full disk, and it does not say why.
    const isFull = cause.code === 'home-read-only' && freeBytes(home) === 0;
    opened = failed(isFull ? failure('disk-full', { path: home }) : cause);
  }
  return opened.ok ? opened : failed(withBackup(opened.failure, home));
}

/** Whoever hears of damage hears of the copy that would help, too. */
function withBackup(cause: Failure, home: string): Failure {
  if (cause.code !== 'home-damaged') return cause;
  const backup = newestGoodBackup(home);
  if (backup === null) return cause;
  const also = reason('good-copy', { day: backup.day, path: backup.path });
  return failure(cause.code, { ...cause.facts, ...cause.reasons, also, backup: backup.path });
}

/** The failure that an error of SQLite or of the file system stands for; null: a bug. */
export function databaseFailure(error: unknown, home: string): Failure | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  const code = String(error.code);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return failure('home-damaged', { home, reason: code });
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return failure('disk-full', { path: home });
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return failure('home-busy', { home });
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_IOERR')) {
    return failure('home-read-only', { home, reason: code });
  }
  if (['EACCES', 'EROFS', 'ENOTDIR', 'EISDIR', 'EPERM', 'EEXIST', 'ENAMETOOLONG'].includes(code)) {
    return failure('home-read-only', { home, reason: code });
  }
  return null;
}

export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
