import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReceiptOperation } from '../../../main/contract/models.ts';
import { KeyLife, ReceiptIndex, toVersion, type KnownReceipt } from '../../../main/history/index.ts';
import type { ListedVersion } from '../../../main/s3/index.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

function version(id: string | null, atMs: number, change: Partial<ListedVersion> = {}): ListedVersion {
  return {
    key: 'k',
    versionId: id,
    isLatest: false,
    deleteMarker: false,
    size: 1,
    etag: `e-${String(id)}`,
    lastModified: new Date(atMs),
    storageClass: 'STANDARD',
    ...change,
  };
}

function receipt(
  seq: number,
  id: string | null,
  seenMs: number,
  operation: ReceiptOperation = 'put',
  change: Partial<KnownReceipt> = {},
): KnownReceipt {
  return {
    seq,
    path: 'k',
    key: 'k',
    operation,
    versionId: id,
    seenAt: iso(seenMs),
    finishedAt: iso(seenMs),
    sha256: operation === 'gone' ? null : `sha-${String(id)}`,
    proof: 'checksum',
    etag: `e-${String(id)}`,
    size: 1,
    storageClass: null,
    ...change,
  };
}

const path = (): string => 'k';
const at = (versions: readonly ListedVersion[], receipts: readonly KnownReceipt[], atMs: number | null) =>
  new KeyLife(versions, new ReceiptIndex(receipts), path).at(atMs)?.versionId;

type Happening = 'saved' | 'foreign' | 'gone' | 'deleted' | 'foreign marker';
const happening = fc.record({
  what: fc.constantFrom<Happening>('saved', 'foreign', 'gone', 'deleted', 'foreign marker'),
  /** Seconds since what happened before. */
  after: fc.integer({ min: 1, max: 5 }),
  /** How far the store's clock is off for this version, seconds; multipart uploads carry the time they were begun. */
  skew: fc.integer({ min: -600, max: 600 }),
});

describe('the tree at a time', () => {
  test('equals what a plain replay of the same history gives, whatever the store says of times of our versions', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 12 }), fc.integer({ min: 0, max: 70 }), (history, second) => {
        const start = Date.parse('2026-03-01T12:00:00Z');
        let now = start;
        let seq = 0;
        const versions: ListedVersion[] = [];
        const receipts: KnownReceipt[] = [];
        const replay: { readonly atMs: number; readonly there: string | undefined }[] = [];
        for (const [index, { what, after, skew }] of history.entries()) {
          now += after * 1000;
          const id = `v${String(index)}`;
          if (what === 'saved') {
            versions.unshift(version(id, now + skew * 1000));
            receipts.push(receipt((seq += 1), id, now));
          } else if (what === 'foreign') versions.unshift(version(id, now));
          else if (what === 'gone') receipts.push(receipt((seq += 1), null, now, 'gone'));
          else if (what === 'deleted') {
            versions.unshift(version(id, now + skew * 1000, { deleteMarker: true }));
            receipts.push(receipt((seq += 1), id, now, 'delete'));
          } else versions.unshift(version(id, now, { deleteMarker: true }));
          replay.push({ atMs: now, there: what === 'saved' || what === 'foreign' ? id : undefined });
        }
        // A key that has no version any more cannot be asked for.
        const naive = (atMs: number): string | undefined =>
          versions.length === 0 ? undefined : replay.findLast((one) => one.atMs <= atMs)?.there;
        expect(at(versions, receipts, start + second * 1000)).toBe(naive(start + second * 1000));
        expect(at(versions, receipts, null)).toBe(naive(Infinity));
      }),
      { numRuns: 500 },
    );
  });

  test('versions without a receipt that bear the same second go by the listing, newest first', () => {
    const listing = [version('3', 5000), version('2', 5000), version('1', 5000)];
    expect(at(listing, [], 5000)).toBe('3');
    expect(at(listing, [], 4999)).toBeUndefined();
    const marked = [version('3', 5000, { deleteMarker: true }), version('2', 5000)];
    expect(at(marked, [], 5000)).toBeUndefined();
  });

  test('receipts of one and the same moment go by their numbers', () => {
    expect(at([version('2', 0), version('1', 9000)], [receipt(1, '1', 5000), receipt(2, '2', 5000)], 5000)).toBe('2');
    expect(at([version('1', 0)], [receipt(1, '1', 5000), receipt(2, null, 5000, 'gone')], 5000)).toBeUndefined();
  });

  test('a file that came back after it was gone is there again', () => {
    const receipts = [receipt(1, '1', 1000), receipt(2, null, 2000, 'gone'), receipt(3, '2', 3000)];
    const listing = [version('2', 0), version('1', 0)];
    expect([999, 1000, 1999, 2000, 2999, 3000].map((ms) => at(listing, receipts, ms))).toEqual([
      undefined,
      '1',
      '1',
      undefined,
      undefined,
      '2',
    ]);
  });

  test('a marker counts from the first absence that its receipt tells of, and the path is gone without it too', () => {
    const receipts = [receipt(1, '1', 1000), receipt(2, 'm', 2000, 'delete')];
    const marked = [version('m', 9000, { deleteMarker: true }), version('1', 8000)];
    for (const listing of [marked, marked.slice(1)]) {
      expect([1999, 2000, null].map((ms) => at(listing, receipts, ms))).toEqual(['1', undefined, undefined]);
    }
  });

  test('an old content that was saved late counts from when it was seen', () => {
    // Saved on disk at 1000 and 2000, but the store has them in the other order.
    const receipts = [receipt(1, 'second', 2000), receipt(2, 'first', 1000)];
    expect(at([version('first', 9000), version('second', 8000)], receipts, null)).toBe('second');
    expect(at([version('first', 9000), version('second', 8000)], receipts, 1500)).toBe('first');
  });

  test('what was there before Cairn knew of it counts from its time in the bucket', () => {
    const versions = [version('2', 3000), version('1', 1000)];
    const receipts = [receipt(1, '2', 9000, 'adopt')];
    expect(at(versions, receipts, 2000)).toBe('1');
    expect(at(versions, receipts, 3000)).toBe('2');
    expect(toVersion(version('2', 3000), receipt(1, '2', 9000, 'adopt'))).toMatchObject({
      seenAt: null,
      receiptSeq: 1,
    });
  });

  test('a name that is not safe here is not there, and neither is an empty key’s', () => {
    expect(new KeyLife([version('1', 0)], new ReceiptIndex([]), () => null).at(null)).toMatchObject({ path: null });
    expect(new KeyLife([], new ReceiptIndex([receipt(1, '1', 0)]), path).at(null)).toBeNull();
  });
});

describe('which receipt explains a version', () => {
  const of = (listed: ListedVersion, ...receipts: KnownReceipt[]) => new ReceiptIndex(receipts).of(listed)?.seq;

  test('by its VersionId, and no other', () => {
    expect(of(version('1', 0), receipt(1, '1', 0), receipt(2, '2', 0))).toBe(1);
    expect(of(version('3', 0, { etag: 'e-1' }), receipt(1, '1', 0))).toBeUndefined();
    expect(of(version('1', 0), receipt(1, '1', 0, 'put', { key: 'other' }))).toBeUndefined();
  });

  test('of a store without versions by its ETag, the latest first', () => {
    expect(
      of(
        version('null', 0, { etag: 'x' }),
        receipt(1, null, 0, 'put', { etag: 'x' }),
        receipt(2, 'null', 0, 'put', { etag: 'x' }),
      ),
    ).toBe(2);
    expect(of(version(null, 0, { etag: 'x' }), receipt(1, null, 0, 'put', { etag: 'x' }))).toBe(1);
    expect(of(version('null', 0, { etag: 'y' }), receipt(1, null, 0, 'put', { etag: 'x' }))).toBeUndefined();
  });

  test('no ETag on either side proves nothing, and what is gone explains no version', () => {
    expect(of(version(null, 0, { etag: null }), receipt(1, null, 0, 'put', { etag: null }))).toBeUndefined();
    expect(of(version(null, 0, { etag: null }), receipt(1, null, 0, 'gone', { etag: null }))).toBeUndefined();
  });

  test('a version as it is shown: of ours with hash and number, of others without', () => {
    const listed = version('1', 5000, { isLatest: true, storageClass: null });
    expect(toVersion(listed, receipt(7, '1', 3000, 'put', { storageClass: 'GLACIER_IR' }))).toEqual({
      key: 'k',
      versionId: '1',
      isLatest: true,
      deleteMarker: false,
      size: 1,
      etag: 'e-1',
      lastModified: iso(5000),
      seenAt: iso(3000),
      storageClass: 'GLACIER_IR',
      sha256: 'sha-1',
      proof: 'checksum',
      receiptSeq: 7,
      removed: false,
    });
    expect(toVersion(listed, null)).toMatchObject({
      seenAt: null,
      storageClass: 'STANDARD',
      sha256: null,
      proof: null,
      receiptSeq: null,
    });
    expect(toVersion(version('1', 0, { deleteMarker: true }), null).storageClass).toBeNull();
  });
});
