import { describe, expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import {
  ancestors,
  flatten,
  inOrder,
  type FileFilter,
  type Listing,
  type TreeRow,
} from '../../../renderer/state/tree.ts';
import { directoryRow, fileRow } from './fake-bridge.ts';

const ready = (...rows: readonly ReturnType<typeof fileRow>[]): Listing => ({ kind: 'ready', rows, more: 0 });
const said = (row: TreeRow): string => `${'  '.repeat(row.depth)}${row.kind === 'entry' ? row.entry.name : row.kind}`;
const drawn = (listings: Record<string, Listing>, open: readonly string[], filter: FileFilter = 'all'): string[] =>
  flatten(new Map(Object.entries(listings)), new Set(open), filter).map(said);

const TREE = {
  '': ready(directoryRow('a', { waiting: 1 }), directoryRow('b', { attention: 2 }), fileRow('z.txt')),
  a: ready(directoryRow('a/deep'), fileRow('a/one.txt', { state: 'waiting' })),
  'a/deep': ready(fileRow('a/deep/two.txt')),
  b: ready(fileRow('b/three.txt', { state: 'attention' }), fileRow('b/four.txt')),
};

describe('rows', () => {
  it('lays out only what is open, children under their directory', () => {
    expect(drawn(TREE, [])).toEqual(['a', 'b', 'z.txt']);
    expect(drawn(TREE, ['a', 'a/deep'])).toEqual(['a', '  deep', '    two.txt', '  one.txt', 'b', 'z.txt']);
  });

  it('shows that an open directory is being read, could not be read, or holds more than was listed', () => {
    expect(drawn({ '': ready(directoryRow('a')) }, ['a'])).toEqual(['a', '  loading']);
    expect(drawn({ '': { kind: 'failed', failure: failure('engine-down') } }, [])).toEqual(['failed']);
    expect(drawn({ '': { kind: 'ready', rows: [fileRow('x')], more: 7 } }, [])).toEqual(['x', 'more']);
    expect(drawn({}, [])).toEqual(['loading']);
  });

  it('keeps directories that hold something of the chosen part', () => {
    expect(drawn(TREE, ['a', 'b'], 'waiting')).toEqual(['a', '  one.txt']);
    expect(drawn(TREE, ['a', 'b'], 'attention')).toEqual(['b', '  three.txt']);
  });

  it('numbers rows within their directory, for screen readers', () => {
    const rows = flatten(new Map(Object.entries(TREE)), new Set(['a']), 'all');
    expect(rows.map(({ position, siblings }) => `${String(position)}/${String(siblings)}`)).toEqual([
      '1/3',
      '1/2',
      '2/2',
      '2/3',
      '3/3',
    ]);
  });

  it('gives every row a key of its own', () => {
    const keys = flatten(new Map(Object.entries(TREE)), new Set(['a', 'a/deep', 'b']), 'all').map((row) => row.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

it('sorts directories first and numbers by their value', () => {
  const rows = [fileRow('b10.txt'), fileRow('b9.txt'), directoryRow('z'), fileRow('A.txt')];
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  expect(inOrder(rows, collator).map((row) => row.name)).toEqual(['z', 'A.txt', 'b9.txt', 'b10.txt']);
});

it('names every directory above a path, the root last', () => {
  expect(ancestors('a/b/c.txt')).toEqual(['a/b', 'a', '']);
  expect(ancestors('c.txt')).toEqual(['']);
  expect(ancestors('')).toEqual([]);
});
