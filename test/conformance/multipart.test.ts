/** Multipart uploads: every field of a put, parts, checksums of the whole, conditions, and what is refused. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  type CompletedPart,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type UploadPartCommandInput,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { bytes, refused, suite } from './support.ts';

const { client, clientWith, bucket, conforms } = suite('multipart');

const MIB = 1024 * 1024;
const first = bytes(5 * MIB, 1);
const second = bytes(300_000, 2);
const whole = Buffer.concat([first, second]);

async function create(Bucket: string, fields: Omit<CreateMultipartUploadCommandInput, 'Bucket' | 'Key'> = {}) {
  // Without this the SDK would name an algorithm by itself.
  const plain = clientWith({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  const { UploadId } = await plain.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k', ...fields }));
  return { Bucket, Key: 'k', UploadId };
}
type Place = Awaited<ReturnType<typeof create>>;

async function part(
  place: Place,
  PartNumber: number,
  Body: Buffer,
  more: Partial<UploadPartCommandInput> = {},
): Promise<CompletedPart> {
  const plain = clientWith({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  const answer = await plain.send(new UploadPartCommand({ ...place, PartNumber, Body, ...more }));
  const { ETag, ChecksumCRC32, ChecksumSHA256 } = answer;
  return { PartNumber, ETag, ChecksumCRC32, ChecksumSHA256 };
}

async function complete(place: Place, Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) {
  return client().send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts }, ...more }));
}

async function read(place: Place): Promise<Buffer> {
  const { Body } = await client().send(new GetObjectCommand({ Bucket: place.Bucket, Key: place.Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

function crc(of: Buffer): string {
  return Buffer.from(crc32(of).toString(16).padStart(8, '0'), 'hex').toString('base64');
}

function etagOf(...parts: Buffer[]): string {
  const md5s = parts.map((one) => createHash('md5').update(one).digest());
  return `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${String(parts.length)}"`;
}

describe('an upload in parts', () => {
  conforms('makes one object of them, in ranges too', async () => {
    const place = await create(await bucket());
    const parts = [await part(place, 2, first), await part(place, 7, second)];
    await complete(place, parts);
    expect((await read(place)).equals(whole)).toBe(true);
    const { Bucket, Key } = place;
    const Range = `bytes=${String(first.length - 2)}-${String(first.length + 1)}`;
    const { Body } = await client().send(new GetObjectCommand({ Bucket, Key, Range }));
    const middle = whole.subarray(first.length - 2, first.length + 2);
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(middle)).toBe(true);
  });

  conforms('is answered with the ETag of the parts and a VersionId', async () => {
    const place = await create(await bucket());
    const parts = [await part(place, 1, first), await part(place, 2, second)];
    const answer = await complete(place, parts);
    expect(answer.ETag).toBe(etagOf(first, second));
    const { Versions } = await client().send(new ListObjectVersionsCommand({ Bucket: place.Bucket }));
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual([answer.VersionId]);
  });

  conforms('shows nothing before it is completed', async () => {
    const place = await create(await bucket());
    await part(place, 1, first);
    expect((await refused(read(place))).name).toBe('NoSuchKey');
  });

  conforms('uses the last of several tries of a part', async () => {
    const place = await create(await bucket());
    const stale = await part(place, 1, second);
    const fresh = await part(place, 1, Buffer.from('fresh'));
    expect(await refused(complete(place, [stale]))).toEqual({ name: 'InvalidPart', status: 400 });
    await complete(place, [fresh]);
    expect((await read(place)).toString()).toBe('fresh');
  });

  conforms('keeps headers, metadata, class and KMS key given at its beginning', async () => {
    const fields = {
      StorageClass: 'STANDARD_IA',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'testkey-1',
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      ContentEncoding: 'identity',
      ContentLanguage: 'fr',
      ContentType: 'text/x',
      Metadata: { origin: 'laptop' },
    } as const;
    const place = await create(await bucket(), fields);
    await complete(place, [await part(place, 1, second)]);
    const { SSEKMSKeyId, ...told } = await client().send(new HeadObjectCommand({ Bucket: place.Bucket, Key: 'k' }));
    const { SSEKMSKeyId: asked, ...others } = fields;
    expect(told).toMatchObject(others);
    expect(SSEKMSKeyId?.endsWith(asked)).toBe(true);
  });

  conforms('keeps tags given at its beginning', async () => {
    const place = await create(await bucket(), { Tagging: 'a=1' });
    await complete(place, [await part(place, 1, second)]);
    const { TagSet } = await client().send(new GetObjectTaggingCommand({ Bucket: place.Bucket, Key: 'k' }));
    expect(TagSet).toEqual([{ Key: 'a', Value: '1' }]);
  });

  conforms('keeps AES256 and bucket key given at its beginning', async () => {
    const place = await create(await bucket(), { ServerSideEncryption: 'AES256' });
    expect((await complete(place, [await part(place, 1, second)])).ServerSideEncryption).toBe('AES256');
    const kms = await create(await bucket(), {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'testkey-1',
      BucketKeyEnabled: true,
    });
    expect((await complete(kms, [await part(kms, 1, second)])).BucketKeyEnabled).toBe(true);
  });
});

describe('parts', () => {
  conforms('are listed in pages', async () => {
    const place = await create(await bucket());
    for (const number of [3, 1, 2]) await part(place, number, Buffer.alloc(number, 'x'));
    const page = await client().send(new ListPartsCommand({ ...place, MaxParts: 2 }));
    expect(page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(page).toMatchObject({ IsTruncated: true });
    const rest = await client().send(new ListPartsCommand({ ...place, PartNumberMarker: page.NextPartNumberMarker }));
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([3]);
  });

  conforms('with a wrong Content-MD5 are refused and not listed', async () => {
    const place = await create(await bucket());
    const ContentMD5 = createHash('md5').update('other').digest('base64');
    expect(await refused(part(place, 1, second, { ContentMD5 }))).toEqual({ name: 'BadDigest', status: 400 });
    expect((await client().send(new ListPartsCommand(place))).Parts).toBeUndefined();
  });

  conforms('with a wrong checksum are refused', async () => {
    const place = await create(await bucket(), { ChecksumAlgorithm: 'CRC32' });
    const wrong = { ChecksumCRC32: crc(first) };
    expect(await refused(part(place, 1, second, wrong))).toEqual({ name: 'BadDigest', status: 400 });
  });

  conforms('can be copied from a version, whole and in a range', async () => {
    const b = await bucket();
    const source = { Bucket: b, Key: 'source ü' };
    const { VersionId } = await client().send(new PutObjectCommand({ ...source, Body: whole }));
    await client().send(new PutObjectCommand({ ...source, Body: 'newer' }));
    const place = await create(b);
    const CopySource = `${b}/${encodeURIComponent(source.Key)}?versionId=${String(VersionId)}`;
    const copy = async (PartNumber: number, CopySourceRange?: string): Promise<CompletedPart> => {
      const answer = await client().send(
        new UploadPartCopyCommand({ ...place, PartNumber, CopySource, CopySourceRange }),
      );
      return { PartNumber, ETag: answer.CopyPartResult?.ETag };
    };
    await complete(place, [await copy(1), await copy(2, 'bytes=10-19')]);
    expect((await read(place)).equals(Buffer.concat([whole, whole.subarray(10, 20)]))).toBe(true);
  });

  conforms('have numbers from 1 to 10,000', async () => {
    const place = await create(await bucket());
    await part(place, 10_000, second);
    expect(await refused(part(place, 10_001, second))).toEqual({ name: 'InvalidArgument', status: 400 });
  });
});

describe('completing', () => {
  conforms('refuses parts out of order, unknown, with another ETag, or too small', async () => {
    const place = await create(await bucket());
    const one = await part(place, 1, second);
    const two = await part(place, 2, first);
    expect(await refused(complete(place, [two, one]))).toEqual({ name: 'InvalidPartOrder', status: 400 });
    const unknown = { ...one, PartNumber: 3 };
    expect(await refused(complete(place, [one, unknown]))).toEqual({ name: 'InvalidPart', status: 400 });
    const other = { ...two, ETag: one.ETag };
    expect(await refused(complete(place, [other]))).toEqual({ name: 'InvalidPart', status: 400 });
    expect(await refused(complete(place, [one, two]))).toEqual({ name: 'EntityTooSmall', status: 400 });
    await complete(place, [two]);
    expect((await read(place)).equals(first)).toBe(true);
  });

  conforms('ends the upload', async () => {
    const place = await create(await bucket());
    const one = await part(place, 1, second);
    await complete(place, [one]);
    expect(await refused(part(place, 2, second))).toEqual({ name: 'NoSuchUpload', status: 404 });
    expect((await client().send(new ListMultipartUploadsCommand({ Bucket: place.Bucket }))).Uploads).toBeUndefined();
  });

  conforms('compares the size of the whole', async () => {
    const place = await create(await bucket());
    const one = await part(place, 1, second);
    const wrong = complete(place, [one], { MpuObjectSize: 1 });
    expect(await refused(wrong)).toEqual({ name: 'InvalidRequest', status: 400 });
    await complete(place, [one], { MpuObjectSize: second.length });
  });

  conforms('with If-None-Match: * writes only where nothing is', async () => {
    const b = await bucket();
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'there' }));
    const place = await create(b);
    const one = await part(place, 1, second);
    const again = complete(place, [one], { IfNoneMatch: '*' });
    expect(await refused(again)).toEqual({ name: 'PreconditionFailed', status: 412 });
  });

  conforms('with If-Match writes only over what was seen', async () => {
    const b = await bucket();
    const { ETag } = await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'there' }));
    const place = await create(b);
    const one = await part(place, 1, second);
    expect((await refused(complete(place, [one], { IfMatch: '"other"' }))).status).toBe(412);
    await complete(place, [one], { IfMatch: ETag });
  });
});

describe('the checksum of the whole', () => {
  conforms('is that of all bytes where FULL_OBJECT is asked', async () => {
    const place = await create(await bucket(), { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const one = await part(place, 1, first, { ChecksumCRC32: crc(first) });
    const two = await part(place, 2, second, { ChecksumCRC32: crc(second) });
    const wrong = complete(place, [one, two], { ChecksumCRC32: crc(first), ChecksumType: 'FULL_OBJECT' });
    expect(await refused(wrong)).toEqual({ name: 'BadDigest', status: 400 });
    const answer = await complete(place, [one, two], { ChecksumCRC32: crc(whole), ChecksumType: 'FULL_OBJECT' });
    expect(answer).toMatchObject({ ChecksumCRC32: crc(whole), ChecksumType: 'FULL_OBJECT' });
    const { Bucket, Key } = place;
    const told = await client().send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(told).toMatchObject({ ChecksumCRC32: crc(whole), ChecksumType: 'FULL_OBJECT' });
  });

  conforms('is that of the checksums of the parts where COMPOSITE is asked', async () => {
    const place = await create(await bucket(), { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' });
    const sha = (of: Buffer): Buffer => createHash('sha256').update(of).digest();
    const one = await part(place, 1, first, { ChecksumSHA256: sha(first).toString('base64') });
    const two = await part(place, 2, second, { ChecksumSHA256: sha(second).toString('base64') });
    const answer = await complete(place, [one, two]);
    const right = `${sha(Buffer.concat([sha(first), sha(second)])).toString('base64')}-2`;
    expect(answer).toMatchObject({ ChecksumSHA256: right, ChecksumType: 'COMPOSITE' });
  });

  conforms('of parts needs those of all parts', async () => {
    const place = await create(await bucket(), { ChecksumAlgorithm: 'SHA256' });
    expect(await refused(part(place, 1, second))).toEqual({ name: 'InvalidRequest', status: 400 });
    const checksum = createHash('sha256').update(second).digest('base64');
    const one = await part(place, 1, second, { ChecksumSHA256: checksum });
    const { PartNumber, ETag } = one;
    expect(await refused(complete(place, [{ PartNumber, ETag }]))).toEqual({ name: 'InvalidRequest', status: 400 });
  });

  conforms('knows which types an algorithm has', async () => {
    const b = await bucket();
    const sha = create(b, { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' });
    expect(await refused(sha)).toEqual({ name: 'InvalidRequest', status: 400 });
    const nvme = create(b, { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' });
    expect(await refused(nvme)).toEqual({ name: 'InvalidRequest', status: 400 });
  });
});

describe('uploads under way', () => {
  conforms('are listed by key and prefix', async () => {
    const b = await bucket();
    const plain = clientWith({});
    const begin = async (Key: string) =>
      (await plain.send(new CreateMultipartUploadCommand({ Bucket: b, Key }))).UploadId;
    const ids = [await begin('b/2'), await begin('a'), await begin('b/1')];
    const list = async (more: { Prefix?: string; Delimiter?: string }) =>
      client().send(new ListMultipartUploadsCommand({ Bucket: b, ...more }));
    expect((await list({})).Uploads?.map(({ Key, UploadId }) => [Key, UploadId])).toEqual([
      ['a', ids[1]],
      ['b/1', ids[2]],
      ['b/2', ids[0]],
    ]);
    expect((await list({ Prefix: 'b/' })).Uploads?.map(({ Key }) => Key)).toEqual(['b/1', 'b/2']);
    expect((await list({ Delimiter: '/' })).CommonPrefixes).toEqual([{ Prefix: 'b/' }]);
  });

  conforms('that are aborted are gone', async () => {
    const place = await create(await bucket());
    await part(place, 1, second);
    await client().send(new AbortMultipartUploadCommand(place));
    expect(await refused(client().send(new ListPartsCommand(place)))).toEqual({ name: 'NoSuchUpload', status: 404 });
    expect(await refused(client().send(new AbortMultipartUploadCommand(place)))).toMatchObject({ status: 404 });
  });
});
