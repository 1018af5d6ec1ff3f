/** The parts of finished objects: read by their number, and told by GetObjectAttributes. */
import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  type GetObjectAttributesCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { bytes, refused, suite } from './support.ts';

const { client, clientWith, bucket, conforms } = suite('parts');

const MIB = 1024 * 1024;
const bodies = [bytes(5 * MIB, 1), bytes(5 * MIB + 3, 2), bytes(1000, 3)];
const sizes = bodies.map((body) => body.length);
const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('base64');

/** An object of three parts. */
async function upload(checksums: boolean): Promise<string> {
  const Bucket = await bucket();
  const plain = clientWith({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  const algorithm = checksums ? { ChecksumAlgorithm: 'SHA256' as const } : {};
  const { UploadId } = await plain.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k', ...algorithm }));
  const Parts = [];
  for (const [at, Body] of bodies.entries()) {
    const PartNumber = at + 1;
    const part = { Bucket, Key: 'k', UploadId, PartNumber, Body };
    const checksum = checksums ? { ChecksumSHA256: sha256(Body) } : {};
    const { ETag } = await plain.send(new UploadPartCommand({ ...part, ...checksum }));
    Parts.push({ PartNumber, ETag, ...checksum });
  }
  await plain.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'k', UploadId, MultipartUpload: { Parts } }));
  return Bucket;
}

describe('a read by number', () => {
  conforms('gives that part, and says where it lies and how many there are', async () => {
    const b = await upload(false);
    let start = 0;
    for (const [at, body] of bodies.entries()) {
      const answer = await client().send(new GetObjectCommand({ Bucket: b, Key: 'k', PartNumber: at + 1 }));
      const end = start + body.length - 1;
      expect(answer.$metadata.httpStatusCode).toBe(206);
      expect(answer.ContentRange).toBe(
        `bytes ${String(start)}-${String(end)}/${String(sizes.reduce((a, c) => a + c))}`,
      );
      expect(answer.PartsCount).toBe(3);
      expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
      start = end + 1;
    }
  });

  conforms('with HEAD tells its length', async () => {
    const b = await upload(false);
    const answer = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k', PartNumber: 2 }));
    expect(answer).toMatchObject({ ContentLength: sizes[1], PartsCount: 3 });
    const whole = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k' }));
    expect(whole.PartsCount).toBeUndefined();
  });

  conforms('tells the checksum of the part where it is asked to', async () => {
    const b = await upload(true);
    const asked = { Bucket: b, Key: 'k', PartNumber: 3, ChecksumMode: 'ENABLED' } as const;
    const answer = await client().send(new HeadObjectCommand(asked));
    expect(answer.ChecksumSHA256).toBe(sha256(bodies[2] ?? Buffer.alloc(0)));
  });

  conforms('of an object put in one piece gives the whole as its part 1', async () => {
    const b = await bucket();
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'body' }));
    const answer = await client().send(new GetObjectCommand({ Bucket: b, Key: 'k', PartNumber: 1 }));
    expect(answer.PartsCount).toBeUndefined();
    expect(answer.ContentRange).toBe('bytes 0-3/4');
    expect(await answer.Body?.transformToString()).toBe('body');
    const second = client().send(new GetObjectCommand({ Bucket: b, Key: 'k', PartNumber: 2 }));
    expect(await refused(second)).toEqual({ name: 'InvalidPartNumber', status: 416 });
  });

  conforms('beyond the last part is refused', async () => {
    const b = await upload(false);
    const beyond = client().send(new GetObjectCommand({ Bucket: b, Key: 'k', PartNumber: 4 }));
    expect(await refused(beyond)).toEqual({ name: 'InvalidPartNumber', status: 416 });
  });

  conforms('and a range exclude one another', async () => {
    const b = await bucket();
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'body' }));
    const both = client().send(new GetObjectCommand({ Bucket: b, Key: 'k', PartNumber: 1, Range: 'bytes=0-1' }));
    expect(await refused(both)).toEqual({ name: 'InvalidRequest', status: 400 });
  });

  conforms('of a number that cannot be is refused', async () => {
    const b = await bucket();
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'body' }));
    const none = client().send(new GetObjectCommand({ Bucket: b, Key: 'k', PartNumber: 0 }));
    expect(await refused(none)).toEqual({ name: 'InvalidArgument', status: 400 });
  });
});

describe('the attributes of an object', () => {
  async function parts(Bucket: string, more: Partial<GetObjectAttributesCommandInput> = {}) {
    const answer = await client().send(
      new GetObjectAttributesCommand({ Bucket, Key: 'k', ObjectAttributes: ['ObjectParts'], ...more }),
    );
    return answer.ObjectParts;
  }

  conforms('tell its parts with their checksums', async () => {
    const b = await upload(true);
    const told = await parts(b);
    expect(told).toMatchObject({ TotalPartsCount: 3, IsTruncated: false });
    expect(told?.Parts).toEqual(
      bodies.map((body, at) => ({ PartNumber: at + 1, Size: body.length, ChecksumSHA256: sha256(body) })),
    );
  });

  conforms('tell its parts in pages', async () => {
    const b = await upload(true);
    const first = await parts(b, { MaxParts: 2 });
    expect(first?.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1, 2]);
    expect(first).toMatchObject({ IsTruncated: true, MaxParts: 2 });
    const rest = await parts(b, { MaxParts: 2, PartNumberMarker: first?.NextPartNumberMarker });
    expect(rest?.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([3]);
    expect(rest?.IsTruncated).toBe(false);
  });

  conforms('tell only the number of parts that came without checksums', async () => {
    const told = await parts(await upload(false));
    expect(told?.TotalPartsCount).toBe(3);
    expect(told?.Parts).toBeUndefined();
  });

  conforms('tell no parts of an object put in one piece', async () => {
    const b = await bucket();
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'body' }));
    expect(await parts(b)).toBeUndefined();
  });

  conforms('that are unknown are refused', async () => {
    const b = await bucket();
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'body' }));
    const odd = parts(b, { ObjectAttributes: ['Colour' as 'ETag'] });
    expect(await refused(odd)).toEqual({ name: 'InvalidArgument', status: 400 });
  });
});
