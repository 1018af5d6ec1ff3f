/** Two who write to one key: what another client wrote is never overwritten unseen where the policy guards it. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';

const isPractice = process.env['CAIRN_TEST_STORE'] !== 'radosgw';
const policy = { guardOverwrites: true };

/** Another client writes. */
async function writeTheirs(w: World, key: string): Promise<void> {
  await w.bucket.client.send(new PutObjectCommand({ Bucket: w.bucket.name, Key: key, Body: 'theirs' }));
}

describe('guarded overwrites', () => {
  test('theirs is not overwritten unseen; a retry puts ours on top, and both stay', async () => {
    await using w = await openWorld({ policy });
    await w.write('a.txt', 'ours');
    expect(await w.settle()).toMatchObject({ puts: 1, parked: 0 });
    await writeTheirs(w, 'a.txt');

    await w.write('a.txt', 'ours again');
    expect(await w.settle()).toMatchObject({ puts: 0, parked: 1 });
    expect(w.parked()).toEqual({ 'a.txt': 'conflict' });
    await w.expectVersions('a.txt', ['theirs', 'ours']);

    const [entry] = (await w.cairnDone('queue', FOLDER)) as { error: { message: string; hint: string } }[];
    expect(entry?.error).toMatchObject({
      message: 'Another program wrote “a.txt” in the bucket meanwhile.',
      hint: 'Both versions are kept. Retry to put yours on top.',
    });
    await w.cairnDone('retry', FOLDER, 'a.txt');
    expect(await w.settle()).toMatchObject({ puts: 1, parked: 0 });
    await w.expectVersions('a.txt', ['ours again', 'theirs', 'ours']);
  });

  test('a key that another client made first is not overwritten either, by a put or by a multipart upload', async () => {
    await using w = await openWorld({ policy });
    const large = Buffer.alloc(17 * 1024 * 1024, 'x');
    await writeTheirs(w, 'a.txt');
    await writeTheirs(w, 'large.bin');
    await w.write('a.txt', 'ours');
    await w.write('large.bin', large);
    expect(await w.settle()).toMatchObject({ puts: 0, parked: 2 });
    expect(w.parked()).toEqual({ 'a.txt': 'conflict', 'large.bin': 'conflict' });
    await w.expectVersions('a.txt', ['theirs']);
    await w.expectVersions('large.bin', ['theirs']);
  });

  test('the probe says what the store does, leaves nothing behind, and writes then carry the condition or look first', async () => {
    await using w = await openWorld({ policy });
    const [probed] = (await w.cairnDone('doctor', FOLDER, '--probe-conditions')) as {
      conditions: string;
      left: string[];
    }[];
    expect(probed).toMatchObject({ conditions: isPractice ? 'works' : 'broken', left: [] });
    await w.write('a.txt', 'one');
    w.forgetRequests();
    await w.settle();
    await w.write('a.txt', 'two');
    await w.settle();
    await w.expectVersions('a.txt', ['two', 'one']);
    const [first, second] = w.receipts('a.txt').map((receipt) => receipt.request);
    if (isPractice) {
      expect(first).toMatchObject({ IfNoneMatch: '*' });
      expect(second).toMatchObject({ IfMatch: expect.stringMatching(/^"[0-9a-f]{32}"$/) as string });
    } else {
      expect(first).not.toHaveProperty('IfNoneMatch');
      expect(second).not.toHaveProperty('IfMatch');
    }
    await writeTheirs(w, 'a.txt');
    await w.write('a.txt', 'three');
    expect(await w.settle()).toMatchObject({ puts: 0, parked: 1 });
  });
});
