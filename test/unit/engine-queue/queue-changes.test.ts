/** What a person changes in the queue, and the least interval. */
import { describe, expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Folder } from '../../../main/contract/models.ts';
import { tooEarly } from '../../../main/engine/least-interval.ts';
import { forgetPath, sendFirst } from '../../../main/engine/queue-changes.ts';
import { leaveRunningMark, removeRunningMark } from '../../../main/engine/running-mark.ts';
import { planDirectory, planLostDirectory } from '../../../main/plan/index.ts';
import type { Listing } from '../../../main/scan/types.ts';
import { FORGOTTEN, recordStored } from '../../../main/store/index.ts';
import type { FileStat, Job } from '../../../main/store/types.ts';
import {
  codeOf,
  job,
  journalRow,
  must,
  newReceipt,
  openTables,
  path,
  SEEN_AT,
  stat,
  temporaryFolder,
} from '../store/support.ts';

const folder = { id: 'f', name: 'Photos', leastIntervalSeconds: 0 } as Folder;
const cause = failure('permission', { action: 'a', resource: 'b', answer: '403' });

function opened() {
  const { tables } = openTables();
  const find = (at = 'a'): Job | null => tables.jobs.find('f', path(at));
  const park = (at = 'a'): void => {
    tables.jobs.activate(find(at)?.id ?? 0);
    tables.jobs.park(find(at)?.id ?? 0, cause);
  };
  const addIntent = (): void => {
    tables.attempts.addIntent({
      attemptId: 'i',
      folder: 'f',
      path: path('a'),
      key: journalRow('a').key,
      operation: 'put',
      seen: stat(),
      seenAt: SEEN_AT,
      sha256: 'aa',
      request: {},
      policyVersion: 1,
      startedAt: SEEN_AT,
    });
  };
  tables.jobs.enqueue(job('a'));
  return { tables, find, park, addIntent };
}

/** What a look at the root finds, of files with these stats. */
function look(tables: ReturnType<typeof opened>['tables'], files: Readonly<Record<string, FileStat>>) {
  const listing = {
    state: 'complete',
    directory: path(''),
    files: Object.entries(files).map(([at, one]) => ({
      path: path(at),
      dev: BigInt(one.dev),
      ino: BigInt(one.ino),
      size: one.size,
      mtimeNs: BigInt(one.mtimeNs),
      ctimeNs: BigInt(one.ctimeNs),
      mode: one.mode,
    })),
    directories: [],
    refused: [{ path: path('bad'), failure: failure('name-collides', { path: 'bad', other: 'BAD' }) }],
    present: new Set([...Object.keys(files), 'bad']),
    skipped: { ignored: 0, links: 0, special: 0 },
    examples: [],
  } as unknown as Extract<Listing, { state: 'complete' }>;
  const known = {
    folder: 'f',
    journal: tables.journal.inDirectory('f', path('')),
    jobs: tables.jobs.inDirectory('f', path('')),
    forgotten: tables.forgotten.inDirectory('f', path('')),
  };
  return planDirectory(listing, known, SEEN_AT);
}

describe('a path that is pulled forward', () => {
  test('waits for nothing any more; what needs attention is tried again', () => {
    const { tables, park, find } = opened();
    park();
    expect(must(sendFirst(folder, path('a'), tables))).toMatchObject({ path: 'a', state: 'waiting', error: null });
    expect(find()).toMatchObject({ isFirst: true, attempts: 0 });
    expect(codeOf(sendFirst(folder, path('b'), tables))).toBe('not-queued');
    tables.jobs.activate(find()?.id ?? 0);
    expect(codeOf(sendFirst(folder, path('a'), tables))).toBe('under-way');
    expect(codeOf(forgetPath(folder, path('a'), tables))).toBe('under-way');
  });
});

describe('a path that is forgotten', () => {
  test('is out of the queue, and is not looked for again until the file changes', () => {
    const { tables, park, find } = opened();
    park();
    expect(must(forgetPath(folder, path('a'), tables))).toEqual({ folder: 'Photos', path: 'a', settling: false });
    expect(find()).toBeNull();
    expect(look(tables, { a: stat() }).jobs).toEqual([]);
    const changed = look(tables, { a: stat({ mtimeNs: '2000000000' }) }).jobs;
    expect(changed.map((one) => one.path)).toEqual(['a']);
    for (const one of changed) tables.jobs.enqueue(one);
    expect(tables.forgotten.count('f')).toBe(0);
    expect(codeOf(forgetPath(folder, path('none'), tables))).toBe('not-queued');
  });

  test('a name that cannot be kept is not told again, and of another reason it is', () => {
    const { tables } = opened();
    expect(look(tables, {}).refused).toHaveLength(1);
    tables.jobs.parkPath(
      'f',
      path('bad'),
      'refused',
      0,
      SEEN_AT,
      failure('name-collides', { path: 'bad', other: 'BAD' }),
    );
    must(forgetPath(folder, path('bad'), tables));
    expect(look(tables, {}).refused).toEqual([]);
    tables.forgotten.add('f', { path: path('bad'), seen: null, refused: 'key-too-long' });
    expect(look(tables, {}).refused).toHaveLength(1);
  });

  test('the end of a path is not looked for again either, until the path is back', () => {
    const { tables } = opened();
    tables.journal.put(journalRow('gone'));
    expect(look(tables, {}).absent.map((row) => row.path)).toEqual(['gone']);
    tables.jobs.enqueue(job('gone', { operation: 'gone', seen: null }));
    must(forgetPath(folder, path('gone'), tables));
    expect(look(tables, {}).absent).toEqual([]);
    const known = {
      folder: 'f',
      journal: tables.journal.inDirectory('f', path('')),
      jobs: [],
      forgotten: tables.forgotten.inDirectory('f', path('')),
    };
    expect(planLostDirectory(path(''), known).absent).toEqual([]);
    for (const one of look(tables, { gone: stat({ size: 9 }) }).jobs) tables.jobs.enqueue(one);
    tables.jobs.drop('f', path('gone'));
    expect(look(tables, {}).absent.map((row) => row.path)).toEqual(['gone']);
  });

  test('with an attempt that may have reached the store it stays, to be settled and not sent', () => {
    const { tables, find, addIntent } = opened();
    addIntent();
    tables.jobs.retryAt(find()?.id ?? 0, 9e12, cause, true);
    expect(must(forgetPath(folder, path('a'), tables)).settling).toBe(true);
    expect(find()).toMatchObject({ reason: FORGOTTEN, state: 'waiting', notBeforeMs: 0, error: null });
    expect(look(tables, { a: stat() }).jobs).toEqual([]);
    expect(look(tables, { a: stat({ size: 5 }) }).jobs).toMatchObject([{ path: 'a', reason: 'new' }]);
  });
});

describe('the least interval', () => {
  const hourly = { ...folder, leastIntervalSeconds: 3600 };
  const storedAt = Date.parse(newReceipt('a').finishedAt);

  function kept() {
    const all = opened();
    const { receiptSeq, ...row } = journalRow('a');
    expect(receiptSeq).toBe(1);
    all.tables.now(() => recordStored(all.tables, newReceipt('a'), row, null));
    const early = (atMs: number, change: Partial<Job> = {}, of: Folder = hourly) => {
      const found = all.find();
      if (found === null) throw new Error('no job');
      return tooEarly(of, { ...found, ...change }, all.tables, atMs);
    };
    return { ...all, early };
  }

  test('holds a file back until its newest version is old enough', () => {
    const { early } = kept();
    expect(early(storedAt + 60_000)).toEqual({ afterMs: 3_540_000, intervalMs: 3_600_000 });
    expect(early(storedAt + 3_600_000)).toBeNull();
    expect(early(storedAt + 60_000, {}, folder)).toBeNull();
  });

  test('holds nothing back that is new, that a person asked for, or that has begun; nor by a clock that was set back', () => {
    const { early, tables } = kept();
    expect(early(storedAt + 1, { path: path('new') })).toBeNull();
    expect(early(storedAt + 1, { isFirst: true })).toBeNull();
    expect(early(storedAt + 1, { reason: 'policy' })).toBeNull();
    expect(early(storedAt - 60_000)).toBeNull();
    tables.attempts.addUpload({
      folder: 'f',
      path: path('a'),
      uploadId: 'u',
      key: journalRow('a').key,
      attemptId: 'i',
      seen: stat(),
      partSize: 16,
      policyVersion: 1,
      algorithm: 'CRC32',
      checksumType: 'FULL_OBJECT',
      request: {},
      response: {},
    });
    expect(early(storedAt + 1)).toBeNull();
  });
});

test('the mark of a running engine tells whether the one before ended in peace', () => {
  const home = temporaryFolder();
  expect(leaveRunningMark(home)).toBe(true);
  expect(leaveRunningMark(home)).toBe(false);
  removeRunningMark(home);
  expect(leaveRunningMark(home)).toBe(true);
});
