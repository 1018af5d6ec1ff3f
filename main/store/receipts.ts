/**
 * Statements on receipts: append-only, each chained to the one before by hash.
 *
 * [Note: the chain] A receipt's hash is the SHA-256 of the canonical JSON of the whole receipt, the resolved request and
 * `prevHash` with it, and without `hash`. On disk the part of the request that a policy version gives to many files is
 * kept once, in `parameters`; the hash covers what they give together.
 */
import type { Receipt } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import { canonicalJson, canonicalJsonOfParts, hashOf, sha256Of } from './canonical.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import type { NewReceipt } from './types.ts';

const NO_HASH = '0'.repeat(64);
/** Fields of a request that belong to one file: they stay with its receipt. */
const OWN_FIELDS = /^(Key|ContentType|ContentMD5|ContentLength|Metadata|MpuObjectSize|Checksum(?!Algorithm|Type).*)$/;

interface Raw {
  seq: number;
  body: string;
  shared: string | null;
  prev_hash: string;
  hash: string;
}

/** With the columns that lists go by: they repeat what the body says. */
interface RawWhole extends Raw {
  path: string;
  operation: string;
  version_id: string | null;
  seen_at: string;
  finished_at: string;
}

type Body = Omit<Receipt, 'seq' | 'prevHash' | 'hash'>;

function toReceipt(raw: Raw): Receipt {
  const body = JSON.parse(raw.body) as Body;
  const shared = raw.shared === null ? {} : (JSON.parse(raw.shared) as Record<string, unknown>);
  return { seq: raw.seq, ...body, request: { ...shared, ...body.request }, prevHash: raw.prev_hash, hash: raw.hash };
}

export interface ChainReport {
  readonly checked: number;
  readonly ok: boolean;
  readonly brokenAtSeq: number | null;
}

/** The little that a list needs of a receipt. */
export interface ReceiptSummary {
  readonly folder: string;
  readonly path: string;
  readonly seq: number;
  readonly at: string;
  readonly versionId: string | null;
}

/** What a timeline needs of a receipt. */
export type TimedReceipt = ReceiptWord &
  Pick<Receipt, 'size' | 'sha256' | 'proof' | 'storageClass' | 'seenAt' | 'finishedAt'>;

/** The little that tells which version a receipt explains. */
export interface ReceiptWord {
  readonly path: string;
  readonly seq: number;
  readonly operation: Receipt['operation'];
  readonly versionId: string | null;
  readonly key: string;
  readonly etag: string | null;
}

export type ReceiptsReader = ReturnType<typeof openReceiptsReader>;
export type Receipts = ReturnType<typeof openReceipts>;

const select = `SELECT seq, body, p.json AS shared, prev_hash, hash FROM receipts r LEFT JOIN parameters p ON p.id = r.parameters`;

export function openReceiptsReader(db: ReadableDb) {
  const all = db.prepare<[number], Raw>(`${select} ORDER BY seq LIMIT ?`);
  const newest = db.prepare<[number], Raw>(`${select} ORDER BY seq DESC LIMIT ?`);
  const ofFolder = db.prepare<[string, number], Raw>(`${select} WHERE r.folder = ? ORDER BY seq DESC LIMIT ?`);
  const ofPath = db.prepare<[string, string, number], Raw>(
    `${select} WHERE r.folder = ? AND path = ? ORDER BY seq DESC LIMIT ?`,
  );
  const one = db.prepare<[number], Raw>(`${select} WHERE seq = ?`);
  const walk = db.prepare<[], RawWhole>(
    `SELECT seq, body, p.json AS shared, prev_hash, hash, path, operation, version_id, seen_at, finished_at
     FROM receipts r LEFT JOIN parameters p ON p.id = r.parameters ORDER BY seq`,
  );
  const everyOf = db.prepare<[string], Raw>(`${select} WHERE r.folder = ? ORDER BY seq`);
  const after = db.prepare<[number, number], Raw>(`${select} WHERE seq > ? ORDER BY seq LIMIT ?`);
  const lastSeq = db.prepare<[], number | null>('SELECT max(seq) FROM receipts').pluck();
  const inRange = db.prepare<[string, string, string, number], ReceiptWord>(
    `SELECT path, seq, operation, version_id AS versionId, json_extract(body, '$.key') AS key,
       json_extract(body, '$.etag') AS etag
     FROM receipts WHERE folder = ? AND path > ? AND path <= ? ORDER BY path, seq LIMIT ?`,
  );
  const timedColumns = `path, seq, operation, version_id AS versionId, seen_at AS seenAt, finished_at AS finishedAt,
       json_extract(body, '$.key') AS key, json_extract(body, '$.etag') AS etag, json_extract(body, '$.size') AS size,
       json_extract(body, '$.sha256') AS sha256, json_extract(body, '$.proof') AS proof,
       json_extract(body, '$.storageClass') AS storageClass`;
  const timed = db.prepare<[string, string, string], TimedReceipt>(
    `SELECT ${timedColumns} FROM receipts WHERE folder = ? AND path >= ? AND path < ? ORDER BY path, seq`,
  );
  const timedOf = db.prepare<[string, string], TimedReceipt>(
    `SELECT ${timedColumns} FROM receipts WHERE folder = ? AND path = ? ORDER BY seq`,
  );
  const timedAfter = db.prepare<[string, number], TimedReceipt>(
    `SELECT ${timedColumns} FROM receipts INDEXED BY receipts_by_folder WHERE folder = ? AND seq > ? ORDER BY seq`,
  );
  // Only where a letter is beyond ASCII can a path have two forms.
  const beyondAscii = db
    .prepare<[string], string>(
      `SELECT DISTINCT path FROM receipts INDEXED BY receipts_by_path WHERE folder = ? AND path GLOB '*[^ -~]*'`,
    )
    .pluck();
  const newBeyondAscii = db
    .prepare<[string, number], string>(
      `SELECT path FROM receipts INDEXED BY receipts_by_folder
       WHERE folder = ? AND seq > ? AND path GLOB '*[^ -~]*'`,
    )
    .pluck();
  const countVersions = db
    .prepare<[string, string], number>(
      `SELECT count(*) FROM receipts
       WHERE folder = ? AND path = ? AND operation IN ('put', 'multipart', 'copy', 'adopt')`,
    )
    .pluck();
  // By search of the text: that is quicker than to read every receipt, and no other value looks like an MD5's Base64.
  const underKey = db
    .prepare<[string, string], number>(
      `SELECT count(*) FROM receipts
       WHERE parameters IN (SELECT id FROM parameters WHERE instr(json, ?) > 0) OR instr(body, ?) > 0`,
    )
    .pluck();
  const lastSaved = db.prepare<[number], ReceiptSummary>(
    `SELECT folder, path, seq, finished_at AS at, version_id AS versionId FROM receipts
     WHERE operation IN ('put', 'multipart', 'copy') ORDER BY seq DESC LIMIT ?`,
  );
  const lastSavedOf = db.prepare<[string], ReceiptSummary>(
    `SELECT folder, path, seq, finished_at AS at, version_id AS versionId FROM receipts
     WHERE folder = ? AND operation IN ('put', 'multipart', 'copy') ORDER BY seq DESC LIMIT 1`,
  );
  return {
    find: (seq: number): Receipt | null => {
      const raw = one.get(seq);
      return raw === undefined ? null : toReceipt(raw);
    },
    /** Newest first. */
    newest: (limit: number): Receipt[] => newest.all(limit).map(toReceipt),
    /** Oldest first, those that came after one. */
    after: (seq: number, limit: number): Receipt[] => after.all(seq, limit).map(toReceipt),
    /** The newest receipt's place in the chain; 0 where there is none. */
    lastSeq: (): number => lastSeq.get() ?? 0,
    oldest: (limit: number): Receipt[] => all.all(limit).map(toReceipt),
    ofFolder: (folder: string, limit: number): Receipt[] => ofFolder.all(folder, limit).map(toReceipt),
    ofPath: (folder: string, path: string, limit = 1_000_000): Receipt[] =>
      ofPath.all(folder, path, limit).map(toReceipt),
    /** Oldest first, one at a time: a folder may have a million. */
    *every(folder: string): Generator<Receipt> {
      for (const raw of everyOf.iterate(folder)) yield toReceipt(raw);
    },
    /** Of the paths above one, up to another, in the order of paths and then of time. */
    inRange: (folder: string, above: string, upTo: string, limit: number): ReceiptWord[] =>
      inRange.all(folder, above, upTo, limit),
    /** Of the paths from one up to before another, in the order of paths and then of time. */
    timed: (folder: string, from: string, to: string): TimedReceipt[] => timed.all(folder, from, to),
    /** Of the folder, later than one; oldest first. */
    timedAfter: (folder: string, seq: number): TimedReceipt[] => timedAfter.all(folder, seq),
    timedOf: (folder: string, path: string): TimedReceipt[] => timedOf.all(folder, path),
    /** Paths with letters beyond ASCII that have receipts later than one; 0: any. */
    beyondAscii: (folder: string, seq: number): string[] =>
      seq === 0 ? beyondAscii.all(folder) : newBeyondAscii.all(folder, seq),
    countVersions: (folder: string, path: RelPath): number => countVersions.get(folder, path) ?? 0,
    /** Receipts that name a customer key by its MD5. */
    countUnderKey: (md5: string): number => underKey.get(md5, md5) ?? 0,
    lastSaved: (limit: number): ReceiptSummary[] => lastSaved.all(limit),
    lastSavedOf: (folder: string): ReceiptSummary | null => lastSavedOf.get(folder) ?? null,
    /** Walks the whole chain. */
    check: (): ChainReport => {
      let previous = NO_HASH;
      let expected = 1;
      let checked = 0;
      for (const raw of walk.iterate()) {
        if (!isIntact(raw, expected, previous)) return { checked, ok: false, brokenAtSeq: expected };
        checked += 1;
        expected = raw.seq + 1;
        previous = raw.hash;
      }
      return { checked, ok: true, brokenAtSeq: null };
    },
  };
}

function isIntact(raw: RawWhole, expectedSeq: number, previous: string): boolean {
  if (raw.seq !== expectedSeq || raw.prev_hash !== previous) return false;
  try {
    const { hash, ...rest } = toReceipt(raw);
    const columnsAgree =
      rest.path === raw.path &&
      rest.operation === raw.operation &&
      rest.versionId === raw.version_id &&
      rest.seenAt === raw.seen_at &&
      rest.finishedAt === raw.finished_at;
    return columnsAgree && hash === hashOf(rest);
  } catch {
    return false; // the body is no JSON any more
  }
}

export function openReceipts(db: WritableDb) {
  const last = db.prepare<[], { seq: number; hash: string }>(
    'SELECT seq, hash FROM receipts ORDER BY seq DESC LIMIT 1',
  );
  const findShared = db
    .prepare<[string, number, string], number>(
      'SELECT id FROM parameters WHERE folder = ? AND policy_version = ? AND json = ?',
    )
    .pluck();
  const addShared = db.prepare<[string, number, string]>(
    'INSERT INTO parameters (folder, policy_version, json) VALUES (?, ?, ?)',
  );
  const insert = db.prepare(
    `INSERT INTO receipts (seq, folder, path, operation, version_id, seen_at, finished_at, parameters, body, prev_hash, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    ...openReceiptsReader(db),
    /**
     * Appends to the chain; must run inside the transaction that writes the journal. The row is filed under the
     * folder's id; the receipt itself names the folder as it was called, so that what is printed is what was hashed.
     */
    append: (folderId: string, receipt: NewReceipt): Receipt => {
      const before = last.get();
      // Through JSON, so that what is hashed is just what will be read back (dates become text).
      // What comes of it is in order all the way down, and is not sorted again for its hash and its row.
      const plain = JSON.parse(canonicalJson(receipt)) as Body;
      const chained = { seq: (before?.seq ?? 0) + 1, ...plain, prevHash: before?.hash ?? NO_HASH };
      const hash = sha256Of(canonicalJsonOfParts(chained));
      const { own, shared } = splitRequest(plain.request);
      const parameters =
        shared === null
          ? null
          : (findShared.get(folderId, plain.policyVersion, shared) ??
            Number(addShared.run(folderId, plain.policyVersion, shared).lastInsertRowid));
      const { path, operation, versionId, seenAt, finishedAt } = plain;
      const body = canonicalJsonOfParts({ ...plain, request: own });
      insert.run(
        ...[chained.seq, folderId, path, operation, versionId, seenAt, finishedAt],
        ...[parameters, body, chained.prevHash, hash],
      );
      return { ...chained, hash };
    },
  };
}

/** @param request in order, as it was read back from canonical JSON. */
function splitRequest(request: Readonly<Record<string, unknown>>): {
  own: Record<string, unknown>;
  shared: string | null;
} {
  const entries = Object.entries(request);
  const own = Object.fromEntries(entries.filter(([name]) => OWN_FIELDS.test(name)));
  const rest = Object.fromEntries(entries.filter(([name]) => !OWN_FIELDS.test(name)));
  return { own, shared: Object.keys(rest).length === 0 ? null : canonicalJsonOfParts(rest) };
}
