import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { recordGone, recordStored } from '../../../main/store/index.ts';
import { migrations } from '../../../main/store/migrations/index.ts';
import type { Intent } from '../../../main/store/types.ts';
import type { ObjectKey } from '../../../main/contract/names.ts';
import { job, journalRow, newReceipt, openTables, path, SEEN_AT, stat, temporaryFolder } from './support.ts';

const deleteOf = (at: string, reason = 'vanished') => job(at, { operation: 'delete', reason, seen: null });

function withDeletes(...reasons: readonly string[]) {
  const { db, tables } = openTables();
  for (const [at, reason] of reasons.entries()) tables.jobs.enqueue(deleteOf(String(at), reason));
  const free = (): readonly unknown[] => db.prepare('SELECT path FROM jobs WHERE held = 0 ORDER BY path').pluck().all();
  return { tables, jobs: tables.jobs, free };
}

describe('deletes that are held back', () => {
  test('are not counted as waiting, and only those that nobody has decided about, or all', () => {
    const { jobs, free } = withDeletes('vanished', 'released', 'moved');
    jobs.enqueue(job('put'));
    expect(jobs.holdDeletes('f', 'undecided')).toBe(1);
    expect(free()).toEqual(['1', '2', 'put']);
    expect(jobs.counts('f')).toMatchObject({ waiting: 3, held: 1 });
    expect(jobs.holdDeletes('f', 'all')).toBe(2);
    expect(free()).toEqual(['put']);
    jobs.holdDeletes('f', 'undecided');
    expect(free(), 'what was decided goes out').toEqual(['1', '2', 'put']);
    jobs.letDeletesGo('f');
    expect(free()).toEqual(['0', '1', '2', 'put']);
  });

  test('are let go by another operation on their path', () => {
    const { jobs, free } = withDeletes('vanished');
    jobs.holdDeletes('f', 'all');
    jobs.enqueue(job('0'));
    expect(free()).toEqual(['0']);
  });

  test('released they are counted no more; discarded they are only noted; the end of a moved name is neither', () => {
    const first = withDeletes('vanished', 'vanished', 'moved');
    first.jobs.holdDeletes('f', 'undecided');
    expect(first.jobs.undecidedPaths('f', 10)).toEqual(['0', '1']);
    expect([first.jobs.releaseDeletes('f'), first.jobs.undecidedDeletes('f'), first.jobs.decidedDeletes('f')]).toEqual([
      ...[2, 0, 2],
    ]);
    expect(first.free()).toHaveLength(3);
    const second = withDeletes('vanished', 'moved');
    second.jobs.holdDeletes('f', 'all');
    expect(second.jobs.keepInstead('f', 'undecided')).toBe(1);
    expect(second.jobs.ofFolder('f').map(({ operation }) => operation)).toEqual(['gone', 'delete']);
    expect(second.jobs.keepInstead('f', 'all')).toBe(1);
    expect(second.free()).toEqual(['0', '1']);
  });
});

describe('what was of late', () => {
  test('a delete counts unless it is told not to, and only another content is a replacement', () => {
    const { tables } = openTables();
    const now = Date.parse(SEEN_AT);
    const since = (what: 'deleted' | 'replaced') => tables.deletes.countSince('f', what, now - 1);
    for (const at of ['a', 'b']) tables.now(() => recordStored(tables, newReceipt(at), journalRow(at), null));
    expect(since('replaced'), 'what is new replaces nothing').toBe(0);
    tables.now(() => recordStored(tables, newReceipt('a'), journalRow('a'), null));
    expect(since('replaced'), 'the same bytes').toBe(0);
    tables.now(() => recordStored(tables, newReceipt('a'), journalRow('a', { sha256: 'bb' }), null));
    expect(since('replaced')).toBe(1);
    const marked = newReceipt('a', { operation: 'delete', versionId: 'm' });
    tables.now(() => recordGone(tables, 'f', path('a'), marked));
    tables.now(() => recordGone(tables, 'f', path('b'), { ...marked, path: 'b' }, false));
    expect(since('deleted')).toBe(1);
    expect(tables.journal.find('f', path('a'))).toBeNull();
    expect(tables.activity.list('f', null, 1)[0]).toMatchObject({ kind: 'gone', code: 'delete' });
    tables.deletes.clampTo('f', now - 10);
    expect(since('deleted'), 'a clock that was wrong').toBe(0);
  });

  test('what stands against deletes is kept, each by itself', () => {
    const { tables } = openTables();
    const cause = failure('deletes-stopped', { folder: 'f', bucket: 'b', reason: 'r' });
    tables.deletes.setBrake('f', SEEN_AT);
    tables.deletes.setStopped('f', cause);
    tables.deletes.setReplaced('f', { at: SEEN_AT, files: 7 });
    tables.deletes.setBrake('f', null);
    expect(tables.deletes.find('f')).toEqual({ stopped: cause, brakeSince: null, replaced: { at: SEEN_AT, files: 7 } });
    tables.deletes.removeFolder('f');
    expect(tables.deletes.find('f')).toEqual({ stopped: null, brakeSince: null, replaced: null });
  });
});

test('attempts of before are still known, and one at a delete can be', () => {
  const home = temporaryFolder();
  const db = new Sqlite(join(home, 'cairn.db'));
  for (const { version, sql } of migrations) {
    if (version >= 50) break;
    db.exec(sql);
    db.pragma(`user_version = ${version}`);
  }
  const before: Intent = {
    attemptId: 'old',
    folder: 'f',
    path: path('a'),
    key: 'a' as ObjectKey,
    operation: 'put',
    seen: stat(),
    seenAt: SEEN_AT,
    sha256: 'aa',
    request: { Bucket: 'b' },
    policyVersion: 1,
    startedAt: SEEN_AT,
  };
  db.prepare(
    `INSERT INTO intents (attempt_id, folder, path, key, operation, seen, seen_at, sha256, request, policy_version, started_at)
     VALUES ('old', 'f', 'a', 'a', 'put', ?, ?, 'aa', '{"Bucket":"b"}', 1, ?)`,
  ).run(JSON.stringify(stat()), SEEN_AT, SEEN_AT);
  db.close();
  const { tables } = openTables(home);
  tables.attempts.addIntent({ ...before, attemptId: 'new', operation: 'delete' });
  expect(tables.attempts.intentsOf('f', path('a')).map(({ attemptId, operation }) => [attemptId, operation])).toEqual([
    ['new', 'delete'],
    ['old', 'put'],
  ]);
});

test('deletes are counted and held by an index of their own, however many other jobs there are', () => {
  const { db } = openTables();
  const words = (sql: string): string =>
    db
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll('?', "'x'")}`)
      .all()
      .map(({ detail }) => detail)
      .join('\n');
  for (const sql of [
    `SELECT count(*) FROM jobs WHERE folder = ? AND held IN (0, 1) AND operation = 'delete' AND reason = 'vanished'`,
    `SELECT 1 FROM jobs WHERE folder = ? AND operation = 'delete' LIMIT 1`,
    `UPDATE jobs SET held = 1 WHERE folder = ? AND operation = 'delete' AND held = 0 AND state = 'waiting'`,
  ]) {
    expect(words(sql)).toMatch(/jobs_deletes/);
  }
});
