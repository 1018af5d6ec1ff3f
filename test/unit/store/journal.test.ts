import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { ROOT } from '../../../main/contract/names.ts';
import { journalRow, job, openTables, path, SEEN_AT, stat } from './support.ts';

/** Names that a disk takes and that mean something to SQL, to LIKE, to sorting or to encodings. */
const oddNames = [
  '%',
  '_',
  'a_b',
  'axb',
  '100%',
  '\\',
  "it's",
  '"',
  'ä',
  'a\u0308',
  '😀',
  '日本',
  ' ',
  '.',
  '-',
  '0',
  '/'.normalize(),
  'é́',
  '\u{10fffd}',
  '\n',
  '*',
  '?',
  '[a]',
].filter((name) => !name.includes('/') && name !== '.');
const name = fc
  .oneof(fc.constantFrom(...oddNames), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }))
  .map((text) => text.replaceAll('/', '-').replaceAll('\0', '-').normalize('NFC'))
  .filter((text) => text !== '' && text !== '.' && text !== '..' && !/\p{Cs}/u.test(text));
const anyPath = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

/** As file systems are: no name is a file and a directory at once. */
function withoutClashes(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return [...all].filter((one) => ![...all].some((other) => other.startsWith(`${one}/`)));
}

describe('directories', () => {
  test('what is in one, what lies below one, and which there are, equal a naive answer, whatever the names', () => {
    fc.assert(
      fc.property(fc.array(anyPath, { maxLength: 20 }), fc.array(anyPath, { maxLength: 8 }), (kept, queued) => {
        const { tables } = openTablesOnce();
        const all = withoutClashes([...kept, ...queued]);
        const files = all.filter((one) => kept.includes(one));
        const jobs = all.filter((one) => queued.includes(one));
        tables.now(() => {
          for (const [index, one] of files.entries()) {
            tables.journal.put(
              journalRow(one, {
                stat: stat({ size: index + 1, mtimeNs: String(1_700_000_000_000_000_000n + BigInt(index)) }),
              }),
            );
          }
          for (const [index, one] of jobs.entries()) {
            if (index % 2 === 0) tables.jobs.enqueue(job(one));
            else tables.jobs.parkPath('f', path(one), 'refused', 0, SEEN_AT, failure('file-unreadable', { path: one }));
          }
        });
        const parentOf = (one: string): string => (one.includes('/') ? one.slice(0, one.lastIndexOf('/')) : '');
        const known = [...new Set(files.map(parentOf))].sort();
        expect(tables.journal.directories('f').sort()).toEqual(known);
        for (const directory of ['', ...new Set(all.map(parentOf))]) {
          const base = directory === '' ? '' : `${directory}/`;
          expect(
            tables.journal
              .inDirectory('f', path(directory))
              .map((row) => String(row.path))
              .sort(),
          ).toEqual(files.filter((one) => parentOf(one) === directory).sort());
          // The short form of the same rows, by either way.
          const rows = tables.journal.inDirectory('f', path(directory));
          const stats = rows.map((row) => {
            const { dev, ino, size, mtimeNs, ctimeNs } = row.stat;
            return [row.path, dev, ino, size, mtimeNs, ctimeNs];
          });
          expect(tables.journal.statsIn('f', path(directory), true)).toEqual(stats);
          expect(tables.journal.statsIn('f', path(directory), false)).toEqual(stats);
          const below = known.filter((one) => one !== '' && one !== directory && one.startsWith(base));
          expect(tables.journal.directoriesBelow('f', path(directory)).sort()).toEqual(below);

          const children = new Set(
            all
              .filter((one) => one.startsWith(base) && one.slice(base.length).includes('/'))
              .map((one) => base + (one.slice(base.length).split('/')[0] ?? '')),
          );
          const sums = tables.journal.subdirectories('f', path(directory));
          expect(sums.map((one) => String(one.path)).sort()).toEqual([...children].sort());
          for (const sum of sums) {
            const inside = files.flatMap((one, index) => (one.startsWith(`${sum.path}/`) ? [index + 1] : []));
            const queuedInside = jobs.flatMap((one, index) => (one.startsWith(`${sum.path}/`) ? [index % 2] : []));
            expect(sum.bytes).toBe(inside.reduce((a, b) => a + b, 0));
            expect(sum.waiting).toBe(queuedInside.filter((kind) => kind === 0).length);
            expect(sum.attention).toBe(queuedInside.filter((kind) => kind === 1).length);
            expect(sum.newest).toBe(
              inside.length === 0 ? null : String(1_700_000_000_000_000_000n + BigInt(Math.max(...inside) - 1)),
            );
          }
        }
        tables.now(() => {
          tables.journal.removeFolder('f');
          tables.jobs.removeFolder('f');
        });
        expect(tables.folders.find('f')).toMatchObject({ files: 0, bytes: 0 });
      }),
      { numRuns: 150 },
    );
  });

  test('a directory whose name goes on is another one', () => {
    const { tables } = openTables();
    for (const one of ['a/x', 'a0/x', 'a./x', 'a b/x', 'ab/x', 'a/b/x', 'A/x']) tables.journal.put(journalRow(one));
    expect(tables.journal.directoriesBelow('f', path('a'))).toEqual(['a/b']);
    expect(tables.journal.subdirectories('f', path('a')).map((one) => one.path)).toEqual(['a/b']);
    expect(tables.journal.inDirectory('f', path('a')).map((row) => row.path)).toEqual(['a/x']);
    for (const isLeaf of [true, false]) {
      expect(tables.journal.statsIn('f', path('a'), isLeaf).map(([at]) => at)).toEqual(['a/x']);
    }
  });

  test('a directory that only the queue knows is there', () => {
    const { tables } = openTables();
    tables.jobs.enqueue(job('new/deep/a'));
    expect(tables.journal.subdirectories('f', ROOT)).toEqual([
      { path: 'new', bytes: 0, newest: null, waiting: 1, attention: 0, forgotten: 0, present: 1 },
    ]);
    expect(tables.jobs.directories('f')).toEqual(['new/deep']);
  });
});

/** One database for a property's many runs. */
let kept: ReturnType<typeof openTables> | null = null;
function openTablesOnce(): ReturnType<typeof openTables> {
  if (kept?.db.open !== true) kept = openTables();
  return kept;
}

describe('search', () => {
  const { found } = (() => ({
    found: (text: string, limit = 100): string[] => {
      const { tables } = openTables();
      for (const one of [
        '100%',
        '100x',
        'a_b',
        'axb',
        'back\\slash',
        'caf\u00e9',
        'dir/Deep.TXT',
        '😀 smile',
        "it's",
      ]) {
        tables.journal.put(journalRow(one));
      }
      tables.journal.put(journalRow('other-folder', { folder: 'g' }));
      return tables.journal.search('f', text, limit).map((row) => row.path);
    },
  }))();

  test.each([
    ['%', ['100%']],
    ['0%', ['100%']],
    ['_', ['a_b']],
    ['\\', ['back\\slash']],
    ['caf\u00e9', ['caf\u00e9']],
    ['😀', ['😀 smile']],
    ["'", ["it's"]],
    ['deep.txt', ['dir/Deep.TXT']],
    ['ir/De', ['dir/Deep.TXT']],
    ['other', []],
    ['', ['100%', '100x', 'a_b', 'axb', 'back\\slash', 'caf\u00e9', 'dir/Deep.TXT', "it's", '😀 smile']],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test('stops at the limit', () => {
    expect(found('', 2)).toEqual(['100%', '100x']);
  });
});

test('a row keeps numbers that pass 2^53, and a touch changes its stat alone', () => {
  const { tables } = openTables();
  const large = stat({
    dev: '18446744073709551615',
    ino: '18446744073709551614',
    mtimeNs: '9223372036854775807',
    ctimeNs: '-1',
  });
  tables.journal.put(journalRow('a', { stat: large, versionId: null, etag: null }));
  expect(tables.journal.find('f', path('a'))).toEqual(journalRow('a', { stat: large, versionId: null, etag: null }));
  tables.journal.touch('f', path('a'), stat({ ino: '9' }));
  expect(tables.journal.find('f', path('a'))).toEqual(
    journalRow('a', { stat: stat({ ino: '9' }), versionId: null, etag: null }),
  );
  tables.journal.touch('f', path('none'), stat());
  expect(tables.journal.find('f', path('none'))).toBeNull();
  tables.journal.remove('f', path('a'));
  expect(tables.journal.find('f', path('a'))).toBeNull();
});

test('counts of a folder follow every way in which rows come, change and go', () => {
  const { tables } = openTables();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('put', 'touch', 'remove'), fc.constantFrom('a', 'b', 'c/d'), fc.nat(1e12))),
      (steps) => {
        const model = new Map<string, number>();
        tables.now(() => {
          tables.journal.removeFolder('f');
          for (const [kind, at, size] of steps) {
            if (kind === 'put') tables.journal.put(journalRow(at, { stat: stat({ size }) }));
            else if (kind === 'touch') tables.journal.touch('f', path(at), stat({ size }));
            else tables.journal.remove('f', path(at));
            if (kind === 'put' || (kind === 'touch' && model.has(at))) model.set(at, size);
            else if (kind === 'remove') model.delete(at);
          }
        });
        const bytes = [...model.values()].reduce((a, b) => a + b, 0);
        expect(tables.folders.find('f')).toMatchObject({ files: model.size, bytes });
      },
    ),
    { numRuns: 100 },
  );
});
