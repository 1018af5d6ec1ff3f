import { describe, expect, test } from 'vitest';
import { differencesOf, sampleOf, type KnownVersion } from '../../../main/history/index.ts';

const known: KnownVersion = {
  path: 'a',
  versionId: 'v',
  size: 3,
  etag: 'e',
  checksum: { algorithm: 'CRC32', value: 'AAAA' },
  lock: { mode: 'GOVERNANCE', until: '2027-01-01T00:00:00.500Z' },
  legalHold: true,
};
const head = {
  ContentLength: 3,
  ETag: '"e"',
  ChecksumCRC32: 'AAAA',
  ObjectLockMode: 'GOVERNANCE' as const,
  ObjectLockRetainUntilDate: new Date('2027-01-01T00:00:00Z'),
  ObjectLockLegalHoldStatus: 'ON' as const,
};
const now = new Date('2026-03-01T00:00:00Z');
const wrong = (change: object, at = now): string[] =>
  differencesOf(known, { ...head, ...change }, at).map(({ what }) => what);

describe('a version against what is known of it', () => {
  test.each<[string, object, string[]]>([
    ['as it should be', {}, []],
    ['another size', { ContentLength: 4 }, ['size']],
    ['another ETag', { ETag: '"f"' }, ['etag']],
    ['another checksum', { ChecksumCRC32: 'BBBB' }, ['checksum']],
    ['no word of the checksum', { ChecksumCRC32: undefined }, []],
    ['a stricter lock', { ObjectLockMode: 'COMPLIANCE' }, []],
    ['a longer lock', { ObjectLockRetainUntilDate: new Date('2030-01-01') }, []],
    ['a shorter lock', { ObjectLockRetainUntilDate: new Date('2026-12-31') }, ['lock']],
    ['no lock', { ObjectLockMode: undefined, ObjectLockRetainUntilDate: undefined }, ['lock']],
    ['no legal hold', { ObjectLockLegalHoldStatus: 'OFF' }, ['legal-hold']],
    ['all of it', { ContentLength: 0, ETag: '"f"', ObjectLockMode: undefined }, ['size', 'etag', 'lock']],
  ])('%s', (_, change, expected) => {
    expect(wrong(change)).toEqual(expected);
  });

  test('a lock that has run out need not be there', () => {
    expect(wrong({ ObjectLockMode: undefined, ObjectLockRetainUntilDate: undefined }, new Date('2028-01-01'))).toEqual(
      [],
    );
  });
});

test('a sample is of its size, rising, the same for its seed and another for another, and every file has its chance', () => {
  expect(sampleOf(10, 20, 1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(sampleOf(0, 5, 1)).toEqual([]);
  expect(sampleOf(1000, 50, 7)).toEqual(sampleOf(1000, 50, 7));
  expect(sampleOf(1000, 50, 7)).not.toEqual(sampleOf(1000, 50, 8));
  const hits = new Array<number>(100).fill(0);
  for (let seed = 1; seed <= 2000; seed += 1) {
    const chosen = sampleOf(100, 10, seed);
    expect(chosen).toHaveLength(10);
    for (const index of chosen) hits[index] = (hits[index] ?? 0) + 1;
  }
  // 200 each in the mean, with a deviation of 13.
  expect(Math.min(...hits)).toBeGreaterThan(130);
  expect(Math.max(...hits)).toBeLessThan(270);
});
