import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ThenFile } from '../../../main/contract/history.ts';
import { directoryThen, fileThen, sumBelow } from '../../../renderer/dev/fake-then.ts';
import { checker, firstOther, keptIn, sumOf, toggled, unsettled, withPaths } from '../../../renderer/state/choice.ts';
import { ThenTree } from '../../../renderer/state/then.ts';

const collator = new Intl.Collator('en');
const sized = (paths: readonly string[]): readonly ThenFile[] =>
  paths.map((path, index) => fileThen(path, { then: index + 1, now: index + 1 }));
const came = (path: string): ThenFile => fileThen(path, { mark: 'added', then: null });
/** Looked into as far as these directories; left out: all of it. */
function treeOf(files: readonly ThenFile[], ...opened: readonly string[]): ThenTree {
  const tree = new ThenTree(collator);
  const add = (directory: string): void => {
    const read = directoryThen(files, directory, '', opened.length === 0);
    tree.add(directory, read);
    for (const { kind, path } of read.entries)
      if (kind === 'directory' && (opened.length === 0 || opened.includes(path))) add(path);
  };
  add('');
  return tree;
}

it('a directory of which the last file was chosen is chosen, though something came since', () => {
  const root = treeOf([...sized(['d/a', 'd/b', 'e']), came('d/later'), came('new/only')]);
  const chosen = withPaths(root, new Set(), ['d/a', 'd/b']);
  expect([...chosen]).toEqual(['d']);
  expect([...withPaths(root, chosen, ['e'])]).toEqual(['']);
  expect([...withPaths(root, new Set(), ['d/later', 'new', 'nowhere'])], 'what was not there cannot be').toEqual([]);
});

it('sums up what is chosen, and names what is other than now', () => {
  const root = treeOf([
    fileThen('d/a', { mark: 'changed' }),
    fileThen('d/b', { then: 2 }),
    fileThen('e', { then: 3 }),
    fileThen('f', { mark: 'gone', then: 4, now: null }),
    came('g'),
  ]);
  const counts = { changed: 1, gone: 1, moved: 0 };
  expect(sumOf(root, new Set(['d', 'f']))).toEqual({ files: 3, bytes: 7, counts, isWhole: true });
  expect(sumOf(root, new Set(['']))).toMatchObject({ files: 4, bytes: 10 });
  expect(firstOther(root, new Set(['']), 5)).toEqual(['d/a', 'f']);
  expect(firstOther(root, new Set(['e', 'f']), 5)).toEqual(['f']);
  expect(firstOther(root, new Set(['']), 1)).toEqual(['d/a']);
});

it('keeps of a choice what another tree has', () => {
  expect([...keptIn(treeOf(sized(['d/a', 'x'])), new Set(['d', 'gone', 'e/f']))]).toEqual(['d']);
});

it('a directory that nobody opened is chosen by its name, and counted when its sum is known', () => {
  const files = [...sized(['d/a', 'd/b', 'e/c']), fileThen('e/d', { mark: 'changed' })];
  const root = treeOf(files, 'nothing');
  const chosen = withPaths(root, new Set(), ['d']);
  expect([...chosen]).toEqual(['d']);
  expect(sumOf(root, chosen)).toMatchObject({ files: 0, isWhole: false });
  expect([...withPaths(root, chosen, ['e'])], 'all of all').toEqual(['']);
  root.count('d', sumBelow(files, 'd'));
  expect(sumOf(root, chosen)).toMatchObject({ files: 2, bytes: 3, isWhole: true });
  expect(root.totalOf('')).toBeNull();
  root.count('e', sumBelow(files, 'e'));
  expect(root.totalOf('')).toMatchObject({ files: 4 });
  expect(firstOther(root, new Set(['']), 5), 'the engine has named them').toEqual(['e/d']);
});

it('something is taken out of a chosen directory once all of it is known', () => {
  const root = new ThenTree(collator);
  const entries = directoryThen(sized(['d/a', 'd/b', 'd/c/x', 'e']), 'd', '', false).entries;
  root.add('', directoryThen(sized(['d/a', 'e']), '', ''));
  root.add('d', { entries: entries.slice(1, 2), next: 'd/b' });
  expect(unsettled(root, new Set(['d']), 'd')).toEqual([]);
  expect(unsettled(root, new Set(['']), 'd/a')).toEqual(['d']);
  root.add('d', { entries: entries.slice(2), next: 'd/c' });
  root.add('d', { entries: [{ kind: 'directory', path: 'd/c', wasThere: null, sum: null }], next: null });
  expect(unsettled(root, new Set(['']), 'd/a'), 'whether d/c was there is not known').toEqual(['d']);
  root.count('d/c', sumBelow(sized(['d/c/x']), 'd/c'));
  expect(unsettled(root, new Set(['']), 'd/a')).toEqual([]);
  expect([...toggled(root, new Set(['']), 'd/a')].sort()).toEqual(['d/b', 'd/c', 'e']);
});

it('whatever is toggled in whatever order, the same files are chosen as by hand', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const file = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join('/')}.x`);
  fc.assert(
    fc.property(
      fc.uniqueArray(file, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (files, at) => {
        const root = treeOf(sized(files));
        const places = [
          '',
          ...new Set(files.flatMap((one) => one.split('/').map((_, end, all) => all.slice(0, end + 1).join('/')))),
        ];
        const byHand = new Set<string>();
        let chosen: ReadonlySet<string> = new Set();
        for (const pick of at) {
          const place = places[pick % places.length] ?? '';
          const below = files.filter((one) => place === '' || one === place || one.startsWith(`${place}/`));
          const isAll = below.every((one) => byHand.has(one));
          for (const one of below)
            if (isAll) byHand.delete(one);
            else byHand.add(one);
          chosen = toggled(root, chosen, place);
          const check = checker(chosen);
          expect(files.filter((one) => check(one) === 'all').sort()).toEqual([...byHand].sort());
          expect(sumOf(root, chosen).files).toBe(byHand.size);
          const expected = byHand.size === 0 ? 'none' : byHand.size === files.length ? 'all' : 'some';
          expect(check('')).toBe(expected);
        }
      },
    ),
  );
});
