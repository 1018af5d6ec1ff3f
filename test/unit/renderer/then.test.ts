import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Differences, FolderTree, TreeChange } from '../../../main/contract/history.ts';
import { rowsThen, treeThen, type ThenNode } from '../../../renderer/state/then.ts';

const collator = new Intl.Collator('en', { numeric: true });
const AT = '2026-11-01T10:00:00.000Z';
const tree = (files: Readonly<Record<string, number>>): FolderTree => ({
  entries: Object.entries(files).map(([path, size]) => ({
    ...{ path, size, versionId: `v of ${path}`, lastModified: AT, storageClass: null },
  })),
  asOf: AT,
  unsafeKeys: [],
  more: 0,
});
const change = (kind: TreeChange['kind'], path: string, facts: Partial<TreeChange> = {}): TreeChange => ({
  ...{ kind, path, movedFrom: null, size: 1, sizeBefore: 1, versionId: null, versionIdBefore: null, ...facts },
});
const differences = (...changes: readonly TreeChange[]): Differences => ({
  ...{ from: AT, to: null, asOf: AT, changes, counts: { added: 0, changed: 0, gone: 0, moved: 0 }, more: 0 },
});
const lines = (root: ThenNode, ...open: readonly string[]): readonly string[] =>
  rowsThen(root, new Set(open)).map(
    ({ node, depth }) => `${'  '.repeat(depth)}${node.name} ${node.mark} ${String(node.then)} ${String(node.now)}`,
  );

it('marks each file against now, and sums up directories', () => {
  const root = treeThen(
    tree({ 'a/changed.txt': 10, 'a/gone.txt': 5, 'a/b/same.txt': 2, 'top.txt': 1, 'was.txt': 7 }),
    differences(
      change('changed', 'a/changed.txt', { size: 12 }),
      change('gone', 'a/gone.txt', { size: null }),
      change('added', 'new/later.txt', { size: 4 }),
      change('moved', 'is.txt', { movedFrom: 'was.txt', size: 7 }),
    ),
    collator,
  );
  expect(lines(root, 'a', 'a/b', 'new')).toEqual([
    'a same 17 14',
    '  b same 2 2',
    '    same.txt same 2 2',
    '  changed.txt changed 10 12',
    '  gone.txt gone 5 null',
    'new same null 4',
    '  later.txt added null 4',
    'top.txt same 1 1',
    'was.txt moved 7 7',
  ]);
  expect(root.counts).toEqual({ added: 1, changed: 1, gone: 1, moved: 1 });
});

it('shows what is open alone, with its place for screen readers', () => {
  const root = treeThen(tree({ 'a/b/c.txt': 1, 'a/d.txt': 1, 'e.txt': 1 }), differences(), collator);
  expect(lines(root)).toEqual(['a same 2 2', 'e.txt same 1 1']);
  expect(rowsThen(root, new Set(['a'])).map(({ position, siblings }) => `${position}/${siblings}`)).toEqual([
    '1/2',
    '1/2',
    '2/2',
    '2/2',
  ]);
});

it('loses no file, whatever the paths', () => {
  const name = fc.constantFrom('a', 'b', 'c', '10', '9', 'ä');
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join('/')}.f`);
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 25 }), (paths) => {
      const root = treeThen(tree(Object.fromEntries(paths.map((one) => [one, 3]))), differences(), collator);
      const all = (node: ThenNode): readonly string[] =>
        node.kind === 'file' ? [node.path] : node.children.flatMap(all);
      expect([...all(root)].sort()).toEqual([...paths].sort());
      expect(root.then ?? 0).toBe(paths.length * 3);
    }),
  );
});
