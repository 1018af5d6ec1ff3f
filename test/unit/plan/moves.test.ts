import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inodesToAsk, planDirectory, withSources, type DirectoryPlan } from '../../../main/plan/index.ts';
import type { DiskFile } from '../../../main/scan/types.ts';
import type { JournalRow } from '../../../main/store/types.ts';
import { journalRow, path, SEEN_AT, stat } from '../store/support.ts';

interface Kept {
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
}

/** A file that was sent under a path; the version's names tell whose it is. */
function known(at: string, { ino, size, mtimeNs }: Kept, change: Partial<JournalRow> = {}): JournalRow {
  const kept = { versionId: `version of ${at}`, sha256: `sha256 of ${at}`, receiptSeq: Number(ino) };
  return journalRow(at, { stat: stat({ ino, size, mtimeNs }), ...kept, ...change });
}

/** The same file found at a path after a rename, which sets ctime and nothing else. */
function found(at: string, { ino, size, mtimeNs }: Kept): DiskFile {
  const times = { mtimeNs: BigInt(mtimeNs), ctimeNs: 5_000_000_000n };
  return { path: path(at), dev: 1n, ino: BigInt(ino), size, mode: 0o100644, ...times };
}

function plan(files: readonly DiskFile[], journal: readonly JournalRow[]): DirectoryPlan {
  const listed = new Set(files.map((file) => file.path));
  const listing = { state: 'complete', directory: path(''), files, directories: [], refused: [] } as const;
  const rest = { present: listed, skipped: { ignored: 0, links: 0, special: 0 }, examples: [] };
  const here = planDirectory({ ...listing, ...rest }, { folder: 'f', journal, jobs: [] }, SEEN_AT);
  const asked = new Set(inodesToAsk(here));
  // As the journal answers: whatever is known under these numbers, in no order that counts.
  return withSources(here, journal.filter((row) => asked.has(row.stat.ino)).reverse());
}

const sources = (of: DirectoryPlan) => Object.fromEntries(of.jobs.map((job) => [job.path, job.source?.path ?? null]));
const one = { ino: '11', size: 3, mtimeNs: '1000000000' };
const two = { ino: '12', size: 3, mtimeNs: '1000000000' };
const three = { ino: '13', size: 9, mtimeNs: '2000000000' };

describe('a file under another name', () => {
  test('carries the version that it had there, frozen, and says why it is queued', () => {
    expect(plan([found('b', one)], [known('a', one)]).jobs).toMatchObject([
      {
        path: 'b',
        operation: 'put',
        reason: 'moved',
        source: {
          path: 'a',
          key: 'a',
          versionId: 'version of a',
          size: 3,
          sha256: 'sha256 of a',
          etag: 'e1',
          receiptSeq: 11,
        },
      },
    ]);
  });

  test('two that are swapped; three in a ring; the old name of a new file', () => {
    expect(sources(plan([found('a', two), found('b', one)], [known('a', one), known('b', two)]))).toEqual({
      a: 'b',
      b: 'a',
    });
    const journal = [known('a', one), known('b', two), known('c', three)];
    expect(sources(plan([found('b', one), found('c', two), found('a', three)], journal))).toEqual({
      b: 'a',
      c: 'b',
      a: 'c',
    });
    const fresh = { ...one, ino: '99' };
    expect(sources(plan([found('log', fresh), found('log.1', one)], [known('log', one)]))).toEqual({
      log: null,
      'log.1': 'log',
    });
  });

  test('whatever changed places, each is to be copied from where it was, and what stayed is left alone', () => {
    const files = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
    const drawn = files.chain((inodes) =>
      fc.record({
        kept: fc.constant(inodes.map((ino) => ({ ino: String(ino), size: 1 + (ino % 3), mtimeNs: String(ino % 4) }))),
        order: fc.shuffledSubarray([...inodes.keys()], { minLength: inodes.length }),
      }),
    );
    fc.assert(
      fc.property(drawn, ({ kept, order }) => {
        const journal = kept.map((file, at) => known(`p${String(at)}`, file));
        const disk = kept.flatMap((file, at) => {
          const to = order[at];
          if (to === undefined) return [];
          // What did not move has not been touched either.
          return to === at
            ? [{ ...found(`p${String(to)}`, file), ctimeNs: 1_000_000_000n }]
            : [found(`p${String(to)}`, file)];
        });
        const expected = Object.fromEntries(
          order.flatMap((to, at) => (to === at ? [] : [[`p${String(to)}`, `p${String(at)}`]])),
        );
        expect(sources(plan(disk, journal))).toEqual(expected);
      }),
    );
  });
});

describe('no hint', () => {
  test.each<[string, Kept]>([
    ['another size under the same number', { ...one, size: 4 }],
    ['another time', { ...one, mtimeNs: '1000000001' }],
    ['another number', { ...one, ino: '99' }],
    ['no bytes', { ...one, size: 0 }],
    ['a file system without numbers', { ...one, ino: '0' }],
  ])('%s', (_, file) => {
    const before = { ...one, size: file.size === 0 ? 0 : 3, ino: file.ino === '0' ? '0' : '11' };
    expect(plan([found('b', file)], [known('a', before)]).jobs).toMatchObject([{ path: 'b', reason: 'new' }]);
    expect(sources(plan([found('b', file)], [known('a', before)]))).toEqual({ b: null });
  });

  test.each([null, 'null'])('a version that has no id of its own: %s', (versionId) => {
    expect(sources(plan([found('b', one)], [known('a', one, { versionId })]))).toEqual({ b: null });
  });

  test('itself, where only its mode or its times of access changed', () => {
    expect(sources(plan([found('a', one)], [known('a', one)]))).toEqual({ a: null });
  });
});

test('of several names of one file the one that was stored last', () => {
  const journal = [known('a', one), known('b', one, { receiptSeq: 40 }), known('c', one, { receiptSeq: 7 })];
  expect(sources(plan([found('d', one)], journal))).toMatchObject({ d: 'b' });
});

test('what is as it was asks nothing', () => {
  const unchanged = { ...found('a', one), ctimeNs: 1_000_000_000n };
  expect(inodesToAsk(plan([unchanged], [known('a', one)]))).toEqual([]);
});
