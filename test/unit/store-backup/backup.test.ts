/** Copies of the database: whole, few, never in the way, never where they would fill the disk. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { backupsOf, BACKUP_FOLDER, makeBackup, newestGoodBackup } from '../../../main/store/backup.ts';
import { codeOf, job, must, newReceipt, openTables, temporaryFolder } from '../store/support.ts';

const never = new AbortController().signal;

function fill(opened: ReturnType<typeof openTables>, rows: number): void {
  opened.tables.now(() => {
    for (let at = 0; at < rows; at += 1) opened.tables.receipts.append('f', newReceipt(`${at}.txt`));
  });
}

describe('a copy', () => {
  test('holds all that was committed, in one file, for this user alone', async () => {
    const opened = openTables();
    fill(opened, 300);
    const made = must(await makeBackup(opened.db, opened.home, '2026-03-01', never));
    expect(readdirSync(join(opened.home, BACKUP_FOLDER))).toEqual(['cairn-2026-03-01.db']);
    expect(statSync(made.path).mode & 0o777).toBe(0o600);
    const copy = new Sqlite(made.path, { readonly: true });
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(copy.prepare('SELECT count(*) FROM receipts').pluck().get()).toBe(300);
    copy.close();
    expect(readdirSync(join(opened.home, BACKUP_FOLDER)), 'reading leaves nothing beside it').toHaveLength(1);
  });

  test('is made while rows are written, and has them as they were at one moment', async () => {
    const opened = openTables();
    fill(opened, 4_000);
    const copying = makeBackup(opened.db, opened.home, '2026-03-01', never);
    let written = 0;
    const step = (): Promise<null> => new Promise((resolve) => setImmediate(resolve, null));
    while ((await Promise.race([copying, step()])) === null) {
      opened.tables.now(() => {
        opened.tables.jobs.enqueue(job(`${written}.txt`));
        opened.tables.receipts.append('f', newReceipt(`later-${written}.txt`));
      });
      written += 1;
    }
    const made = must(await copying);
    expect(written, 'it was made in steps').toBeGreaterThan(3);
    const copy = new Sqlite(made.path, { readonly: true });
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    const jobs = copy.prepare<[], number>('SELECT count(*) FROM jobs').pluck().get() ?? 0;
    const receipts = copy.prepare<[], number>('SELECT count(*) FROM receipts').pluck().get() ?? 0;
    expect(receipts - 4_000, 'both rows of a transaction or none').toBe(jobs);
    copy.close();
  });

  test('the last seven are kept, and other files are left alone', async () => {
    const opened = openTables();
    const days = Array.from({ length: 10 }, (_, at) => `2026-03-${String(at + 1).padStart(2, '0')}`);
    mkdirSync(join(opened.home, BACKUP_FOLDER));
    writeFileSync(join(opened.home, BACKUP_FOLDER, 'mine.txt'), 'of somebody');
    for (const day of days) must(await makeBackup(opened.db, opened.home, day, never));
    expect(backupsOf(opened.home).map((backup) => backup.day)).toEqual(days.slice(3).reverse());
    expect(existsSync(join(opened.home, BACKUP_FOLDER, 'mine.txt'))).toBe(true);
  });

  test('is not begun with less room than twice the database', async () => {
    const opened = openTables();
    const size = 4096 * Number(opened.db.pragma('page_count', { simple: true }));
    expect(codeOf(await makeBackup(opened.db, opened.home, '2026-03-01', never, () => 2 * size - 1))).toBe('disk-full');
    expect(backupsOf(opened.home)).toEqual([]);
    expect(codeOf(await makeBackup(opened.db, opened.home, '2026-03-01', never, () => 10 * size))).toBe('ok');
  });

  test('that is cancelled leaves nothing, and the one before stands', async () => {
    const opened = openTables();
    must(await makeBackup(opened.db, opened.home, '2026-03-01', never));
    fill(opened, 4_000);
    const abort = new AbortController();
    const copying = makeBackup(opened.db, opened.home, '2026-03-02', abort.signal);
    setImmediate(() => {
      abort.abort();
    });
    expect(codeOf(await copying)).toBe('cancelled');
    expect(readdirSync(join(opened.home, BACKUP_FOLDER))).toEqual(['cairn-2026-03-01.db']);
  });

  test('what a crash left half-made is replaced', async () => {
    const opened = openTables();
    mkdirSync(join(opened.home, BACKUP_FOLDER));
    writeFileSync(join(opened.home, BACKUP_FOLDER, 'new.db'), 'half');
    expect(codeOf(await makeBackup(opened.db, opened.home, '2026-03-01', never))).toBe('ok');
    expect(readdirSync(join(opened.home, BACKUP_FOLDER))).toEqual(['cairn-2026-03-01.db']);
  });
});

test('the newest good one is found behind a damaged one', async () => {
  const opened = openTables();
  fill(opened, 100);
  must(await makeBackup(opened.db, opened.home, '2026-03-01', never));
  const second = must(await makeBackup(opened.db, opened.home, '2026-03-02', never));
  expect(newestGoodBackup(opened.home)?.day).toBe('2026-03-02');
  writeFileSync(second.path, 'no database any more');
  expect(newestGoodBackup(opened.home)?.day).toBe('2026-03-01');
  expect(newestGoodBackup(temporaryFolder())).toBeNull();
});
