import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { baseName, parentPath, ROOT, type RelPath } from '../../../main/contract/names.ts';
import {
  digestListing,
  lostDirectories,
  noteAbsence,
  planDirectory,
  planLostDirectory,
  PROOF_GAP_MS,
  toFileStat,
  type ListedDirectory,
} from '../../../main/plan/index.ts';
import type { DiskFile, Listing } from '../../../main/scan/types.ts';
import type { Job, JournalRow } from '../../../main/store/types.ts';
import { job, journalRow, path, SEEN_AT, stat } from '../store/support.ts';

type Complete = Extract<Listing, { state: 'complete' }>;

function file(at: string, change: Partial<DiskFile> = {}): DiskFile {
  return {
    path: path(at),
    dev: 1n,
    ino: 2n,
    size: 3,
    mtimeNs: 1_000_000_000n,
    ctimeNs: 1_000_000_000n,
    mode: 0o100644,
    ...change,
  };
}

function listing(directory: string, change: Partial<Complete> = {}): Complete {
  const { files = [], directories = [], refused = [] } = change;
  const names = [...files.map((one) => one.path), ...directories, ...refused.map((one) => one.path)].map(baseName);
  return {
    state: 'complete',
    directory: path(directory),
    files,
    directories,
    refused,
    present: new Set(names),
    skipped: { ignored: 0, links: 0, special: 0 },
    examples: [],
    ...change,
  };
}

function queued(at: string, change: Partial<Job> = {}): Job {
  return {
    ...job(at),
    id: 1,
    state: 'waiting',
    renewed: false,
    attempts: 0,
    crashes: 0,
    notBeforeMs: 0,
    isFirst: false,
    intervalMs: 0,
    error: null,
    source: null,
    ...change,
  };
}

const plan = (listed: Complete, journal: readonly JournalRow[] = [], jobs: readonly Job[] = []) =>
  planDirectory(listed, { folder: 'f', journal, jobs }, SEEN_AT);
const nothing = { jobs: [], refreshed: [], refused: [], dropped: [], absent: [], leaving: [], superseded: 0 };

describe('one directory against the journal', () => {
  test('a new file is put', () => {
    expect(plan(listing('', { files: [file('a')] }))).toMatchObject({
      ...nothing,
      jobs: [
        {
          folder: 'f',
          path: 'a',
          operation: 'put',
          reason: 'new',
          size: 3,
          seen: toFileStat(file('a')),
          seenAt: SEEN_AT,
        },
      ],
    });
  });

  test('a file as it is known: nothing', () => {
    expect(plan(listing('', { files: [file('a')] }), [journalRow('a')])).toMatchObject({ ...nothing, present: ['a'] });
  });

  test.each<[string, Partial<DiskFile>]>([
    ['size', { size: 4 }],
    ['time', { mtimeNs: 1_000_000_001n }],
    ['change time alone', { ctimeNs: 1_000_000_001n }],
    ['inode', { ino: 9n }],
    ['an earlier time', { mtimeNs: 5n }],
  ])('another %s is put', (_, change) => {
    expect(plan(listing('', { files: [file('a', change)] }), [journalRow('a')]).jobs).toMatchObject([
      { path: 'a', reason: 'changed' },
    ]);
  });

  test('the same on a disk with another number: only the journal is brought up to date', () => {
    expect(plan(listing('', { files: [file('a', { dev: 7n })] }), [journalRow('a')])).toMatchObject({
      ...nothing,
      refreshed: [{ path: 'a', stat: stat({ dev: '7' }) }],
    });
  });

  test('a known file that is not listed is absent, and proves nothing yet', () => {
    expect(plan(listing(''), [journalRow('a')])).toMatchObject({ ...nothing, absent: [{ path: 'a' }], present: [] });
  });

  test('what is ignored, a link, or refused by now is there all the same', () => {
    const refused = { path: path('c'), failure: failure('file-unreadable', { path: 'c' }) };
    const listed = listing('', { refused: [refused], present: new Set(['a', 'b', 'c']) });
    const rows = ['a', 'b', 'c'].map((one) => journalRow(one));
    expect(plan(listed, rows)).toMatchObject({ absent: [], present: ['a', 'b', 'c'], refused: [refused] });
  });

  test('a directory in a file’s place is not the file', () => {
    expect(plan(listing('', { directories: [path('a')] }), [journalRow('a')])).toMatchObject({
      absent: [{ path: 'a' }],
      present: [],
    });
  });
});

describe('one directory against the queue', () => {
  const seen = toFileStat(file('a'));

  test.each(['waiting', 'active', 'parked'] as const)('what is %s with this very content stays as it is', (state) => {
    expect(plan(listing('', { files: [file('a')] }), [], [queued('a', { state, seen })])).toMatchObject(nothing);
  });

  test.each([
    ['waiting', 1],
    ['active', 0],
    ['parked', 0],
  ] as const)('a newer content replaces one that is %s; superseded: %i', (state, superseded) => {
    const found = plan(listing('', { files: [file('a', { size: 9 })] }), [], [queued('a', { state, seen })]);
    expect(found).toMatchObject({ superseded, jobs: [{ path: 'a', size: 9 }], dropped: [] });
  });

  test('work on a file that is again as it is known has lost its point, but not what is under way', () => {
    const listed = listing('', { files: [file('a')] });
    for (const operation of ['put', 'gone'] as const) {
      expect(plan(listed, [journalRow('a')], [queued('a', { operation })]).dropped).toEqual(['a']);
      expect(plan(listed, [journalRow('a')], [queued('a', { operation, state: 'parked' })]).dropped).toEqual(['a']);
      expect(plan(listed, [journalRow('a')], [queued('a', { operation, state: 'active' })]).dropped).toEqual([]);
    }
  });

  test('a file that came back changed while it was to be noted as gone is put', () => {
    const found = plan(
      listing('', { files: [file('a', { size: 9 })] }),
      [journalRow('a')],
      [queued('a', { operation: 'gone', seen: null })],
    );
    expect(found).toMatchObject({ jobs: [{ operation: 'put', reason: 'changed' }], dropped: [], superseded: 0 });
  });

  test('what was never sent and is gone again has nothing to keep; superseded only where it waited', () => {
    expect(plan(listing(''), [], [queued('a')])).toMatchObject({ dropped: ['a'], superseded: 1 });
    expect(plan(listing(''), [], [queued('a', { state: 'parked' })])).toMatchObject({ dropped: ['a'], superseded: 0 });
    const underWay = queued('a', { state: 'active' });
    expect(plan(listing(''), [], [underWay])).toMatchObject({ dropped: [], leaving: ['a'], superseded: 0 });
  });

  test('what is in the journal and not listed is judged as an absence, not dropped', () => {
    expect(plan(listing(''), [journalRow('a')], [queued('a')])).toMatchObject({ dropped: [], absent: [{ path: 'a' }] });
  });

  test('a refused path that is parked for the same reason is not told again; for another it is', () => {
    const collides = failure('name-collides', { path: 'a', other: 'b' });
    const listed = listing('', { refused: [{ path: path('a'), failure: collides }] });
    expect(plan(listed).refused).toHaveLength(1);
    expect(plan(listed, [], [queued('a', { state: 'parked', error: collides })])).toMatchObject(nothing);
    expect(plan(listed, [], [queued('a', { state: 'parked', error: failure('name-not-utf8') })]).refused).toHaveLength(
      1,
    );
  });

  test('a path that may be kept by now leaves its parking place', () => {
    const parked = queued('a', { state: 'parked', seen: null, error: failure('name-collides') });
    expect(plan(listing('', { files: [file('a')] }), [], [parked]).jobs).toMatchObject([
      { path: 'a', operation: 'put' },
    ]);
  });
});

test('whatever is listed and known: a path gets one verdict, and what is there is never absent', () => {
  const names = fc.subarray<string>(['a', 'b', 'c', 'd']);
  const kept = fc.record({ files: names, directories: names, ignored: names, journal: names, changed: names });
  const jobs = fc.array(
    fc.record({
      at: fc.constantFrom('a', 'b', 'c', 'd'),
      state: fc.constantFrom('waiting', 'active', 'parked'),
      operation: fc.constantFrom('put', 'gone'),
    }),
  );
  fc.assert(
    fc.property(kept, jobs, (given, rawJobs) => {
      const files = given.files.map((one) => file(one, given.changed.includes(one) ? { size: 77 } : {}));
      const directories = given.directories.filter((one) => !given.files.includes(one)).map(path);
      const present = new Set([...given.files, ...directories, ...given.ignored]);
      const byPath = new Map<string, Job>(
        rawJobs.map((one) => [one.at, queued(one.at, { state: one.state, operation: one.operation })]),
      );
      const found = plan(
        listing('', { files, directories, present }),
        given.journal.map((one) => journalRow(one)),
        [...byPath.values()],
      );
      const put = found.jobs.map((one) => String(one.path));
      const absent = found.absent.map((one) => String(one.path));
      expect(new Set(put).size).toBe(put.length);
      for (const one of put) expect([...found.dropped, ...absent]).not.toContain(one);
      for (const one of given.files) expect(absent).not.toContain(one);
      for (const one of given.journal) expect([...absent, ...found.present.map(String)]).toContain(one);
      for (const one of given.files) {
        const isKnown = given.journal.includes(one) && !given.changed.includes(one);
        if (!isKnown && !byPath.has(one)) expect(put).toContain(one);
        if (isKnown) expect(put).not.toContain(one);
      }
      for (const one of found.dropped) expect(byPath.get(one)?.state).not.toBe('active');
    }),
    { numRuns: 500 },
  );
});

describe('directories that are gone', () => {
  const listed = (others: readonly string[], complete = true): ListedDirectory => ({
    complete,
    others: new Set(others),
  });

  test.each<[string, string[], Record<string, ListedDirectory>, string[]]>([
    ['not in the listing above', ['a'], { '': listed(['b']) }, ['a']],
    ['in the listing above', ['a'], { '': listed(['a']) }, []],
    ['the listing above is not whole', ['a'], { '': listed([], false) }, []],
    ['a deeper one, by the nearest listing', ['a/b/c'], { '': listed(['a']), a: listed(['x']) }, ['a/b/c']],
    ['the nearest could not be read', ['a/b'], { '': listed([]), a: listed([], false) }, []],
    ['nothing above was listed', ['a/b'], { x: listed([]) }, []],
    ['listed itself', ['a'], { '': listed(['a']), a: listed([]) }, []],
    ['the root is never lost', [''], { x: listed([]) }, []],
  ])('%s', (_, known, listings, expected) => {
    expect(
      lostDirectories(known.map(path), new Map(Object.entries(listings).map(([at, one]) => [path(at), one]))),
    ).toEqual(expected);
  });

  test('a listing that is unknown shows nothing at all', () => {
    expect(digestListing({ state: 'unknown', directory: ROOT, failure: failure('root-unreadable') }).complete).toBe(
      false,
    );
    const digest = digestListing(
      listing('d', { files: [file('d/a')], directories: [path('d/b')], present: new Set(['a', 'b', '.git']) }),
    );
    expect([digest.complete, [...digest.others]]).toEqual([true, ['b', '.git']]);
  });

  test('a file that stands in the place of a directory shows that the directory is gone', () => {
    const root = digestListing(listing('', { files: [file('a')], present: new Set(['a', 'b']) }));
    expect(lostDirectories([path('a'), path('b')], new Map([[ROOT, root]]))).toEqual(['a']);
  });

  test('property: in random trees only what is truly not there is lost, and what cannot be seen never is', () => {
    // Each directory of a tree of letters is there or not; one that is there may be ignored (not walked) or unreadable.
    const letters = ['a', 'b'] as const;
    const every: string[] = [];
    const grow = (above: string, depth: number): void => {
      for (const letter of letters) {
        const one = above === '' ? letter : `${above}/${letter}`;
        every.push(one);
        if (depth > 1) grow(one, depth - 1);
      }
    };
    grow('', 4);
    const state = fc.constantFrom('there', 'there', 'there', 'missing', 'ignored', 'unreadable', 'file');
    fc.assert(
      fc.property(
        fc.array(state, { minLength: every.length, maxLength: every.length }),
        fc.subarray(every),
        (states, known) => {
          const of = new Map(every.map((one, index) => [one, states[index] ?? 'there']));
          const reaches = (one: string): boolean => {
            const above = parentPath(path(one));
            return above === '' || (of.get(above) === 'there' && reaches(above));
          };
          const listings = new Map<RelPath, ListedDirectory>();
          for (const one of ['', ...every]) {
            const kind = one === '' ? 'there' : of.get(one);
            if (one !== '' && !reaches(one)) continue;
            if (kind === 'unreadable') listings.set(path(one), listed([], false));
            if (kind !== 'there') continue;
            const children = every.filter((child) => parentPath(path(child)) === one && of.get(child) !== 'missing');
            listings.set(path(one), listed(children.filter((child) => of.get(child) !== 'file').map(baseName)));
          }
          /** By the truth: the first thing on the way that is not a directory to be walked decides. */
          const isLost = (one: string): boolean => {
            const parts = one.split('/');
            for (let depth = 1; depth <= parts.length; depth += 1) {
              const kind = of.get(parts.slice(0, depth).join('/'));
              if (kind === 'missing' || kind === 'file') return true;
              if (kind !== 'there') return false;
            }
            return false;
          };
          expect(lostDirectories(known.map(path), listings)).toEqual(known.filter(isLost));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('all that was known in a lost directory is absent, what was never sent is dropped, what is under way is left', () => {
    const found = planLostDirectory(path('d'), {
      folder: 'f',
      journal: [journalRow('d/known')],
      jobs: [queued('d/new'), queued('d/known'), queued('d/active', { state: 'active' })],
    });
    expect(found).toMatchObject({
      directory: 'd',
      jobs: [],
      absent: [{ path: 'd/known' }],
      leaving: ['d/active'],
      present: [],
      dropped: ['d/new'],
      superseded: 1,
    });
  });
});

describe('the proof of an absence', () => {
  test('a first look proves nothing, however late; a second proves it from ten seconds on', () => {
    expect(noteAbsence(null, 1e9, SEEN_AT)).toEqual({
      kind: 'noted',
      absence: { sinceMs: 1e9, seenAt: SEEN_AT },
      againInMs: PROOF_GAP_MS,
    });
    const first = { sinceMs: 1000, seenAt: SEEN_AT };
    expect(noteAbsence(first, 1000 + PROOF_GAP_MS - 1, 'later')).toEqual({
      kind: 'noted',
      absence: first,
      againInMs: 1,
    });
    expect(noteAbsence(first, 1000 + PROOF_GAP_MS, 'later')).toEqual({ kind: 'proven', absence: first });
    expect(PROOF_GAP_MS).toBeGreaterThanOrEqual(10_000);
  });

  test('property: proven just where two looks lie far enough apart, and it dates from the first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12_000 }), { minLength: 1, maxLength: 10 }), (waits) => {
        let now = 0;
        let before: ReturnType<typeof noteAbsence>['absence'] | null = null;
        for (const [index, wait] of waits.entries()) {
          now += wait;
          const verdict = noteAbsence(before, now, String(index));
          const since = waits[0] ?? 0;
          expect(verdict.kind === 'proven').toBe(index > 0 && now - since >= PROOF_GAP_MS);
          expect(verdict.absence).toEqual({ sinceMs: since, seenAt: '0' });
          before = verdict.absence;
        }
      }),
    );
  });
});
