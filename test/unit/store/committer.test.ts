import { expect, onTestFinished, test } from 'vitest';
import { openCommitter } from '../../../main/store/committer.ts';
import type { WritableDb } from '../../../main/store/database.ts';
import { openReadable, openWritable, readTables } from '../../../main/store/index.ts';
import { must, newReceipt, openTables } from './support.ts';

function opened() {
  const { db, tables } = openTables();
  db.exec('CREATE TABLE notes (text TEXT PRIMARY KEY)');
  const insert = db.prepare<[string]>('INSERT INTO notes VALUES (?)');
  return {
    db,
    tables,
    note: (text: string) => insert.run(text).lastInsertRowid,
    notes: () => db.prepare<[], string>('SELECT text FROM notes ORDER BY rowid').pluck().all(),
  };
}

/** A handle that counts the transactions that were begun. */
function counted(db: WritableDb) {
  const count = { begun: 0 };
  const counting = new Proxy(db, {
    get(target, name): unknown {
      if (name !== 'transaction') return Reflect.get(target, name, target);
      return (work: (run: () => void) => void) => {
        const transaction = target.transaction(work);
        return Object.assign(
          (run: () => void) => {
            transaction(run);
          },
          {
            immediate: (run: () => void) => {
              count.begun += 1;
              transaction.immediate(run);
            },
          },
        );
      };
    },
  });
  return { count, committer: openCommitter(counting) };
}

test('work of one moment shares a transaction, keeps its order, and answers each its own value', async () => {
  const { tables, note, notes } = opened();
  const answers = Array.from({ length: 50 }, (_, index) => tables.commit(() => `${String(note(String(index)))}!`));
  expect(notes()).toEqual([]);
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 50 }, (_, index) => `${String(index + 1)}!`));
  expect(notes()).toEqual(Array.from({ length: 50 }, (_, index) => String(index)));
});

test('many pieces of a moment make one commit, which the next moment does not wait for', async () => {
  const { count, committer } = counted(opened().db);
  await Promise.all(Array.from({ length: 20 }, (_, index) => committer.commit(() => index)));
  expect(count.begun).toBe(1);
  const began = performance.now();
  await Promise.all([committer.commit(() => 1), committer.commit(() => 2)]);
  expect(count.begun).toBe(2);
  expect(performance.now() - began).toBeLessThan(500);
});

test('one piece that throws takes only itself back, and only its promise fails', async () => {
  const { tables, note, notes } = opened();
  const first = tables.commit(() => note('first'));
  const bad = tables.commit(() => {
    note('half');
    throw new Error('meant');
  });
  const last = tables.commit(() => note('last'));
  await expect(bad).rejects.toThrow('meant');
  await first;
  await last;
  expect(notes()).toEqual(['first', 'last']);
});

test('pieces run once, and again only where one of them throws', async () => {
  const { tables, note, notes } = opened();
  const runs: string[] = [];
  const piece = (name: string) =>
    tables.commit(() => {
      runs.push(name);
      return note(name);
    });
  await Promise.all([piece('a'), piece('b')]);
  expect(runs).toEqual(['a', 'b']);
  const rest = [piece('c'), tables.commit(() => note('a')), piece('d')];
  expect((await Promise.allSettled(rest)).map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(runs).toEqual(['a', 'b', 'c', 'c', 'd']);
  expect(notes()).toEqual(['a', 'b', 'c', 'd']);
});

test('where another program holds the database it is waited for once, and no piece runs', async () => {
  const { home, db } = openTables();
  const other = must(openWritable(home));
  onTestFinished(() => {
    other.close();
  });
  db.pragma('busy_timeout = 20');
  const { count, committer } = counted(db);
  other.exec('BEGIN IMMEDIATE');
  let runs = 0;
  const held = committer.commit(() => (runs += 1));
  await expect(held).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
  expect({ begun: count.begun, runs }).toEqual({ begun: 1, runs: 0 });
  other.exec('ROLLBACK');
  expect(await committer.commit(() => (runs += 1))).toBe(1);
});

test('a promise is kept only once other handles see the work too', async () => {
  const { home, tables } = openTables();
  const reader = must(openReadable(home));
  if (reader === null) throw new Error('no database');
  const seen = readTables(reader);
  const kept = tables.commit(() => tables.receipts.append('f', newReceipt('a')));
  expect(seen.receipts.newest(1)).toEqual([]);
  const receipt = await kept;
  expect(seen.receipts.newest(1)).toEqual([receipt]);
  seen.close();
});

test('flush commits at once, and nothing twice', async () => {
  const { tables, note, notes } = opened();
  const kept = tables.commit(() => note('a'));
  tables.flush();
  expect(notes()).toEqual(['a']);
  await kept;
  tables.flush();
  await tables.commit(() => note('b'));
  expect(notes()).toEqual(['a', 'b']);
});

test('where the database takes the whole transaction back, no piece is told that it was kept', async () => {
  const { db, tables, note, notes } = opened();
  const first = tables.commit(() => note('first'));
  // What SQLite does by itself where the disk is full or cannot be written.
  const broken = tables.commit(() => {
    db.exec('ROLLBACK');
    throw new Error('disk full');
  });
  const last = tables.commit(() => note('last'));
  const ends = await Promise.allSettled([first, broken, last]);
  expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(notes()).toEqual([]);
  await tables.commit(() => note('next'));
  expect(notes()).toEqual(['next']);
});

test('a commit that fails fails every piece of it, and the next one works', async () => {
  const { db, tables, note, notes } = opened();
  db.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY)');
  db.exec('CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)');
  const a = tables.commit(() => note('a'));
  const b = tables.commit(() => db.exec('INSERT INTO child VALUES (7)'));
  const ends = await Promise.allSettled([a, b]);
  expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected']);
  expect(notes()).toEqual([]);
  await tables.commit(() => note('c'));
  expect(notes()).toEqual(['c']);
});
