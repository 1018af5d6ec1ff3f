/**
 * The bucket's versions joined with our receipts, and the tree at a time. Pure.
 *
 * [Note: times of versions] S3 knows whole seconds, and for a multipart upload the time it was begun. So a version with
 * a receipt counts from when its content was seen on disk, then by the receipt's number; S3's LastModified serves only
 * versions that no receipt explains, with ties kept in the order of the listing.
 */
import type { Receipt, TreeEntry, Version } from '../contract/models.ts';
import type { ListedVersion } from '../s3/index.ts';

/** What the timeline needs of a receipt. */
export type KnownReceipt = Pick<
  Receipt,
  'seq' | 'path' | 'key' | 'operation' | 'versionId' | 'seenAt' | 'sha256' | 'proof' | 'etag' | 'size' | 'storageClass'
>;

/** Receipts by key, for a join that walks the bucket's listing once. */
export class ReceiptIndex {
  readonly #byKey = new Map<string, KnownReceipt[]>();

  constructor(receipts: Iterable<KnownReceipt>) {
    for (const receipt of receipts) {
      const known = this.#byKey.get(receipt.key);
      if (known === undefined) this.#byKey.set(receipt.key, [receipt]);
      else known.push(receipt);
    }
  }

  /** The receipt that explains a version; by ETag where the store gives no VersionIds. */
  of(version: ListedVersion): KnownReceipt | null {
    const known = this.#byKey.get(version.key) ?? [];
    const isUpload = (receipt: KnownReceipt): boolean => receipt.operation !== 'gone' && receipt.operation !== 'delete';
    const found = known.findLast((receipt) =>
      version.versionId === null || version.versionId === 'null'
        ? isUpload(receipt) && receipt.etag !== null && receipt.etag === version.etag
        : receipt.versionId === version.versionId,
    );
    return found ?? null;
  }

  goneOf(key: string): readonly KnownReceipt[] {
    return (this.#byKey.get(key) ?? []).filter((receipt) => receipt.operation === 'gone');
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
    seenAt: receipt?.seenAt ?? null,
    // A listing calls the class of a plain object STANDARD; some stores say nothing.
    storageClass: listed.deleteMarker ? null : (listed.storageClass ?? receipt?.storageClass ?? 'STANDARD'),
    sha256: receipt?.sha256 ?? null,
    proof: receipt?.proof ?? null,
    receiptSeq: receipt?.seq ?? null,
  };
}

/** One moment of a key's life. `entry` null: from here on nothing is there. */
interface Moment {
  readonly atMs: number;
  readonly order: number;
  readonly entry: TreeEntry | null;
}

/**
 * What lay under one key at a time.
 * @param versions of this key alone, newest first as listed.
 * @param atMs milliseconds since 1970, null: now.
 * @param pathOf the path of a version, null where its name is not safe to use.
 */
export function entryAt(
  versions: readonly ListedVersion[],
  receipts: ReceiptIndex,
  atMs: number | null,
  pathOf: (version: ListedVersion, receipt: KnownReceipt | null) => string | null,
): TreeEntry | null {
  const moments: Moment[] = versions.map((version, index) => {
    const receipt = receipts.of(version);
    const path = pathOf(version, receipt);
    return {
      atMs: receipt === null ? version.lastModified.getTime() : Date.parse(receipt.seenAt),
      // Listed newest first: the further down, the earlier.
      order: receipt === null ? -index : receipt.seq,
      entry:
        version.deleteMarker || path === null
          ? null
          : {
              path,
              size: version.size,
              versionId: version.versionId,
              lastModified: version.lastModified.toISOString(),
              storageClass: version.storageClass,
            },
    };
  });
  const key = versions[0]?.key;
  if (key !== undefined) {
    for (const gone of receipts.goneOf(key))
      moments.push({ atMs: Date.parse(gone.seenAt), order: gone.seq, entry: null });
  }
  moments.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  const until = atMs === null ? moments : moments.filter((moment) => moment.atMs <= atMs);
  return until.at(-1)?.entry ?? null;
}
