/** What is written by place comes back under its own name: each field of a row has a value that no other has. */
import { expect, test } from 'vitest';
import type { ObjectKey } from '../../../main/contract/names.ts';
import type { FileStat, Intent, JournalRow } from '../../../main/store/types.ts';
import { job, openTables, path } from './support.ts';

const seen = (n: number): FileStat => ({
  dev: `dev ${String(n)}`,
  ino: `ino ${String(n)}`,
  size: n + 1,
  mtimeNs: String(n + 2),
  ctimeNs: String(n + 3),
  mode: n + 4,
});

test('of the journal, for a new row and for one in the place of another', () => {
  const { db, tables } = openTables();
  for (const n of [100, 200]) {
    const row: JournalRow = {
      folder: 'folder',
      path: path('directory/path'),
      stat: seen(n),
      sha256: `sha ${String(n)}`,
      key: `key ${String(n)}` as ObjectKey,
      versionId: `version ${String(n)}`,
      etag: `etag ${String(n)}`,
      policyVersion: n + 5,
      receiptSeq: n + 6,
    };
    tables.journal.put(row);
    expect(tables.journal.find('folder', row.path)).toEqual(row);
  }
  expect(db.prepare('SELECT directory FROM journal').pluck().all()).toEqual(['directory']);
});

test('of the queue, for a new job and for one in the place of another', () => {
  const { db, tables } = openTables();
  for (const [n, operation] of [
    [100, 'put'],
    [200, 'gone'],
  ] as const) {
    const from = { path: path(`from ${String(n)}`), key: 'key' as ObjectKey, versionId: 'version' };
    const source = { ...from, size: n + 9, sha256: 'sha', etag: 'etag', receiptSeq: n + 8 };
    const queued = job('directory/path', {
      folder: 'folder',
      operation,
      reason: `reason ${String(n)}`,
      size: n + 1,
      seen: seen(n),
      seenAt: `2026-01-01T00:00:00.${String(n)}Z`,
      source,
    });
    tables.jobs.enqueue(queued);
    expect(tables.jobs.find('folder', queued.path)).toMatchObject(queued);
    expect(tables.order.ranked('folder', operation === 'put' ? 0 : 2, 9)).toHaveLength(1);
  }
  expect(db.prepare('SELECT directory FROM jobs').pluck().all()).toEqual(['directory']);
});

test('of an attempt', () => {
  const { tables } = openTables();
  const intent: Intent = {
    attemptId: 'attempt',
    folder: 'folder',
    path: path('path'),
    key: 'key' as ObjectKey,
    operation: 'multipart',
    seen: seen(100),
    seenAt: 'seen at',
    sha256: 'sha',
    request: { Bucket: 'bucket' },
    policyVersion: 7,
    startedAt: 'started at',
  };
  tables.attempts.addIntent(intent);
  expect(tables.attempts.intentsOf('folder', intent.path)).toEqual([intent]);
  // Those of one path come in the order of their start, whatever their ids.
  for (const [attemptId, startedAt] of [
    ['b', 'a 2'],
    ['a', 'a 3'],
    ['c', 'a 1'],
    ['d', 'a 2'],
  ] as const) {
    tables.attempts.addIntent({ ...intent, path: path('many'), attemptId, startedAt });
  }
  expect(tables.attempts.intentsOf('folder', path('many')).map((one) => one.attemptId)).toEqual(['c', 'b', 'd', 'a']);
});

test('of the activity', () => {
  const { tables } = openTables();
  const entry = { at: 'at', folder: 'folder', kind: 'saved', code: 'code', path: 'path', detail: { size: 1 } } as const;
  tables.activity.add(entry);
  expect(tables.activity.list(null, null, 9)).toEqual([{ ...entry, seq: 1 }]);
});
