/** Checksums of bodies: as header, as trailer, right, wrong, and told again. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createCRC32, createCRC64, xxhash128, xxhash3, xxhash64 } from 'hash-wasm';
import { describe, expect } from 'vitest';
import { bytes, refused, suite } from './support.ts';

const { client, clientWith, bucket, raw, conforms } = suite('checksums');

const body = bytes(100_003);

async function values(of: Buffer): Promise<Readonly<Record<string, string>>> {
  const wasm = (digest: string): string => Buffer.from(digest, 'hex').toString('base64');
  const castagnoli = await createCRC32(0x82f63b78);
  const nvme = await createCRC64('9a6c9329ac4bc9b5');
  return {
    CRC32: wasm(crc32(of).toString(16).padStart(8, '0')),
    CRC32C: wasm(castagnoli.init().update(of).digest()),
    CRC64NVME: wasm(nvme.init().update(of).digest()),
    SHA1: createHash('sha1').update(of).digest('base64'),
    SHA256: createHash('sha256').update(of).digest('base64'),
    SHA512: createHash('sha512').update(of).digest('base64'),
    MD5: createHash('md5').update(of).digest('base64'),
    XXHASH64: wasm(await xxhash64(of)),
    XXHASH3: wasm(await xxhash3(of)),
    XXHASH128: wasm(await xxhash128(of)),
  };
}

/** Those that the SDK computes by itself. */
const COMPUTED = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
/** Those of which it is given the value. */
const GIVEN = ['SHA512', 'MD5', 'XXHASH64', 'XXHASH3', 'XXHASH128'] as const;

async function put(Bucket: string, fields: Omit<PutObjectCommandInput, 'Bucket' | 'Key'>) {
  return client().send(new PutObjectCommand({ Bucket, Key: 'k', Body: body, ...fields }));
}

async function isThere(Bucket: string): Promise<boolean> {
  const plain = clientWith({ responseChecksumValidation: 'WHEN_REQUIRED' });
  return plain.send(new HeadObjectCommand({ Bucket, Key: 'k' })).then(
    () => true,
    () => false,
  );
}

describe('a checksum given as header', () => {
  for (const algorithm of [...COMPUTED, ...GIVEN]) {
    conforms(`${algorithm}: right is answered and told, wrong is refused and leaves nothing`, async () => {
      const b = await bucket();
      const right = (await values(body))[algorithm] ?? '';
      const wrong = (await values(Buffer.from('other')))[algorithm] ?? '';
      const field = `Checksum${algorithm}`;
      expect(await refused(put(b, { [field]: wrong }))).toEqual({ name: 'BadDigest', status: 400 });
      expect(await isThere(b)).toBe(false);
      expect(await put(b, { [field]: right })).toMatchObject({ [field]: right, ChecksumType: 'FULL_OBJECT' });
      const told = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k', ChecksumMode: 'ENABLED' }));
      expect(told).toMatchObject({ [field]: right, ChecksumType: 'FULL_OBJECT' });
      const plain = clientWith({ responseChecksumValidation: 'WHEN_REQUIRED' });
      const silent = await plain.send(new HeadObjectCommand({ Bucket: b, Key: 'k' }));
      expect(silent).not.toHaveProperty(field);
    });
  }

  conforms('that cannot be one is refused', async () => {
    const b = await bucket();
    expect(await refused(put(b, { ChecksumSHA256: 'AAAA' }))).toEqual({ name: 'InvalidRequest', status: 400 });
  });

  conforms('of a range is not told', async () => {
    const b = await bucket();
    await put(b, { ChecksumAlgorithm: 'SHA256' });
    const part = await client().send(new GetObjectCommand({ Bucket: b, Key: 'k', Range: 'bytes=1-5' }));
    expect(part.ChecksumSHA256).toBeUndefined();
    expect(await part.Body?.transformToByteArray()).toEqual(new Uint8Array(body.subarray(1, 6)));
  });
});

describe('a checksum sent after the body', () => {
  for (const algorithm of COMPUTED) {
    conforms(`${algorithm}: is checked and stored`, async () => {
      const b = await bucket();
      const Body = Readable.from([body.subarray(0, 40_000), body.subarray(40_000)]);
      const answer = await put(b, { Body, ContentLength: body.length, ChecksumAlgorithm: algorithm });
      expect(answer).toMatchObject({ [`Checksum${algorithm}`]: (await values(body))[algorithm] });
      const read = await client().send(new GetObjectCommand({ Bucket: b, Key: 'k' }));
      expect(read.ContentLength).toBe(body.length);
      expect(read.ContentEncoding).toBeUndefined();
      expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    });
  }
});

describe('a checksum sent after the body, below the SDK', () => {
  for (const algorithm of GIVEN) {
    conforms(`${algorithm}: right is stored, wrong is refused and leaves nothing`, async () => {
      const b = await bucket();
      const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
      const send = (value: string) =>
        raw({
          method: 'PUT',
          path: `/${b}/k`,
          payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
          headers: {
            'content-encoding': 'aws-chunked',
            'x-amz-decoded-content-length': String(body.length),
            'x-amz-trailer': name,
          },
          makeBody: () =>
            Buffer.concat([
              Buffer.from(`${body.length.toString(16)}\r\n`),
              body,
              Buffer.from(`\r\n0\r\n${name}:${value}\r\n\r\n`),
            ]),
        });
      const wrong = await send((await values(Buffer.from('other')))[algorithm] ?? '');
      expect([wrong.status, /<Code>(.*?)</.exec(wrong.body)?.[1]]).toEqual([400, 'BadDigest']);
      expect(await isThere(b)).toBe(false);
      const right = (await values(body))[algorithm] ?? '';
      const answer = await send(right);
      expect([answer.status, answer.headers[name]]).toEqual([200, right]);
    });
  }
});

describe('a checksum of a multipart upload', () => {
  const field = (algorithm: string): string => `Checksum${algorithm}`;

  for (const algorithm of GIVEN) {
    conforms(`${algorithm}: is made of those of the parts`, async () => {
      const Bucket = await bucket();
      const create = new CreateMultipartUploadCommand({ Bucket, Key: 'k', ChecksumAlgorithm: algorithm });
      const begun = await client().send(create);
      expect(begun).toMatchObject({ ChecksumAlgorithm: algorithm, ChecksumType: 'COMPOSITE' });
      const place = { Bucket, Key: 'k', UploadId: begun.UploadId };
      const value = { [field(algorithm)]: (await values(body))[algorithm] };
      const part = await client().send(new UploadPartCommand({ ...place, PartNumber: 1, Body: body, ...value }));
      expect(part).toMatchObject(value);
      const Parts = [{ PartNumber: 1, ETag: part.ETag, ...value }];
      const answer = await client().send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts } }));
      const raws = Buffer.from(value[field(algorithm)] ?? '', 'base64');
      expect(answer).toMatchObject({ [field(algorithm)]: `${(await values(raws))[algorithm] ?? ''}-1` });
    });
  }

  for (const algorithm of ['SHA1', ...GIVEN] as const) {
    conforms(`${algorithm}: cannot be one of the whole`, async () => {
      const Bucket = await bucket();
      const whole = { Bucket, Key: 'k', ChecksumAlgorithm: algorithm, ChecksumType: 'FULL_OBJECT' } as const;
      const create = client().send(new CreateMultipartUploadCommand(whole));
      expect(await refused(create)).toEqual({ name: 'InvalidRequest', status: 400 });
    });
  }
});

describe('Content-MD5', () => {
  const md5 = (of: Buffer | string): string => createHash('md5').update(of).digest('base64');

  conforms('right is taken', async () => {
    const b = await bucket();
    const plain = clientWith({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    await plain.send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: body, ContentMD5: md5(body) }));
    expect(await isThere(b)).toBe(true);
  });

  conforms('wrong is refused and leaves nothing', async () => {
    const b = await bucket();
    expect(await refused(put(b, { ContentMD5: md5('other') }))).toEqual({ name: 'BadDigest', status: 400 });
    expect(await isThere(b)).toBe(false);
  });

  conforms('malformed is refused', async () => {
    const b = await bucket();
    expect(await refused(put(b, { ContentMD5: 'nonsense' }))).toEqual({ name: 'InvalidDigest', status: 400 });
  });
});

conforms('an object put without any checksum gets CRC64NVME from the server', async () => {
  const b = await bucket();
  const plain = clientWith({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  await plain.send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: body }));
  const told = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k', ChecksumMode: 'ENABLED' }));
  expect(told.ChecksumCRC64NVME).toBe((await values(body))['CRC64NVME']);
});
