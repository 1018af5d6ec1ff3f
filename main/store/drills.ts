/** Statements on the last proof of each folder that its files come back. */
import type { Drill } from '../contract/verification.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export function openDrillsReader(db: ReadableDb) {
  const one = db.prepare<[string], string>('SELECT json FROM drills WHERE folder = ?').pluck();
  return {
    find: (folder: string): Drill | null => {
      const json = one.get(folder);
      return json === undefined ? null : (JSON.parse(json) as Drill);
    },
  };
}

export function openDrills(db: WritableDb) {
  const set = db.prepare<[string, string]>('INSERT OR REPLACE INTO drills (folder, json) VALUES (?, ?)');
  const removeFolder = db.prepare<[string]>('DELETE FROM drills WHERE folder = ?');
  return {
    ...openDrillsReader(db),
    set: (folder: string, drill: Drill): void => {
      set.run(folder, JSON.stringify(drill));
    },
    removeFolder: (folder: string): void => {
      removeFolder.run(folder);
    },
  };
}
