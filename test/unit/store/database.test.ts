import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { databaseFailure, openReadable, openWritable, readTables } from '../../../main/store/index.ts';
import { DATABASE_FILE } from '../../../main/store/database.ts';
import { migrations, SCHEMA_VERSION } from '../../../main/store/migrations/index.ts';
import { codeOf, journalRow, must, newReceipt, openTables, temporaryFolder } from './support.ts';

const fileOf = (home: string): string => join(home, DATABASE_FILE);

/** A home with a database in it, closed. */
function closedHome(rows = 0): string {
  const { home, tables } = openTables();
  for (let index = 0; index < rows; index += 1) {
    tables.now(() => {
      tables.journal.put(journalRow(`${String(index).padStart(6, '0')}-${'x'.repeat(200)}`));
      tables.receipts.append('f', newReceipt(String(index)));
    });
  }
  tables.close();
  return home;
}

function setSchema(home: string, version: number): void {
  const db = new Sqlite(fileOf(home));
  db.pragma(`user_version = ${String(version)}`);
  db.close();
}

describe('opening for writing', () => {
  test('makes home and schema from nothing, and finds both again', () => {
    const home = join(temporaryFolder(), 'deep', 'er');
    const { db, tables } = openTables(home);
    expect(db.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
    tables.journal.put(journalRow('a'));
    tables.close();
    expect(openTables(home).tables.journal.find('f', journalRow('a').path)).toEqual(journalRow('a'));
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  test('each commit is flushed, replaced rows fire triggers, and the journal is a write-ahead log, on every open', () => {
    const home = closedHome();
    const { db } = openTables(home);
    const pragma = (name: string): unknown => db.pragma(name, { simple: true });
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('recursive_triggers')).toBe(1);
    expect(pragma('foreign_keys')).toBe(1);
    expect(pragma('busy_timeout')).toBe(5000);
  });

  test('migrations go up in tens and each is named once', () => {
    const versions = migrations.map((migration) => migration.version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    expect(versions.every((version) => version >= 10)).toBe(true);
  });

  test('a database of a newer release is refused and left as it was', () => {
    const home = closedHome(3);
    setSchema(home, SCHEMA_VERSION + 10);
    expect(codeOf(openWritable(home))).toBe('home-from-newer');
    expect(codeOf(openReadable(home))).toBe('home-from-newer');
    const db = new Sqlite(fileOf(home));
    expect(db.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION + 10);
    expect(db.prepare('SELECT count(*) AS n FROM receipts').get()).toEqual({ n: 3 });
    db.close();
  });

  test('a file that is no database is called damaged, and stays as it is', () => {
    const home = temporaryFolder();
    writeFileSync(fileOf(home), 'these are the notes of a person, and no database at all'.repeat(100));
    expect(codeOf(openWritable(home))).toBe('home-damaged');
    expect(codeOf(openReadable(home))).toBe('home-damaged');
  });

  test('a home that cannot be a folder is a failure, not a throw', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(codeOf(openWritable(join(folder, 'file')))).toBe('home-read-only');
    expect(codeOf(openWritable(join(folder, 'file', 'below')))).toBe('home-read-only');
    expect(codeOf(openWritable(join(folder, 'x'.repeat(300))))).toBe('home-read-only');
  });
});

describe('opening for reading', () => {
  test('a missing home and a missing database are an empty home, and nothing is made', () => {
    const home = join(temporaryFolder(), 'none');
    expect(must(openReadable(home))).toBeNull();
    expect(existsSync(home)).toBe(false);
    const empty = temporaryFolder();
    expect(must(openReadable(empty))).toBeNull();
    expect(readdirSync(empty)).toEqual([]);
  });

  test('an older schema needs an upgrade', () => {
    const home = closedHome();
    setSchema(home, SCHEMA_VERSION - 5);
    expect(codeOf(openReadable(home))).toBe('home-needs-upgrade');
  });

  test('reads while another handle writes, sees what is committed, and cannot write', () => {
    const { home, tables } = openTables();
    const db = must(openReadable(home));
    if (db === null) throw new Error('no database');
    const reading = readTables(db);
    expect(reading.receipts.newest(10)).toEqual([]);
    tables.now(() => tables.receipts.append('f', newReceipt('a')));
    expect(reading.receipts.newest(10).map((one) => one.path)).toEqual(['a']);
    expect(() => db.exec('DELETE FROM journal')).toThrow(/readonly/);
    reading.close();
  });
});

describe('a damaged database', () => {
  /** Opens as the engine would and reads all that is there; answers what kept it from that. */
  function tryAll(home: string, isWritable: boolean): string {
    try {
      const opened = isWritable ? openWritable(home) : openReadable(home);
      if (!opened.ok) return opened.failure.code;
      if (opened.value === null) return 'empty';
      const db = opened.value;
      try {
        const tables = readTables(db);
        for (const directory of tables.journal.directories('f')) tables.journal.inDirectory('f', directory);
        const { ok } = tables.receipts.check();
        return ok ? 'ok' : 'broken chain';
      } finally {
        db.close();
      }
    } catch (error) {
      return databaseFailure(error, home)?.code ?? `a throw that has no words: ${String(error)}`;
    }
  }

  test('cut short at any page is told in words, whoever opens it', () => {
    const home = closedHome(60);
    const whole = fileOf(home);
    expect(tryAll(home, true)).toBe('ok');
    const { size } = statSync(whole);
    expect(size).toBeGreaterThan(4096 * 20);
    const seen = new Set<string>();
    for (let pages = 1; pages * 4096 < size; pages += 7) {
      const copy = temporaryFolder();
      copyFileSync(whole, fileOf(copy));
      truncateSync(fileOf(copy), pages * 4096);
      for (const isWritable of [false, true]) seen.add(tryAll(copy, isWritable));
    }
    expect([...seen]).toEqual(['home-damaged']);
  });

  test('overwritten in its middle never reads as a whole chain', () => {
    const home = closedHome(60);
    const whole = fileOf(home);
    const { size } = statSync(whole);
    const seen = new Set<string>();
    for (let page = 2; page * 4096 < size; page += 5) {
      const copy = temporaryFolder();
      copyFileSync(whole, fileOf(copy));
      const descriptor = openSync(fileOf(copy), 'r+');
      writeSync(descriptor, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
      closeSync(descriptor);
      seen.add(tryAll(copy, false));
    }
    // A page of an index that no statement here walks may pass; none may end in a throw without words.
    expect([...seen].filter((one) => !['home-damaged', 'broken chain', 'ok'].includes(one))).toEqual([]);
    expect(seen.has('home-damaged')).toBe(true);
  });

  test.each([
    ['SQLITE_FULL', 'disk-full'],
    ['ENOSPC', 'disk-full'],
    ['SQLITE_BUSY', 'home-busy'],
    ['SQLITE_BUSY_SNAPSHOT', 'home-busy'],
    ['SQLITE_LOCKED', 'home-busy'],
    ['SQLITE_CORRUPT_INDEX', 'home-damaged'],
    ['SQLITE_NOTADB', 'home-damaged'],
    ['SQLITE_READONLY_DBMOVED', 'home-read-only'],
    ['SQLITE_CANTOPEN', 'home-read-only'],
    ['SQLITE_IOERR_FSYNC', 'home-read-only'],
    ['EROFS', 'home-read-only'],
    ['EACCES', 'home-read-only'],
  ])('%s is %s', (code, expected) => {
    expect(databaseFailure(Object.assign(new Error('x'), { code }), '/home')?.code).toBe(expected);
  });

  test('a fault of ours is none of the database', () => {
    expect(databaseFailure(new TypeError('x'), '/home')).toBeNull();
    expect(databaseFailure(Object.assign(new Error('x'), { code: 'SQLITE_CONSTRAINT' }), '/home')).toBeNull();
    expect(databaseFailure('text', '/home')).toBeNull();
    expect(databaseFailure(null, '/home')).toBeNull();
  });

  test('a folder in the place of the database is a failure', () => {
    const home = temporaryFolder();
    mkdirSync(fileOf(home));
    expect(codeOf(openWritable(home))).toBe('home-read-only');
  });
});

test('closing leaves one file: the log is taken in', () => {
  const { home, tables } = openTables();
  tables.journal.put(journalRow('a'));
  tables.close();
  expect(readdirSync(home)).toEqual([DATABASE_FILE]);
});
