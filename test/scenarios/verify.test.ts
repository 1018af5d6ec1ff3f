/** The bucket held against what is known to be in it, and what is wrong there told by name; files that are fetched to prove that they come back. */
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { FOLDER, openWorld } from '../support/world/world.ts';

test('verify: all, a sample, by reading; a version that was removed is missing, and the last check stands in the status', async () => {
  await using w = await openWorld();
  for (let index = 0; index < 12; index += 1) await w.write(`d/${String(index)}`, `content ${String(index)}`);
  await w.settle();
  expect(await w.cairnDone('status', FOLDER)).toMatchObject([{ lastVerified: null }]);

  w.forgetRequests();
  const right = { known: 12, ok: 12, missing: 0, different: 0, unread: 0 };
  expect(await w.cairnDone('verify', FOLDER)).toEqual([
    expect.objectContaining({ ...right, checked: 12, way: 'head', seed: null }),
  ]);
  expect(w.requests('HeadObject')).toHaveLength(12);
  expect(w.requests()).toHaveLength(12);
  expect(await w.cairnDone('verify', FOLDER, '--sample', '5', '--seed', '3', '--download')).toMatchObject([
    { checked: 5, ok: 5, way: 'download', seed: 3 },
  ]);
  expect(w.requests('GetObject')).toHaveLength(5);

  w.forgetRequests();
  const drill = { known: 12, files: 12, ok: 12, missing: 0, different: 0, unread: 0, archived: 0, seed: 9 };
  expect(await w.cairnDone('drill', FOLDER, '--seed', '9')).toMatchObject([drill]);
  expect(w.requests('GetObject')).toHaveLength(12);
  expect(w.requests(), 'nothing else is asked').toHaveLength(12);
  expect(await w.cairnDone('status', FOLDER)).toMatchObject([{ state: 'idle', lastDrill: drill }]);
  expect(await w.cairnDone('folder', 'drill', FOLDER, 'weekly')).toMatchObject([{ drill: 'weekly' }]);

  // A newer version of another program is no fault of ours; a version of ours that is gone is one.
  await w.bucket.client.send(new PutObjectCommand({ Bucket: w.bucket.name, Key: 'd/1', Body: 'theirs' }));
  const [version] = await w.bucket.versionsOf('d/7');
  const what = { Bucket: w.bucket.name, Key: 'd/7', VersionId: version?.versionId };
  await w.bucket.client.send(new DeleteObjectCommand(what));
  const { code, lines } = await w.cairn('verify', FOLDER);
  expect(code).toBe(3);
  expect(lines).toMatchObject([
    { path: 'd/7', versionId: version?.versionId, findings: [{ what: 'missing' }] },
    { checked: 12, ok: 11, missing: 1, different: 0 },
  ]);
  expect(await w.cairnDone('status', FOLDER)).toMatchObject([
    { lastVerified: { known: 12, checked: 12, ok: 11, missing: 1, way: 'head' } },
  ]);
  const removed = { versionId: version?.versionId, isLatest: false, removed: true };
  expect(await w.cairnDone('versions', FOLDER, 'd/7'), 'it is still told of').toMatchObject([removed]);
  const back = ['restore', FOLDER, 'd/7', '--version-id', version?.versionId ?? ''];
  await w.expectRefused(back, 2, 'unknown-version');
  expect((await w.cairn('drill', FOLDER)).code).toBe(3);
  expect(await w.cairnDone('status', FOLDER)).toMatchObject([
    { state: 'attention', failure: { code: 'drill-failed' }, lastDrill: { ok: 11, missing: 1, example: 'd/7' } },
  ]);
  await w.expectRefused(['folder', 'drill', FOLDER, 'daily'], 2, 'usage');
  await w.expectRefused(['verify', FOLDER, '--sample', 'many'], 2, 'usage');
  await w.expectRefused(['verify', 'nothing'], 2, 'unknown-folder');
});
