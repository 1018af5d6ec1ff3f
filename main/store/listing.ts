/**
 * What the bucket was last seen to hold under a folder's prefix. In: whole keys of a listing, range by range. Out: the same
 * again, and of each range when it was listed. It knows nothing that a new listing would not tell.
 *
 * [Note: the listing that is kept] It lies in a file of its own a folder, `listings/ID.db`, and not in the database. A
 * million versions take some 200 MB: in the database they would be copied into each day's backup, read through by the
 * check after an end that was not clean, and flushed with its commits; and a folder that is removed would leave a hole
 * that only a rewrite closes. The file is nobody's only copy, so a format that is not ours, damage and a full disk have
 * one answer: it is removed, and the bucket is listed again.
 *
 * Listings come in the order of the keys. So a page stands for a range of keys from its first to its last, and replaces
 * what was kept of just that range; a listing that was broken off leaves the rest as it was, with its own age. With each
 * range stands up to which receipt it is sure to know: later ones are put on top by whoever reads (`history/ours.ts`).
 * What a tree asks of the earlier ones is kept beside each version: to fetch a million receipts by their paths takes
 * seconds, and they lie in the order of the time.
 */
import type Sqlite from 'better-sqlite3';
import type { TimedReceipt } from './receipts.ts';
import type { ScratchVersion } from './scratch.ts';

/** Keys from one up to before another, in the order of their bytes. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
}

/** A range that was listed. */
export interface ListedRange extends KeyRange {
  /** When it was asked for, milliseconds since 1970. */
  readonly atMs: number;
  /** Every receipt up to this one had been written down by then. */
  readonly seq: number;
}

/** What is kept of a version. */
export type KeptVersion = Omit<ScratchVersion, 'algorithms'>;

/** What is kept of the receipt of a version, or of a file that was gone. */
export interface KeptReceipt {
  readonly seq: number;
  readonly key: string;
  readonly path: string;
  readonly operation: TimedReceipt['operation'];
  /** Hex. */
  readonly sha256: string | null;
  readonly seenAt: string;
}

/** A version, and the receipt that explains it. */
export interface KeptRow {
  readonly version: KeptVersion;
  readonly receipt: KeptReceipt | null;
}

/** Rows read at once. */
const PAGE = 2000;

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
  seq: number | null;
  operation: KeptReceipt['operation'] | null;
  seen: number | null;
  sha256: Buffer | null;
  path: string | null;
}

export type KeptListing = ReturnType<typeof withStatements>;

function toRow(raw: Raw): KeptRow {
  const { key, seq, operation, seen, sha256, path } = raw;
  const version = {
    key,
    versionId: raw.version_id,
    etag: raw.etag,
    size: raw.size,
    isLatest: raw.latest === 1,
    deleteMarker: raw.marker === 1,
    lastModified: new Date(raw.modified),
    storageClass: raw.class,
  };
  if (seq === null || operation === null || seen === null || path === null) return { version, receipt: null };
  const seenAt = new Date(seen).toISOString();
  return { version, receipt: { seq, key, path, operation, sha256: sha256?.toString('hex') ?? null, seenAt } };
}

function isSame(raw: Raw | undefined, { version, receipt }: KeptRow, n: number): boolean {
  return (
    raw?.key === version.key &&
    raw.n === n &&
    raw.version_id === version.versionId &&
    raw.etag === version.etag &&
    raw.size === version.size &&
    (raw.latest === 1) === version.isLatest &&
    (raw.marker === 1) === version.deleteMarker &&
    raw.modified === version.lastModified.getTime() &&
    raw.class === version.storageClass &&
    raw.seq === (receipt?.seq ?? null)
  );
}

/** @param db of our format; a readonly one is only read. */
export function withStatements(db: Sqlite.Database) {
  const inRange = db.prepare<[string, string], Raw>(
    'SELECT * FROM versions WHERE key >= ? AND key < ? ORDER BY key, n',
  );
  const page = db.prepare<[string, number, string, number], Raw>(
    'SELECT * FROM versions WHERE (key, n) > (?, ?) AND key < ? ORDER BY key, n LIMIT ?',
  );
  const ranges = db.prepare<[string, string], ListedRange>(
    'SELECT low AS "from", high AS "to", at_ms AS atMs, seq FROM ranges WHERE high > ? AND low < ? ORDER BY low',
  );
  const gone = db.prepare<[string, string], Pick<KeptReceipt, 'key' | 'seq' | 'operation' | 'path'> & { seen: number }>(
    'SELECT key, seq, operation, seen, path FROM gone WHERE key >= ? AND key < ? ORDER BY key, seq',
  );
  const fact = db.prepare<[string], number>('SELECT value FROM facts WHERE name = ?').pluck();
  const writing = db.readonly ? null : writers(db);
  const covered = ({ from, to }: KeyRange): readonly ListedRange[] => ranges.all(from, to);

  const replace = db.transaction((range: ListedRange, rows: readonly KeptRow[], absences: readonly KeptReceipt[]) => {
    if (writing === null) return;
    const { from, to } = range;
    // What has not changed is not written again: most of a listing is what it was.
    const kept = inRange.all(from, to);
    const numbered = numbersOf(rows);
    if (kept.length !== rows.length || !rows.every((row, index) => isSame(kept[index], row, numbered[index] ?? 0))) {
      writing.clear.run(from, to);
      for (const [index, row] of rows.entries()) writing.insert.run(fieldsOf(row, numbered[index] ?? 0));
    }
    writing.clearGone.run(from, to);
    for (const { key, seq, operation, seenAt, path } of absences) {
      writing.insertGone.run(key, seq, operation, Date.parse(seenAt), path);
    }
    for (const old of covered(range)) {
      writing.removeRange.run(old.from);
      // What of it lies before and behind stays as it was; which of two keys is the later is SQLite's to say.
      writing.addRange.run({ ...old, to: from });
      writing.addRange.run({ ...old, from: to });
    }
    writing.addRange.run(range);
  });

  return {
    /**
     * @param rows all versions of the range, in the order of the listing.
     * @param absences receipts that say of a key there that its file was gone, and that no version stands for.
     */
    replace: (range: ListedRange, rows: readonly KeptRow[], absences: readonly KeptReceipt[]): void => {
      replace(range, rows, absences);
    },
    /** Ranges that were listed and reach into this one, in their order. */
    covered,
    /** The first of what is kept of a range, in the order of the listing. */
    first: ({ from, to }: KeyRange, most: number): readonly KeptRow[] => page.all(from, -1, to, most).map(toRow),
    /** What is kept of a range, in the order of the listing. */
    *pages({ from, to }: KeyRange): Generator<readonly KeptRow[]> {
      let key = from;
      let n = -1;
      for (;;) {
        const rows = page.all(key, n, to, PAGE);
        if (rows.length > 0) yield rows.map(toRow);
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        ({ key, n } = last);
      }
    },
    /** When files of a range were gone; of each key, oldest first. */
    absences: ({ from, to }: KeyRange): readonly KeptReceipt[] =>
      gone.all(from, to).map(({ seen, ...one }) => ({ ...one, sha256: null, seenAt: new Date(seen).toISOString() })),
    /** A version that turned out to be gone. */
    remove: (key: string, versionId: string): void => {
      writing?.remove.run(key, versionId);
    },
    /** How long the last listing of the whole took, milliseconds; 0: there was none. */
    tookMs: (): number => fact.get('took-ms') ?? 0,
    setTookMs: (tookMs: number): void => {
      writing?.setFact.run('took-ms', Math.round(tookMs));
    },
    close: (): void => {
      db.close();
    },
  };
}

function writers(db: Sqlite.Database) {
  return {
    clear: db.prepare<[string, string]>('DELETE FROM versions WHERE key >= ? AND key < ?'),
    insert: db.prepare(
      `INSERT INTO versions VALUES (@key, @n, @versionId, @etag, @size, @latest, @marker, @modified, @class,
         @seq, @operation, @seen, @sha256, @path)`,
    ),
    clearGone: db.prepare<[string, string]>('DELETE FROM gone WHERE key >= ? AND key < ?'),
    insertGone: db.prepare('INSERT INTO gone (key, seq, operation, seen, path) VALUES (?, ?, ?, ?, ?)'),
    removeRange: db.prepare<[string]>('DELETE FROM ranges WHERE low = ?'),
    addRange: db.prepare('INSERT INTO ranges (low, high, at_ms, seq) SELECT @from, @to, @atMs, @seq WHERE @from < @to'),
    remove: db.prepare<[string, string]>('DELETE FROM versions WHERE key = ? AND version_id = ?'),
    setFact: db.prepare('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)'),
  };
}

function fieldsOf({ version, receipt }: KeptRow, n: number) {
  return {
    key: version.key,
    n,
    versionId: version.versionId,
    etag: version.etag,
    size: version.size,
    latest: version.isLatest ? 1 : 0,
    marker: version.deleteMarker ? 1 : 0,
    modified: version.lastModified.getTime(),
    class: version.storageClass,
    seq: receipt?.seq ?? null,
    operation: receipt?.operation ?? null,
    seen: receipt === null ? null : Date.parse(receipt.seenAt),
    sha256: receipt?.sha256 == null ? null : Buffer.from(receipt.sha256, 'hex'),
    path: receipt?.path ?? null,
  };
}

/** The place of each version among those of its key. */
function numbersOf(rows: readonly KeptRow[]): readonly number[] {
  let key: string | null = null;
  let n = 0;
  return rows.map(({ version }) => {
    n = version.key === key ? n + 1 : 0;
    ({ key } = version);
    return n;
  });
}
