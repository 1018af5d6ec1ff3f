/** A home folder, opened. In: its path. Out: settings and tables, under the lock or for reading only. */
import { foldersHere } from '../contract/attached.ts';
import { failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { withoutEndedPauses } from './ended-pauses.ts';
import {
  lockHome,
  openReadable,
  openWritable,
  readSettings,
  readTables,
  writeSettings,
  writeTables,
  type ReadableDb,
  type ReadTables,
  type Settings,
  type WriteTables,
} from '../store/index.ts';

export { databaseFailure } from '../store/index.ts';

/** The home under its lock: everything may be changed. */
export interface OpenHome {
  readonly path: string;
  readonly settings: Settings;
  readonly tables: WriteTables;
  /** Replaces the settings on disk, then here; nothing changes where that fails. */
  update(settings: Settings): Result<null>;
  close(): void;
}

export function openHome(path: string): Result<OpenHome> {
  const lock = lockHome(path);
  if (!lock.ok) return lock;
  const settings = readSettings(path);
  if (!settings.ok) {
    lock.value.release();
    return settings;
  }
  const opened = openTables(path, openWritable(path, foldersHere(settings.value.folders).length > 0), writeTables);
  if (!opened.ok) {
    lock.value.release();
    return opened;
  }
  const tables = opened.value;
  let current = withoutEndedPauses(settings.value, Date.now());
  return success({
    path,
    tables,
    get settings() {
      return current;
    },
    update(next) {
      const written = writeSettings(path, next);
      if (written.ok) current = next;
      return written;
    },
    close() {
      tables.flush();
      tables.close();
      lock.value.release();
    },
  });
}

/** A database with the right number and other tables than that number means is damaged, and no bug of ours. */
function openTables<Db extends ReadableDb, Tables>(
  path: string,
  db: Result<Db>,
  open: (db: Db) => Tables,
): Result<Tables> {
  if (!db.ok) return db;
  try {
    return success(open(db.value));
  } catch (error) {
    db.value.close();
    const why = error instanceof Error ? error.message : reason('unreadable');
    return failed(failure('home-damaged', { home: path, reason: why }));
  }
}

/** The home for commands that only report: no lock, any time. `tables` null: nothing was ever kept here. */
export interface ReadHome {
  readonly path: string;
  readonly settings: Settings;
  readonly tables: ReadTables | null;
  close(): void;
}

export function openHomeForReading(path: string): Result<ReadHome> {
  const settings = readSettings(path);
  if (!settings.ok) return settings;
  const db = openReadable(path);
  if (!db.ok) return db;
  const tables = db.value === null ? success(null) : openTables(path, success(db.value), readTables);
  if (!tables.ok) return tables;
  return success({
    path,
    settings: withoutEndedPauses(settings.value, Date.now()),
    tables: tables.value,
    close() {
      tables.value?.close();
    },
  });
}
