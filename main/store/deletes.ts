/** Statements on what stands against a folder's deletes, and on what was deleted or replaced of late. */
import type { Failure } from '../contract/errors.ts';
import type { RelPath } from '../contract/names.ts';
import type { ReadableDb, WritableDb } from './database.ts';

/** Why deletes of a folder do not go out. */
export interface DeletesRow {
  /** They stopped altogether: the bucket does not mark them. */
  readonly stopped: Failure | null;
  /** Since when a person is asked whether they may. */
  readonly brakeSince: string | null;
  /** Much of the folder was replaced at once, and nobody has said that it was meant. */
  readonly replaced: { readonly at: string; readonly files: number } | null;
}

interface Raw {
  readonly stopped: string | null;
  readonly brake_since: string | null;
  readonly replaced_at: string | null;
  readonly replaced: number;
}

export type What = 'deleted' | 'replaced';

export type DeletesReader = ReturnType<typeof openDeletesReader>;
export type Deletes = ReturnType<typeof openDeletes>;

export function openDeletesReader(db: ReadableDb) {
  const one = db.prepare<[string], Raw>('SELECT * FROM deletes WHERE folder = ?');
  const count = db
    .prepare<[string, What, number], number>('SELECT count(*) FROM lately WHERE folder = ? AND what = ? AND at_ms > ?')
    .pluck();
  return {
    find: (folder: string): DeletesRow => {
      const raw = one.get(folder);
      const at = raw?.replaced_at ?? null;
      return {
        stopped: raw?.stopped == null ? null : (JSON.parse(raw.stopped) as Failure),
        brakeSince: raw?.brake_since ?? null,
        replaced: at === null ? null : { at, files: raw?.replaced ?? 0 },
      };
    },
    /** How many paths it happened to since a moment, each counted once. */
    countSince: (folder: string, what: What, sinceMs: number): number => count.get(folder, what, sinceMs) ?? 0,
  };
}

export function openDeletes(db: WritableDb) {
  const set = (what: string) =>
    db.prepare<{ folder: string; value: string | null }>(
      `INSERT INTO deletes (folder, ${what}) VALUES (@folder, @value)
       ON CONFLICT (folder) DO UPDATE SET ${what} = @value`,
    );
  const setStopped = set('stopped');
  const setBrake = set('brake_since');
  const setReplaced = db.prepare<{ folder: string; at: string | null; files: number }>(
    `INSERT INTO deletes (folder, replaced_at, replaced) VALUES (@folder, @at, @files)
     ON CONFLICT (folder) DO UPDATE SET replaced_at = @at, replaced = @files`,
  );
  const note = db.prepare<[string, What, string, number]>(
    `INSERT INTO lately (folder, what, path, at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (folder, what, path) DO UPDATE SET at_ms = excluded.at_ms`,
  );
  const forget = db.prepare<[string, What, number]>('DELETE FROM lately WHERE folder = ? AND what = ? AND at_ms <= ?');
  const clamp = db.prepare<[number, string, number]>('UPDATE lately SET at_ms = ? WHERE folder = ? AND at_ms > ?');
  const removeRow = db.prepare<[string]>('DELETE FROM deletes WHERE folder = ?');
  const removeLately = db.prepare<[string]>('DELETE FROM lately WHERE folder = ?');
  return {
    ...openDeletesReader(db),
    /** Null: they may go out again. */
    setStopped: (folder: string, cause: Failure | null): void => {
      setStopped.run({ folder, value: cause === null ? null : JSON.stringify(cause) });
    },
    /** Null: there is nothing to decide any more. */
    setBrake: (folder: string, since: string | null): void => {
      setBrake.run({ folder, value: since });
    },
    setReplaced: (folder: string, replaced: { readonly at: string; readonly files: number } | null): void => {
      setReplaced.run({ folder, at: replaced?.at ?? null, files: replaced?.files ?? 0 });
    },
    note: (folder: string, what: What, path: RelPath, atMs: number): void => {
      note.run(folder, what, path, atMs);
    },
    forget: (folder: string, what: What, upToMs: number): void => {
      forget.run(folder, what, upToMs);
    },
    /** What a clock that was wrong put into the future happened just now. */
    clampTo: (folder: string, nowMs: number): void => {
      clamp.run(nowMs, folder, nowMs);
    },
    removeFolder: (folder: string): void => {
      removeRow.run(folder);
      removeLately.run(folder);
    },
  };
}
