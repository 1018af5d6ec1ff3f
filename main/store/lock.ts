/** One engine a home. In: the home's folder. Out: the lock, which the system frees when the process dies. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { failure } from '../contract/errors.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { databaseFailure } from './database.ts';
import { binding } from './files.ts';

/**
 * No other code of the process may open this file: closing any descriptor of it would free a POSIX lock, and a plain
 * read is enough for that. Scans skip the home for this reason.
 */
export const LOCK_FILE = 'lock.db';

export interface HomeLock {
  release(): void;
}

/** Takes the lock at once, or says who has it: an exclusive transaction that stays open. */
export function lockHome(home: string): Result<HomeLock> {
  let db: Sqlite.Database | null = null;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    db = new Sqlite(join(home, LOCK_FILE), {
      timeout: 0,
      ...binding(),
    });
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    const cause = databaseFailure(error, home);
    if (cause === null) throw error;
    return failed(cause.code === 'home-busy' ? failure('home-locked', { home }) : cause);
  }
  const held = db;
  return success({
    release() {
      held.close();
    },
  });
}
