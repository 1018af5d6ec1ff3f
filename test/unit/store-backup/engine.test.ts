/** The engine makes the day's copy by itself, and its stop leaves nothing of one that is under way. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Engine } from '../../../main/engine/engine.ts';
import { backupsOf, openWritable, writeTables } from '../../../main/store/index.ts';
import { must, newReceipt, temporaryFolder } from '../store/support.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-01T08:00:00'), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function homeWith(rows: number): string {
  const home = temporaryFolder();
  const tables = writeTables(must(openWritable(home)));
  tables.now(() => {
    for (let at = 0; at < rows; at += 1) tables.receipts.append('f', newReceipt(`${at}.txt`));
  });
  tables.close();
  return home;
}

const step = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a while after its start', async () => {
  const home = homeWith(100);
  const said: string[] = [];
  const engine = must(await Engine.open({ home, watch: false, log: (line) => said.push(line) }));
  engine.start();
  vi.advanceTimersByTime(60_000);
  await step();
  expect(backupsOf(home)).toEqual([]);
  vi.advanceTimersByTime(120_000);
  for (let steps = 0; steps < 10_000 && backupsOf(home).length === 0; steps += 1) await step();
  expect(backupsOf(home)).toMatchObject([{ day: '2026-03-01' }]);
  await engine.stop();
  expect(said).toEqual([]);
});

test('stopped in the middle of one', async () => {
  const home = homeWith(6_000);
  const engine = must(await Engine.open({ home, watch: false, log: () => undefined }));
  engine.start();
  vi.advanceTimersByTime(180_000);
  await step();
  await engine.stop();
  expect(readdirSync(join(home, 'backup'))).toEqual([]);
});
