/** Statements on the journal: what is known to be in the bucket. */
import type { ObjectKey, RelPath } from '../contract/names.ts';
import { parentPath } from '../contract/names.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { likePattern } from './like.ts';
import type { FileStat, JournalRow, KnownStat } from './types.ts';

interface Raw {
  folder: string;
  path: string;
  dev: string;
  ino: string;
  size: number;
  mtime_ns: string;
  ctime_ns: string;
  mode: number;
  sha256: string;
  key: string;
  version_id: string | null;
  etag: string | null;
  policy_version: number;
  receipt_seq: number;
}

function toRow(raw: Raw): JournalRow {
  return {
    folder: raw.folder,
    path: raw.path as RelPath,
    stat: {
      dev: raw.dev,
      ino: raw.ino,
      size: raw.size,
      mtimeNs: raw.mtime_ns,
      ctimeNs: raw.ctime_ns,
      mode: raw.mode,
    },
    sha256: raw.sha256,
    key: raw.key as ObjectKey,
    versionId: raw.version_id,
    etag: raw.etag,
    policyVersion: raw.policy_version,
    receiptSeq: raw.receipt_seq,
  };
}

/** Bytes, and how many files wait or need attention, in a directory and below; `newest` is the latest mtime in ns. */
export interface SubdirectorySummary {
  readonly path: RelPath;
  readonly bytes: number;
  readonly newest: string | null;
  readonly waiting: number;
  readonly attention: number;
  /** Paths that a person took out of the queue. */
  readonly forgotten: number;
  /** Files that are there, or are to be sent; 0: all that is known below is gone. */
  readonly present: number;
}

export type JournalReader = ReturnType<typeof openJournalReader>;
export type Journal = ReturnType<typeof openJournal>;

export function openJournalReader(db: ReadableDb) {
  const one = db.prepare<[string, string], Raw>('SELECT * FROM journal WHERE folder = ? AND path = ?');
  // Named, since SQLite would else walk all of the folder by the primary key, for each directory anew.
  const inDirectory = db.prepare<[string, string], Raw>(
    'SELECT * FROM journal INDEXED BY journal_by_directory WHERE folder = ? AND directory = ?',
  );
  const stats = 'path, dev, ino, size, mtime_ns, ctime_ns';
  const statsByDirectory = db
    .prepare<[string, string], KnownStat>(
      `SELECT ${stats} FROM journal INDEXED BY journal_by_directory WHERE folder = ? AND directory = ?`,
    )
    .raw();
  // The rows lie beside each other by their primary key, which spares a search for each of them.
  const statsByPath = db
    .prepare<[string, string, string, string], KnownStat>(
      `SELECT ${stats} FROM journal WHERE folder = ? AND path >= ? AND path < ? AND +directory = ?`,
    )
    .raw();
  // A list of numbers in one question: a directory that was moved asks for thousands.
  const byInode = db.prepare<[string, string], Raw>(
    `SELECT * FROM journal INDEXED BY journal_by_inode
     WHERE ino IN (SELECT value FROM json_each(?)) AND folder = ?`,
  );
  const paths = db.prepare<[string], string>('SELECT path FROM journal WHERE folder = ? ORDER BY path').pluck();
  const directories = db
    .prepare<[string], string>('SELECT DISTINCT directory FROM journal WHERE folder = ? ORDER BY directory')
    .pluck();
  const directoriesBelow = db
    .prepare<[string, string, string], string>(
      'SELECT DISTINCT directory FROM journal WHERE folder = ? AND directory >= ? AND directory < ? ORDER BY directory',
    )
    .pluck();
  const search = db.prepare<[string, string, number], Raw>(
    `SELECT * FROM journal WHERE folder = ? AND path LIKE ? ESCAPE '\\' ORDER BY path LIMIT ?`,
  );
  const beforePolicy = db.prepare<[string, number], Raw>(
    'SELECT * FROM journal WHERE folder = ? AND policy_version < ? ORDER BY path',
  );
  // The directories right below one, each with what is known in it and below, queued and vanished files included.
  const subdirectories = db.prepare<
    { folder: string; from: string; to: string; start: number },
    {
      name: string;
      bytes: number;
      newest: string | null;
      waiting: number;
      attention: number;
      forgotten: number;
      present: number;
    }
  >(
    `SELECT substr(rest, 1, instr(rest, '/') - 1) AS name, sum(bytes) AS bytes, max(newest) AS newest,
       sum(waiting) AS waiting, sum(attention) AS attention, sum(forgotten) AS forgotten, sum(present) AS present
     FROM (
       SELECT substr(path, @start) AS rest, size AS bytes, mtime_ns AS newest, 0 AS waiting, 0 AS attention,
           0 AS forgotten, 1 AS present
         FROM journal WHERE folder = @folder AND path >= @from AND path < @to
       UNION ALL
       SELECT substr(path, @start), 0, NULL, state <> 'parked', state = 'parked', 0, 1
         FROM jobs WHERE folder = @folder AND path >= @from AND path < @to
       UNION ALL
       SELECT substr(path, @start), 0, NULL, 0, 0, 0, 0
         FROM vanished WHERE folder = @folder AND path >= @from AND path < @to
       UNION ALL
       SELECT substr(path, @start), 0, NULL, 0, 0, 1, 1
         FROM forgotten WHERE folder = @folder AND path >= @from AND path < @to
     ) WHERE instr(rest, '/') > 0 GROUP BY name`,
  );
  return {
    /** Files that were sent under an earlier policy than this, one at a time. */
    *beforePolicy(folder: string, version: number): Generator<JournalRow> {
      for (const raw of beforePolicy.iterate(folder, version)) yield toRow(raw);
    },
    /** Sums over each directory right below `directory`. */
    subdirectories: (folder: string, directory: RelPath): SubdirectorySummary[] => {
      const base = directory === '' ? '' : `${directory}/`;
      // `0` follows `/` in ASCII; nothing valid in UTF-8 sorts after the last code point.
      const to = directory === '' ? '\u{10ffff}' : `${directory}0`;
      const rows = subdirectories.all({ folder, from: base, to, start: [...base].length + 1 });
      return rows.map(({ name, ...sums }) => ({ path: `${base}${name}` as RelPath, ...sums }));
    },
    find: (folder: string, path: RelPath): JournalRow | null => {
      const raw = one.get(folder, path);
      return raw === undefined ? null : toRow(raw);
    },
    inDirectory: (folder: string, directory: RelPath): JournalRow[] => inDirectory.all(folder, directory).map(toRow),
    /**
     * How each known file in `directory` was when it was sent.
     * @param isLeaf that little or nothing is known below it. The answer is the same, and comes sooner where this holds.
     */
    statsIn: (folder: string, directory: RelPath, isLeaf: boolean): KnownStat[] =>
      isLeaf && directory !== ''
        ? statsByPath.all(folder, `${directory}/`, `${directory}0`, directory)
        : statsByDirectory.all(folder, directory),
    /** Known files with one of these inode numbers, wherever they are. */
    byInode: (folder: string, inodes: readonly string[]): JournalRow[] =>
      byInode.all(JSON.stringify(inodes), folder).map(toRow),
    /** Of every known file. */
    paths: (folder: string): RelPath[] => paths.all(folder) as RelPath[],
    /** Every directory that holds a known file. */
    directories: (folder: string): RelPath[] => directories.all(folder) as RelPath[],
    /** The same, strictly below `directory`. */
    directoriesBelow: (folder: string, directory: RelPath): RelPath[] => {
      if (directory === '') return (directories.all(folder) as RelPath[]).filter((found) => found !== '');
      // `0` follows `/` in ASCII, so the range holds just what begins with `directory/`.
      return directoriesBelow.all(folder, `${directory}/`, `${directory}0`) as RelPath[];
    },
    search: (folder: string, text: string, limit: number): JournalRow[] => {
      return search.all(folder, likePattern(text), limit).map(toRow);
    },
  };
}

export function openJournal(db: WritableDb) {
  // By place: to find fifteen values by their names took a third of the time.
  const put = db.prepare(
    `INSERT INTO journal (folder, path, directory, dev, ino, size, mtime_ns, ctime_ns, mode, sha256, key, version_id,
       etag, policy_version, receipt_seq)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (folder, path) DO UPDATE SET dev = excluded.dev, ino = excluded.ino, size = excluded.size,
       mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, mode = excluded.mode, sha256 = excluded.sha256,
       key = excluded.key, version_id = excluded.version_id, etag = excluded.etag,
       policy_version = excluded.policy_version, receipt_seq = excluded.receipt_seq`,
  );
  const touch = db.prepare(
    `UPDATE journal SET dev = @dev, ino = @ino, size = @size, mtime_ns = @mtimeNs, ctime_ns = @ctimeNs, mode = @mode
     WHERE folder = @folder AND path = @path`,
  );
  const setPolicyVersion = db.prepare<[number, string, string]>(
    'UPDATE journal SET policy_version = ? WHERE folder = ? AND path = ?',
  );
  const remove = db.prepare<[string, string]>('DELETE FROM journal WHERE folder = ? AND path = ?');
  const removeFolder = db.prepare<[string]>('DELETE FROM journal WHERE folder = ?');
  return {
    ...openJournalReader(db),
    put: (row: JournalRow): void => {
      const { folder, path, stat, sha256, key, versionId, etag, policyVersion, receiptSeq } = row;
      const { dev, ino, size, mtimeNs, ctimeNs, mode } = stat;
      put.run(
        ...[folder, path, parentPath(path), dev, ino, size, mtimeNs, ctimeNs, mode],
        ...[sha256, key, versionId, etag, policyVersion, receiptSeq],
      );
    },
    /** The same bytes were found under another stat: only that is written down. */
    touch: (folder: string, path: RelPath, stat: FileStat): void => {
      touch.run({ folder, path, ...stat });
    },
    setPolicyVersion: (folder: string, path: RelPath, version: number): void => {
      setPolicyVersion.run(version, folder, path);
    },
    remove: (folder: string, path: RelPath): void => {
      remove.run(folder, path);
    },
    removeFolder: (folder: string): void => {
      removeFolder.run(folder);
    },
  };
}
