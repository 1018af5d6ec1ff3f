/**
 * The bucket's versions joined with our receipts, and the tree at a time. Pure.
 *
 * [Note: times of versions] S3 knows whole seconds, and for a multipart upload the time it was begun. So a version with
 * a receipt counts from when its content was seen on disk, then by the receipt's number; S3's LastModified serves only
 * versions that no receipt explains, and those that were there before Cairn knew of them, with ties kept in the order of
 * the listing.
 */
import type { Receipt, Version } from '../contract/models.ts';
import type { ListedVersion } from '../s3/index.ts';

/** What the timeline needs of a receipt. */
export type KnownReceipt = Pick<
  Receipt,
  | 'seq'
  | 'path'
  | 'key'
  | 'operation'
  | 'versionId'
  | 'seenAt'
  | 'finishedAt'
  | 'sha256'
  | 'proof'
  | 'etag'
  | 'size'
  | 'storageClass'
>;

/** Receipts by key and by version, for a join that walks the bucket's listing once. */
export class ReceiptIndex {
  readonly #byKey = new Map<string, KnownReceipt[]>();
  /** A key may have thousands of versions: each is found without a walk through all. */
  readonly #byVersion = new Map<string, KnownReceipt>();

  constructor(receipts: Iterable<KnownReceipt>) {
    for (const receipt of receipts) {
      const known = this.#byKey.get(receipt.key);
      if (known === undefined) this.#byKey.set(receipt.key, [receipt]);
      else known.push(receipt);
      if (receipt.versionId !== null) this.#byVersion.set(`${receipt.versionId}\0${receipt.key}`, receipt);
    }
  }

  /** The receipt that explains a version; by ETag where the store gives no VersionIds. */
  of(version: ListedVersion): KnownReceipt | null {
    if (version.versionId !== null && version.versionId !== 'null') {
      return this.#byVersion.get(`${version.versionId}\0${version.key}`) ?? null;
    }
    const isUpload = (receipt: KnownReceipt): boolean => receipt.operation !== 'gone' && receipt.operation !== 'delete';
    const known = this.#byKey.get(version.key) ?? [];
    return (
      known.findLast((receipt) => isUpload(receipt) && receipt.etag !== null && receipt.etag === version.etag) ?? null
    );
  }

  /** When the path was gone from disk: what is so known holds even where the marker of it was removed since. */
  goneOf(key: string): readonly KnownReceipt[] {
    const known = this.#byKey.get(key) ?? [];
    return known.filter((receipt) => receipt.operation === 'gone' || receipt.operation === 'delete');
  }

  /** Oldest first. */
  ofKey(key: string): readonly KnownReceipt[] {
    return this.#byKey.get(key) ?? [];
  }

  keys(): Iterable<string> {
    return this.#byKey.keys();
  }
}

export function toVersion(listed: ListedVersion, receipt: KnownReceipt | null): Version {
  return {
    key: listed.key,
    versionId: listed.versionId,
    isLatest: listed.isLatest,
    deleteMarker: listed.deleteMarker,
    size: listed.size,
    etag: listed.etag,
    lastModified: listed.lastModified.toISOString(),
    // When it was adopted is not when it came to be.
    seenAt: receipt === null || receipt.operation === 'adopt' ? null : receipt.seenAt,
    // A listing calls the class of a plain object STANDARD; some stores say nothing.
    storageClass: listed.deleteMarker ? null : (listed.storageClass ?? receipt?.storageClass ?? 'STANDARD'),
    sha256: receipt?.sha256 ?? null,
    proof: receipt?.proof ?? null,
    receiptSeq: receipt?.seq ?? null,
    removed: false,
  };
}

/** What lay under one key at a time. */
export interface EntryAt {
  readonly key: string;
  /** Null: no file can safely be called so. */
  readonly path: string | null;
  readonly size: number;
  readonly versionId: string | null;
  readonly etag: string | null;
  readonly lastModified: string;
  readonly storageClass: string | null;
  /** Hex, where a receipt knows it. */
  readonly sha256: string | null;
  readonly receiptSeq: number | null;
}

/** One moment of a key's life. `there` null: from here on nothing is there. */
interface Moment {
  readonly atMs: number;
  readonly order: number;
  readonly there: { readonly version: ListedVersion; readonly receipt: KnownReceipt | null } | null;
}

/** The life of one key, asked about at any time. */
export class KeyLife {
  readonly #moments: readonly Moment[];
  readonly #pathOf: (version: ListedVersion, receipt: KnownReceipt | null) => string | null;

  /**
   * @param versions of this key alone, newest first as listed.
   * @param pathOf the path of a version, null where its name is not safe to use.
   */
  constructor(
    versions: readonly ListedVersion[],
    receipts: ReceiptIndex,
    pathOf: (version: ListedVersion, receipt: KnownReceipt | null) => string | null,
  ) {
    this.#pathOf = pathOf;
    const moments: Moment[] = versions.map((version, index) => {
      const receipt = receipts.of(version);
      const timed = receipt?.operation === 'adopt' ? null : receipt;
      return {
        atMs: timed === null ? version.lastModified.getTime() : Date.parse(timed.seenAt),
        // Listed newest first: the further down, the earlier.
        order: timed === null ? -index : timed.seq,
        there: version.deleteMarker ? null : { version, receipt },
      };
    });
    const key = versions[0]?.key;
    if (key !== undefined) {
      for (const gone of receipts.goneOf(key))
        moments.push({ atMs: Date.parse(gone.seenAt), order: gone.seq, there: null });
    }
    this.#moments = moments.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  }

  /** @param atMs milliseconds since 1970, null: now. */
  at(atMs: number | null): EntryAt | null {
    const found = atMs === null ? this.#moments.at(-1) : this.#moments.findLast((moment) => moment.atMs <= atMs);
    if (found === undefined || found.there === null) return null;
    const { version, receipt } = found.there;
    return entryOf(version, receipt, this.#pathOf(version, receipt));
  }
}

function entryOf(version: ListedVersion, receipt: KnownReceipt | null, path: string | null): EntryAt {
  return {
    key: version.key,
    path,
    size: version.size,
    versionId: version.versionId,
    etag: version.etag,
    lastModified: version.lastModified.toISOString(),
    storageClass: version.storageClass,
    sha256: receipt?.sha256 ?? null,
    receiptSeq: receipt?.seq ?? null,
  };
}

/** The same version, or another one with the same bytes: a copy over itself is no change of the file. */
export function isSame(a: EntryAt, b: EntryAt): boolean {
  if (a.versionId !== null && a.versionId !== 'null' && a.versionId === b.versionId) return true;
  if (a.size !== b.size) return false;
  if (a.sha256 !== null && b.sha256 !== null) return a.sha256 === b.sha256;
  return a.etag !== null && a.etag === b.etag;
}
