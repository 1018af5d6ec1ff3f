import { expect, test } from 'vitest';
import { diffTrees, type PlacedEntry } from '../../../main/history/index.ts';

const entry = (path: string, content: string, change: Partial<PlacedEntry> = {}): PlacedEntry => ({
  key: path,
  path,
  size: content.length,
  versionId: `v-${path}-${content}`,
  etag: `e-${content}`,
  lastModified: '',
  storageClass: null,
  sha256: `s-${content}`,
  receiptSeq: 1,
  ...change,
});

const words = (before: readonly PlacedEntry[], after: readonly PlacedEntry[]): string[] =>
  diffTrees(before, after).map(
    ({ kind, path, movedFrom }) => `${kind} ${movedFrom === null ? '' : `${movedFrom} -> `}${path}`,
  );

test('added, changed, gone, with both sizes', () => {
  const before = [entry('a', 'one'), entry('b', 'two'), entry('c', 'three')];
  const after = [entry('a', 'one'), entry('b', 'other'), entry('d', 'four')];
  expect(words(before, after)).toEqual(['changed b', 'gone c', 'added d']);
  expect(diffTrees(before, after)).toMatchObject([
    { size: 5, sizeBefore: 3, versionId: 'v-b-other', versionIdBefore: 'v-b-two' },
    { size: null, sizeBefore: 5, versionId: null },
    { size: 4, sizeBefore: null, versionIdBefore: null },
  ]);
});

test('a file with the same bytes elsewhere was moved, each source once; empty files and unknown bytes never', () => {
  const before = [entry('a', 'one'), entry('b', 'one'), entry('empty', ''), entry('foreign', 'x', { sha256: null })];
  const after = [
    entry('c', 'one'),
    entry('d', 'one'),
    entry('e', 'one'),
    entry('nil', ''),
    entry('other', 'x', { sha256: null }),
  ];
  expect(words(before, after)).toEqual([
    'moved a -> c',
    'moved b -> d',
    'added e',
    'gone empty',
    'gone foreign',
    'added nil',
    'added other',
  ]);
});

test('another version of the same bytes is no change, by hash or by ETag', () => {
  const a = entry('a', 'one');
  expect(words([a], [{ ...a, versionId: 'copy', etag: 'kms' }])).toEqual([]);
  expect(words([{ ...a, sha256: null }], [{ ...a, versionId: 'copy' }])).toEqual([]);
  expect(words([{ ...a, sha256: null, etag: null }], [{ ...a, versionId: 'copy', etag: null }])).toEqual(['changed a']);
  // Without versions every state has the same name, or none.
  for (const versionId of ['null', null]) {
    expect(words([{ ...a, versionId }], [{ ...a, versionId, sha256: 's-two', etag: 'e' }])).toEqual(['changed a']);
  }
});
