/** Statements on what is awaited from archives. */
import type { Failure } from '../contract/errors.ts';
import type { Thaw, ThawState, ThawTier } from '../contract/thaw.ts';
import type { ReadableDb, WritableDb } from './database.ts';

/** `folder` is the folder's id here. */
export interface ThawRow extends Thaw {
  readonly key: string;
  readonly nextLookMs: number;
}

interface Raw extends Omit<ThawRow, 'failure' | 'tier' | 'state'> {
  readonly tier: string;
  readonly state: string;
  readonly error: string | null;
}

const COLUMNS = `folder, path, key, version_id AS versionId, size, tier, days, state, asked_at AS askedAt,
  expected_at AS expectedAt, readable_until AS readableUntil, target, next_look_ms AS nextLookMs, error`;

function toRow({ error, tier, state, ...rest }: Raw): ThawRow {
  return {
    ...rest,
    tier: tier as ThawTier,
    state: state as ThawState,
    failure: error === null ? null : (JSON.parse(error) as Failure),
  };
}

export function openThawsReader(db: ReadableDb) {
  const ofFolder = db.prepare<[string], Raw>(`SELECT ${COLUMNS} FROM thaws WHERE folder = ? ORDER BY asked_at DESC`);
  const one = db.prepare<[string, string, string], Raw>(
    `SELECT ${COLUMNS} FROM thaws WHERE folder = ? AND key = ? AND version_id = ?`,
  );
  const waiting = db.prepare<[], Raw>(`SELECT ${COLUMNS} FROM thaws WHERE state = 'waiting' ORDER BY next_look_ms`);
  return {
    ofFolder: (folder: string): ThawRow[] => ofFolder.all(folder).map(toRow),
    find: (folder: string, key: string, versionId: string): ThawRow | null => {
      const raw = one.get(folder, key, versionId);
      return raw === undefined ? null : toRow(raw);
    },
    /** Those that are to be looked at, the next one first. */
    waiting: (): ThawRow[] => waiting.all().map(toRow),
  };
}

export function openThaws(db: WritableDb) {
  const put = db.prepare(
    `INSERT OR REPLACE INTO thaws (folder, path, key, version_id, size, tier, days, state, asked_at, expected_at,
       readable_until, target, next_look_ms, error)
     VALUES (@folder, @path, @key, @versionId, @size, @tier, @days, @state, @askedAt, @expectedAt, @readableUntil,
       @target, @nextLookMs, @error)`,
  );
  const removeFolder = db.prepare<[string]>('DELETE FROM thaws WHERE folder = ?');
  return {
    ...openThawsReader(db),
    removeFolder: (folder: string): void => {
      removeFolder.run(folder);
    },
    put: ({ failure, ...row }: ThawRow): void => {
      put.run({ ...row, error: failure === null ? null : JSON.stringify(failure) });
    },
  };
}
