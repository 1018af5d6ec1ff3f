/** Removed files: marked as deleted in the bucket where it keeps versions, never for good, never over another's version. */
import { foldersHere } from '../../main/contract/attached.ts';
import { DeleteObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { BRAKE_LIMITS } from '../../main/plan/index.ts';
import { folderStatus } from '../../main/engine/report.ts';
import { openHomeForReading } from '../../main/engine/home.ts';
import { FOLDER, openWorld, tellOnce, took, type World } from '../support/world/world.ts';

/** Two looks come one right after the other. */
const QUICK = { proofGapMs: 50 };

function status(w: World) {
  const home = took(openHomeForReading(w.home));
  try {
    const [folder] = foldersHere(home.settings.folders);
    if (folder === undefined) throw new Error('The home has no folder.');
    return folderStatus(folder, home.settings.connections, home.tables);
  } finally {
    home.close();
  }
}

async function setVersioning(w: World, Status: 'Enabled' | 'Suspended'): Promise<void> {
  await w.bucket.client.send(
    new PutBucketVersioningCommand({ Bucket: w.bucket.name, VersioningConfiguration: { Status } }),
  );
}

const pathsOf = (lines: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] =>
  lines.map((line) => line['path']);

/** The proof is had and the delete is let go, so that the next sync sends it at once. */
async function proven(w: World): Promise<void> {
  await w.sync({ ...QUICK, brake: { ...BRAKE_LIMITS, deletes: 0 } });
  await w.cairnDone('brake', 'release', FOLDER);
  expect(await w.bucket.markers()).toEqual([]);
}

/** A folder with two files that were sent, of which one is gone. */
async function withOneGone(w: World): Promise<void> {
  await w.write('stays.txt', 'here');
  await w.write('a.txt', 'one');
  await w.settle();
  await w.remove('a.txt');
}

describe('a removed file', () => {
  test('gets one marker with its receipt; the tree before shows it, after it does not; and it comes back as new', async () => {
    await using w = await openWorld({ deletes: 'mark' });
    await withOneGone(w);
    const before = new Date().toISOString();

    expect(await w.settle(QUICK)).toMatchObject({ puts: 0, deletes: 1, gone: 0, parked: 0 });

    const [marker] = await w.bucket.markers();
    expect(await w.bucket.markers()).toEqual([{ key: 'a.txt', versionId: marker?.versionId, isLatest: true }]);
    const receipt = w.receipts('a.txt').at(-1);
    expect(receipt).toMatchObject({ operation: 'delete', versionId: marker?.versionId, proof: 'none', size: 3 });
    expect(receipt?.request, 'it never names a version').toEqual({ Bucket: w.bucket.name, Key: 'a.txt' });
    expect(Date.parse(receipt?.seenAt ?? ''), 'the first absence').toBeLessThan(Date.parse(receipt?.startedAt ?? ''));
    expect(pathsOf(await w.cairnDone('tree', FOLDER, '--at', before))).toEqual(['a.txt', 'stays.txt']);
    expect(pathsOf(await w.cairnDone('tree', FOLDER, '--at', receipt?.seenAt ?? ''))).toEqual(['stays.txt']);
    expect(await w.cairnDone('versions', FOLDER, 'a.txt')).toMatchObject([
      { deleteMarker: true, isLatest: true, receiptSeq: receipt?.seq, seenAt: receipt?.seenAt },
      { deleteMarker: false, isLatest: false },
    ]);
    expect((await w.cairnDone('activity', FOLDER))[0]).toMatchObject({ kind: 'gone', code: 'delete', path: 'a.txt' });
    expect(await w.settle(QUICK), 'nothing is left to do').toMatchObject({ deletes: 0, requests: 0 });

    await w.write('a.txt', 'one');
    expect(await w.settle(QUICK)).toMatchObject({ puts: 1, deletes: 0 });
    await w.expectVersions('a.txt', ['one', 'one']);
    expect(pathsOf(await w.cairnDone('tree', FOLDER))).toEqual(['a.txt', 'stays.txt']);
    await w.expectNothingLost();
  });

  tellOnce('is marked by the command line, which says so in its sum', async () => {
    await using w = await openWorld({ deletes: 'mark' });
    await withOneGone(w);
    expect(await w.cairnDone('plan', FOLDER)).toMatchObject([{ path: 'a.txt', operation: 'delete' }]);
    await proven(w);
    const lines = await w.cairnDone('sync');
    expect(lines).toMatchObject([{ operation: 'delete', path: 'a.txt' }, { summary: { deletes: 1, gone: 0 } }]);
    await w.expectNothingLost();
  });

  test('that another program deleted already is only noted as gone', async () => {
    await using w = await openWorld({ deletes: 'mark' });
    await withOneGone(w);
    await w.bucket.client.send(new DeleteObjectCommand({ Bucket: w.bucket.name, Key: 'a.txt' }));
    expect(await w.settle(QUICK)).toMatchObject({ deletes: 0, gone: 1, parked: 0 });
    expect(await w.bucket.markers()).toHaveLength(1);
  });

  test('stays where another program has written since: parked, and over once that is gone too', async () => {
    await using w = await openWorld({ deletes: 'mark' });
    await withOneGone(w);
    const theirs = await w.bucket.client.send(
      new PutObjectCommand({ Bucket: w.bucket.name, Key: 'a.txt', Body: 'theirs' }),
    );
    expect(await w.settle(QUICK)).toMatchObject({ deletes: 0, gone: 0, parked: 1 });
    expect(w.parked()).toEqual({ 'a.txt': 'foreign-version' });
    expect(await w.bucket.markers()).toEqual([]);
    await w.expectVersions('a.txt', ['theirs', 'one']);

    const VersionId = theirs.VersionId ?? '';
    await w.bucket.client.send(new DeleteObjectCommand({ Bucket: w.bucket.name, Key: 'a.txt', VersionId }));
    await w.cairnDone('retry', FOLDER, 'a.txt');
    expect(await w.settle(QUICK)).toMatchObject({ deletes: 1, parked: 0 });
    await w.expectNothingLost();
  });
});

describe('an answer that was lost', () => {
  test.each([
    ['cut off', { kind: 'cut' }],
    ['an internal error in its place', { kind: 'error', status: 500, code: 'InternalError' }],
  ] as const)('%s: the marker is adopted, and none is laid twice', async (_, how) => {
    await using w = await openWorld({ deletes: 'mark' });
    await withOneGone(w);
    w.gate.spoilAnswers((request) => request.operation === 'DeleteObject', how);
    expect(await w.settle(QUICK)).toMatchObject({ deletes: 1, parked: 0 });
    expect(w.requests('DeleteObject')).toHaveLength(1);
    expect(w.receipts('a.txt').at(-1)).toMatchObject({ operation: 'delete', proof: 'adopted' });
    await w.expectNothingLost();
  });

  test.each(['delete-sent', 'delete-answered'])('since Cairn was killed at %s: one marker', async (step) => {
    await using w = await openWorld({ deletes: 'mark' });
    await withOneGone(w);
    await proven(w);
    const ended = await w.begin(['sync'], { env: { CAIRN_TEST_END_AT: step } }).ended;
    expect(ended).toMatchObject({ signal: 'SIGKILL' });
    w.forgetRequests();
    expect(await w.settle(QUICK)).toMatchObject({ deletes: 1, parked: 0 });
    expect(await w.bucket.markers()).toHaveLength(1);
    if (step === 'delete-answered') expect(w.requests('DeleteObject'), 'not sent again').toEqual([]);
    await w.expectNothingLost();
  });

  test('and the file is back meanwhile: the marker has its receipt, and the file lies above it', async () => {
    await using w = await openWorld({ deletes: 'mark' });
    await withOneGone(w);
    await proven(w);
    await w.begin(['sync'], { env: { CAIRN_TEST_END_AT: 'delete-answered' } }).ended;
    await w.write('a.txt', 'one');
    expect(await w.settle(QUICK)).toMatchObject({ parked: 0 });
    expect(w.receipts('a.txt').map(({ operation }) => operation)).toEqual(['put', 'delete', 'put']);
    await w.expectNothingLost();
  });
});

describe('a bucket that does not mark deletes', () => {
  test('versioning was suspended: nothing is sent, uploads go on, and a person mends it', async () => {
    await using w = await openWorld({ deletes: 'mark' });
    await withOneGone(w);
    await setVersioning(w, 'Suspended');
    await w.write('new.txt', 'new');

    const report = await w.sync(QUICK);
    expect(report).toMatchObject({
      summary: { puts: 1, deletes: 0 },
      failures: [{ failure: { code: 'deletes-stopped' } }],
    });
    expect(w.requests('DeleteObject')).toEqual([]);
    expect(status(w)).toMatchObject({ state: 'attention', failure: { code: 'deletes-stopped' } });
    expect((await w.cairn('sync')).code, 'kept over restarts').toBe(3);
    await w.expectRefused(['folder', 'deletes', FOLDER, 'mark'], 2, 'mark-needs-versions');

    await setVersioning(w, 'Enabled');
    expect((await w.sync(QUICK)).failures, 'not before a person says so').toHaveLength(1);
    expect(await w.cairnDone('folder', 'deletes', FOLDER, 'mark')).toMatchObject([{ deletes: 'mark' }]);
    expect(await w.settle(QUICK)).toMatchObject({ deletes: 1 });
    expect(status(w)).toMatchObject({ state: 'idle', failure: null });
  });

  tellOnce('an answer without a marker stops all deletes of the folder; `keep` only notes them', async () => {
    await using w = await openWorld({ deletes: 'mark' });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'stays']) await w.write(name, name);
    await w.settle();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await w.remove(name);
    // As of a store that keeps no versions whatever it says.
    w.gate.spoilAnswers((request) => request.operation === 'DeleteObject', {
      kind: 'headers',
      headers: { 'x-amz-delete-marker': 'false' },
    });

    const { failures, summary } = await w.sync(QUICK);
    expect(failures).toMatchObject([{ failure: { code: 'deletes-stopped' } }]);
    expect(summary).toMatchObject({ deletes: 0, parked: 0 });
    expect(w.requests('DeleteObject'), 'one was enough').toHaveLength(1);
    expect((await w.sync(QUICK)).failures).toHaveLength(1);
    expect(w.requests('DeleteObject')).toHaveLength(1);

    await w.cairnDone('folder', 'deletes', FOLDER, 'keep');
    expect(await w.settle(QUICK), 'the marker that was laid has its receipt').toMatchObject({ deletes: 1, gone: 4 });
    expect(w.requests('DeleteObject')).toHaveLength(1);
    await w.expectNothingLost();
  });

  tellOnce('cannot be asked for marks; where versions are kept they are the default', async () => {
    await using w = await openWorld({ prefix: 'notes' });
    const where = ['--connection', 'store', '--bucket', w.bucket.name];
    const add = (prefix: string, ...more: readonly string[]) =>
      ['folder', 'add', w.root, '--name', prefix, '--prefix', prefix, ...where, ...more] as const;
    expect(await w.cairnDone(...add('p1'))).toMatchObject([{ deletes: 'mark' }]);
    await w.expectRefused(add('p2', '--deletes', 'wipe'), 2, 'usage');
    await w.expectRefused(['folder', 'deletes', FOLDER, 'wipe'], 2, 'usage');
    await setVersioning(w, 'Suspended');
    await w.expectRefused(add('p3', '--deletes', 'mark'), 2, 'mark-needs-versions');
    expect(await w.cairnDone(...add('p4'))).toMatchObject([{ deletes: 'keep' }]);
  });
});

describe('the brake', () => {
  async function withMany(w: World, count: number): Promise<void> {
    for (let at = 0; at < count; at += 1) await w.write(`many/${at}`, `${at}`);
    await w.write('stays', 'here');
    await w.settle();
  }

  tellOnce(
    'a third vanishes: deletes wait over restarts, uploads go on; released, they go out, and a little later more',
    async () => {
      await using w = await openWorld({ deletes: 'mark' });
      await withMany(w, 30);
      for (let at = 0; at < 10; at += 1) await w.remove(`many/${at}`);
      await w.write('new', 'new');

      const report = await w.sync(QUICK);
      expect(report).toMatchObject({
        summary: { puts: 1, deletes: 0 },
        failures: [{ failure: { code: 'deletes-braked' } }],
      });
      const since = status(w).brake?.since;
      expect(status(w)).toMatchObject({ state: 'attention', queued: 0, brake: { deletes: 10, since } });
      expect((await w.cairn('sync')).code).toBe(3);
      expect(await w.bucket.markers()).toEqual([]);
      const [shown] = await w.cairnDone('brake', 'show', FOLDER);
      expect(shown).toMatchObject({ folder: FOLDER, deletes: 10, since, replaced: null });
      expect(shown?.['paths']).toHaveLength(10);

      // One comes back by itself, and is not asked about any more.
      await w.write('many/0', '0');
      await w.sync(QUICK);
      expect(status(w).brake).toMatchObject({ deletes: 9 });
      expect(await w.cairnDone('brake', 'release', FOLDER)).toEqual([
        { folder: FOLDER, decision: 'release', deletes: 9 },
      ]);
      expect(await w.settle(QUICK)).toMatchObject({ deletes: 9 });
      expect(status(w)).toMatchObject({ state: 'idle', brake: null });

      for (let at = 10; at < 13; at += 1) await w.remove(`many/${at}`);
      expect(await w.settle(QUICK), 'what was released counts no more').toMatchObject({ deletes: 3 });
      await w.expectNothingLost();
    },
  );

  tellOnce('a running engine is asked the same, and goes on at once', async () => {
    await using w = await openWorld({ deletes: 'mark' });
    await withMany(w, 24);
    await w.remove('many');
    await w.sync(QUICK);
    const watch = w.begin(['watch']);
    await watch.until(({ stderr }) => stderr.includes('Watching'), 'its first words');

    expect(await w.cairnDone('brake', 'show', FOLDER)).toMatchObject([{ deletes: 24 }]);
    expect(await w.cairnDone('brake', 'release', FOLDER)).toMatchObject([{ deletes: 24 }]);
    const isDeleted = (line: Readonly<Record<string, unknown>>): boolean => line['operation'] === 'delete';
    await watch.until(({ lines }) => lines.filter(isDeleted).length === 24, 'a receipt for each');
    expect(await w.cairnDone('folder', 'deletes', FOLDER, 'keep')).toMatchObject([{ deletes: 'keep' }]);

    watch.kill('SIGTERM');
    expect(await watch.ended, watch.stderr).toMatchObject({ code: 0 });
    expect(await w.bucket.markers()).toHaveLength(24);
    await w.expectNothingLost();
  });

  test('discarded: nothing is sent, the paths are gone in the record, and nothing waits', async () => {
    await using w = await openWorld({ deletes: 'mark' });
    await withMany(w, 24);
    await w.remove('many');
    await w.sync(QUICK);
    expect(await w.cairnDone('brake', 'discard', FOLDER)).toEqual([
      { folder: FOLDER, decision: 'discard', deletes: 24 },
    ]);
    expect(await w.settle(QUICK)).toMatchObject({ deletes: 0, gone: 24 });
    expect(await w.bucket.markers()).toEqual([]);
    expect(status(w)).toMatchObject({ state: 'idle', brake: null, files: 1 });
    expect(await w.cairnDone('brake', 'show', FOLDER)).toMatchObject([{ deletes: 0, since: null, paths: [] }]);
    await w.expectNothingLost();
  });
});
