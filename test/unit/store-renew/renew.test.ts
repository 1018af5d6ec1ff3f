import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openWritable, renewDatabase, writeTables, type WriteTables } from '../../../main/store/index.ts';
import { codeOf, journalRow, must, newReceipt, openTables, temporaryFolder } from '../store/support.ts';

const AT = new Date('2026-11-22T10:00:00.000Z');
const NOBODY = new AbortController().signal;

function reopened(home: string): WriteTables {
  const tables = writeTables(must(openWritable(home, true)));
  return tables;
}

it('a home without backup: the chain begins with the break, and every folder is to be compared first', () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'cairn.db'), 'no database');
  const renewed = must(renewDatabase(home, 'it is no database', ['f', 'g'], AT));
  expect(renewed).toEqual({
    aside: join(home, 'cairn.db.damaged-2026-11-22T100000.000Z'),
    backupDay: null,
    receipts: 0,
    breakSeq: 1,
  });
  expect(existsSync(renewed.aside ?? '')).toBe(true);
  const tables = reopened(home);
  expect(tables.receipts.find(1)).toMatchObject({
    operation: 'break',
    path: '',
    response: { reason: 'it is no database', backupDay: null, receiptsBefore: 0 },
    prevHash: '0'.repeat(64),
  });
  expect(tables.receipts.check()).toMatchObject({ checked: 1, ok: true });
  expect(['f', 'g', 'h'].map((folder) => tables.looks.matchDue(folder))).toEqual(['lost', 'lost', null]);
  expect(tables.damage()).toBeNull();
  tables.close();
  expect(readdirSync(home)).not.toContain('renewing');
});

it('a good backup: its receipts and rows are taken over, its queue is not, and the break comes behind them', async () => {
  const { home, tables } = openTables();
  tables.now(() => {
    tables.receipts.append('f', newReceipt('a'));
    tables.receipts.append('f', newReceipt('b'));
    tables.journal.put(journalRow('a'));
    tables.jobs.parkPath('f', journalRow('b').path, 'new', 1, AT.toISOString(), {
      code: 'internal',
      class: 'internal',
      message: 'm',
      hint: 'h',
      facts: {},
    });
  });
  must(await tables.backup(home, '2026-11-20', NOBODY));
  tables.now(() => tables.receipts.append('f', newReceipt('c')));
  tables.close();
  const renewed = must(renewDatabase(home, 'lost', ['f'], AT));
  expect(renewed).toMatchObject({ backupDay: '2026-11-20', receipts: 2, breakSeq: 3 });
  const after = reopened(home);
  expect(after.receipts.oldest(9).map(({ operation, path }) => `${operation} ${path}`)).toEqual([
    'put a',
    'put b',
    'break ',
  ]);
  expect(after.receipts.check()).toMatchObject({ ok: true });
  expect(after.journal.find('f', journalRow('a').path)).not.toBeNull();
  expect(after.jobs.ofFolder('f')).toEqual([]);
  after.close();
});

it('a backup whose chain does not hold is passed over for an older one', async () => {
  const { home, tables, db } = openTables();
  tables.now(() => tables.receipts.append('f', newReceipt('a')));
  must(await tables.backup(home, '2026-11-20', NOBODY));
  db.exec(`DROP TRIGGER receipts_never_change; UPDATE receipts SET path = 'forged'`);
  must(await tables.backup(home, '2026-11-21', NOBODY));
  expect(tables.damage()).toMatch(/chain of receipts is broken at 1/);
  tables.close();
  writeFileSync(join(home, 'backup', 'cairn-2026-11-22.db'), 'no database');
  const renewed = must(renewDatabase(home, 'lost', [], AT));
  expect(renewed).toMatchObject({ backupDay: '2026-11-20', receipts: 1 });
});

it('an empty or missing database is not taken for a new one where folders are kept', () => {
  const home = temporaryFolder();
  expect(codeOf(openWritable(home, true))).toBe('home-damaged');
  expect(readdirSync(home)).toEqual([]);
  writeFileSync(join(home, 'cairn.db'), '');
  expect(codeOf(openWritable(home, true))).toBe('home-damaged');
  must(openWritable(home)).close();
  must(openWritable(home, true)).close();
});

it('where it cannot be made, the former one stays in its place', () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'cairn.db'), 'no database');
  // A folder that is not empty stands where the former database should go.
  mkdirSync(join(home, 'cairn.db.damaged-2026-11-22T100000.000Z', 'in the way'), { recursive: true });
  expect(codeOf(renewDatabase(home, 'lost', [], AT))).toBe('home-read-only');
  expect(existsSync(join(home, 'cairn.db'))).toBe(true);
  expect(existsSync(join(home, 'renewing'))).toBe(false);
});
