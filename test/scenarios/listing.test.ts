/** What the window is shown of the bucket: at once and with its age, listed no more than needed, and never believed by a restore. */
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DirectorySums, DirectoryThen, FolderTree, TreeRestored } from '../../main/contract/history.ts';
import type { Result } from '../../main/contract/result.ts';
import { Engine } from '../../main/engine/engine.ts';
import { serve } from '../../main/engine/serve.ts';
import { openPracticeServers } from '../../main/engine/practice.ts';
import { FOLDER, openWorld, took } from '../support/world/world.ts';

test('a tree is listed once; our own writes show at once, another’s once it is listed, and a version that went is told', async () => {
  await using w = await openWorld({ prefix: 'p', deletes: 'mark' });
  for (const name of ['a', 'd/b', 'd/c']) await w.write(name, name);
  await w.settle();
  const theirs = { Bucket: w.bucket.name, Key: 'p/theirs' };
  const logged: string[] = [];
  const log = (line: string): void => void logged.push(line);
  const engine = took(await Engine.open({ home: w.home, watch: false, log }));
  const served = await serve(engine, openPracticeServers(null), log);
  const ask = async <T>(name: string, input: object): Promise<T> => took((await served.call(name, input)) as Result<T>);
  const lists = (): number => w.requests('ListObjectVersions').length;
  const tree = async (input: object = {}): Promise<readonly string[]> =>
    (await ask<FolderTree>('history.tree', { folder: FOLDER, ...input })).entries.map(({ path }) => path);
  try {
    engine.start();
    w.forgetRequests();
    expect(await tree()).toEqual(['a', 'd/b', 'd/c']);
    expect(lists()).toBe(1);
    expect(await tree({ directory: 'd' })).toEqual(['d/b', 'd/c']);
    await ask('history.diff', { folder: FOLDER, from: new Date(0).toISOString() });
    const at = new Date().toISOString();
    const top = await ask<DirectoryThen>('history.directory', { folder: FOLDER, at });
    expect(top.entries.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['file a', 'directory d']);
    const inner = await ask<DirectoryThen>('history.directory', { folder: FOLDER, at, directory: 'd' });
    expect(inner.entries).toMatchObject([
      { path: 'd/b', mark: 'same', then: 3, now: 3 },
      { path: 'd/c', mark: 'same' },
    ]);
    const { sums } = await ask<DirectorySums>('history.sums', { folder: FOLDER, at, directories: ['d', ''] });
    expect(sums).toMatchObject([{ files: 2 }, { files: 3, bytes: 7, filesNow: 3 }]);
    expect(lists(), 'a second look asks for nothing').toBe(1);

    await w.write('d/new', 'new');
    await ask('folder.sync', { folders: [FOLDER] });
    w.forgetRequests();
    expect(await tree(), 'our own').toEqual(['a', 'd/b', 'd/c', 'd/new']);
    expect(await ask('history.directory', { folder: FOLDER, at, directory: 'd' })).toMatchObject({
      entries: [{ path: 'd/b' }, { path: 'd/c' }, { path: 'd/new', mark: 'added', then: null }],
    });
    await w.bucket.client.send(new PutObjectCommand({ ...theirs, Body: 'theirs' }));
    expect(await tree(), 'not listed yet').toEqual(['a', 'd/b', 'd/c', 'd/new']);
    expect(lists()).toBe(0);
    expect(await tree({ refresh: true })).toEqual(['a', 'd/b', 'd/c', 'd/new', 'theirs']);
    await w.bucket.client.send(new DeleteObjectCommand(theirs));
    expect(await tree({ refresh: true })).toEqual(['a', 'd/b', 'd/c', 'd/new']);
    await ask('folder.inspect', { folder: FOLDER });
    w.forgetRequests();
    const before = await ask<FolderTree>('history.tree', { folder: FOLDER });
    expect(lists(), 'the daily look has listed it').toBe(0);

    // A rule of the bucket took a version away that the listing still knows.
    const [version] = await w.bucket.versionsOf('p/d/c');
    await w.bucket.client.send(
      new DeleteObjectCommand({ Bucket: w.bucket.name, Key: 'p/d/c', VersionId: version?.versionId }),
    );
    const to = join(w.root, 'back');
    const restored = await ask<TreeRestored>('history.restore', { folder: FOLDER, at: before.asOf, to, task: 'r' });
    expect(lists(), 'the tree of then is known').toBe(0);
    expect(restored).toMatchObject({
      restored: 3,
      failed: 1,
      failures: [{ path: 'd/c', failure: { code: 'version-gone' } }],
    });
    expect(await tree(), 'and forgotten').toEqual(['a', 'd/b', 'd/new']);
  } finally {
    await served.stop();
    await engine.stop();
  }
  expect(logged).toEqual([]);
  w.forgetRequests();
  const kept = await w.cairnDone('tree', FOLDER, '--cached');
  expect(kept.map(({ path }) => path)).toEqual(['a', 'd/b', 'd/new']);
  expect(lists(), 'a person who wants it is shown what is kept').toBe(0);
  await w.cairnDone('tree', FOLDER);
  expect(lists(), 'else the truth of this moment').toBe(1);
});
