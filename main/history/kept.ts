/**
 * Between a listing and what is kept of it. In: versions and receipts. Out: rows that hold both; and of rows, versions and
 * receipts again. Pure.
 */
import type { ListedVersion } from '../s3/index.ts';
import type { KeptReceipt, KeptRow } from '../store/index.ts';
import type { KeyBatch, Whole } from './key-range.ts';
import { ReceiptIndex, type KnownReceipt } from './timeline.ts';

/** Versions with the receipts that explain them, and the receipts that tell of absences and stand for none of them. */
export function explained(versions: readonly ListedVersion[], receipts: readonly KnownReceipt[]) {
  const index = new ReceiptIndex(receipts);
  const used = new Set<number>();
  const rows = versions.map((version) => {
    const receipt = index.of(version);
    if (receipt !== null) used.add(receipt.seq);
    return { version, receipt };
  });
  const isThere = new Set(versions.map(({ key }) => key));
  const absences = receipts.filter(
    ({ key, operation, seq }) => isThere.has(key) && !used.has(seq) && (operation === 'gone' || operation === 'delete'),
  );
  return { rows, absences };
}

/** What was kept of a range, with the later receipts of its keys. */
export function batchOf(
  { rows, ...range }: Whole<KeptRow>,
  absences: readonly KeptReceipt[],
  since: readonly KnownReceipt[],
): KeyBatch {
  const receipts: KnownReceipt[] = [];
  for (const { version, receipt } of rows) if (receipt !== null) receipts.push(knownOf(receipt, version));
  for (const one of absences) receipts.push(knownOf(one, null));
  receipts.sort((a, b) => a.seq - b.seq);
  for (const one of since) if (one.seq > range.seq) receipts.push(one);
  return { ...range, versions: rows.map(({ version }) => version), receipts };
}

/** What a listing says of a version, its receipt said too. */
function knownOf(receipt: KeptReceipt, version: ListedVersion | null): KnownReceipt {
  return {
    ...receipt,
    versionId: version?.versionId ?? null,
    etag: version?.etag ?? null,
    size: version?.size ?? 0,
    storageClass: version?.storageClass ?? null,
    finishedAt: receipt.seenAt,
    proof: 'none',
  };
}
