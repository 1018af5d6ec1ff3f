/** Statements on the last check of each folder's bucket. */
import type { Verification } from '../contract/verification.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export function openVerificationsReader(db: ReadableDb) {
  const one = db.prepare<[string], Verification>(
    'SELECT at, way, known, checked, ok, missing, different, unread FROM verifications WHERE folder = ?',
  );
  return { find: (folder: string): Verification | null => one.get(folder) ?? null };
}

export function openVerifications(db: WritableDb) {
  const set = db.prepare(
    `INSERT OR REPLACE INTO verifications (folder, at, way, known, checked, ok, missing, different, unread)
     VALUES (@folder, @at, @way, @known, @checked, @ok, @missing, @different, @unread)`,
  );
  const removeFolder = db.prepare<[string]>('DELETE FROM verifications WHERE folder = ?');
  return {
    ...openVerificationsReader(db),
    removeFolder: (folder: string): void => {
      removeFolder.run(folder);
    },
    set: (folder: string, { at, way, known, checked, ok, missing, different, unread }: Verification): void => {
      set.run({ folder, at, way, known, checked, ok, missing, different, unread });
    },
  };
}
