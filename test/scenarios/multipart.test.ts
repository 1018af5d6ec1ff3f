/** Files above one part: sent part by part, proved, taken up again where they were broken off, never left open. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { digest, seededBytes } from '../support/world/disk.ts';
import { openWorld, type World } from '../support/world/world.ts';

const MIB = 1024 * 1024;
const PART = 16 * MIB;

/** A sync that the process itself ends, as a power cut would, at a named moment. */
async function crashAt(w: World, step: string): Promise<void> {
  const ended = await w.begin(['sync'], { env: { CAIRN_TEST_END_AT: step } }).ended;
  expect(ended, `the sync was to end at ${step}`).toMatchObject({ signal: 'SIGKILL' });
}

function partsOf(bytes: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PART) parts.push(bytes.subarray(at, at + PART));
  return parts;
}

/** The ETag that S3 gives to an object of these parts. */
function etagOfParts(bytes: Buffer): string {
  const parts = partsOf(bytes);
  const whole = createHash('md5');
  for (const part of parts) whole.update(createHash('md5').update(part).digest());
  return `${whole.digest('hex')}-${parts.length}`;
}

/** The SHA-256 over the SHA-256s of the parts, as S3 writes it. */
function compositeOfParts(bytes: Buffer): string {
  const whole = createHash('sha256');
  for (const part of partsOf(bytes)) whole.update(createHash('sha256').update(part).digest());
  return whole.digest('base64');
}

describe('multipart', () => {
  test('a file of 40 MiB goes in three parts and is proved as a whole', async () => {
    await using w = await openWorld();
    const film = seededBytes(40 * MIB, 'film');
    await w.write('film.mp4', film);

    expect(await w.settle()).toMatchObject({ puts: 1, bytes: film.length });

    expect(w.requests('UploadPart')).toHaveLength(3);
    await w.expectVersions('film.mp4', [film]);
    const [receipt] = w.receipts();
    expect(receipt).toMatchObject({ operation: 'multipart', etag: etagOfParts(film), sha256: digest('sha256', film) });
    expect(receipt?.versionId).not.toBeNull();
    if (w.store.kind === 'practice') {
      const checksum = { algorithm: 'CRC32', type: 'FULL_OBJECT' };
      expect(receipt).toMatchObject({ proof: 'checksum', checksum });
      const head = await w.bucket.head('film.mp4', receipt?.versionId ?? '');
      expect(head).toMatchObject({ ChecksumType: 'FULL_OBJECT', ChecksumCRC32: receipt?.checksum?.value });
    } else {
      expect(receipt, 'a store that gives no checksum back').toMatchObject({ proof: 'etag', checksum: null });
    }
    await w.expectNothingLost();

    w.forgetRequests();
    expect(await w.settle()).toMatchObject({ puts: 0, requests: 0 });
    await w.touch('film.mp4');
    expect(await w.settle(), 'the same bytes under another time').toMatchObject({ puts: 0, requests: 0 });
  });

  test('with SHA256 by policy the checksum is one of the parts together', async () => {
    await using w = await openWorld({ policy: { checksum: 'SHA256', storageClass: 'STANDARD_IA' } });
    const film = seededBytes(33 * MIB, 'composite');
    await w.write('film.mp4', film);
    await w.settle();

    await w.expectVersions('film.mp4', [film]);
    const [receipt] = w.receipts();
    expect(receipt).toMatchObject({ etag: etagOfParts(film), storageClass: 'STANDARD_IA' });
    if (w.store.kind === 'practice') {
      expect(receipt).toMatchObject({ proof: 'checksum', checksum: { algorithm: 'SHA256', type: 'COMPOSITE' } });
      expect(receipt?.checksum?.value.replace(/-3$/, '')).toBe(compositeOfParts(film));
    } else {
      expect(receipt).toMatchObject({ proof: 'etag', checksum: null });
    }
    const { StorageClass } = await w.bucket.head('film.mp4', receipt?.versionId ?? '');
    expect(StorageClass).toBe('STANDARD_IA');
    await w.expectNothingLost();
  });

  test('broken off after two parts it goes on, and sends no part that the store has confirmed', async () => {
    await using w = await openWorld();
    const film = seededBytes(100 * MIB, 'resumed');
    await w.write('film.mp4', film);
    await crashAt(w, 'part-answered:2');
    expect(await w.bucket.openUploads()).toEqual(['film.mp4']);
    const [{ query: created } = { query: new URLSearchParams() }] = w.requests('UploadPart');

    w.forgetRequests();
    expect(await w.settle()).toMatchObject({ puts: 1 });

    expect(w.requests('CreateMultipartUpload'), 'no second upload').toEqual([]);
    expect(w.requests('AbortMultipartUpload')).toEqual([]);
    const sent = w.requests('UploadPart');
    expect(sent.length, 'of seven parts at least two were confirmed').toBeLessThanOrEqual(5);
    expect(new Set(sent.map(({ query }) => query.get('uploadId')))).toEqual(new Set([created.get('uploadId')]));
    await w.expectVersions('film.mp4', [film]);
    await w.expectNothingLost();
  });

  test('a file that changed while its upload was broken off: the old upload is aborted', async () => {
    await using w = await openWorld();
    await w.write('film.mp4', seededBytes(40 * MIB, 'before'));
    await crashAt(w, 'part-answered:2');
    const after = seededBytes(40 * MIB, 'after');
    await w.write('film.mp4', after);

    w.forgetRequests();
    expect(await w.settle()).toMatchObject({ puts: 1 });

    expect(w.requests('AbortMultipartUpload')).toHaveLength(1);
    expect(w.requests('CreateMultipartUpload')).toHaveLength(1);
    await w.expectVersions('film.mp4', [after]);
    await w.expectNothingLost();
  });

  test('a file that is gone, or small now, leaves no upload open', async () => {
    await using w = await openWorld();
    await w.write('film.mp4', seededBytes(40 * MIB, 'gone'));
    await crashAt(w, 'part-answered:1');
    await w.remove('film.mp4');
    expect(await w.settle()).toMatchObject({ puts: 0, parked: 0 });
    expect(await w.bucket.openUploads()).toEqual([]);

    await w.write('film.mp4', seededBytes(40 * MIB, 'shrunk'));
    await crashAt(w, 'part-answered:1');
    await w.write('film.mp4', 'small now');
    expect(await w.settle()).toMatchObject({ puts: 1, parked: 0 });
    await w.expectVersions('film.mp4', ['small now']);
    await w.expectNothingLost();
  });

  test('a file that is as it was before the upload, or gone though it was kept before, leaves no upload open', async () => {
    await using w = await openWorld();
    const film = seededBytes(33 * MIB, 'kept');
    await w.write('stays', 'a folder that is empty proves nothing');
    await w.write('film.mp4', film);
    await w.settle();
    await w.write('film.mp4', seededBytes(33 * MIB, 'tried'));
    await crashAt(w, 'part-answered:1');
    await w.write('film.mp4', film);
    expect(await w.settle()).toMatchObject({ puts: 0, parked: 0 });
    expect(await w.bucket.openUploads()).toEqual([]);

    await w.write('film.mp4', seededBytes(33 * MIB, 'tried again'));
    await crashAt(w, 'part-answered:1');
    await w.remove('film.mp4');
    expect(await w.settle()).toMatchObject({ puts: 0, gone: 1, parked: 0 });
    await w.expectVersions('film.mp4', [film]);
    await w.expectExplained();
  });

  test('another program’s upload of another key is left alone', async () => {
    await using w = await openWorld();
    const { CreateMultipartUploadCommand, AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
    const foreign = { Bucket: w.bucket.name, Key: 'film.mp4.of-somebody' };
    const { UploadId } = await w.bucket.client.send(new CreateMultipartUploadCommand(foreign));
    await w.write('film.mp4', seededBytes(40 * MIB, 'neighbour'));
    await crashAt(w, 'multipart-created');
    await w.settle();

    expect(await w.bucket.openUploads(), 'theirs alone').toEqual(['film.mp4.of-somebody']);
    await w.bucket.client.send(new AbortMultipartUploadCommand({ ...foreign, UploadId }));
    await w.expectNothingLost();
  });
});
