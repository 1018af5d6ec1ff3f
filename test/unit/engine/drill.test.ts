import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { failure, type Failure } from '../../../main/contract/errors.ts';
import type { Folder } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import type { Drill } from '../../../main/contract/verification.ts';
import { openDailyLooks } from '../../../main/engine/daily-looks.ts';
import { chosenFiles, drillFolder, isDrillDue } from '../../../main/engine/drill.ts';
import { folderStatus } from '../../../main/engine/report.ts';
import type { StoreClient } from '../../../main/s3/index.ts';
import { journalRow, must, newReceipt, openTables, stat } from '../store/support.ts';

const DAY = 24 * 3_600_000;
const MB = 1024 * 1024;
const START = Date.parse('2026-03-01T12:00:00Z');
const folder = { id: 'f', name: 'notes', bucket: 'b', prefix: '', policy: {}, connection: 'c' } as unknown as Folder;
const quiet = { signal: new AbortController().signal, onProgress: () => undefined };

function drillAt(ms: number): Drill {
  const counts = { known: 1, files: 1, bytes: 1, ok: 1, missing: 0, different: 0, unread: 0, archived: 0 };
  return { at: new Date(ms).toISOString(), seed: 1, ...counts, example: null };
}

afterEach(() => {
  vi.useRealTimers();
});

test('the first drill comes a day after the folder, later ones by the timetable, and with room for others', () => {
  const added = { addedAt: new Date(START).toISOString() };
  expect(isDrillDue(added, null, START + DAY - 1, false)).toBe(false);
  expect(isDrillDue(added, null, START + DAY, false)).toBe(true);
  expect(isDrillDue({ ...added, drill: 'off' }, null, START + 900 * DAY, false)).toBe(false);
  const last = drillAt(START);
  expect(isDrillDue(added, last, START + 29 * DAY, false)).toBe(false);
  expect(isDrillDue(added, last, START + 30 * DAY, false)).toBe(true);
  expect(isDrillDue({ ...added, drill: 'weekly' }, last, START + 7 * DAY, false)).toBe(true);
  expect(isDrillDue({ ...added, drill: 'weekly' }, last, START + 7 * DAY, true), 'a limit holds').toBe(false);
  expect(isDrillDue({ ...added, drill: 'weekly' }, last, START + 14 * DAY, true), 'as it always does').toBe(true);
  expect(isDrillDue(added, drillAt(START + 400 * DAY), START, false), 'the clock was set back').toBe(true);
});

test('by the clock: once a month, and again soon where the store did not answer', async () => {
  vi.useFakeTimers({ now: START });
  let last: Drill | null = null;
  let answers = false;
  const asked: number[] = [];
  const one = { ...folder, addedAt: new Date(START - 2 * DAY).toISOString() };
  const drills = openDailyLooks({
    folders: () => [one],
    isDue: (due) => isDrillDue(due, last, Date.now(), false),
    look: () => {
      asked.push(Date.now());
      if (answers) last = drillAt(Date.now());
      return Promise.resolve(answers ? success(null) : failed(failure('offline')));
    },
    now: () => new Date(),
    random: () => 0.5,
    onFailure: () => undefined,
    onBug: (error) => {
      throw error;
    },
  });
  await vi.advanceTimersByTimeAsync(2 * 3_600_000);
  expect(asked.length, 'tried again').toBeGreaterThan(2);
  answers = true;
  await vi.advanceTimersByTimeAsync(3_600_000);
  const first = asked.length;
  await vi.advanceTimersByTimeAsync(29 * DAY);
  expect(asked.length).toBe(first);
  await vi.advanceTimersByTimeAsync(2 * DAY);
  expect(asked.length).toBe(first + 1);
  await drills.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('no more than 50 MB are drawn, and one file at the least', () => {
  const rowsOf = (...sizes: readonly number[]) =>
    sizes.map((size, index) => journalRow(`f${String(index)}`, { stat: stat({ size }) }));
  const sizesOf = (...sizes: readonly number[]) => chosenFiles(rowsOf(...sizes)).map((row) => row.stat.size);
  expect(sizesOf(20 * MB, 40 * MB, 30 * MB, 1)).toEqual([20 * MB, 30 * MB]);
  expect(sizesOf(80 * MB, 60 * MB, 70 * MB)).toEqual([60 * MB]);
  expect(sizesOf()).toEqual([]);
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A folder of these files, and a store that answers with a content or a failure. */
function withFiles(answers: Readonly<Record<string, string | Failure>>) {
  const { tables } = openTables();
  tables.now(() => {
    for (const name of Object.keys(answers)) {
      const { seq } = tables.receipts.append('f', newReceipt(name, { versionId: `v-${name}`, request: {} }));
      const known = { sha256: sha256(name), versionId: `v-${name}`, receiptSeq: seq };
      tables.journal.put(journalRow(name, { ...known, stat: stat({ size: name.length }) }));
    }
  });
  const asked: string[] = [];
  const client = {
    endpoint: 'here',
    send: (name: string, { Key, VersionId }: { readonly Key: string; readonly VersionId: string }) => {
      asked.push(`${name} ${Key} ${VersionId}`);
      const answer = answers[Key] ?? '';
      return Promise.resolve(typeof answer === 'string' ? success({ Body: Readable.from([answer]) }) : failed(answer));
    },
  } as unknown as StoreClient;
  return { tables, client, asked };
}

test('each file is fetched by its version; what is wrong stands in the status until a drill finds it well', async () => {
  const { tables, client, asked } = withFiles({
    well: 'well',
    changed: 'other',
    gone: failure('object-missing', { key: 'gone' }),
    deep: failure('archived', { key: 'deep' }),
    denied: failure('permission'),
  });
  const drill = must(await drillFolder(folder, client, tables, 7, quiet));
  const counts = { known: 5, files: 5, bytes: 4, ok: 1, missing: 1, different: 1, unread: 1, archived: 1, seed: 7 };
  expect(drill).toMatchObject({ ...counts, example: 'changed' });
  expect(asked).toContain('GetObject gone v-gone');
  const status = folderStatus(folder, [], tables);
  expect(status.lastDrill).toEqual(drill);
  expect(status.problems).toMatchObject([{ code: 'drill-failed', facts: { files: 5, wrong: 2, path: 'changed' } }]);
  expect(status.state).toBe('attention');
  expect(tables.activity.list('f', null, 10)).toMatchObject([{ kind: 'problem', code: 'drill-failed' }]);
  expect(folderStatus({ ...folder, drill: 'off' }, [], tables).problems).toEqual([]);
  tables.now(() => {
    tables.drills.set('f', drillAt(START));
  });
  expect(folderStatus(folder, [], tables).problems).toEqual([]);
});

test('a store that does not answer proves nothing, and nothing is written down', async () => {
  const { tables, client } = withFiles({ a: 'a', b: failure('offline', { endpoint: 'here', reason: 'gone' }) });
  const drill = await drillFolder(folder, client, tables, 1, quiet);
  expect(drill).toMatchObject({ ok: false, failure: { code: 'offline' } });
  expect(tables.drills.find('f')).toBeNull();
});
