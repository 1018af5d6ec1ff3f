import { expect, test } from 'vitest';
import type { ObjectKey } from '../../../main/contract/names.ts';
import type { JournalRow } from '../../../main/store/types.ts';
import { journalRow, keep, openTables, path, stat } from './support.ts';

test('a file that only one of the two ways to it knows is damage, and not new', () => {
  const { home, db, tables } = openTables();
  for (const one of ['a/x', 'a/y']) tables.journal.put(journalRow(one));
  // Both ways know it: it was sent since the caller asked.
  tables.agreement.expectUnknown('f', [path('a/new'), path('a/x')]);

  // An index with another letter in one of its rows, as after flipped bytes: of as many rows as there should be.
  const indexOf = (directory: string) => `CREATE INDEX journal_by_directory ON journal (folder, ${directory})`;
  db.unsafeMode();
  db.exec(`DROP INDEX journal_by_directory; ${indexOf("replace(directory, 'a', iif(path = 'a/x', 'b', 'a'))")}`);
  db.pragma('writable_schema = ON');
  db.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'journal_by_directory'").run(indexOf('directory'));
  tables.close();
  const { agreement, journal } = openTables(home).tables;
  expect(journal.inDirectory('f', path('a')).map((row) => row.path)).toEqual(['a/y']);
  agreement.expectUnknown('f', [path('a/new')]);
  expect(() => {
    agreement.expectUnknown('f', [path('a/new'), path('a/x')]);
  }).toThrow(expect.objectContaining({ code: 'SQLITE_CORRUPT_INDEX' }));
});

test('a row that claims another file or other bytes than its receipt is damage', () => {
  const { db, tables } = openTables();
  keep(tables, journalRow('a/x'));
  const row = tables.journal.find('f', path('a/x'));
  if (row === null) throw new Error('it was just recorded');

  tables.agreement.expectReceipts([row]);
  // What a touch or a policy changes is in no receipt.
  tables.agreement.expectReceipts([{ ...row, stat: stat({ ino: '9', mtimeNs: '5' }), policyVersion: 7 }]);

  const wrong: Readonly<Record<string, Partial<JournalRow>>> = {
    'another path': { path: path('a/y') },
    'another key': { key: 'a/y' as ObjectKey },
    'another size': { stat: stat({ size: 4 }) },
    'another digest': { sha256: 'ab' },
    'no such receipt': { receiptSeq: 2 },
  };
  for (const [what, change] of Object.entries(wrong)) {
    expect(() => {
      tables.agreement.expectReceipts([row, { ...row, ...change }]);
    }, what).toThrow(expect.objectContaining({ code: 'SQLITE_CORRUPT' }));
  }

  db.exec(`DROP TRIGGER receipts_never_change; UPDATE receipts SET body = replace(body, '"', '!')`);
  expect(() => {
    tables.agreement.expectReceipts([row]);
  }, 'no receipt any more').toThrow(expect.objectContaining({ code: 'SQLITE_CORRUPT' }));
});
