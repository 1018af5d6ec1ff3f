import { linkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Folder } from '../../../main/contract/models.ts';
import { PlanApplier } from '../../../main/engine/applying.ts';
import { scanFolder } from '../../../main/engine/scans.ts';
import { planFolder } from '../../../main/engine/plan.ts';
import type { FileStat } from '../../../main/store/types.ts';
import { journalRow, keep, openTables, path, stat, temporaryFolder } from '../store/support.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const GAP = 1_000;

/** A folder whose files, and one more that stays, are known as they lie there. */
function world(files: readonly string[]) {
  const root = temporaryFolder();
  const { tables } = openTables();
  const at = (name: string): string => join(root, name);
  const statOf = (name: string): FileStat => {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(at(name), { bigint: true });
    const times = { mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs) };
    return stat({ dev: String(dev), ino: String(ino), size: Number(size), ...times });
  };
  /** As after its upload. */
  const know = (name: string, sha256 = `of ${name}`): void => {
    keep(tables, journalRow(name, { stat: statOf(name), sha256 }));
  };
  const { dev, ino } = statSync(root, { bigint: true });
  tables.folders.setRoot('f', String(dev), String(ino));
  for (const name of ['stays', ...files]) {
    writeFileSync(at(name), name);
    know(name);
  }
  const folder: Folder = {
    id: 'f',
    name: 'F',
    path: root,
    connection: 'c',
    bucket: 'b',
    prefix: '',
    deletes: 'keep',
    paused: false,
    policy: {},
    policyVersion: 1,
    ignore: [],
    watching: 'auto',
    addedAt: '',
  };
  const applier = new PlanApplier(tables, GAP);
  const look = async (): Promise<void> => {
    const options = { forbidden: new Set<string>(), now: () => new Date() };
    await scanFolder(folder, { kind: 'whole' }, tables, options, async (plan, seenAt) => {
      await (
        await applier.apply(folder, plan, seenAt)
      ).written;
    });
    vi.advanceTimersByTime(GAP);
  };
  const queued = (): string[] =>
    tables.jobs
      .ofFolder('f')
      .map(({ operation, path: of, reason, source }) =>
        [operation, of, reason, ...(source === null ? [] : [source.path])].join(' '),
      )
      .sort();
  return { tables, folder, at, know, look, queued };
}

test('the end of the old name says that the file is elsewhere, while its copy is due and after it', async () => {
  const { tables, at, know, look, queued } = world(['a']);
  renameSync(at('a'), at('b'));
  await look();
  expect(queued()).toEqual(['put b moved a']);
  await look();
  expect(queued()).toEqual(['gone a moved', 'put b moved a']);

  // Sent meanwhile, and then begun anew, as after a restart: the job is no more, and the journal knows both.
  tables.jobs.removeFolder('f');
  know('b', 'of a');
  await look();
  await look();
  expect(queued()).toEqual(['gone a moved']);
});

test('both names of one file are gone: that is an end, and no move', async () => {
  const { at, know, look, queued } = world(['a']);
  linkSync(at('a'), at('b'));
  know('a');
  know('b', 'of a');
  await look();
  expect(queued(), 'both are there').toEqual([]);
  rmSync(at('a'));
  rmSync(at('b'));
  await look();
  await look();
  expect(queued()).toEqual(['gone a vanished', 'gone b vanished']);
});

test('one of two names is gone: the file is there under the other', async () => {
  const { at, know, look, queued } = world(['a']);
  linkSync(at('a'), at('b'));
  know('a');
  know('b', 'of a');
  rmSync(at('a'));
  know('b', 'of a');
  await look();
  await look();
  expect(queued()).toEqual(['gone a moved']);
});

test('a number that was given away again to other bytes is no other name', async () => {
  const { at, know, look, queued } = world(['a']);
  renameSync(at('a'), at('b'));
  know('b', 'something else');
  await look();
  await look();
  expect(queued()).toEqual(['gone a vanished']);
});

test('a plan tells from where, and the end of the old name last', async () => {
  const { tables, folder, at } = world(['a', 'c', 'z']);
  renameSync(at('z'), at('b'));
  rmSync(at('c'));
  const told: unknown[] = [];
  await planFolder(folder, tables, new Set(), (one) => told.push(one), new AbortController().signal);
  expect(told).toEqual([
    { path: 'b', operation: 'move', reason: 'moved', size: 1, from: 'z' },
    { path: 'c', operation: 'gone', reason: 'vanished', size: 1 },
    { path: 'z', operation: 'gone', reason: 'moved', size: 1 },
  ]);
});

test('a look at what has not changed asks for no other names', async () => {
  const { tables, look } = world(['a', 'b']);
  const asked = vi.spyOn(tables.journal, 'byInode');
  await look();
  expect(asked).not.toHaveBeenCalled();
  expect(tables.journal.find('f', path('a'))).not.toBeNull();
});
