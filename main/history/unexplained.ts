/** One key: its versions in the bucket held against the receipts. In: both. Out: what the one has and the other has not. Pure. */
import type { ReceiptOperation } from '../contract/models.ts';
import type { ListedVersion } from '../s3/index.ts';

/** What must be known of a receipt. */
export interface ExplainingReceipt {
  readonly seq: number;
  readonly operation: ReceiptOperation;
  readonly versionId: string | null;
  readonly etag: string | null;
}

export interface KeyVerdict {
  /** No receipt explains them, and they were not there before. */
  readonly unexplained: readonly ListedVersion[];
  /** They were there before Cairn knew of them. */
  readonly before: number;
  /** Receipts whose version is not there any more. */
  readonly missing: readonly ExplainingReceipt[];
  /** The key has an object now, and not a delete marker. */
  readonly isThere: boolean;
}

/**
 * @param versions all of the key.
 * @param receipts of the key, oldest first.
 * @param before ids of versions that were there before.
 * @param upToSeq receipts that came later are too new to be missed.
 * @param idOf one id for a version, and for the receipt of it.
 */
export function judgeKey(
  versions: readonly ListedVersion[],
  receipts: readonly ExplainingReceipt[],
  before: ReadonlySet<string>,
  upToSeq: number,
  idOf: (versionId: string | null, etag: string | null) => string,
): KeyVerdict {
  const stored = receipts.filter(({ operation }) => operation !== 'gone' && operation !== 'break');
  const explained = new Set(stored.map(({ versionId, etag }) => idOf(versionId, etag)));
  const ids = new Set(versions.map(({ versionId, etag }) => idOf(versionId, etag)));
  const strangers = versions.filter(({ versionId, etag }) => !explained.has(idOf(versionId, etag)));
  const unexplained = strangers.filter(({ versionId, etag }) => !before.has(idOf(versionId, etag)));
  const hasUnnumbered = versions.some(({ versionId }) => isUnnumbered(versionId));
  const newest = stored.at(-1);
  const missing = stored.filter((receipt) => {
    if (receipt.seq > upToSeq) return false;
    // Without an id of its own each version takes the place of the one before: only the last can be missed.
    if (isUnnumbered(receipt.versionId)) return receipt === newest && receipt.operation !== 'delete' && !hasUnnumbered;
    return !ids.has(idOf(receipt.versionId, receipt.etag));
  });
  return {
    unexplained,
    before: strangers.length - unexplained.length,
    missing,
    isThere: versions.some(({ isLatest, deleteMarker }) => isLatest && !deleteMarker),
  };
}

function isUnnumbered(versionId: string | null): boolean {
  return versionId === null || versionId === 'null';
}
