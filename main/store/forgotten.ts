/** Statements on paths that a person took out of the queue: they are not looked for again until the file changes. */
import { parentPath, type RelPath } from '../contract/names.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { likePattern } from './like.ts';
import type { FileStat, ForgottenPath } from './types.ts';

interface Raw {
  path: string;
  seen: string;
  refused: string | null;
}

const toPath = (raw: Raw): ForgottenPath => ({
  path: raw.path as RelPath,
  seen: JSON.parse(raw.seen) as FileStat | null,
  refused: raw.refused,
});

export function openForgottenReader(db: ReadableDb) {
  const inDirectory = db.prepare<[string, string], Raw>(
    'SELECT path, seen, refused FROM forgotten INDEXED BY forgotten_by_directory WHERE folder = ? AND directory = ?',
  );
  const search = db.prepare<[string, string, number], Raw>(
    `SELECT path, seen, refused FROM forgotten WHERE folder = ? AND path LIKE ? ESCAPE '\\' ORDER BY path LIMIT ?`,
  );
  const count = db.prepare<[string], number>('SELECT count(*) FROM forgotten WHERE folder = ?').pluck();
  return {
    inDirectory: (folder: string, directory: RelPath): ForgottenPath[] =>
      inDirectory.all(folder, directory).map(toPath),
    search: (folder: string, text: string, limit: number): ForgottenPath[] =>
      search.all(folder, likePattern(text), limit).map(toPath),
    count: (folder: string): number => count.get(folder) ?? 0,
  };
}

export function openForgotten(db: WritableDb) {
  const add = db.prepare(
    `INSERT OR REPLACE INTO forgotten (folder, path, directory, seen, refused)
     VALUES (@folder, @path, @directory, @seen, @refused)`,
  );
  const remove = db.prepare<[string, string]>('DELETE FROM forgotten WHERE folder = ? AND path = ?');
  const removeFolder = db.prepare<[string]>('DELETE FROM forgotten WHERE folder = ?');
  return {
    ...openForgottenReader(db),
    add: (folder: string, { path, seen, refused }: ForgottenPath): void => {
      add.run({ folder, path, directory: parentPath(path), seen: JSON.stringify(seen), refused });
    },
    remove: (folder: string, path: RelPath): boolean => remove.run(folder, path).changes > 0,
    removeFolder: (folder: string): void => {
      removeFolder.run(folder);
    },
  };
}
