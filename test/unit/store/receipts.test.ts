import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WritableDb } from '../../../main/store/database.ts';
import { openAttempts } from '../../../main/store/attempts.ts';
import { canonicalJson, canonicalJsonOfParts, hashOf } from '../../../main/store/canonical.ts';
import { readTables } from '../../../main/store/index.ts';
import type { NewReceipt } from '../../../main/store/types.ts';
import { journalRow, newReceipt, openTables, path, type OpenTables } from './support.ts';

function withReceipts(count: number, change: (index: number) => Partial<NewReceipt> = () => ({})): OpenTables {
  const opened = openTables();
  opened.tables.now(() => {
    for (let index = 1; index <= count; index += 1) {
      opened.tables.receipts.append('f', newReceipt(`file-${String(index)}`, change(index)));
    }
  });
  return opened;
}

/** As somebody would who opens the database with another program: past the triggers. */
function tamper(db: WritableDb, sql: string): void {
  db.pragma('foreign_keys = OFF');
  db.exec('DROP TRIGGER receipts_never_change; DROP TRIGGER receipts_never_vanish;');
  db.exec(sql);
}

describe('receipts are append-only', () => {
  test.each([
    ['UPDATE', `UPDATE receipts SET body = '{}' WHERE seq = 2`],
    ['UPDATE of a column beside the body', `UPDATE receipts SET version_id = 'x'`],
    ['DELETE', 'DELETE FROM receipts WHERE seq = 3'],
    ['DELETE of all', 'DELETE FROM receipts'],
    ['INSERT OR REPLACE', 'INSERT OR REPLACE INTO receipts SELECT * FROM receipts WHERE seq = 2'],
    ['UPDATE OR REPLACE', 'UPDATE OR REPLACE receipts SET seq = 1 WHERE seq = 2'],
    [
      'an upsert',
      `INSERT INTO receipts SELECT * FROM receipts WHERE seq = 2 ON CONFLICT (seq) DO UPDATE SET body = '{}'`,
    ],
  ])('%s is refused', (_, sql) => {
    const { db, tables } = withReceipts(3);
    const before = tables.receipts.newest(10);
    expect(() => db.exec(sql)).toThrow();
    expect(tables.receipts.newest(10)).toEqual(before);
    expect(tables.receipts.check()).toEqual({ checked: 3, ok: true, brokenAtSeq: null });
  });

  test('parameters that a receipt stands on cannot be taken away', () => {
    const { db } = withReceipts(1);
    expect(() => db.exec('DELETE FROM parameters')).toThrow(/FOREIGN KEY/);
  });
});

describe('the chain', () => {
  test('an empty one is whole, and numbers begin with 1 after 64 zeros', () => {
    const { tables } = openTables();
    expect(tables.receipts.check()).toEqual({ checked: 0, ok: true, brokenAtSeq: null });
    const first = tables.now(() => tables.receipts.append('f', newReceipt('a')));
    expect([first.seq, first.prevHash]).toEqual([1, '0'.repeat(64)]);
    const second = tables.now(() => tables.receipts.append('f', newReceipt('b')));
    expect([second.seq, second.prevHash]).toEqual([2, first.hash]);
  });

  test('whoever has the printed receipt can work the hash out again', () => {
    const { tables } = withReceipts(3);
    for (const { hash, ...rest } of tables.receipts.newest(3)) expect(hashOf(rest)).toBe(hash);
  });

  test('what append answers is what is read back, dates and what is undefined too', () => {
    const { tables } = openTables();
    const request = { Key: 'a', Expires: new Date(0), StorageClass: 'GLACIER_IR', Tagging: undefined };
    const written = tables.now(() => tables.receipts.append('f', newReceipt('a', { request })));
    expect(tables.receipts.newest(1)).toEqual([written]);
    expect(written.request).toEqual({ Key: 'a', Expires: '1970-01-01T00:00:00.000Z', StorageClass: 'GLACIER_IR' });
    expect(tables.receipts.check().ok).toBe(true);
  });

  test('holds over anything that a name or an answer may be', () => {
    const { tables } = openTables();
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean())),
        (name, response) => {
          tables.now(() =>
            tables.receipts.append('f', newReceipt(name, { response, request: { ...response, Key: name } })),
          );
        },
      ),
      { numRuns: 100 },
    );
    expect(tables.receipts.check()).toEqual({ checked: 100, ok: true, brokenAtSeq: null });
  });

  test.each([
    ['a changed body', `UPDATE receipts SET body = replace(body, '"size":3', '"size":4') WHERE seq = 3`, 3],
    ['a body that is no JSON any more', `UPDATE receipts SET body = '{' WHERE seq = 3`, 3],
    ['a changed hash', `UPDATE receipts SET hash = '${'a'.repeat(64)}' WHERE seq = 3`, 3],
    ['a changed hash of the one before', `UPDATE receipts SET prev_hash = '${'a'.repeat(64)}' WHERE seq = 3`, 3],
    ['a changed row of shared parameters', `UPDATE parameters SET json = replace(json, 'STANDARD_IA', 'GLACIER')`, 1],
    ['a lost row of shared parameters', 'DELETE FROM parameters', 1],
    ['a removed row', 'DELETE FROM receipts WHERE seq = 3', 3],
    ['a removed first row', 'DELETE FROM receipts WHERE seq = 1', 1],
    [
      'two swapped rows',
      'UPDATE receipts SET seq = CASE seq WHEN 2 THEN 1002 WHEN 3 THEN 1003 ELSE seq END; UPDATE receipts SET seq = CASE seq WHEN 1002 THEN 3 WHEN 1003 THEN 2 ELSE seq END',
      2,
    ],
    [
      'a doubled row',
      `INSERT INTO receipts SELECT 6, folder, path, operation, version_id, seen_at, finished_at, parameters, body, prev_hash, hash FROM receipts WHERE seq = 5`,
      6,
    ],
    ['a version shown under another id', `UPDATE receipts SET version_id = 'other' WHERE seq = 4`, 4],
    ['a receipt filed under another path', `UPDATE receipts SET path = 'other' WHERE seq = 4`, 4],
    ['a put shown as gone', `UPDATE receipts SET operation = 'gone' WHERE seq = 4`, 4],
    ['another time', `UPDATE receipts SET finished_at = '2020-01-01T00:00:00.000Z' WHERE seq = 4`, 4],
  ])('finds %s', (_, sql, brokenAtSeq) => {
    const { db, tables } = withReceipts(5);
    tamper(db, sql);
    expect(tables.receipts.check()).toEqual({ checked: brokenAtSeq - 1, ok: false, brokenAtSeq });
  });
});

describe('shared parameters', () => {
  test('what a policy asks of many files is kept once', () => {
    const { db } = withReceipts(200, (index) => ({ request: { Bucket: 'b', Key: String(index), Tagging: 'a=b' } }));
    expect(db.prepare('SELECT count(*) AS n FROM parameters').get()).toEqual({ n: 1 });
    expect(db.prepare(`SELECT count(*) AS n FROM receipts WHERE body LIKE '%Tagging%'`).get()).toEqual({ n: 0 });
  });

  test('each policy version, each folder and each rule has its own', () => {
    const { db, tables } = openTables();
    tables.now(() => {
      tables.receipts.append('f', newReceipt('a'));
      tables.receipts.append('f', newReceipt('b', { policyVersion: 2 }));
      tables.receipts.append('g', newReceipt('c'));
      tables.receipts.append('f', newReceipt('d', { request: { Key: 'd', StorageClass: 'GLACIER' } }));
    });
    expect(db.prepare('SELECT count(*) AS n FROM parameters').get()).toEqual({ n: 4 });
    expect(tables.receipts.newest(1)[0]?.request).toEqual({ Key: 'd', StorageClass: 'GLACIER' });
  });

  test('a request without any needs none', () => {
    const { db, tables } = withReceipts(1, () => ({ request: {}, operation: 'gone' }));
    expect(db.prepare('SELECT count(*) AS n FROM parameters').get()).toEqual({ n: 0 });
    expect(tables.receipts.newest(1)[0]?.request).toEqual({});
  });

  test('the checksum and the metadata of one file are not shared, its algorithm is', () => {
    const { db } = withReceipts(1, () => ({
      request: { ChecksumAlgorithm: 'CRC32', ChecksumCRC32: 'x', Metadata: { a: 'b' }, ContentMD5: 'y', Bucket: 'b' },
    }));
    expect(db.prepare('SELECT json FROM parameters').get()).toEqual({
      json: '{"Bucket":"b","ChecksumAlgorithm":"CRC32"}',
    });
  });
});

test('lists: newest first, by folder and by path, with a limit', () => {
  const { tables } = openTables();
  tables.now(() => {
    tables.receipts.append('f', newReceipt('a', { versionId: '1' }));
    tables.receipts.append('g', newReceipt('a', { versionId: '2' }));
    tables.receipts.append('f', newReceipt('b', { versionId: '3' }));
    tables.receipts.append('f', newReceipt('a', { versionId: null, operation: 'gone' }));
    tables.receipts.append('f', newReceipt('a', { versionId: '5' }));
  });
  const { receipts } = tables;
  expect(receipts.newest(2).map((one) => one.seq)).toEqual([5, 4]);
  expect(receipts.oldest(2).map((one) => one.seq)).toEqual([1, 2]);
  expect(receipts.ofFolder('f', 10).map((one) => one.seq)).toEqual([5, 4, 3, 1]);
  expect(receipts.ofPath('f', 'a').map((one) => one.seq)).toEqual([5, 4, 1]);
  expect([...receipts.every('f')].map((one) => one.seq)).toEqual([1, 3, 4, 5]);
  expect(receipts.countVersions('f', path('a'))).toBe(2);
  expect(receipts.lastSaved(2).map((one) => one.versionId)).toEqual(['5', '3']);
  expect(receipts.lastSavedOf('g')?.versionId).toBe('2');
  expect(receipts.lastSavedOf('none')).toBeNull();
});

test('the canonical form does not depend on the order in which fields came', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('what was read back from the canonical form is in order below, whatever names are put to it', () => {
  const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', '10', '9', 'seq'));
  // Through JSON, as a request with such names is: written as a literal, `__proto__` would be no name.
  const values = fc.dictionary(names, fc.oneof(fc.jsonValue(), fc.dictionary(names, fc.jsonValue())));
  fc.assert(
    fc.property(values, values, (value, put) => {
      const read = JSON.parse(canonicalJson(value)) as Record<string, unknown>;
      const parts = { ...(JSON.parse(canonicalJson(put)) as object), ...read };
      expect(canonicalJsonOfParts(parts)).toBe(canonicalJson(parts));
    }),
  );
});

test('a receipt is hashed and kept in the canonical form, however its fields were ordered and nested', () => {
  const nested = { z: 1, a: { d: [{ y: 1, b: 2 }], c: new Date(0), none: undefined } };
  const request = { Metadata: { z: '1', a: '2' }, Key: 'a', Bucket: 'b', Nested: nested };
  const { db, tables } = withReceipts(2, () => ({ request, response: nested }));
  for (const { hash, ...rest } of tables.receipts.newest(2)) expect(hashOf(rest)).toBe(hash);
  const bodies = db
    .prepare<[], string>('SELECT body FROM receipts UNION ALL SELECT json FROM parameters')
    .pluck()
    .all();
  for (const text of bodies) expect(canonicalJson(JSON.parse(text))).toBe(text);
  expect(tables.receipts.check().ok).toBe(true);
});

/** The plan's own words for one statement. */
function plan(db: WritableDb, sql: string): string {
  const parameters = Array.from(sql.matchAll(/\?/g), () => 0);
  const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[];
  return rows.map((row) => row.detail).join('\n');
}

describe('hot statements go by an index', () => {
  /** Every statement that the tables prepare, with question marks for its parameters. */
  function statements(open: (db: WritableDb) => unknown = readTables): { db: WritableDb; all: string[] } {
    const { db } = openTables();
    const all: string[] = [];
    const recording = new Proxy(db, {
      get(target, name): unknown {
        if (name === 'prepare') {
          return (sql: string) => {
            all.push(sql);
            return target.prepare(sql);
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    open(recording);
    return { db, all: all.map((sql) => sql.replace(/@\w+/g, '?')) };
  }

  test('no list of a directory, a path or a folder walks the whole table', () => {
    const { db, all } = statements();
    expect(all.length).toBeGreaterThan(20);
    const walks = all.filter((sql) => /\bSCAN (?!json_each|SUBQUERY|\()/.test(plan(db, sql)));
    // These walk on purpose: the chain from end to end, the newest of all by the table's own order, and before a person
    // forgets a customer key every receipt that may lie under it.
    const forgetting = /instr\(body, \?\)/;
    const meant = walks.filter(
      (sql) => !/WHERE/.test(sql) || /ORDER BY seq DESC LIMIT/.test(sql) || forgetting.test(sql),
    );
    expect(walks.filter((sql) => !meant.includes(sql))).toEqual([]);
    // To find the rows of one directory or path, the folder alone is no key: it may have 100,000 files.
    const wide = all.filter((sql) => /(path|directory) = \?/.test(sql) && /\(folder=\?\)/.test(plan(db, sql)));
    expect(wide).toEqual([]);
    // And the newest few are taken from the end of an index, not sorted out of a million.
    const sorted = all.filter((sql) => /receipts/.test(sql) && /TEMP B-TREE/.test(plan(db, sql)));
    expect(sorted).toEqual([]);
  });

  test.each([
    ['jobs by directory', 'SELECT * FROM jobs WHERE folder = ? AND directory = ?', /jobs_by_directory/],
    ['jobs by path', 'SELECT * FROM jobs WHERE folder = ? AND path = ?', /sqlite_autoindex_jobs/],
    [
      'receipts by path',
      'SELECT * FROM receipts WHERE folder = ? AND path = ? ORDER BY seq DESC LIMIT ?',
      /receipts_by_path/,
    ],
    ['intents by path', 'SELECT * FROM intents WHERE folder = ? AND path = ?', /intents_by_path/],
  ])('%s', (_, sql, index) => {
    const { db } = openTables();
    expect(plan(db, sql)).toMatch(index);
    expect(plan(db, sql)).not.toMatch(/\bSCAN/);
  });

  test('former attempts are asked for without preparing to sort them: each attempt asks, and almost all find none', () => {
    const { db, all } = statements(openAttempts);
    const ofPath = all.filter((sql) => /^SELECT .* FROM intents/.test(sql));
    expect(ofPath).toHaveLength(1);
    for (const sql of ofPath) expect(plan(db, sql)).not.toMatch(/TEMP B-TREE/);
  });

  test('what is due comes in order from the index, without sorting all that waits', () => {
    const { db } = openTables();
    const words = plan(
      db,
      `SELECT id, class, rank FROM jobs WHERE folder = ? AND held = 0 AND state = 'waiting' AND not_before_ms = 0
         AND class = ? ORDER BY rank LIMIT ?`,
    );
    expect(words).toMatch(/jobs_by_rank/);
    expect(words).not.toMatch(/TEMP B-TREE|SCAN jobs/);
  });
});

test('files and bytes of a folder are counted as rows come and change', () => {
  const { tables } = withReceipts(1);
  tables.now(() => {
    tables.journal.put(journalRow('a', { receiptSeq: 1 }));
    tables.journal.put(journalRow('a', { receiptSeq: 1, stat: { ...journalRow('a').stat, size: 10 } }));
  });
  expect(tables.folders.find('f')).toMatchObject({ files: 1, bytes: 10 });
});
