import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Differences, FolderTree } from '../../../main/contract/history.ts';
import { checker, firstOther, keptIn, sumOf, toggled, withPaths } from '../../../renderer/state/choice.ts';
import { treeThen, type ThenNode } from '../../../renderer/state/then.ts';

const AT = '2026-11-01T10:00:00.000Z';
const collator = new Intl.Collator('en');
function treeOf(paths: readonly string[], changes: Differences['changes'] = []): ThenNode {
  const entries = paths.map((path, index) => ({
    ...{ path, size: index + 1, versionId: 'v', lastModified: AT, storageClass: null },
  }));
  const tree: FolderTree = { entries, asOf: AT, unsafeKeys: [], more: 0 };
  const counts = { added: 0, changed: 0, gone: 0, moved: 0 };
  return treeThen(tree, { from: AT, to: null, asOf: AT, changes, counts, more: 0 }, collator);
}
const change = (kind: 'added' | 'changed' | 'gone', path: string): Differences['changes'][number] => ({
  ...{ kind, path, movedFrom: null, size: 1, sizeBefore: 1, versionId: null, versionIdBefore: null },
});

it('a directory of which the last file was chosen is chosen, though something came since', () => {
  const root = treeOf(['d/a', 'd/b', 'e'], [change('added', 'd/later'), change('added', 'new/only')]);
  const chosen = withPaths(root, new Set(), ['d/a', 'd/b']);
  expect([...chosen]).toEqual(['d']);
  expect([...withPaths(root, chosen, ['e'])]).toEqual(['']);
  expect([...withPaths(root, new Set(), ['d/later', 'new', 'nowhere'])], 'what was not there cannot be').toEqual([]);
});

it('sums up what is chosen, and names what is other than now', () => {
  const root = treeOf(['d/a', 'd/b', 'e', 'f'], [change('changed', 'd/a'), change('gone', 'f'), change('added', 'g')]);
  expect(sumOf(root, new Set(['d', 'f']))).toEqual({ files: 3, bytes: 7, counts: { changed: 1, gone: 1, moved: 0 } });
  expect(sumOf(root, new Set(['']))).toMatchObject({ files: 4, bytes: 10 });
  expect(firstOther(root, new Set(['']), 5)).toEqual(['d/a', 'f']);
  expect(firstOther(root, new Set(['e', 'f']), 5)).toEqual(['f']);
  expect(firstOther(root, new Set(['']), 1)).toEqual(['d/a']);
});

it('keeps of a choice what another tree has', () => {
  expect([...keptIn(treeOf(['d/a', 'x']), new Set(['d', 'gone', 'e/f']))]).toEqual(['d']);
});

it('whatever is toggled in whatever order, the same files are chosen as by hand', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const file = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join('/')}.x`);
  fc.assert(
    fc.property(
      fc.uniqueArray(file, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (files, at) => {
        const root = treeOf(files);
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
