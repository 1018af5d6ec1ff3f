/** Versions that the bucket has no more. In: a listing of one key, and its receipts. Out: both, in one list. Pure. */
import type { Version } from '../contract/models.ts';
import type { KnownReceipt } from './timeline.ts';

/**
 * Puts what we wrote and what is not listed any more (a lifecycle rule removed it, or a person) where it belongs.
 * @param listed newest first. @param known receipts of the key, in any order.
 * @param seq the newest receipt before the key was listed: what was written since can not be in the listing.
 */
export function withRemoved(
  listed: readonly Version[],
  known: Iterable<KnownReceipt>,
  seq: number,
): readonly Version[] {
  const there = new Set(listed.map(({ versionId }) => versionId));
  const removed = [...known]
    .filter((receipt) => receipt.seq <= seq && isUpload(receipt) && !there.has(receipt.versionId))
    .map(removedVersion)
    .sort((a, b) => timeOf(b) - timeOf(a));
  const all: Version[] = [];
  for (const version of listed) {
    while (removed[0] !== undefined && timeOf(removed[0]) > timeOf(version)) all.push(...removed.splice(0, 1));
    all.push(version);
  }
  return [...all, ...removed];
}

/** Without an id of its own a version is replaced by the next one, as was asked for. */
function isUpload({ operation, versionId }: KnownReceipt): boolean {
  return operation !== 'gone' && operation !== 'delete' && versionId !== null && versionId !== 'null';
}

function removedVersion(receipt: KnownReceipt): Version {
  return {
    key: receipt.key,
    versionId: receipt.versionId,
    isLatest: false,
    deleteMarker: false,
    size: receipt.size,
    etag: receipt.etag,
    lastModified: receipt.finishedAt,
    seenAt: receipt.operation === 'adopt' ? null : receipt.seenAt,
    storageClass: receipt.storageClass,
    sha256: receipt.sha256,
    proof: receipt.proof,
    receiptSeq: receipt.seq,
    removed: true,
  };
}

const timeOf = ({ lastModified }: Version): number => Date.parse(lastModified);
