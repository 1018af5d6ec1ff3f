/** Restores over the present files, and earlier versions made current: nothing is lost, and nothing sent twice. */
import { DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { readdir, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';

/** Puts and parts that carry bytes of files. */
const sent = (w: World): number => w.requests('PutObject').length + w.requests('UploadPart').length;

async function versionIds(w: World, path: string): Promise<string[]> {
  return ((await w.cairnDone('versions', FOLDER, path)) as { versionId: string }[]).map(({ versionId }) => versionId);
}

test('a version over its file: by a copy in the bucket; what is not there yet is set aside; nothing is due afterwards', async () => {
  await using w = await openWorld();
  await w.write('a.txt', 'one');
  await w.settle();
  await w.write('a.txt', 'two, longer');
  await w.settle();
  const [, first = ''] = await versionIds(w, 'a.txt');

  w.forgetRequests();
  const [restored] = await w.cairnDone('restore', FOLDER, 'a.txt', '--version-id', first, '--in-place');
  expect(restored).toMatchObject({ path: 'a.txt', bytes: 3, setAside: null, current: 'copied' });
  expect(await readFile(w.path('a.txt'), 'utf8')).toBe('one');
  expect(await readdir(w.disk)).toEqual(['a.txt']);
  expect(sent(w)).toBe(0);
  await w.settle();
  w.expectReceipts(['put a.txt', 'put a.txt', 'copy a.txt']);
  await w.expectVersions('a.txt', ['one', 'two, longer', 'one']);
  await w.expectNothingLost();

  // Saved a moment ago and not in the bucket: it stays, under a name with the time, and goes there with the next sync.
  await w.write('a.txt', 'three, never sent');
  const [, second = ''] = await versionIds(w, 'a.txt');
  const [again] = await w.cairnDone('restore', FOLDER, 'a.txt', '--version-id', second, '--in-place');
  expect(again).toMatchObject({ current: 'copied', setAside: expect.stringMatching(/^a \(.*\)\.txt$/) as unknown });
  expect(await readFile(w.path(String(again?.['setAside'])), 'utf8')).toBe('three, never sent');
  expect(await readFile(w.path('a.txt'), 'utf8')).toBe('two, longer');
  await w.settle();
  await w.expectNothingLost();
  await w.expectRefused(['restore', FOLDER, 'a.txt', '--version-id', 'nonsense', '--in-place'], 2, 'unknown-version');
});

test('a directory at a time in place: what changed comes back, what came since stays, and the bucket follows', async () => {
  await using w = await openWorld();
  for (const name of ['d/same', 'd/changed', 'd/removed', 'other']) await w.write(name, `${name} then`);
  await w.settle();
  await sleep(1_100); // the next state is of another second
  const at = new Date().toISOString();
  await w.write('d/changed', 'now it is different');
  await w.write('d/new', 'new');
  await w.write('other', 'changed as well');
  await rm(w.path('d/removed'));
  await w.settle();

  w.forgetRequests();
  const [done] = await w.cairnDone('restore', FOLDER, 'd', '--at', at, '--in-place');
  expect(done).toMatchObject({ files: 3, restored: 2, leftAlone: 1, failed: 0, queued: 0, setAside: [] });
  expect(w.requests('GetObject'), 'what stands so already is not even read').toHaveLength(2);
  expect((await readdir(w.path('d'))).sort()).toEqual(['changed', 'new', 'removed', 'same']);
  for (const name of ['d/same', 'd/changed', 'd/removed']) {
    expect(await readFile(w.path(name), 'utf8')).toBe(`${name} then`);
  }
  expect(await readFile(w.path('other'), 'utf8')).toBe('changed as well');
  expect(sent(w)).toBe(0);
  await w.settle();

  // Some of it: a name that was not there then has nothing touched, not even what is named beside it.
  const some = ['restore', FOLDER, 'other', 'd/new', '--at', at, '--in-place'];
  await w.expectRefused(some, 2, 'unknown-path');
  expect(await readFile(w.path('other'), 'utf8')).toBe('changed as well');
  const [both] = await w.cairnDone('restore', FOLDER, 'other', 'd/changed', '--at', at, '--in-place');
  expect(both).toMatchObject({ files: 2, restored: 1, leftAlone: 1 });
  expect(await readFile(w.path('other'), 'utf8')).toBe('other then');
  await w.settle();
  expect(sent(w)).toBe(0);
  await w.expectNothingLost();
});

test('made current within the bucket: the disk stays, a marker is undone by a copy, and nothing is ever removed', async () => {
  await using w = await openWorld();
  await w.write('a', 'one');
  await w.write('hidden', 'hidden by another');
  await w.settle();
  await w.write('a', 'two, longer');
  await w.settle();
  const [second = '', first = ''] = await versionIds(w, 'a');
  const [made] = await w.cairnDone('restore', FOLDER, 'a', '--version-id', first, '--make-current');
  expect(made).toMatchObject({ from: first, wasCurrent: false });
  await w.expectVersions('a', ['one', 'two, longer', 'one']);
  expect(await readFile(w.path('a'), 'utf8')).toBe('two, longer');
  expect(
    await w.cairnDone('restore', FOLDER, 'a', '--version-id', String(made?.['versionId']), '--make-current'),
  ).toMatchObject([{ wasCurrent: true }]);
  // The disk has not changed, so nothing is due.
  w.forgetRequests();
  await w.settle();
  expect(w.requests()).toHaveLength(0);
  expect(await versionIds(w, 'a')).toHaveLength(3);

  const [kept = ''] = await versionIds(w, 'hidden');
  await w.bucket.client.send(new DeleteObjectCommand({ Bucket: w.bucket.name, Key: 'hidden' }));
  await w.cairnDone('restore', FOLDER, 'hidden', '--version-id', kept, '--make-current');
  const listed = await w.bucket.client.send(new ListObjectVersionsCommand({ Bucket: w.bucket.name, Prefix: 'hidden' }));
  expect(listed.DeleteMarkers).toHaveLength(1);
  expect(listed.Versions?.map(({ IsLatest }) => IsLatest)).toEqual([true, false]);

  // A change on disk that waits would lie over the copy a moment later.
  await w.write('a', 'three, waiting for its sync');
  w.gate.passed.length = 0;
  const back = await w.cairn('restore', FOLDER, 'a', '--version-id', second, '--make-current');
  expect(back.code).toBe(0);
  await w.settle();
  expect((await readFile(w.path('a'), 'utf8')).length).toBe(27);
  for (const words of [['--in-place', '--make-current'], ['--make-current', '--to', 'x'], ['--resume']]) {
    await w.expectRefused(['restore', FOLDER, 'a', '--version-id', second, ...words], 2, 'usage');
  }
});
