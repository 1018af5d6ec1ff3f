/** Statements on paths that are gone from disk and still have their versions. A path that is known again leaves by itself. */
import type { RelPath } from '../contract/names.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { likePattern } from './like.ts';
import type { VanishedRow } from './types.ts';

interface Raw {
  folder: string;
  path: string;
  size: number;
  mtime_ns: string | null;
  version_id: string | null;
}

const toRow = (raw: Raw): VanishedRow => ({
  folder: raw.folder,
  path: raw.path as RelPath,
  size: raw.size,
  mtimeNs: raw.mtime_ns,
  versionId: raw.version_id,
});

export type VanishedReader = ReturnType<typeof openVanishedReader>;
export type Vanished = ReturnType<typeof openVanished>;

export function openVanishedReader(db: ReadableDb) {
  // Named, since SQLite would else walk all of the folder by the primary key.
  const inDirectory = db.prepare<[string, string], Raw>(
    'SELECT * FROM vanished INDEXED BY vanished_by_directory WHERE folder = ? AND directory = ?',
  );
  const search = db.prepare<[string, string, number], Raw>(
    `SELECT * FROM vanished WHERE folder = ? AND path LIKE ? ESCAPE '\\' ORDER BY path LIMIT ?`,
  );
  return {
    inDirectory: (folder: string, directory: RelPath): VanishedRow[] => inDirectory.all(folder, directory).map(toRow),
    search: (folder: string, text: string, limit: number): VanishedRow[] =>
      search.all(folder, likePattern(text), limit).map(toRow),
  };
}

export function openVanished(db: WritableDb) {
  const add = db.prepare<[string, string]>(
    `INSERT OR REPLACE INTO vanished (folder, path, directory, size, mtime_ns, version_id)
     SELECT folder, path, directory, size, mtime_ns, version_id FROM journal WHERE folder = ? AND path = ?`,
  );
  const removeFolder = db.prepare<[string]>('DELETE FROM vanished WHERE folder = ?');
  return {
    ...openVanishedReader(db),
    /** Keeps what the journal knows of the path, which leaves the journal next. */
    add: (folder: string, path: RelPath): void => {
      add.run(folder, path);
    },
    removeFolder: (folder: string): void => {
      removeFolder.run(folder);
    },
  };
}
