/** Statements on what lay in the bucket before us, on the last look at it, and on folders that are yet to be compared. */
import type { PrefixLook } from '../contract/models.ts';
import type { ReadableDb, WritableDb } from './database.ts';

/** Why a folder's files are held against the bucket before anything is sent: it was added to what is there; or the
 * database was lost; or a person asked for it. */
export type MatchWhy = 'added' | 'lost' | 'asked';

/** A version that was there before. `version`: its id, or what stands for one. */
export interface VersionBefore {
  readonly key: string;
  readonly version: string;
}

/** A version's id; of one without an id of its own, its ETag behind a mark that no id begins with. */
export function idOfVersion(versionId: string | null, etag: string | null): string {
  return versionId === null || versionId === 'null' ? `#${etag ?? ''}` : versionId;
}

export type LooksReader = ReturnType<typeof openLooksReader>;
export type Looks = ReturnType<typeof openLooks>;

export function openLooksReader(db: ReadableDb) {
  const due = db.prepare<[string], MatchWhy>('SELECT why FROM matches_due WHERE folder = ?').pluck();
  const last = db.prepare<[string], string>('SELECT json FROM looks WHERE folder = ?').pluck();
  const told = db.prepare<[string], string>('SELECT told FROM looks WHERE folder = ?').pluck();
  const hasBefore = db.prepare<[string], number>('SELECT 1 FROM there_before WHERE folder = ? LIMIT 1').pluck();
  const before = db.prepare<[string, string, string], VersionBefore>(
    'SELECT key, version FROM there_before WHERE folder = ? AND key > ? AND key <= ?',
  );
  return {
    /** Null: nothing is to be compared first. */
    matchDue: (folder: string): MatchWhy | null => due.get(folder) ?? null,
    last: (folder: string): PrefixLook | null => {
      const json = last.get(folder);
      return json === undefined ? null : (JSON.parse(json) as PrefixLook);
    },
    /** The mark of what the activity was told last. */
    told: (folder: string): string => told.get(folder) ?? '',
    /** Something lay there before the folder, so that receipts do not tell its whole life. */
    hasBefore: (folder: string): boolean => hasBefore.get(folder) !== undefined,
    /** Of the keys above one, up to another. */
    thereBefore: (folder: string, above: string, upTo: string): VersionBefore[] => before.all(folder, above, upTo),
  };
}

export function openLooks(db: WritableDb) {
  const setDue = db.prepare(
    `INSERT INTO matches_due (folder, why) VALUES (?, ?)
     ON CONFLICT (folder) DO UPDATE SET why = CASE WHEN excluded.why = 'asked' THEN why ELSE excluded.why END`,
  );
  const clearDue = db.prepare('DELETE FROM matches_due WHERE folder = ?');
  const put = db.prepare(
    `INSERT INTO looks (folder, at, json, told) VALUES (@folder, @at, @json, @told)
     ON CONFLICT (folder) DO UPDATE SET at = @at, json = @json, told = @told`,
  );
  const removeLook = db.prepare('DELETE FROM looks WHERE folder = ?');
  const addBefore = db.prepare(
    'INSERT INTO there_before (folder, key, version) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const removeBefore = db.prepare('DELETE FROM there_before WHERE folder = ?');
  return {
    ...openLooksReader(db),
    setMatchDue: (folder: string, why: MatchWhy): void => {
      setDue.run(folder, why);
    },
    clearMatchDue: (folder: string): void => {
      clearDue.run(folder);
    },
    put: (folder: string, look: PrefixLook, told: string): void => {
      put.run({ folder, at: look.at, json: JSON.stringify(look), told });
    },
    addBefore: (folder: string, versions: readonly VersionBefore[]): void => {
      for (const { key, version } of versions) addBefore.run(folder, key, version);
    },
    removeFolder: (folder: string): void => {
      clearDue.run(folder);
      removeLook.run(folder);
      removeBefore.run(folder);
    },
  };
}
