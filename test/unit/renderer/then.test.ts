import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ThenFile, TreeChange } from '../../../main/contract/history.ts';
import { directoryThen, fileThen, sumBelow } from '../../../renderer/dev/fake-then.ts';
import { ThenTree } from '../../../renderer/state/then.ts';

const collator = new Intl.Collator('en', { numeric: true });
const added = (path: string, now: number): ThenFile => fileThen(path, { mark: 'added', then: null, now });
const gone = (path: string, then: number): ThenFile => fileThen(path, { mark: 'gone', then, now: null });
const moved = (movedFrom: string, path: string, size: number): TreeChange => ({
  ...{ kind: 'moved', movedFrom, path, size, sizeBefore: size, versionId: 'w', versionIdBefore: 'v' },
});
/** Each of these directories was opened, and the others are counted. */
function treeOf(files: readonly ThenFile[], ...opened: readonly string[]): ThenTree {
  const tree = new ThenTree(collator);
  for (const directory of ['', ...opened]) tree.add(directory, directoryThen(files, directory, ''));
  return tree;
}
const lines = (tree: ThenTree, ...open: readonly string[]): readonly string[] =>
  tree
    .rows(new Set(open))
    .map(
      ({ node, depth }) =>
        `${'  '.repeat(depth)}${node.kind === 'reading' ? '…' : node.name} ${node.mark} ${String(node.then)} ${String(node.now)}`,
    );
const MIXED = [
  fileThen('a/changed.txt', { mark: 'changed', then: 10, now: 12 }),
  gone('a/gone.txt', 5),
  fileThen('a/b/same.txt', { then: 2, now: 2 }),
  fileThen('top.txt'),
  gone('was.txt', 7),
  added('new/later.txt', 4),
  added('new/deep/is.txt', 7),
];

it('marks each file against now, and sums up directories; a file that moved is shown where it was', () => {
  const tree = treeOf(MIXED, 'a', 'a/b', 'new');
  expect(tree.totalOf('')?.counts).toEqual({ added: 2, changed: 1, gone: 2, moved: 0 });
  tree.move([moved('was.txt', 'new/deep/is.txt', 7)]);
  expect(lines(tree, 'a', 'a/b', 'new')).toEqual([
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
  expect(tree.totalOf('')?.counts).toEqual({ added: 1, changed: 1, gone: 1, moved: 1 });
});

it('what is not counted yet says nothing, until it is counted or opened', () => {
  const tree = new ThenTree(collator);
  tree.add('', directoryThen(MIXED, '', '', false));
  expect(tree.rows(new Set()).map(({ node }) => [node.name, node.wasThere, node.total?.files ?? null])).toEqual([
    ['a', true, null],
    ['new', false, null],
    ['top.txt', true, 1],
    ['was.txt', true, 1],
  ]);
  expect(tree.totalOf('')).toBeNull();
  tree.count('new', sumBelow(MIXED, 'new'));
  tree.add('a', directoryThen(MIXED, 'a', '', false));
  expect(tree.totalOf('a'), 'a/b is not known').toBeNull();
  tree.add('a/b', directoryThen(MIXED, 'a/b', ''));
  expect(tree.totalOf('')).toMatchObject({ files: 5, bytes: 25, filesNow: 5, bytesNow: 26 });
});

it('what came in several answers stands in one order; a directory that came twice is counted anew', () => {
  const tree = new ThenTree(collator);
  const { entries } = directoryThen(MIXED, '', '');
  tree.add('', { entries: [...entries].reverse().slice(0, 2), next: 'somewhere' });
  expect(lines(tree).at(-1)).toMatch(/^…/);
  tree.add('', { entries: [...entries].reverse().slice(2), next: null });
  expect(lines(tree)).toEqual(lines(treeOf(MIXED)));
  const twice = new ThenTree(collator);
  twice.add('', { entries, next: 'x' });
  twice.add('', { entries: entries.filter(({ path }) => path === 'a'), next: null });
  expect(twice.rows(new Set()).length).toBe(entries.length);
  expect(twice.node('a')?.total).toBeNull();
});

it('a directory in which nothing was then and nothing is now is not shown', () => {
  const tree = new ThenTree(collator);
  tree.add('', { entries: [{ kind: 'directory', path: 'long gone', wasThere: null, sum: null }], next: null });
  expect(lines(tree).length).toBe(1);
  tree.count('long gone', sumBelow([], ''));
  expect(lines(tree)).toEqual([]);
});

it('shows what is open alone, with its place for screen readers', () => {
  const tree = treeOf([fileThen('a/b/c.txt'), fileThen('a/d.txt'), fileThen('e.txt')], 'a');
  expect(lines(tree)).toEqual(['a same 2 2', 'e.txt same 1 1']);
  expect(tree.rows(new Set(['a'])).map(({ position, siblings }) => `${position}/${siblings}`)).toEqual([
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
      const files = paths.map((one) => fileThen(one, { then: 3, now: 3 }));
      const all = (directory: string): readonly string[] =>
        directoryThen(files, directory, '').entries.flatMap((one) =>
          one.kind === 'file' ? [one.path] : all(one.path),
        );
      expect([...all('')].sort()).toEqual([...paths].sort());
      expect(treeOf(files).totalOf('')).toMatchObject({ files: paths.length, bytes: paths.length * 3 });
    }),
  );
});
