/**
 * The bucket's versions held against the receipts, page by page. In: a folder. Out: versions that no receipt explains,
 * receipts whose version is gone, and files that are in the bucket no more, which are queued again.
 *
 * Listing and receipts come in the same order, by key and by path, so that only a page of each is in memory. Paths that
 * are not NFC stand elsewhere in the order than their keys: these alone are collected first.
 */
import { createHash } from 'node:crypto';
import type { Folder, PrefixLook } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import { success, type Result } from '../contract/result.ts';
import { byKey } from '../history/key-range.ts';
import { judgeKey, type ExplainingReceipt } from '../history/unexplained.ts';
import { commonFields } from '../policy/request.ts';
import { withCommonFields, type ListedVersion, type StoreClient } from '../s3/index.ts';
import { idOfVersion, type WriteTables } from '../store/index.ts';
import type { ReceiptWord } from '../store/receipts.ts';
import type { FolderListing } from './listings.ts';
import { Naming } from './match-counts.ts';

export interface InspectOptions {
  readonly signal?: AbortSignal | undefined;
  readonly now: () => Date;
}

/** Receipts read at once. */
const PAGE = 2000;
const NO_LIMIT = -1;
/** Above every path. */
const END = '\u{10ffff}';
/** Why a file is sent again, for the queue. */
export const NOT_IN_BUCKET = 'not in the bucket any more';

export async function inspectFolder(
  folder: Folder,
  client: StoreClient,
  tables: WriteTables,
  listing: FolderListing,
  options: InspectOptions,
): Promise<Result<PrefixLook>> {
  const before = client.requests;
  const at = options.now().toISOString();
  const inspection = new Inspection(folder, tables, oddPaths(listing), at);
  const asked = withCommonFields(client, commonFields(folder.policy));
  for await (const batch of listing.live(asked, folder.prefix, options.signal, true)) {
    if (!batch.ok) return batch;
    inspection.take(byKey(batch.value.versions));
  }
  inspection.end();
  return success(inspection.write(client.requests - before));
}

/** Paths that are not NFC, by the name that their keys have. */
function oddPaths({ odd }: FolderListing): Map<string, readonly string[]> {
  return new Map(odd.all());
}

function byPath(rows: readonly ReceiptWord[]): Map<string, ReceiptWord[]> {
  const groups = new Map<string, ReceiptWord[]>();
  for (const row of rows) {
    const known = groups.get(row.path);
    if (known === undefined) groups.set(row.path, [row]);
    else known.push(row);
  }
  return groups;
}

class Inspection {
  readonly #folder: Folder;
  readonly #tables: WriteTables;
  readonly #odd: Map<string, readonly string[]>;
  readonly #at: string;
  /** What was written down later than this is too new to be judged. */
  readonly #upToSeq: number;
  readonly #unexplained = new Naming();
  readonly #missing = new Naming();
  readonly #mark = createHash('sha256');
  #versions = 0;
  #before = 0;
  #above = '';
  #again = 0;

  constructor(folder: Folder, tables: WriteTables, odd: Map<string, readonly string[]>, at: string) {
    this.#folder = folder;
    this.#tables = tables;
    this.#odd = odd;
    this.#at = at;
    this.#upToSeq = tables.receipts.lastSeq();
  }

  /** Whole keys, in the order of the listing: each with all of its versions. */
  take(groups: ReadonlyMap<string, readonly ListedVersion[]>): void {
    const last = [...groups.keys()].at(-1);
    if (last !== undefined) this.#upTo(last.slice(this.#folder.prefix.length), groups);
  }

  /** No more keys will come: receipts that are left have no versions. */
  end(): void {
    this.#upTo(END, new Map());
    for (const name of [...this.#odd.keys()]) this.#judge(name, [], [], new Set());
  }

  #upTo(upTo: string, groups: ReadonlyMap<string, readonly ListedVersion[]>): void {
    const { prefix, id } = this.#folder;
    const above = this.#above;
    this.#above = upTo;
    const before = new Map<string, Set<string>>();
    if (groups.size > 0) {
      for (const { key, version } of this.#tables.looks.thereBefore(id, prefix + above, prefix + upTo)) {
        before.set(key, (before.get(key) ?? new Set()).add(version));
      }
    }
    const left = new Map(groups);
    for (const [path, receipts] of this.#receipts(above, upTo)) {
      if (path.normalize('NFC') !== path) continue;
      const key = prefix + path;
      this.#judge(path, left.get(key) ?? [], receipts, before.get(key) ?? new Set());
      left.delete(key);
    }
    for (const [key, versions] of left) {
      this.#judge(key.slice(prefix.length), versions, [], before.get(key) ?? new Set());
    }
  }

  /** Of each path in the range, whole. */
  *#receipts(above: string, upTo: string): Generator<[string, readonly ExplainingReceipt[]]> {
    const { id } = this.#folder;
    let from = above;
    for (;;) {
      let rows = this.#tables.receipts.inRange(id, from, upTo, PAGE);
      const last = rows.at(-1)?.path;
      if (last === undefined) return;
      const isAll = rows.length < PAGE;
      if (!isAll) {
        // The last path may have more; where it is the only one, all of it is read.
        const whole = rows.filter(({ path }) => path !== last);
        rows = whole.length > 0 ? whole : this.#tables.receipts.inRange(id, from, last, NO_LIMIT);
      }
      yield* byPath(rows);
      if (isAll) return;
      from = rows.at(-1)?.path ?? last;
    }
  }

  #judge(
    name: string,
    versions: readonly ListedVersion[],
    receipts: readonly ExplainingReceipt[],
    before: ReadonlySet<string>,
  ): void {
    const { id } = this.#folder;
    this.#versions += versions.length;
    const odd = this.#odd.get(name) ?? [];
    this.#odd.delete(name);
    const paths = [...odd, ...(receipts.length > 0 || odd.length === 0 ? [name] : [])] as RelPath[];
    // An attempt that is not settled may be one of these versions: next time there will be a receipt of it.
    if (paths.some((path) => this.#isUnderWay(path))) return;
    const ofOdd = odd.flatMap((path) => this.#tables.receipts.ofPath(id, path).reverse());
    const all = [...ofOdd, ...receipts].sort((a, b) => a.seq - b.seq);
    const verdict = judgeKey(versions, all, before, this.#upToSeq, idOfVersion);
    this.#before += verdict.before;
    for (const { key, versionId, etag } of verdict.unexplained) {
      this.#unexplained.add(key);
      this.#mark.update(`${key}\0${idOfVersion(versionId, etag)}\0`);
    }
    for (const _ of verdict.missing) this.#missing.add(name);
    if (!verdict.isThere) for (const path of paths) this.#sendAgain(path);
  }

  #isUnderWay(path: RelPath): boolean {
    const { id } = this.#folder;
    const { attempts, jobs } = this.#tables;
    return jobs.find(id, path)?.state === 'active' || attempts.intentsOf(id, path).length > 0;
  }

  /** The record says that the bucket has it, and the bucket has not. */
  #sendAgain(path: RelPath): void {
    const { id } = this.#folder;
    const { journal, jobs, now } = this.#tables;
    const row = journal.find(id, path);
    if (row === null || row.receiptSeq > this.#upToSeq) return;
    this.#again += 1;
    now(() => {
      journal.remove(id, path);
      jobs.enqueue({
        folder: id,
        path,
        operation: 'put',
        reason: NOT_IN_BUCKET,
        size: row.stat.size,
        seen: row.stat,
        seenAt: this.#at,
      });
    });
  }

  /** Keeps what was found, and tells of it where it is new. */
  write(requests: number): PrefixLook {
    const { id, name } = this.#folder;
    const unexplained = this.#unexplained.end();
    const look: PrefixLook = {
      folder: name,
      at: this.#at,
      versions: this.#versions,
      before: this.#before,
      unexplained,
      missing: this.#missing.end(),
      queuedAgain: this.#again,
      requests,
    };
    const { looks, activity } = this.#tables;
    const mark = unexplained.count === 0 ? '' : this.#mark.digest('hex');
    const isNew = mark !== '' && mark !== looks.told(id);
    this.#tables.now(() => {
      looks.put(id, look, mark);
      const line = { at: this.#at, folder: id, kind: 'unexplained', path: null } as const;
      if (isNew) {
        const example = unexplained.examples[0] ?? '';
        const message = `${unexplained.count} versions in the bucket were not written from here, for example ${example}`;
        activity.add({ ...line, code: 'unexplained', detail: { message, count: unexplained.count, example } });
      }
      if (this.#again > 0) {
        const message = `${this.#again} files were in the bucket no more, and are sent again`;
        activity.add({ ...line, code: 'missing', detail: { message, count: this.#again } });
      }
    });
    return look;
  }
}
