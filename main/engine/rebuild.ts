/**
 * The record of what is kept, made again from bucket and disk. In: a home whose database is good, damaged, of a newer
 * release, or not there. Out: the home, open, with a database that opens; each folder is yet to be compared.
 */
import type { Failure, FailureCode } from '../contract/errors.ts';
import { success, type Result } from '../contract/result.ts';
import { lockHome, readSettings, renewDatabase, type Renewed } from '../store/index.ts';
import { openHome, type OpenHome } from './home.ts';

export interface Reopened {
  readonly home: OpenHome;
  /** Null: the database was good, and stays. */
  readonly renewed: Renewed | null;
}

/** What a new database is the answer to; a header that is damaged may look like any of these. */
const RENEWABLE: ReadonlySet<FailureCode> = new Set<FailureCode>(['home-damaged', 'home-from-newer', 'home-read-only']);

/** Opens a home for a rebuild. A database that is no good is put aside, and a new one takes its place. */
export function reopenHome(path: string, at: Date): Result<Reopened> {
  const opened = openHome(path);
  let reason: string;
  if (opened.ok) {
    const damage = opened.value.tables.damage();
    if (damage === null) return success({ home: opened.value, renewed: null });
    opened.value.close();
    reason = damage;
  } else {
    if (!isOfDatabase(opened.failure)) return opened;
    reason = opened.failure.message;
  }
  const renewed = renew(path, reason, at);
  if (!renewed.ok) return renewed;
  const again = openHome(path);
  return again.ok ? success({ home: again.value, renewed: renewed.value }) : again;
}

/** SQLite's own word for it: that the folder cannot be written is another matter. */
function isOfDatabase({ code, facts }: Failure): boolean {
  if (!RENEWABLE.has(code)) return false;
  return code !== 'home-read-only' || String(facts['reason']).startsWith('SQLITE_');
}

function renew(path: string, reason: string, at: Date): Result<Renewed> {
  const lock = lockHome(path);
  if (!lock.ok) return lock;
  try {
    const settings = readSettings(path);
    if (!settings.ok) return settings;
    const folders = settings.value.folders.map((folder) => folder.id);
    return renewDatabase(path, reason, folders, at);
  } finally {
    lock.value.release();
  }
}
