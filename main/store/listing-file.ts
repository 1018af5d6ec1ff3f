/** Opens the kept listing of a folder. In: a home and a folder's id. Out: the listing; one that is no good is made anew. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { BUSY_MS } from './database.ts';
import { binding } from './files.ts';
import { withStatements, type KeptListing } from './listing.ts';

const LISTINGS_FOLDER = 'listings';
/** Counts up with each change of the tables. */
const FORMAT = 1;

function fileOf(home: string, folder: string): string {
  return join(home, LISTINGS_FOLDER, `${folder}.db`);
}

export function removeListing(home: string, folder: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(fileOf(home, folder) + end, { force: true });
}

/** All of them: what they say of receipts holds for one database. */
export function removeListings(home: string): void {
  rmSync(join(home, LISTINGS_FOLDER), { recursive: true, force: true });
}

/** Makes the file where there is none that can be used. Throws what SQLite or the file system throws. */
export function openListing(home: string, folder: string): KeptListing {
  mkdirSync(join(home, LISTINGS_FOLDER), { recursive: true, mode: 0o700 });
  try {
    return openFile(fileOf(home, folder));
  } catch {
    removeListing(home, folder);
    return openFile(fileOf(home, folder));
  }
}

/** For reading alone, while an engine may be writing; null: there is none that can be used. */
export function openListingForReading(home: string, folder: string): KeptListing | null {
  const path = fileOf(home, folder);
  if (!existsSync(path)) return null;
  let db: Sqlite.Database | null = null;
  try {
    db = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS, ...binding() });
    if (Number(db.pragma('user_version', { simple: true })) === FORMAT) return withStatements(db);
  } catch {
    // As good as none.
  }
  db?.close();
  return null;
}

function openFile(path: string): KeptListing {
  const db = new Sqlite(path, { timeout: BUSY_MS, ...binding() });
  try {
    db.pragma('journal_mode = WAL');
    // A power cut may take the last pages back, and leaves what is there whole.
    db.pragma('synchronous = NORMAL');
    const format = Number(db.pragma('user_version', { simple: true }));
    if (format !== 0 && format !== FORMAT) throw new Error('a listing of another format');
    if (format === 0) {
      db.transaction(() => {
        db.exec(`
          CREATE TABLE versions (
            key TEXT NOT NULL, n INTEGER NOT NULL, version_id TEXT, etag TEXT, size INTEGER NOT NULL,
            latest INTEGER NOT NULL, marker INTEGER NOT NULL, modified INTEGER NOT NULL, class TEXT,
            -- Of the receipt that explains it.
            seq INTEGER, operation TEXT, seen INTEGER, sha256 BLOB, path TEXT,
            PRIMARY KEY (key, n)
          ) WITHOUT ROWID;
          -- When files were gone, where no version in the listing says so.
          CREATE TABLE gone (
            key TEXT NOT NULL, seq INTEGER NOT NULL, operation TEXT NOT NULL, seen INTEGER NOT NULL, path TEXT NOT NULL,
            PRIMARY KEY (key, seq)
          ) WITHOUT ROWID;
          CREATE TABLE ranges (
            low TEXT PRIMARY KEY, high TEXT NOT NULL, at_ms INTEGER NOT NULL, seq INTEGER NOT NULL
          ) WITHOUT ROWID;
          CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
          PRAGMA user_version = ${String(FORMAT)};
        `);
      })();
    }
    return withStatements(db);
  } catch (error) {
    db.close();
    throw error;
  }
}
