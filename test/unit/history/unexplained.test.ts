import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReceiptOperation } from '../../../main/contract/models.ts';
import { judgeKey, type ExplainingReceipt } from '../../../main/history/unexplained.ts';
import { idOfVersion } from '../../../main/store/index.ts';
import type { ListedVersion } from '../../../main/s3/index.ts';

const version = (versionId: string | null, change: Partial<ListedVersion> = {}): ListedVersion => ({
  key: 'k',
  versionId,
  isLatest: false,
  deleteMarker: false,
  size: 1,
  etag: `e-${String(versionId)}`,
  lastModified: new Date(0),
  storageClass: null,
  ...change,
});
const receipt = (
  seq: number,
  versionId: string | null,
  operation: ReceiptOperation = 'put',
  etag = `e-${String(versionId)}`,
): ExplainingReceipt => ({ seq, operation, versionId, etag });

const judge = (
  versions: readonly ListedVersion[],
  receipts: readonly ExplainingReceipt[],
  before: readonly string[] = [],
  upToSeq = 1000,
) => judgeKey(versions, receipts, new Set(before), upToSeq, idOfVersion);

const ids = (versions: readonly { readonly versionId: string | null }[]) => versions.map((one) => one.versionId);

describe('one key', () => {
  it('names what no receipt explains, but for what was there before', () => {
    const verdict = judge(
      [version('3', { isLatest: true }), version('2'), version('1'), version('0')],
      [receipt(1, '1', 'adopt'), receipt(2, '3')],
      ['0'],
    );
    expect(ids(verdict.unexplained)).toEqual(['2']);
    expect(verdict).toMatchObject({ before: 1, missing: [], isThere: true });
  });

  it('misses what a receipt knows and the bucket has no more; never what came after the listing was begun', () => {
    const verdict = judge(
      [version('2', { isLatest: true })],
      [receipt(1, '1'), receipt(2, '2'), receipt(9, '3')],
      [],
      8,
    );
    expect(ids(verdict.missing)).toEqual(['1']);
  });

  it('“gone” and the break say nothing of versions', () => {
    expect(judge([], [receipt(1, null, 'gone'), receipt(2, null, 'break')]).missing).toEqual([]);
  });

  it('is there no more under a delete marker, ours or not', () => {
    const marker = version('m', { deleteMarker: true, isLatest: true });
    const verdict = judge([marker, version('1')], [receipt(1, '1')]);
    expect(verdict.isThere).toBe(false);
    expect(ids(verdict.unexplained)).toEqual(['m']);
    expect(judge([marker, version('1')], [receipt(1, '1'), receipt(2, 'm', 'delete')]).unexplained).toEqual([]);
  });

  it.each([null, 'null'])(
    'without ids of their own (%s) versions go by their ETag, and only the last can be missed',
    (id) => {
      const receipts = [receipt(1, id, 'put', 'e1'), receipt(2, id, 'put', 'e2')];
      expect(judge([version(id, { etag: 'e2', isLatest: true })], receipts)).toMatchObject({
        unexplained: [],
        missing: [],
      });
      const foreign = judge([version(id, { etag: 'theirs', isLatest: true })], receipts);
      expect([foreign.unexplained.length, foreign.missing.length]).toEqual([1, 0]);
      expect(judge([], receipts).missing).toMatchObject([{ seq: 2 }]);
    },
  );

  it('every version is explained, from before, or named; every receipt is found or missed', () => {
    const id = fc.integer({ min: 0, max: 12 }).map(String);
    const lists = [fc.uniqueArray(id), fc.uniqueArray(id), fc.uniqueArray(id)] as const;
    fc.assert(
      fc.property(...lists, (stored, known, before) => {
        const verdict = judge(
          stored.map((one) => version(one)),
          known.map((one, at) => receipt(at + 1, one)),
          before,
        );
        const explained = stored.filter((one) => known.includes(one));
        expect(verdict.unexplained.length + verdict.before + explained.length).toBe(stored.length);
        expect(ids(verdict.unexplained).every((one) => !before.includes(String(one)))).toBe(true);
        expect(ids(verdict.missing)).toEqual(known.filter((one) => !stored.includes(one)));
      }),
    );
  });
});
