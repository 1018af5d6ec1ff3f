/** What is looked for when a database is opened for writing, when, and what is said of it. Nothing is moved. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openHome } from '../../../main/engine/home.ts';
import { makeBackup } from '../../../main/store/backup.ts';
import { openWritable, writeTables } from '../../../main/store/index.ts';
import { codeOf, must, newReceipt, temporaryFolder } from '../store/support.ts';

const PAGE = 4096;

/** A home whose database was closed as it should be. */
async function homeWith(rows: number, withBackup = false): Promise<string> {
  const home = temporaryFolder();
  const db = must(openWritable(home));
  const tables = writeTables(db);
  tables.now(() => {
    for (let at = 0; at < rows; at += 1) tables.receipts.append('f', newReceipt(`${at}.txt`));
  });
  if (withBackup) must(await makeBackup(db, home, '2026-03-01', new AbortController().signal));
  tables.close();
  return home;
}

/** Spoils the pages of one table, whose content only a check would look at. */
function spoil(home: string): void {
  const path = join(home, 'cairn.db');
  const db = new Sqlite(path, { readonly: true });
  const page = db
    .prepare<[], number>(
      `SELECT pageno FROM dbstat WHERE name = 'receipts' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1`,
    )
    .pluck()
    .get();
  db.close();
  if (page === undefined) throw new Error('there is no such page');
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(PAGE, 0xa5), 0, PAGE, (page - 1) * PAGE);
  closeSync(file);
}

describe('a small database', () => {
  test('is checked on every open, and what is found is told; nothing is moved', async () => {
    const home = await homeWith(200);
    spoil(home);
    const before = readFileSync(join(home, 'cairn.db'));
    const opened = openHome(home);
    expect(codeOf(opened)).toBe('home-damaged');
    if (opened.ok) return;
    expect(String(opened.failure.facts['reason'])).not.toBe('');
    expect(opened.failure.hint).not.toContain('good copy');
    expect(readFileSync(join(home, 'cairn.db')).equals(before)).toBe(true);
    expect(readdirSync(home).filter((name) => name.startsWith('damaged'))).toEqual([]);
    // The lock is free again.
    expect(codeOf(openHome(home))).toBe('home-damaged');
  });

  test('with a good copy: the hint says which', async () => {
    const home = await homeWith(200, true);
    spoil(home);
    const opened = openHome(home);
    expect(codeOf(opened)).toBe('home-damaged');
    if (opened.ok) return;
    expect(opened.failure.hint).toContain('of 2026-03-01');
    expect(opened.failure.hint).toContain(join(home, 'backup', 'cairn-2026-03-01.db'));
    // And it is one: put in its place, the home opens.
    copyFileSync(join(home, 'backup', 'cairn-2026-03-01.db'), join(home, 'cairn.db'));
    const again = must(openHome(home));
    expect(again.tables.receipts.check()).toMatchObject({ checked: 200, ok: true });
    again.close();
  });

  test.each([
    [
      'cut short',
      (path: string) => {
        truncateSync(path, 3 * PAGE + 100);
      },
    ],
    [
      'no database at all',
      (path: string) => {
        const file = openSync(path, 'r+');
        writeSync(file, 'nonsense, not SQLite');
        closeSync(file);
      },
    ],
  ])('%s: damaged, in words', async (_, harm) => {
    const home = await homeWith(200, true);
    harm(join(home, 'cairn.db'));
    const opened = openHome(home);
    expect(codeOf(opened)).toBe('home-damaged');
    if (!opened.ok) expect(opened.failure.hint).toContain('good copy');
  });
});

describe('a large database', () => {
  /** Past 16 MiB, with a table that nothing reads when it is opened. */
  async function large(): Promise<string> {
    const home = await homeWith(200);
    const db = new Sqlite(join(home, 'cairn.db'));
    db.exec('CREATE TABLE ballast (x)');
    const insert = db.prepare('INSERT INTO ballast VALUES (zeroblob(1048576))');
    for (let at = 0; at < 18; at += 1) insert.run();
    db.close();
    expect(statSync(join(home, 'cairn.db')).size).toBeGreaterThan(16 * 1024 * 1024);
    return home;
  }

  test('is checked only where it was not closed', async () => {
    const home = await large();
    spoil(home);
    const opened = openWritable(home);
    expect(codeOf(opened), 'closed in peace: taken at its word').toBe('ok');
    // Closed without its mark, as by a crash.
    if (opened.ok) opened.value.close();
    expect(codeOf(openWritable(home))).toBe('home-damaged');
  });

  test('after a crash and whole: opened, and after a clean close not checked again', async () => {
    const home = await large();
    must(openWritable(home)).close();
    const db = must(openWritable(home));
    writeTables(db).close();
    expect(existsSync(join(home, 'cairn.db-wal'))).toBe(false);
    spoil(home);
    const opened = openWritable(home);
    expect(codeOf(opened)).toBe('ok');
    if (opened.ok) opened.value.close();
  });
});
