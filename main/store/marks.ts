/** Marks in the database that only this room reads. In: a handle. Out: whether the last end was a clean one. */
import type Sqlite from 'better-sqlite3';

const CLEAN_STOP = 'clean-stop';
const PROBE = 'probe';

/** True where the last one that wrote here closed the database, and for a new one. */
export function wasClosed(db: Sqlite.Database): boolean {
  const value = db.prepare<[string], string>('SELECT value FROM marks WHERE name = ?').pluck().get(CLEAN_STOP);
  return value !== 'no';
}

export function markOpen(db: Sqlite.Database): void {
  set(db, CLEAN_STOP, 'no');
}

export function markClosed(db: Sqlite.Database): void {
  set(db, CLEAN_STOP, 'yes');
}

/** Writes a row, to see whether one can be written. */
export function writeProbe(db: Sqlite.Database, text: string): void {
  set(db, PROBE, text);
}

function set(db: Sqlite.Database, name: string, value: string): void {
  db.prepare(
    'INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ).run(name, value);
}
