import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Capability } from '../../../main/contract/doctor.ts';
import { DATABASE_FILE } from '../../../main/store/database.ts';
import { openReadable, readTables } from '../../../main/store/index.ts';
import { migrations } from '../../../main/store/migrations/index.ts';
import { must, openTables, temporaryFolder } from '../store/support.ts';

const SEEN: readonly Capability[] = [{ name: 'lock', can: 'no', how: 'GetObjectLockConfiguration: 501' }];
const AT = '2026-11-22T12:00:00.000Z';

test('what a look taught is kept, beside what uploads taught', () => {
  const { home, tables } = openTables();
  expect(tables.folders.seenCapabilities('c', 'b')).toBeNull();
  tables.folders.setSeenCapabilities('c', 'b', SEEN, AT);
  const learnt = tables.folders.capabilities('c', 'b');
  expect(learnt).toMatchObject({ versioning: 'unknown', checksums: 'unknown' });
  tables.folders.setCapabilities('c', 'b', { ...learnt, versioning: 'enabled' }, AT);
  expect(tables.folders.seenCapabilities('c', 'b')).toEqual(SEEN);
  tables.folders.setSeenCapabilities('c', 'b', [], AT);
  expect(tables.folders.capabilities('c', 'b').versioning).toBe('enabled');
  expect(tables.folders.seenCapabilities('c', 'other')).toBeNull();
  tables.close();

  const db = must(openReadable(home));
  if (db === null) throw new Error('The home is there.');
  const reader = readTables(db);
  expect(reader.folders.seenCapabilities('c', 'b')).toEqual([]);
  expect(reader.folders.uploadIds('f')).toEqual([]);
  reader.close();
});

test('a home of the first schema gets the place for it, and loses nothing', () => {
  const home = temporaryFolder();
  const db = new Sqlite(join(home, DATABASE_FILE));
  const [first] = migrations;
  db.exec(first?.sql ?? '');
  db.pragma('user_version = 10');
  const columns = db.prepare<[], { name: string }>('PRAGMA table_info(capabilities)').all();
  const row = columns.map(({ name }) => `'${name === 'versioning' ? 'enabled' : name}'`).join(', ');
  db.exec(`INSERT INTO capabilities VALUES (${row})`);
  db.close();

  const { tables } = openTables(home);
  expect(tables.folders.capabilities('connection', 'bucket').versioning).toBe('enabled');
  expect(tables.folders.seenCapabilities('connection', 'bucket')).toBeNull();
  tables.folders.setSeenCapabilities('connection', 'bucket', SEEN, AT);
  expect(tables.folders.seenCapabilities('connection', 'bucket')).toEqual(SEEN);
  tables.close();
});
