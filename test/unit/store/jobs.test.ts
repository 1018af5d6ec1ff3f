import { describe, expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { ObjectKey } from '../../../main/contract/names.ts';
import type { Job, MoveSource } from '../../../main/store/types.ts';
import { job, journalRow, newReceipt, openTables, path, SEEN_AT, stat } from './support.ts';
import { JOB_CLASS, JOB_CLASSES, recordGone, recordStored, type WriteTables } from '../../../main/store/index.ts';

const cause = failure('damaged', { key: 'a', answer: 'x' });

/** Due jobs of the folder, as the queue finds them: those whose time has come are made due first. */
function dueOf(tables: WriteTables, nowMs: number): Job[] {
  tables.order.promote(nowMs, ['f']);
  const found = JOB_CLASSES.flatMap((one) => tables.order.ranked('f', one, 10));
  return found.flatMap(({ id }) => tables.order.job(id) ?? []);
}

function opened() {
  const { db, tables } = openTables();
  const find = (at = 'a'): Job => {
    const found = tables.jobs.find('f', path(at));
    if (found === null) throw new Error(`no job of ${at}`);
    return found;
  };
  /** A job of `a` that is under way. */
  const active = (): number => {
    tables.jobs.enqueue(job('a'));
    const { id } = find();
    tables.jobs.activate(id);
    return id;
  };
  return { db, tables, jobs: tables.jobs, find, active, due: (nowMs: number) => dueOf(tables, nowMs) };
}

describe('one row a path', () => {
  test('a newer operation replaces a waiting one, with all that belonged to it', () => {
    const { jobs, find } = opened();
    jobs.enqueue(job('a'));
    const { id } = find();
    jobs.retryAt(id, 5000, cause, true);
    jobs.enqueue(
      job('a', { operation: 'gone', reason: 'vanished', size: 9, seen: null, seenAt: '2026-04-01T00:00:00.000Z' }),
    );
    expect(find()).toEqual({
      id,
      folder: 'f',
      path: 'a',
      operation: 'gone',
      reason: 'vanished',
      size: 9,
      seen: null,
      seenAt: '2026-04-01T00:00:00.000Z',
      state: 'waiting',
      renewed: false,
      attempts: 0,
      crashes: 0,
      notBeforeMs: 0,
      isFirst: false,
      intervalMs: 0,
      error: null,
      source: null,
    });
    expect(jobs.ofFolder('f')).toHaveLength(1);
  });

  test('a newer operation takes a parked one out of its place', () => {
    const { jobs, find, active } = opened();
    jobs.park(active(), cause);
    expect(find()).toMatchObject({ state: 'parked', error: cause });
    jobs.enqueue(job('a', { seen: stat({ size: 4 }) }));
    expect(find()).toMatchObject({ state: 'waiting', error: null, attempts: 0 });
  });

  test('one that is renewed while it is under way runs again once it ends, with what was seen last', () => {
    const { jobs, find, active } = opened();
    const id = active();
    jobs.enqueue(job('a', { size: 7, seen: stat({ size: 7 }) }));
    expect(find()).toMatchObject({ state: 'active', renewed: true, attempts: 1, size: 7 });
    jobs.finish(id);
    expect(find()).toMatchObject({ state: 'waiting', renewed: false, attempts: 0, size: 7, seen: stat({ size: 7 }) });
    jobs.activate(id);
    jobs.finish(id);
    expect(jobs.find('f', path('a'))).toBeNull();
  });

  test('one that is renewed while it fails for good is not parked: what failed is no longer what counts', () => {
    const { jobs, find, active, due } = opened();
    const id = active();
    jobs.enqueue(job('a', { seen: stat({ size: 7 }) }));
    jobs.park(id, cause);
    expect(find()).toMatchObject({ state: 'waiting', renewed: false });
    expect(due(0)).toHaveLength(1);
  });

  test('a path that cannot be kept is parked without an attempt, and never takes one from under way', () => {
    const { jobs, find, active } = opened();
    const refused = failure('name-collides', { path: 'b', other: 'B' });
    jobs.parkPath('f', path('b'), 'refused', 0, SEEN_AT, refused);
    expect(find('b')).toMatchObject({ state: 'parked', attempts: 0, error: refused, seen: null });
    active();
    jobs.parkPath('f', path('a'), 'refused', 0, SEEN_AT, refused);
    expect(find()).toMatchObject({ state: 'active', error: null });
  });

  test('neither drop nor retry touches one that is under way', () => {
    const { jobs, find, active } = opened();
    active();
    jobs.drop('f', path('a'));
    expect(jobs.retryPath('f', path('a'))).toBe(0);
    expect(jobs.retryFolder('f')).toBe(0);
    expect(find()).toMatchObject({ state: 'active', attempts: 1 });
  });
});

describe('what is due', () => {
  test('parked ones never are, until somebody asks', () => {
    const { jobs, active, due } = opened();
    jobs.park(active(), cause);
    expect(due(1e15)).toEqual([]);
    expect(jobs.retryPath('f', path('a'))).toBe(1);
    expect(due(0).map((one) => [one.attempts, one.crashes, one.error])).toEqual([[0, 0, null]]);
  });

  test('retry of a folder wakes what is parked and what waits for its time, and says how many', () => {
    const { jobs, find, due } = opened();
    for (const at of ['parked', 'backing-off', 'waiting']) jobs.enqueue(job(at));
    jobs.park(find('parked').id, cause);
    jobs.retryAt(find('backing-off').id, 5e12, cause, true);
    jobs.enqueue(job('other', { folder: 'g' }));
    expect(jobs.retryFolder('f')).toBe(2);
    expect(due(0)).toHaveLength(3);
    expect(jobs.retryFolder('f')).toBe(0);
  });

  test('a time to wait for that lies too far away is brought near, others stay', () => {
    const { jobs, find } = opened();
    for (const at of ['far', 'near']) jobs.enqueue(job(at));
    jobs.retryAt(find('far').id, 9e15, cause, true);
    jobs.retryAt(find('near').id, 500, cause, true);
    jobs.clampNotBefore(0, 60_000);
    expect([find('far').notBeforeMs, find('near').notBeforeMs]).toEqual([60_000, 500]);
  });

  test('an attempt that does not count is taken off again', () => {
    const { jobs, find, active } = opened();
    const id = active();
    jobs.retryAt(id, 0, cause, false);
    expect(find()).toMatchObject({ state: 'waiting', attempts: 0, error: cause });
    jobs.activate(id);
    jobs.retryAt(id, 0, null, true);
    expect(find()).toMatchObject({ state: 'waiting', attempts: 1, error: null });
  });
});

describe('a name that a file was moved away from', () => {
  const source: MoveSource = {
    path: path('old'),
    key: 'old' as ObjectKey,
    versionId: 'v1',
    size: 3,
    sha256: 'aa',
    etag: null,
    receiptSeq: 1,
  };
  /** The move of `old` to `a`, and the end of `old`, which came first. */
  function moved(end: 'gone' | 'delete' = 'gone') {
    const all = opened();
    all.jobs.enqueue(job('old', { operation: end, seen: null }));
    all.jobs.enqueue(job('a', { source }));
    const due = (): string[] => all.due(10).map((one) => one.path);
    const waits = (): [boolean, number | null] => [all.tables.order.isAnyOpen(['f']), all.tables.order.nextAt(['f'])];
    return { ...all, due, waits };
  }

  test.each(['gone', 'delete'] as const)('is not due to end (%s) while it is copied from', (end) => {
    const { jobs, find, due, waits } = moved(end);
    expect(due()).toEqual(['a']);
    const { id } = find();
    jobs.activate(id);
    expect([due(), waits()]).toEqual([[], [true, null]]);
    jobs.retryAt(id, 5_000, cause, true);
    expect([due(), waits()]).toEqual([[], [true, 5_000]]);
    jobs.activate(id);
    jobs.finish(id);
    expect([due(), waits()]).toEqual([['old'], [true, null]]);
  });

  test('ends though the file that would be copied from it needs attention', () => {
    const { jobs, find, due } = moved();
    jobs.activate(find().id);
    jobs.park(find().id, cause);
    expect(due()).toEqual(['old']);
    expect(find().source, 'and is still what a retry copies from').toEqual(source);
    expect(jobs.isSource('f', path('old'))).toBe(true);
  });

  test('holds nothing back once the file has come to be another one', () => {
    const { jobs, find, due } = moved();
    jobs.enqueue(job('a'));
    expect(find().source).toBeNull();
    expect(due().sort()).toEqual(['a', 'old']);
    expect(jobs.isSource('f', path('old'))).toBe(false);
  });

  test('a put of that name does not wait, nor does another folder', () => {
    const { jobs, tables, due } = moved();
    jobs.enqueue(job('old'));
    expect(due().sort()).toEqual(['a', 'old']);
    jobs.enqueue(job('old', { folder: 'g', operation: 'gone' }));
    expect(tables.order.ranked('g', JOB_CLASS.end, 10)).toHaveLength(1);
  });
});

test('after a crash what was under way waits again, at once, and the crash is counted', () => {
  const { jobs, find, active } = opened();
  const id = active();
  jobs.enqueue(job('b'));
  expect(jobs.recover(1000)).toBe(1);
  expect(find()).toMatchObject({ id, state: 'waiting', crashes: 1, attempts: 1 });
  expect(find('b')).toMatchObject({ crashes: 0 });
  jobs.activate(id);
  jobs.recover(1000);
  expect(find().crashes).toBe(2);
  jobs.enqueue(job('a', { seen: stat({ size: 8 }) }));
  expect(find().crashes).toBe(0);
});

test('counts tell what waits, is under way and needs attention, and the bytes still to go', () => {
  const { jobs, find } = opened();
  expect(jobs.counts('f')).toEqual({ waiting: 0, held: 0, early: 0, active: 0, parked: 0, bytes: 0 });
  for (const [at, size] of [
    ['a', 1],
    ['b', 20],
    ['c', 300],
  ] as const)
    jobs.enqueue(job(at, { size }));
  jobs.activate(find('b').id);
  jobs.park(find('c').id, cause);
  expect(jobs.counts('f')).toEqual({ waiting: 1, held: 0, early: 0, active: 1, parked: 1, bytes: 21 });
  expect(jobs.firstParked('f')?.path).toBe('c');
  expect(jobs.firstParked('g')).toBeNull();
});

describe('what belongs together', () => {
  test('a stored file: receipt, journal, end of its attempts, and a line to read', () => {
    const { tables } = openTables();
    const intent = {
      attemptId: 'i1',
      folder: 'f',
      path: path('a'),
      key: journalRow('a').key,
      operation: 'put' as const,
      seen: stat(),
      seenAt: SEEN_AT,
      sha256: 'aa',
      request: { Key: 'a' },
      policyVersion: 1,
      startedAt: SEEN_AT,
    };
    tables.attempts.addIntent(intent);
    tables.attempts.addIntent({ ...intent, attemptId: 'i2' });
    expect(tables.attempts.intentsOf('f', path('a'))[0]).toEqual(intent);
    const { receiptSeq, ...row } = journalRow('a');
    expect(receiptSeq).toBe(1);
    tables.now(() => recordStored(tables, newReceipt('a'), row, 'i1'));
    expect(tables.attempts.intentsOf('f', path('a')).map((one) => one.attemptId)).toEqual(['i2']);
    expect(tables.journal.find('f', path('a'))?.receiptSeq).toBe(1);
    tables.now(() => recordStored(tables, newReceipt('a'), row, null));
    expect(tables.attempts.intentsOf('f', path('a'))).toEqual([]);
    expect(tables.activity.list('f', null, 10).map((one) => [one.kind, one.code, one.path, one.detail['seq']])).toEqual(
      [
        ['saved', 'put', 'a', 2],
        ['saved', 'put', 'a', 1],
      ],
    );
    tables.now(() => recordGone(tables, 'f', path('a'), newReceipt('a', { operation: 'gone' })));
    expect(tables.journal.find('f', path('a'))).toBeNull();
    expect(tables.activity.list('f', null, 1)[0]).toMatchObject({ kind: 'gone', path: 'a' });
    expect(tables.receipts.check()).toEqual({ checked: 3, ok: true, brokenAtSeq: null });
  });

  test('an upload goes with its parts; a part that was sent again replaces the one before', () => {
    const { db, tables } = openTables();
    const upload = {
      folder: 'f',
      path: path('a'),
      uploadId: 'u',
      key: journalRow('a').key,
      attemptId: 'i',
      seen: stat(),
      partSize: 16,
      policyVersion: 1,
      algorithm: 'CRC32',
      checksumType: 'FULL_OBJECT' as const,
      request: { a: 1 },
      response: { b: 2 },
    };
    tables.attempts.addUpload(upload);
    expect(tables.attempts.uploadOf('f', path('a'))).toEqual(upload);
    expect(() => {
      tables.attempts.addUpload({ ...upload, uploadId: 'second' });
    }).toThrow(/UNIQUE/);
    const part = { number: 1, size: 16, etag: 'x', checksum: 'y', sha256: 'z' };
    tables.attempts.addPart('u', part);
    tables.attempts.addPart('u', { ...part, number: 2 });
    tables.attempts.addPart('u', { ...part, etag: 'later' });
    expect(tables.attempts.partsOf('u')).toEqual([
      { ...part, etag: 'later' },
      { ...part, number: 2 },
    ]);
    expect(tables.attempts.uploadsOfFolder('f')).toHaveLength(1);
    tables.attempts.removeUpload('u');
    expect(tables.attempts.uploadOf('f', path('a'))).toBeNull();
    expect(db.prepare('SELECT count(*) AS n FROM upload_parts').get()).toEqual({ n: 0 });
  });

  test('what is known of folder and bucket is kept, each fact apart', () => {
    const { tables } = openTables();
    const { folders } = tables;
    const unknown = { versioning: 'unknown', checksums: 'unknown', conditions: 'unknown' } as const;
    expect(folders.find('f')).toMatchObject({ root: null, lastScanAt: null, files: 0, problem: null });
    folders.setRoot('f', '18446744073709551615', '5');
    folders.setScanned('f', SEEN_AT);
    folders.addSuperseded('f', 2);
    folders.addSuperseded('f', 3);
    folders.setProblem('f', cause);
    expect(folders.find('f')).toMatchObject({
      root: { dev: '18446744073709551615', ino: '5' },
      lastScanAt: SEEN_AT,
      superseded: 5,
      problem: cause,
    });
    folders.setProblem('f', null);
    expect(folders.find('f')).toMatchObject({ problem: null, superseded: 5 });
    expect(folders.capabilities('c', 'b')).toEqual(unknown);
    folders.setCapabilities('c', 'b', { ...unknown, versioning: 'enabled' }, SEEN_AT);
    folders.setCapabilities('c', 'b', { ...unknown, versioning: 'enabled', checksums: 'silent' }, SEEN_AT);
    expect(folders.capabilities('c', 'b')).toEqual({ ...unknown, versioning: 'enabled', checksums: 'silent' });
    expect(folders.capabilities('c', 'other')).toEqual(unknown);
  });

  test('activity: newest first, page by page, of one folder or of all', () => {
    const { tables } = openTables();
    for (const [index, folder] of ['f', 'g', null, 'f'].entries()) {
      tables.activity.add({
        at: SEEN_AT,
        folder,
        kind: 'saved',
        code: 'put',
        path: String(index),
        detail: { n: index },
      });
    }
    const list = (folder: string | null, before: number | null, limit = 10) =>
      tables.activity.list(folder, before, limit).map((row) => row.seq);
    expect(list(null, null)).toEqual([4, 3, 2, 1]);
    expect(list(null, null, 2)).toEqual([4, 3]);
    expect(list(null, 3)).toEqual([2, 1]);
    expect(list('f', null)).toEqual([4, 1]);
    expect(list('f', 4)).toEqual([1]);
  });
});
