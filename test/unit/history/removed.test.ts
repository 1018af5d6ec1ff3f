import { expect, test } from 'vitest';
import type { Version } from '../../../main/contract/models.ts';
import { withRemoved } from '../../../main/history/removed.ts';
import type { KnownReceipt } from '../../../main/history/timeline.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const listed = (versionId: string, second: number): Version => ({
  key: 'k',
  versionId,
  isLatest: false,
  deleteMarker: false,
  size: 1,
  etag: null,
  lastModified: at(second),
  seenAt: null,
  storageClass: 'STANDARD',
  sha256: null,
  proof: null,
  receiptSeq: null,
  removed: false,
});

const receipt = (
  seq: number,
  versionId: string | null,
  operation: KnownReceipt['operation'] = 'put',
): KnownReceipt => ({
  seq,
  path: 'k',
  key: 'k',
  operation,
  versionId,
  seenAt: at(seq),
  finishedAt: at(seq),
  sha256: `sha of ${String(seq)}`,
  proof: 'checksum',
  etag: 'e',
  size: seq,
  storageClass: null,
});

const shown = (versions: readonly Version[]) =>
  versions.map(({ versionId, removed }) => `${String(versionId)} ${String(removed)}`);

test('what is not listed any more stands where it belongs, and is told apart', () => {
  const all = withRemoved(
    [listed('d', 40), listed('b', 20)],
    [1, 20, 30, 40].map((seq) => receipt(seq, { 1: 'a', 20: 'b', 30: 'c', 40: 'd' }[seq] ?? '')),
    99,
  );
  expect(shown(all)).toEqual(['d false', 'c true', 'b false', 'a true']);
  expect(all[1]).toMatchObject({ size: 30, sha256: 'sha of 30', receiptSeq: 30, seenAt: at(30) });
});

test('what was written while the listing was under way is not called removed', () => {
  expect(shown(withRemoved([], [receipt(7, 'new')], 6))).toEqual([]);
  expect(shown(withRemoved([], [receipt(7, 'new')], 7))).toEqual(['new true']);
});

test('markers, lines of the record, and contents without an id of their own are no versions that could be missed', () => {
  const known = [receipt(1, 'm', 'delete'), receipt(2, null, 'gone'), receipt(3, 'null'), receipt(4, null)];
  expect(withRemoved([], known, 99)).toEqual([]);
});
