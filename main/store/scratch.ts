/**
 * A listing of a bucket that is too long to be held in memory. In: pages of versions. Out: the current version of a key,
 * what nobody asked for, and all of them. It lies in a file of SQLite's own making, which goes when it is closed.
 */
import Sqlite from 'better-sqlite3';
import { binding } from './files.ts';

/** One version or delete marker, as the listing gave it. */
export interface ScratchVersion {
  readonly key: string;
  readonly versionId: string | null;
  readonly etag: string | null;
  readonly size: number;
  readonly isLatest: boolean;
  readonly deleteMarker: boolean;
  readonly lastModified: Date;
  readonly storageClass: string | null;
  /** Names of the checksums that the store keeps of it; empty where it does not say. */
  readonly algorithms?: readonly string[];
}

interface Raw {
  key: string;
  n: number;
  version_id: string | null;
  etag: string | null;
  size: number;
  latest: number;
  marker: number;
  modified: number;
  class: string | null;
  algorithms: string;
}

export type Scratch = ReturnType<typeof openScratch>;

/** Rows read at once. */
const PAGE = 2000;

function toVersion(raw: Raw): ScratchVersion {
  return {
    key: raw.key,
    versionId: raw.version_id,
    etag: raw.etag,
    size: raw.size,
    isLatest: raw.latest === 1,
    deleteMarker: raw.marker === 1,
    lastModified: new Date(raw.modified),
    storageClass: raw.class,
    algorithms: raw.algorithms === '' ? [] : raw.algorithms.split(' '),
  };
}

export function openScratch() {
  const db = new Sqlite('', binding());
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.exec(`CREATE TABLE versions (
    key TEXT NOT NULL, n INTEGER NOT NULL, version_id TEXT, etag TEXT, size INTEGER NOT NULL, latest INTEGER NOT NULL,
    marker INTEGER NOT NULL, modified INTEGER NOT NULL, class TEXT, algorithms TEXT NOT NULL, asked INTEGER NOT NULL,
    PRIMARY KEY (key, n)
  ) WITHOUT ROWID`);
  let count = 0;
  const insert = db.prepare(
    `INSERT INTO versions VALUES (@key, @n, @versionId, @etag, @size, @latest, @marker, @modified, @class, @algorithms, 0)`,
  );
  const current = db.prepare<[string], Raw>('SELECT * FROM versions WHERE key = ? AND latest = 1 AND marker = 0');
  const markAsked = db.prepare<[string]>('UPDATE versions SET asked = 1 WHERE key = ? AND latest = 1');
  const unasked = db.prepare<[string, number], Raw>(
    'SELECT * FROM versions WHERE key > ? AND latest = 1 AND marker = 0 AND asked = 0 ORDER BY key LIMIT ?',
  );
  const all = db.prepare<[string, number, number], Raw>(
    'SELECT * FROM versions WHERE (key, n) > (?, ?) ORDER BY key, n LIMIT ?',
  );
  const add = db.transaction((page: readonly ScratchVersion[]) => {
    for (const version of page) {
      insert.run({
        key: version.key,
        n: count,
        versionId: version.versionId,
        etag: version.etag,
        size: version.size,
        latest: version.isLatest ? 1 : 0,
        marker: version.deleteMarker ? 1 : 0,
        modified: version.lastModified.getTime(),
        class: version.storageClass,
        algorithms: (version.algorithms ?? []).join(' '),
      });
      count += 1;
    }
  });
  return {
    add: (page: readonly ScratchVersion[]): void => {
      add(page);
    },
    /** How many there are. */
    get count() {
      return count;
    },
    /** What a key holds now; null: nothing, or a delete marker. It counts as asked for from here on. */
    current: (key: string): ScratchVersion | null => {
      const raw = current.get(key);
      if (raw === undefined) return null;
      markAsked.run(key);
      return toVersion(raw);
    },
    /** Current versions that nobody asked for, by key. */
    *unasked(): Generator<ScratchVersion> {
      let key = '';
      for (;;) {
        const rows = unasked.all(key, PAGE);
        yield* rows.map(toVersion);
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        ({ key } = last);
      }
    },
    /** All, page by page, in the order of the listing. */
    *pages(): Generator<readonly ScratchVersion[]> {
      let key = '';
      let n = -1;
      for (;;) {
        const rows = all.all(key, n, PAGE);
        if (rows.length > 0) yield rows.map(toVersion);
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        ({ key, n } = last);
      }
    },
    close: (): void => {
      db.close();
    },
  };
}
