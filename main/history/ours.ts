/**
 * What we wrote since the bucket was listed. In: the listed versions of one key, our later receipts of it. Out: the
 * versions as a listing would give them now, as far as we can know. Pure.
 */
import type { Receipt } from '../contract/models.ts';
import type { ListedVersion } from '../s3/index.ts';
import type { KnownReceipt } from './timeline.ts';

const WRITES = new Set<Receipt['operation']>(['put', 'multipart', 'copy', 'delete']);

/**
 * @param listed of this key alone, newest first.
 * @param receipts of the key, oldest first.
 * @param seq up to this receipt the listing knows all: what it does not show of them is gone.
 */
export function withOurs(
  listed: readonly ListedVersion[],
  receipts: readonly KnownReceipt[],
  seq: number,
): readonly ListedVersion[] {
  let versions = listed;
  for (const receipt of receipts) {
    if (receipt.seq <= seq || !WRITES.has(receipt.operation)) continue;
    const versionId = receipt.versionId ?? 'null';
    if (versions.some((one) => isOf(one, versionId, receipt))) continue;
    // Without an id of its own a version takes the place of the one that had none either.
    const others = versionId === 'null' ? versions.filter((one) => (one.versionId ?? 'null') !== 'null') : versions;
    versions = [
      written(receipt, versionId),
      ...others.map((one) => (one.isLatest ? { ...one, isLatest: false } : one)),
    ];
  }
  return versions;
}

function isOf(version: ListedVersion, versionId: string, { operation, etag }: KnownReceipt): boolean {
  if (versionId !== 'null') return version.versionId === versionId;
  if ((version.versionId ?? 'null') !== 'null') return false;
  return version.deleteMarker === (operation === 'delete') && (version.deleteMarker || version.etag === etag);
}

function written(receipt: KnownReceipt, versionId: string): ListedVersion {
  const isMarker = receipt.operation === 'delete';
  return {
    key: receipt.key,
    versionId,
    isLatest: true,
    deleteMarker: isMarker,
    size: isMarker ? 0 : receipt.size,
    etag: isMarker ? null : receipt.etag,
    // The store's own time is a second or two away, and stands in the next listing.
    lastModified: new Date(Math.floor(Date.parse(receipt.finishedAt) / 1000) * 1000),
    storageClass: isMarker ? null : receipt.storageClass,
  };
}
