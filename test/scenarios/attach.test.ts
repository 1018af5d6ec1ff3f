/** A folder that one computer keeps is attached on another: looked at, restored from, and made a folder there again. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTree } from '../support/world/disk.ts';
import { attaching, openOther, otherHome, THERE } from '../support/world/other.ts';
import { CONNECTION, FOLDER, openWorld, type World } from '../support/world/world.ts';

const filesOf = async (directory: string): Promise<readonly string[]> =>
  [...(await readTree(directory)).values()].map(({ path, md5 }) => `${path.toString()} ${md5}`).sort();
const LONG_AGO = new Date('2024-02-29T12:00:00.5Z');

/** A folder with a life: files, an earlier version, one that is gone. */
async function lived(w: World): Promise<void> {
  await w.write('a.txt', 'first');
  await w.write('deep/er/b.txt', 'bee');
  await utimes(w.path('deep/er/b.txt'), LONG_AGO, LONG_AGO);
  await w.write('gone.txt', 'soon gone');
  await w.settle();
  await w.write('a.txt', 'second');
  await w.remove('gone.txt');
  await w.write('new.txt', 'new');
  await w.settle({ proofGapMs: 0 });
}

test('attached, it shows what the first computer shows, restores from it, and is never sent to', async () => {
  await using w = await openWorld({ prefix: 'mine', deletes: 'mark' });
  await lived(w);
  const before = await w.bucket.versions();
  await using other = await openOther(otherHome(w));
  expect(await other.call('folder.attach', { ...attaching(w), bucket: 'no-such-bucket-here' })).toMatchObject({
    failure: { code: 'bucket-missing' },
  });
  expect(await other.took('folder.list', {})).toEqual([]);
  const attached = await other.took('folder.attach', attaching(w));
  expect(attached).toMatchObject({ name: THERE, path: null, prefix: 'mine/', bringingBack: null });
  expect(await other.call('folder.attach', { ...attaching(w), name: 'again' })).toMatchObject({
    failure: { code: 'target-collides' },
  });

  const { folders } = await other.took('status.snapshot', {});
  expect(folders).toMatchObject([{ folder: THERE, state: 'attached', path: null, failure: null }]);
  const tree = await other.took('history.tree', { folder: THERE });
  expect(tree.entries.map(({ path }) => path)).toEqual(['a.txt', 'deep/er/b.txt', 'new.txt']);
  const versions = await other.took('versions.list', { folder: THERE, path: 'a.txt' });
  expect(versions.map(({ size }) => size)).toEqual([6, 5]);
  const gone = await other.took('versions.list', { folder: THERE, path: 'gone.txt' });
  expect(gone).toMatchObject([{ deleteMarker: true }, { deleteMarker: false }]);
  // No receipt is here: what S3 says of its own times fills the slider.
  const density = await other.took('history.density', { folder: THERE, buckets: 1 });
  expect(density.buckets).toMatchObject([{ saved: 5, gone: 1 }]);
  // The first three files went out at the same time: which of them came first is the store's to say.
  const bee = await other.took('versions.list', { folder: THERE, path: 'deep/er/b.txt' });
  expect(density.from).toBe([...versions, ...gone, ...bee].map(({ lastModified }) => lastModified).sort()[0]);

  const versionId = versions[1]?.versionId ?? '';
  expect(await other.call('versions.restore', { folder: THERE, path: 'a.txt', versionId })).toMatchObject({
    failure: { code: 'restore-needs-place', facts: { path: 'a.txt' } },
  });
  const file = join(w.root, 'a-then.txt');
  await other.took('versions.restore', { folder: THERE, path: 'a.txt', versionId, to: file });
  expect(await readFile(file, 'utf8')).toBe('first');
  const now = new Date().toISOString();
  const whole = join(w.root, 'whole');
  await other.took('history.restore', { folder: THERE, directory: '', at: now, to: whole, task: 'all' });
  expect(await filesOf(whole)).toEqual(await filesOf(w.disk));

  const checked = await other.took('folder.verify', { folder: THERE, download: true, task: 'verify' });
  expect(checked).toMatchObject({ against: 'itself', known: 3, checked: 3, ok: 3, files: [] });
  const { findings } = await other.took('doctor.look', { folder: THERE });
  expect(findings.filter(({ severity }) => severity === 'problem')).toEqual([]);
  expect(findings.map(({ id }) => id)).toContain('versioning');
  expect(await w.bucket.versions()).toEqual(before);
  expect(await w.bucket.openUploads()).toEqual([]);
});

test('brought back, all files count as known; what is changed there is unexplained on the first computer', async () => {
  await using w = await openWorld({ prefix: 'mine' });
  await lived(w);
  await using other = await openOther(otherHome(w));
  await other.took('folder.attach', attaching(w));
  const to = join(w.root, 'new', 'computer');
  w.forgetRequests();
  const back = await other.took('folder.bringBack', { folder: THERE, to, task: 'back' });
  // The first computer keeps what is gone from its disk, and so the bucket has it still.
  expect(back).toMatchObject({ files: 4, brought: 4, wereThere: 0, failed: 0, folder: { path: to, deletes: 'mark' } });
  expect(back.match).toMatchObject({ equal: { files: 4 }, different: { files: 0 }, onlyHere: { files: 0 } });
  expect(await readFile(join(to, 'gone.txt'), 'utf8')).toBe('soon gone');
  expect((await stat(join(to, 'deep/er/b.txt'))).mtimeMs).toBe(LONG_AGO.getTime());

  const before = await w.bucket.versions();
  await writeFile(join(to, 'a.txt'), 'third, from there');
  const synced = await other.took('folder.sync', { folders: [THERE] });
  expect(synced).toMatchObject({ summary: { puts: 1, moves: 0 }, failures: [] });
  expect(w.requests('PutObject')).toHaveLength(1);
  expect(await w.bucket.versions()).toHaveLength(before.length + 1);
  await w.expectVersions('a.txt', ['third, from there', 'second', 'first']);
  expect(await w.cairnDone('folder', 'look', FOLDER)).toMatchObject([
    { unexplained: { count: 1, examples: ['mine/a.txt'] }, missing: { count: 0 } },
  ]);
  expect(await other.call('folder.bringBack', { folder: THERE, to, task: 'again' })).toMatchObject({
    failure: { code: 'already-here' },
  });
});

test('a place that has files is used as it is only on a person’s word, and nothing in it is written over', async () => {
  await using w = await openWorld({ prefix: 'mine' });
  await lived(w);
  await using other = await openOther(otherHome(w));
  await other.took('folder.attach', attaching(w));
  const to = join(w.root, 'copied');
  await mkdir(to);
  await writeFile(join(to, 'a.txt'), 'second');
  await writeFile(join(to, 'new.txt'), 'mine, and other');
  await writeFile(join(to, 'only-here.txt'), 'mine');
  const bring = (also: object) => other.call('folder.bringBack', { folder: THERE, to, task: 'back', ...also });
  expect(await bring({})).toMatchObject({
    failure: { code: 'place-not-empty', facts: { equal: 1, different: 1, onlyHere: 1, onlyThere: 2 } },
  });
  expect(await other.took('folder.list', {})).toMatchObject([{ path: null, bringingBack: null }]);
  const inside = join(other.home, 'inside');
  expect(await bring({ to: inside })).toMatchObject({ failure: { code: 'target-is-home' } });
  expect((await readdir(to)).sort()).toEqual(['a.txt', 'new.txt', 'only-here.txt']);

  expect(await bring({ adopt: true })).toMatchObject({
    value: { brought: 2, wereThere: 2, failed: 0, match: { equal: { files: 3 }, different: { files: 1 } } },
  });
  expect(await readFile(join(to, 'new.txt'), 'utf8')).toBe('mine, and other');
  expect(await other.took('folder.sync', { folders: [THERE] })).toMatchObject({ summary: { puts: 2 } });
  await w.expectVersions('new.txt', ['mine, and other', 'new']);
});

test('killed at any moment, it goes on; nothing is sent, and nothing that is missing counts as deleted', async () => {
  await using w = await openWorld({ prefix: 'mine', deletes: 'mark' });
  for (let index = 0; index < 40; index += 1)
    await w.write(`d${String(index % 3)}/f${String(index)}`, `c ${String(index)}`);
  await w.settle();
  const before = await w.bucket.versions();
  const home = otherHome(w);
  const env = { CAIRN_HOME: home };
  const done = async (...words: string[]) => {
    const ended = await w.begin(words, { env }).ended;
    expect(ended, words.join(' ')).toMatchObject({ code: 0 });
    return ended.lines;
  };
  await done(
    'folder',
    'attach',
    '--connection',
    CONNECTION,
    '--bucket',
    w.bucket.name,
    '--prefix',
    'mine',
    '--name',
    THERE,
  );
  const to = join(w.root, 'back');
  const words = ['folder', 'bring-back', THERE, to];
  for (const step of ['file-brought:7', 'files-brought', 'root-known', 'folder-written']) {
    await w.begin(words, { env: { ...env, CAIRN_TEST_END_AT: step } }).ended;
    if (step === 'folder-written') continue;
    // Half there, it is no folder yet: a sync has nothing to look at, and what lies there proves nothing.
    const [known] = await done('folder', 'show', THERE);
    expect(known, step).toMatchObject({ path: null, bringingBack: { to } });
    expect(await done('sync')).toMatchObject([{ summary: { puts: 0, deletes: 0 } }]);
    await w.expectRefused(['sync', THERE], 2, 'only-attached', { env });
    // In between, the first computer goes on: the version of now comes back, also over what an earlier try has brought.
    if (step === 'file-brought:7') {
      await w.write('d0/f0', 'changed meanwhile');
      await w.settle();
    }
  }
  // Died between its two last steps: a folder, and not yet compared. The next sync compares first.
  expect(await done('sync')).toMatchObject([{ summary: { puts: 0, deletes: 0, gone: 0 } }]);
  expect(await filesOf(to)).toEqual(await filesOf(w.disk));
  expect(await readFile(join(to, 'd0/f0'), 'utf8')).toBe('changed meanwhile');
  expect(await w.bucket.versions()).toHaveLength(before.length + 1);
  expect((await readdir(to, { recursive: true })).filter((name) => name.includes('.cairn-restore-'))).toEqual([]);
});

test('a name that was not NFC on the first computer’s disk comes back in the form that it had there', async () => {
  await using w = await openWorld({ prefix: 'mine' });
  const [decomposed, composed] = ['u\u0308/a\u0308.txt', '\u00f6.txt'];
  await w.write(decomposed, 'decomposed');
  await w.write(composed, 'composed');
  await w.write('plain.txt', 'plain');
  await w.settle();
  await using other = await openOther(otherHome(w));
  await other.took('folder.attach', attaching(w));
  const at = new Date(Date.now() + 2000).toISOString();
  const to = join(w.root, 'whole');
  w.forgetRequests();
  const ended = await other.took('history.restore', { folder: THERE, directory: '', at, to, task: 'whole' });
  expect(ended).toMatchObject({ restored: 3, failed: 0, renamed: [] });
  expect(await filesOf(to)).toEqual(await filesOf(w.disk));
  expect(w.requests('HeadObject').length, 'names of one form are not asked for').toBe(2);
  const back = join(w.root, 'new-computer');
  const brought = await other.took('folder.bringBack', { folder: THERE, to: back, task: 'back' });
  expect(brought).toMatchObject({ files: 3, brought: 3, failed: 0, match: { equal: { files: 3 } } });
  expect(await filesOf(back)).toEqual(await filesOf(w.disk));
});

test('a key whose name is not NFC comes back under the name that it has, whole, by its directory and alone', async () => {
  await using w = await openWorld({ prefix: 'mine' });
  await w.write('plain.txt', 'plain');
  await w.settle();
  const directory = 'u\u0308bung';
  const path = `${directory}/a\u0308rger.txt`;
  const place = { Bucket: w.bucket.name, Key: `mine/${path}` };
  await w.bucket.client.send(new PutObjectCommand({ ...place, Body: 'theirs' }));
  await using other = await openOther(otherHome(w));
  await other.took('folder.attach', attaching(w));
  const at = new Date(Date.now() + 2000).toISOString();
  for (const asked of [{}, { directory }]) {
    const tree = await other.took('history.tree', { folder: THERE, ...asked });
    expect(tree.entries.map((entry) => entry.path).filter((one) => one !== 'plain.txt')).toEqual([path]);
  }
  const [version, ...more] = await other.took('versions.list', { folder: THERE, path });
  expect(more).toEqual([]);
  const alone = join(w.root, 'alone');
  await other.took('versions.restore', { folder: THERE, path, versionId: version?.versionId ?? '', to: alone });
  expect(await readFile(alone, 'utf8')).toBe('theirs');
  const to = join(w.root, 'whole');
  await other.took('history.restore', { folder: THERE, directory: '', at, to, task: 'whole' });
  expect((await readdir(to)).sort()).toEqual(['plain.txt', directory].sort());
  expect(await readdir(join(to, directory))).toEqual(['a\u0308rger.txt']);
});
