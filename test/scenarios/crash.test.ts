/** Ended without warning at each step of an upload, or robbed of the answer: each content is stored once, and explained. */
import { describe, expect, test } from 'vitest';
import { seededBytes } from '../support/world/disk.ts';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';

const MIB = 1024 * 1024;

const putSteps = ['intent-committed', 'put-sent', 'put-answered'] as const;
const multipartSteps = [
  'intent-committed',
  'multipart-created',
  'part-answered',
  'complete-sent',
  'complete-answered',
] as const;

/** Steps after which the store surely has the object. */
const stored: ReadonlySet<string> = new Set(['put-answered', 'complete-answered']);

async function crashAt(w: World, step: string): Promise<void> {
  const ended = await w.begin(['sync'], { env: { CAIRN_TEST_END_AT: step } }).ended;
  expect(ended, `the sync was to end at ${step}`).toMatchObject({ signal: 'SIGKILL' });
}

describe('kill -9 at each step', () => {
  test.each(putSteps)('of a put: %s', async (step) => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    await w.settle();
    await w.write('a.txt', 'two');
    await crashAt(w, step);

    w.forgetRequests();
    const ended = await w.cairn('sync');

    expect(ended).toMatchObject({ code: 0, stderr: '' });
    await w.expectVersions('a.txt', ['two', 'one']);
    const receipt = w.receipts('a.txt').at(-1);
    expect(ended.lines, 'the receipt is told, adopted or not').toMatchObject([
      { path: 'a.txt', versionId: receipt?.versionId },
      { summary: { puts: 1, bytes: 3, parked: 0 } },
    ]);
    if (stored.has(step)) {
      expect(receipt).toMatchObject({ proof: 'adopted' });
      expect(w.requests('PutObject'), 'not sent again').toEqual([]);
    }
    await w.expectNothingLost();
    expect(await w.settle(), 'nothing is left to do').toMatchObject({ puts: 0, requests: 0 });
  });

  test.each(multipartSteps)('of a multipart upload: %s', async (step) => {
    await using w = await openWorld();
    const film = seededBytes(33 * MIB, step);
    await w.write('film.mp4', film);
    await crashAt(w, step);

    w.forgetRequests();
    const ended = await w.cairn('sync');

    expect(ended).toMatchObject({ code: 0, stderr: '' });
    await w.expectVersions('film.mp4', [film]);
    const [receipt] = w.receipts('film.mp4');
    expect(ended.lines).toMatchObject([
      { path: 'film.mp4', versionId: receipt?.versionId },
      { summary: { puts: 1, bytes: film.length, parked: 0 } },
    ]);
    if (stored.has(step)) {
      expect(receipt).toMatchObject({ proof: 'adopted', operation: 'multipart' });
      expect(w.requests('UploadPart'), 'not sent again').toEqual([]);
    }
    await w.expectNothingLost();
    expect(await w.settle(), 'nothing is left to do').toMatchObject({ puts: 0, requests: 0 });
  });

  test('and the file changes before the next start: what was stored is adopted, and the change follows', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    await w.write('sub/b.txt', 'bee');
    await crashAt(w, 'put-answered');
    await w.write('a.txt', 'two');
    await w.write('sub/b.txt', 'bees');

    expect(await w.settle()).toMatchObject({ parked: 0 });

    const contents = await Promise.all(
      ['a.txt', 'sub/b.txt'].map(async (path) => (await w.bucket.versionsOf(path)).length),
    );
    expect(contents.every((count) => count === 1 || count === 2)).toBe(true);
    expect(w.receipts().some((receipt) => receipt.proof === 'adopted')).toBe(true);
    await w.expectNothingLost();
  });

  test('and the file is gone before the next start: what was stored has its receipt, and then the path is gone', async () => {
    await using w = await openWorld();
    await w.write('stays', 'a folder that is empty proves nothing');
    await w.settle();
    await w.write('a.txt', 'one');
    await crashAt(w, 'put-answered');
    await w.remove('a.txt');

    await w.settle();
    await w.settle();

    await w.expectVersions('a.txt', ['one']);
    w.expectReceipts(['put stays', 'put a.txt', 'gone a.txt']);
    await w.expectNothingLost();
  });

  test('three times on one file: it is parked with the reason, the others go, and a retry sends it', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    for (let times = 0; times < 3; times += 1) await crashAt(w, 'intent-committed');
    await w.write('b.txt', 'two');

    const ended = await w.cairn('sync');
    expect(ended.code, 'some files need attention').toBe(3);
    expect(w.parked()).toEqual({ 'a.txt': 'crashed-thrice' });
    await w.expectVersions('b.txt', ['two']);

    expect(await w.cairnDone('retry', FOLDER)).toEqual([{ folder: FOLDER, retried: 1 }]);
    await w.cairnDone('sync');
    await w.expectVersions('a.txt', ['one']);
    await w.expectNothingLost();
  });
});

describe('the answer is spoilt after the store has stored', () => {
  test.each([
    ['cut off', { kind: 'cut' }],
    ['an internal error in its place', { kind: 'error', status: 500, code: 'InternalError' }],
  ] as const)('a put, %s: adopted, not sent twice', async (_, how) => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    w.gate.spoilAnswers((request) => request.operation === 'PutObject', how);

    expect(await w.settle()).toMatchObject({ puts: 1, parked: 0 });

    expect(w.requests('PutObject')).toHaveLength(1);
    await w.expectVersions('a.txt', ['one']);
    expect(w.receipts()).toMatchObject([{ proof: 'adopted' }]);
    await w.expectNothingLost();
  });

  test.each(['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'])(
    'of %s: one version, no upload left open',
    async (operation) => {
      await using w = await openWorld();
      const film = seededBytes(33 * MIB, operation);
      await w.write('film.mp4', film);
      w.gate.spoilAnswers((request) => request.operation === operation);

      expect(await w.settle()).toMatchObject({ puts: 1, parked: 0 });

      await w.expectVersions('film.mp4', [film]);
      if (operation === 'CompleteMultipartUpload') {
        expect(w.requests('CompleteMultipartUpload')).toHaveLength(1);
        expect(w.receipts()).toMatchObject([{ proof: 'adopted', operation: 'multipart' }]);
      }
      await w.expectNothingLost();
    },
  );

  test('bytes that the store says are others: read and sent again, and never taken for ours', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    const others = { etag: `"${'0'.repeat(32)}"`, 'x-amz-checksum-crc32': 'AAAAAA==' };
    const isOfObject = ({ operation }: { readonly operation: string }): boolean =>
      operation === 'PutObject' || operation === 'HeadObject';
    w.gate.spoilAnswers(isOfObject, { kind: 'headers', headers: others }, Infinity);

    expect(await w.settle()).toMatchObject({ puts: 0, parked: 1 });
    expect(w.parked()).toEqual({ 'a.txt': 'damaged' });
    expect(w.requests('PutObject'), 'three attempts').toHaveLength(3);
    expect(w.receipts()).toEqual([]);

    w.gate.spoilAnswers(() => false);
    await w.cairnDone('retry', FOLDER);
    expect(await w.settle()).toMatchObject({ parked: 0 });
    const newest = (await w.bucket.versionsOf('a.txt')).at(0);
    expect(w.receipts()).toMatchObject([{ versionId: newest?.versionId }]);
  });

  test('a store too busy to begin is asked again, and nothing is stored twice', async () => {
    await using w = await openWorld();
    for (const name of ['a', 'b', 'c', 'd']) await w.write(name, name);
    w.gate.spoilAnswers((request) => request.operation === 'PutObject', { kind: 'cut' }, 3);

    expect(await w.settle()).toMatchObject({ puts: 4, parked: 0 });

    expect(await w.bucket.versions()).toHaveLength(4);
    await w.expectNothingLost();
  });
});
