/** A folder is added where something lies already: by another program, by another home, or by none that is known. */
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHome } from '../../main/engine/home.ts';
import { CONNECTION, FOLDER, openWorld, took, type World } from '../support/world/world.ts';

const MIB = 1024 * 1024;
const PREFIX = 'theirs/';
const KMS_KEY = 'testkey-1';

/** Another program's upload. */
async function put(w: World, key: string, body: string, also: object = {}): Promise<void> {
  await w.bucket.client.send(
    new PutObjectCommand({ Bucket: w.bucket.name, Key: PREFIX + key, Body: Buffer.from(body), ...also }),
  );
}

async function putInParts(w: World, key: string, bytes: Buffer, size: number): Promise<void> {
  const place = { Bucket: w.bucket.name, Key: PREFIX + key };
  const { UploadId } = await w.bucket.client.send(new CreateMultipartUploadCommand(place));
  const Parts = [];
  for (let at = 0; at * size < bytes.length; at += 1) {
    const Body = bytes.subarray(at * size, (at + 1) * size);
    const part = { ...place, UploadId, PartNumber: at + 1, Body };
    const { ETag } = await w.bucket.client.send(new UploadPartCommand(part));
    Parts.push({ ETag, PartNumber: at + 1 });
  }
  await w.bucket.client.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }));
}

const add = (w: World, path: string): readonly string[] => [
  ...['folder', 'add', path, '--connection', CONNECTION, '--bucket', w.bucket.name, '--prefix', PREFIX],
  ...['--name', 'theirs'],
];

const keysOf = async (w: World): Promise<readonly string[]> =>
  (await w.bucket.versions()).map(({ key }) => key.slice(PREFIX.length)).sort();

test('what is equal is not sent, what differs comes on top, what is only there is left alone', async () => {
  await using w = await openWorld({ prefix: 'mine' });
  const disk = join(w.root, 'theirs');
  await mkdir(join(disk, 'deep'), { recursive: true });
  const film = Buffer.alloc(17 * MIB + 5, 'film');
  const files: Readonly<Record<string, string | Buffer>> = {
    'equal.txt': 'the same',
    'deep/empty': '',
    'film.mp4': film,
    'secret.txt': 'under a key',
    'other.txt': 'mine, of the same size',
    'longer.txt': 'mine',
    'new.txt': 'only here',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(disk, name), content);
  await put(w, 'equal.txt', 'the same');
  await put(w, 'deep/empty', '');
  await putInParts(w, 'film.mp4', film, 8 * MIB);
  await put(w, 'secret.txt', 'under a key', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KMS_KEY });
  await put(w, 'other.txt', 'thei, of the same size');
  await put(w, 'longer.txt', 'theirs');
  await put(w, 'stranger.txt', 'only there');
  for (const key of ['a//b', '../out']) await put(w, key, 'no file can be called so');
  const before = await keysOf(w);

  const { message } = await w.expectRefused(add(w, disk), 2, 'prefix-not-empty');
  expect(message).toMatch(/4 are there as they are, 2 are there otherwise and 1 are not; 3 objects are only there/);

  w.forgetRequests();
  const [folder, found] = await w.cairnDone(...add(w, disk), '--adopt');
  expect(folder).toMatchObject({ name: 'theirs', prefix: PREFIX });
  expect(found).toMatchObject({
    match: {
      equal: { files: 4, bytes: 8 + film.length + 11 },
      different: { files: 2, bytes: 22 + 4 },
      unproved: 0,
      onlyHere: { files: 1, bytes: 9 },
      onlyThere: { files: 3 },
      unusable: { count: 2, examples: ['theirs/../out', 'theirs/a//b'] },
      examples: { different: ['longer.txt', 'other.txt'], onlyThere: ['theirs/stranger.txt'] },
    },
  });
  // One listing, and one question each about what the listing did not prove.
  const asked = w.requests().map(({ operation }) => operation);
  expect(asked.filter((one) => one === 'PutObject')).toEqual([]);
  expect(asked.filter((one) => one === 'HeadObject').length).toBeLessThanOrEqual(2);
  expect(await keysOf(w), 'nothing was sent').toEqual(before);

  expect(await w.settle()).toMatchObject({ puts: 3, parked: 0 });
  expect((await keysOf(w)).length).toBe(before.length + 3);
  expect(await w.settle()).toMatchObject({ puts: 0, requests: 0 });

  // A comparison that was broken off is still due: `plan` says that it knows no better.
  const home = took(openHome(w.home));
  const id = home.settings.folders.find(({ name }) => name === 'theirs')?.id ?? '';
  home.tables.now(() => {
    home.tables.looks.setMatchDue(id, 'added');
  });
  home.close();
  expect((await w.cairn('plan', 'theirs')).stderr).toMatch(/not held against its bucket yet/);
  expect(await w.settle()).toMatchObject({ puts: 0 });
  expect((await w.cairn('plan', 'theirs')).stderr).toBe('');

  const versions = await w.cairnDone('versions', 'theirs', 'other.txt');
  expect(versions).toMatchObject([{ isLatest: true }, { isLatest: false, receiptSeq: null }]);
  const [adopted] = await w.cairnDone('receipts', 'theirs', '--path', 'equal.txt');
  expect(adopted).toMatchObject({ operation: 'adopt', proof: 'etag', size: 8 });

  // Theirs of before are known, and no find; what another program writes now is one, and what it takes away is missed.
  expect(await w.cairnDone('folder', 'look', 'theirs')).toMatchObject([
    { versions: before.length + 3, before: 5, unexplained: { count: 0 }, missing: { count: 0 }, queuedAgain: 0 },
  ]);
  await put(w, 'equal.txt', 'by another program');
  const [sent] = await w.bucket.versionsOf(`${PREFIX}new.txt`);
  const gone = { Bucket: w.bucket.name, Key: `${PREFIX}new.txt`, VersionId: sent?.versionId };
  await w.bucket.client.send(new DeleteObjectCommand(gone));
  expect(await w.cairnDone('folder', 'look', 'theirs')).toMatchObject([
    {
      unexplained: { count: 1, examples: ['theirs/equal.txt'] },
      missing: { count: 1, examples: ['new.txt'] },
      queuedAgain: 1,
    },
  ]);
  expect(await w.cairnDone('status', 'theirs')).toMatchObject([
    { unexplained: { count: 1, examples: ['theirs/equal.txt'] }, missing: 1, queued: 1 },
  ]);
  expect(await w.cairnDone('queue', 'theirs')).toMatchObject([{ path: 'new.txt', operation: 'put' }]);
  await w.cairnDone('folder', 'look', 'theirs');
  const told = (await w.cairnDone('activity', 'theirs')).filter(({ kind }) => kind === 'unexplained');
  expect(told.map(({ code }) => code).sort(), 'each find is told once').toEqual(['missing', 'unexplained']);
  expect(await w.settle()).toMatchObject({ puts: 1 });
  expect((await w.bucket.versionsOf(`${PREFIX}new.txt`)).length).toBe(1);
});

test('two homes on one prefix: every version of both stays, and each names the other’s', async () => {
  await using w = await openWorld({ prefix: 'mine' });
  await w.write('both.txt', 'the same');
  await w.write('first.txt', 'of the first');
  await w.settle();
  const disk = join(w.root, 'second');
  await mkdir(disk);
  await writeFile(join(disk, 'both.txt'), 'the same');
  await writeFile(join(disk, 'second.txt'), 'of the second');
  const env = { CAIRN_HOME: join(w.root, 'second-home') };
  const second = async (...words: readonly string[]) => {
    const ended = await w.begin(words, { env }).ended;
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    return ended.lines;
  };
  await second('connection', 'add', CONNECTION, '--endpoint', w.gate.endpoint, '--path-style');
  const place = ['--connection', CONNECTION, '--bucket', w.bucket.name, '--prefix', 'mine', '--adopt'];
  const [, found] = await second('folder', 'add', disk, ...place, '--name', FOLDER);
  expect(found).toMatchObject({ match: { equal: { files: 1 }, onlyHere: { files: 1 }, onlyThere: { files: 1 } } });
  expect((await second('sync')).at(-1)).toMatchObject({ summary: { puts: 1 } });

  await w.write('both.txt', 'changed by the first');
  await w.settle();
  await writeFile(join(disk, 'both.txt'), 'changed by the second');
  await second('sync');

  await w.expectVersions('both.txt', ['changed by the second', 'changed by the first', 'the same']);
  await w.expectVersions('first.txt', ['of the first']);
  await w.expectVersions('second.txt', ['of the second']);
  const examples = ['mine/both.txt', 'mine/second.txt'];
  expect(await w.cairnDone('folder', 'look', FOLDER)).toMatchObject([
    { unexplained: { count: 2, examples }, missing: { count: 0 }, queuedAgain: 0 },
  ]);
  expect(await second('folder', 'look', FOLDER)).toMatchObject([
    { before: 1, unexplained: { count: 1, examples: ['mine/both.txt'] }, missing: { count: 0 } },
  ]);
  expect((await w.settle()).puts, 'the other’s versions are none of ours').toBe(0);
});

test('a running engine compares before it scans, and makes the record again when asked', async () => {
  await using w = await openWorld({ prefix: 'mine' });
  const disk = join(w.root, 'theirs');
  await mkdir(disk);
  await writeFile(join(disk, 'a.txt'), 'a');
  await writeFile(join(disk, 'b.txt'), 'b');
  await put(w, 'a.txt', 'a');
  const watch = w.begin(['watch']);
  await watch.until(() => watch.stderr.includes('Watching'), 'its first words');
  await w.cairnDone(...add(w, disk), '--adopt');
  await watch.until(() => watch.lines.some((line) => line['path'] === 'b.txt'), 'the receipt of b.txt');
  expect(await w.cairnDone('rebuild', 'theirs')).toMatchObject([{ folder: 'theirs', match: { equal: { files: 2 } } }]);
  expect(await w.cairnDone('folder', 'look', 'theirs')).toMatchObject([{ unexplained: { count: 0 } }]);
  watch.kill('SIGTERM');
  expect(await watch.ended).toMatchObject({ code: 0 });
  expect(await keysOf(w), 'nothing was sent twice').toEqual(['a.txt', 'b.txt']);
});
