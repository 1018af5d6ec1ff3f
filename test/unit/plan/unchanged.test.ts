import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { baseName } from '../../../main/contract/names.ts';
import { digestListing, planDirectory, planUnchanged, toFileStat } from '../../../main/plan/index.ts';
import type { DiskFile, Listing, RefusedEntry } from '../../../main/scan/types.ts';
import type { JournalRow, KnownStat } from '../../../main/store/types.ts';
import { journalRow, path, SEEN_AT } from '../store/support.ts';

type Complete = Extract<Listing, { state: 'complete' }>;

function file(at: string, change: Partial<DiskFile> = {}): DiskFile {
  const times = { mtimeNs: 1_700_000_000_123_456_789n, ctimeNs: 1_700_000_000_223_456_789n };
  return { path: path(at), dev: 1n, ino: 2n, size: 3, mode: 0o100644, ...times, ...change };
}

function listing(files: readonly DiskFile[], directories: readonly string[] = [], others: readonly string[] = []) {
  const present = new Set([...files.map((one) => one.path), ...directories].map(baseName).concat(others));
  const none = { refused: [], skipped: { ignored: 0, links: 0, special: 0 }, examples: [] };
  const listed: Complete = {
    state: 'complete',
    directory: path('d'),
    files,
    directories: directories.map(path),
    present,
    ...none,
  };
  return listed;
}

const rowOf = (one: DiskFile): JournalRow => journalRow(one.path, { stat: toFileStat(one) });
const statOf = ({ path: at, stat }: JournalRow): KnownStat => [
  at,
  stat.dev,
  stat.ino,
  stat.size,
  stat.mtimeNs,
  stat.ctimeNs,
];
const quick = (listed: Complete, rows: readonly JournalRow[]) => planUnchanged(listed, rows.map(statOf));
const whole = (listed: Complete, journal: readonly JournalRow[]) =>
  planDirectory(listed, { folder: 'f', journal, jobs: [] }, SEEN_AT);

describe('a directory in which nothing has happened', () => {
  // By UTF-16 the first of these two comes before the second, by UTF-8, and so in the journal, after it.
  const apart = ['d/😀', 'd/\uffee'];

  test('every file is there as it is known, in whichever order: nothing is to be done', () => {
    const files = ['d/a', ...apart].map((at) => file(at));
    const rows = files.map(rowOf).reverse();
    const plan = whole(listing(files), rows);
    expect(quick(listing(files), rows)).toEqual({ ...plan, present: [...plan.present].reverse() });
    expect([plan.jobs, plan.refreshed, plan.absent, plan.present.length]).toEqual([[], [], [], 3]);
    expect(quick(listing([]), [])).toEqual(whole(listing([]), []));
  });

  test.each<[string, Partial<DiskFile>]>([
    ['size', { size: 4 }],
    ['time', { mtimeNs: 1_700_000_000_123_456_788n }],
    ['change time', { ctimeNs: 1_700_000_000_223_456_790n }],
    ['inode', { ino: 9n }],
    ['device', { dev: 7n }],
  ])('another %s asks for a closer look', (_, change) => {
    const known = ['d/a', 'd/b'].map((at) => rowOf(file(at)));
    expect(quick(listing([file('d/a'), file('d/b', change)]), known)).toBeNull();
    expect(quick(listing([file('d/b'), file('d/a', change)]), known)).toBeNull();
  });

  test.each<[string, Complete, string[]]>([
    ['a file is missing', listing([file('d/a')]), ['d/a', 'd/b']],
    ['all are missing', listing([]), ['d/a']],
    ['a file is new', listing([file('d/a'), file('d/b')]), ['d/a']],
    ['one is missing, another new', listing([file('d/a'), file('d/c')]), ['d/a', 'd/b']],
    ['a directory stands in a file’s place', listing([file('d/a')], ['d/b']), ['d/a', 'd/b']],
    ['a file is ignored by now', listing([file('d/a')], [], ['b']), ['d/a', 'd/b']],
  ])('%s: a closer look', (_, listed, known) => {
    expect(
      quick(
        listed,
        known.map((at) => rowOf(file(at))),
      ),
    ).toBeNull();
  });

  test('what cannot be kept is for the closer look to tell', () => {
    const refused: RefusedEntry[] = [{ path: path('d/b'), failure: failure('file-unreadable', { path: 'd/b' }) }];
    expect(quick({ ...listing([file('d/a')], [], ['b']), refused }, [rowOf(file('d/a'))])).toBeNull();
  });

  test('whatever is listed and known: it answers just where the whole plan asks for nothing, and with that plan', () => {
    const names = ['d/a', 'd/ä', ...apart, 'd/b b'];
    const some = fc.subarray(names);
    const value = fc.constantFrom(1, 2);
    const seen = fc.record({ dev: value, ino: value, size: value, mtimeNs: value, ctimeNs: value, mode: value });
    const stats = fc.array(
      fc.oneof(
        { weight: 9, arbitrary: fc.constant({ dev: 1, ino: 1, size: 1, mtimeNs: 1, ctimeNs: 1, mode: 1 }) },
        seen,
      ),
      { minLength: names.length, maxLength: names.length },
    );
    const fileWith = (at: string, given: { readonly [key in keyof Omit<DiskFile, 'path'>]: number }): DiskFile => ({
      path: path(at),
      dev: BigInt(given.dev),
      ino: BigInt(given.ino),
      size: given.size,
      mtimeNs: BigInt(given.mtimeNs),
      ctimeNs: BigInt(given.ctimeNs),
      mode: given.mode,
    });
    const filesOf = (at: readonly string[], all: readonly Parameters<typeof fileWith>[1][]): DiskFile[] =>
      names.flatMap((name, index) => {
        const given = all[index];
        return at.includes(name) && given !== undefined ? [fileWith(name, given)] : [];
      });
    let quiet = 0;
    const world = fc.record({
      here: some,
      known: some,
      directories: some,
      ignored: some,
      now: stats,
      then: stats,
      sameNames: fc.boolean(),
    });
    fc.assert(
      fc.property(world, ({ here, known, directories, ignored, now, then, sameNames }) => {
        const files = filesOf(here, now);
        const listed = listing(
          files,
          directories.filter((one) => !here.includes(one)),
          ignored.map(baseName),
        );
        const rows = filesOf(sameNames ? here : known, then)
          .map(rowOf)
          .reverse();
        const expected = whole(listed, rows);
        const found = quick(listed, rows);
        const isEach = files.length === rows.length && expected.present.every((one) => here.includes(one));
        const { jobs, refreshed, absent } = expected;
        if (jobs.length + refreshed.length + absent.length > 0 || !isEach) {
          expect(found).toBeNull();
          return;
        }
        quiet += 1;
        const sorted = (all: readonly string[] | undefined): string[] => [...(all ?? [])].sort();
        expect({ ...found, present: sorted(found?.present) }).toEqual({
          ...expected,
          present: sorted(expected.present),
        });
      }),
      { numRuns: 2000 },
    );
    expect(quiet).toBeGreaterThan(100);
  });
});

test('of a listing the names are kept that are no plain files, also where there are none', () => {
  const files = [file('d/a'), file('d/b')];
  const othersOf = (listed: Complete): string[] => [...digestListing(listed).others];
  expect(othersOf(listing(files))).toEqual([]);
  expect(othersOf(listing(files, ['d/c']))).toEqual(['c']);
  expect(othersOf(listing([], ['d/c'], ['x']))).toEqual(['c', 'x']);
});
