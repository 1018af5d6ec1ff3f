/** A home folder, opened. In: its path. Out: settings and tables, under the lock or for reading only. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Result } from '../contract/result.ts';
import { failed, success } from '../contract/result.ts';
import {
  lockHome,
  openReadable,
  openWritable,
  readSettings,
  readTables,
  writeSettings,
  writeTables,
  type ReadTables,
  type Settings,
  type WriteTables,
} from '../store/index.ts';

/** The platform's place for a program's data; `CAIRN_HOME` stands above it. */
export function defaultHome(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const named = environment['CAIRN_HOME'];
  if (named !== undefined && named !== '') return named;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Cairn');
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Cairn');
  const data = environment['XDG_DATA_HOME'];
  // A relative XDG path is invalid by its specification and to be ignored.
  return join(data !== undefined && isAbsolute(data) ? data : join(homedir(), '.local', 'share'), 'cairn');
}

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
  const db = settings.ok ? openWritable(path) : settings;
  if (!settings.ok || !db.ok) {
    lock.value.release();
    return settings.ok && !db.ok ? db : (settings as Extract<typeof settings, { ok: false }>);
  }
  const tables = writeTables(db.value);
  let current = settings.value;
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
  if (!db.ok) return failed(db.failure);
  const tables = db.value === null ? null : readTables(db.value);
  return success({
    path,
    settings: settings.value,
    tables,
    close() {
      tables?.close();
    },
  });
}
