/** Files that are gone from disk stay in the list: their versions are still there to be brought back. */
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Folder } from '../../../main/contract/models.ts';
import { forgetPath } from '../../../main/engine/queue-changes.ts';
import { fileRows } from '../../../main/engine/report.ts';
import { recordGone, recordStored, type WriteTables } from '../../../main/store/index.ts';
import { migrations } from '../../../main/store/migrations/index.ts';
import { job, journalRow, must, newReceipt, openTables, path, temporaryFolder } from '../store/support.ts';

const folder = { id: 'f' } as Folder;

function rows(tables: WriteTables, directory: string, search = ''): readonly string[] {
  return fileRows(folder, tables, { directory, search, limit: 100 }).rows.map(
    ({ path: at, kind, state, versions }) => `${kind} ${at} ${state} ${String(versions)}`,
  );
}

function store(tables: WriteTables, at: string): void {
  tables.now(() => recordStored(tables, newReceipt(at), journalRow(at), null));
}

function vanish(tables: WriteTables, at: string): void {
  const receipt = newReceipt(at, { operation: 'gone', versionId: null });
  tables.now(() => recordGone(tables, 'f', path(at), receipt));
}

test('a file that is gone is listed and found with its versions, and a directory of such files too', () => {
  const { tables } = openTables();
  for (const at of ['a.txt', 'b.txt', 'old/c.txt', 'old/deep/d.txt']) store(tables, at);
  for (const at of ['a.txt', 'old/c.txt', 'old/deep/d.txt']) vanish(tables, at);
  expect(rows(tables, '')).toEqual(['directory old gone null', 'file a.txt gone 1', 'file b.txt sync 1']);
  expect(rows(tables, 'old')).toEqual(['directory old/deep gone null', 'file old/c.txt gone 1']);
  expect(rows(tables, '', 'c.t')).toEqual(['file old/c.txt gone 1']);
});

test('a file that comes back is no longer gone: while it waits, and once it is stored', () => {
  const { tables } = openTables();
  store(tables, 'a.txt');
  vanish(tables, 'a.txt');
  tables.now(() => {
    tables.jobs.enqueue(job('a.txt'));
  });
  expect(rows(tables, '')).toEqual(['file a.txt waiting 0']);
  tables.now(() => {
    tables.jobs.removeFolder('f');
  });
  store(tables, 'a.txt');
  expect(rows(tables, '')).toEqual(['file a.txt sync 2']);
  expect(tables.vanished.inDirectory('f', path(''))).toEqual([]);
});

test('files that went before there was a table for them are found in the receipts', () => {
  const home = temporaryFolder();
  const before = new Sqlite(join(home, 'cairn.db'));
  for (const migration of migrations.filter(({ version }) => version < 40)) before.exec(migration.sql);
  before.pragma('user_version = 30');
  const add = before.prepare(
    `INSERT INTO receipts (seq, folder, path, operation, version_id, seen_at, finished_at, body, prev_hash, hash)
     VALUES (?, 'f', ?, ?, ?, '', '', '{"size":7}', '', '')`,
  );
  const told = [
    ['stays.txt', 'put', 'v1'],
    ['a/b/went.txt', 'put', 'v2'],
    ['a/b/went.txt', 'put', 'v3'],
    ['a/b/went.txt', 'gone', null],
    ['back.txt', 'gone', null],
    ['back.txt', 'put', 'v4'],
    ['top.txt', 'gone', null],
  ] as const;
  for (const [index, [at, operation, versionId]] of told.entries()) add.run(index + 1, at, operation, versionId);
  before.close();

  const { tables } = openTables(home);
  const gone = { folder: 'f', size: 7, mtimeNs: null };
  expect(tables.vanished.inDirectory('f', path('a/b'))).toEqual([{ ...gone, path: 'a/b/went.txt', versionId: 'v3' }]);
  expect(tables.vanished.inDirectory('f', path(''))).toEqual([{ ...gone, path: 'top.txt', versionId: null }]);
});

test('what a person left out of the queue is not in sync, and a directory of such files says so', () => {
  const { tables } = openTables();
  for (const at of ['kept.txt', 'logs/kept.txt', 'logs/old.txt']) store(tables, at);
  vanish(tables, 'logs/old.txt');
  for (const at of ['kept.txt', 'logs/old.txt', 'logs/new.txt']) {
    tables.now(() => {
      tables.jobs.enqueue(job(at));
    });
    must(forgetPath(folder, path(at), tables));
  }
  expect(rows(tables, '')).toEqual(['directory logs forgotten null', 'file kept.txt forgotten 1']);
  expect(rows(tables, 'logs')).toEqual([
    'file logs/kept.txt sync 1',
    'file logs/new.txt forgotten 0',
    'file logs/old.txt forgotten 1',
  ]);
  expect(rows(tables, '', 'new')).toEqual(['file logs/new.txt forgotten 0']);
  // It changed, and waits again.
  tables.now(() => {
    tables.jobs.enqueue(job('kept.txt'));
  });
  expect(rows(tables, '')).toEqual(['directory logs forgotten null', 'file kept.txt waiting 1']);
});
