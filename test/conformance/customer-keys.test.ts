/** Encryption with a customer's key: on every way in and out, and refused without the key. */
import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { bytes, refused, suite } from './support.ts';

const { client, bucket, raw, conforms } = suite('customer-keys');

const MIB = 1024 * 1024;
const one = createHash('sha256').update('one key').digest();
const other = createHash('sha256').update('another key').digest();

/** The fields of the SDK, which adds the key's MD5. Without a key: none. */
function withKey(key: Buffer | undefined) {
  // The SDK takes the raw bytes as its type for text.
  return key === undefined ? {} : { SSECustomerAlgorithm: 'AES256', SSECustomerKey: key as unknown as string };
}

function withSourceKey(key: Buffer) {
  return { CopySourceSSECustomerAlgorithm: 'AES256', CopySourceSSECustomerKey: key as unknown as string };
}

function md5Of(key: Buffer): string {
  return createHash('md5').update(key).digest('base64');
}

const echo = { SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: md5Of(one) };

async function put(Bucket: string, Body: Buffer | string, key?: Buffer, more: Partial<PutObjectCommandInput> = {}) {
  return client().send(new PutObjectCommand({ Bucket, Key: 'k', Body, ...withKey(key), ...more }));
}

async function head(Bucket: string, key?: Buffer, Key = 'k') {
  return client().send(new HeadObjectCommand({ Bucket, Key, ...withKey(key) }));
}

async function get(Bucket: string, key?: Buffer, more: Partial<GetObjectCommandInput> = {}) {
  const answer = await client().send(new GetObjectCommand({ Bucket, Key: 'k', ...withKey(key), ...more }));
  return { ...answer, body: Buffer.from((await answer.Body?.transformToByteArray()) ?? []) };
}

/** The headers of a key below the SDK. */
function headersOf(changed: Readonly<Record<string, string>> = {}): Record<string, string> {
  const parts = { algorithm: 'AES256', key: one.toString('base64'), 'key-md5': md5Of(one), ...changed };
  return Object.fromEntries(
    Object.entries(parts)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [`x-amz-server-side-encryption-customer-${name}`, value]),
  );
}

describe('an object put with a customer key', () => {
  conforms('is answered and told with algorithm and MD5 of the key', async () => {
    const b = await bucket();
    expect(await put(b, 'body', one)).toMatchObject(echo);
    expect(await head(b, one)).toMatchObject(echo);
    expect(await get(b, one)).toMatchObject({ ...echo, body: Buffer.from('body') });
  });

  conforms('has an ETag that is not the MD5 of its bytes', async () => {
    const b = await bucket();
    const { ETag } = await put(b, 'body', one);
    expect(ETag).not.toBe(`"${createHash('md5').update('body').digest('hex')}"`);
    expect((await head(b, one)).ETag).toBe(ETag);
  });

  conforms('is not read without the key', async () => {
    const b = await bucket();
    await put(b, 'body', one);
    expect(await refused(get(b))).toEqual({ name: 'InvalidRequest', status: 400 });
    expect((await refused(head(b))).status).toBe(400);
  });

  conforms('is not read with another key', async () => {
    const b = await bucket();
    await put(b, 'body', one);
    expect(await refused(get(b, other))).toEqual({ name: 'AccessDenied', status: 403 });
    expect((await refused(head(b, other))).status).toBe(403);
  });

  conforms('comes back in any range', async () => {
    const b = await bucket();
    const body = bytes(600_001);
    await put(b, body, one);
    for (const [first, last] of [
      [0, 0],
      [1, 15],
      [15, 16],
      [16, 47],
      [262_143, 262_145],
      [600_000, 600_000],
      [5, 600_000],
    ] as const) {
      const read = await get(b, one, { Range: `bytes=${String(first)}-${String(last)}` });
      expect(read.body.equals(body.subarray(first, last + 1)), `${String(first)}-${String(last)}`).toBe(true);
    }
    expect((await get(b, one)).body.equals(body)).toBe(true);
  });

  conforms('may be empty', async () => {
    const b = await bucket();
    await put(b, '', one);
    expect((await get(b, one)).body).toHaveLength(0);
  });

  conforms('keeps its checksum, which is that of the plain bytes', async () => {
    const b = await bucket();
    const right = createHash('sha256').update('body').digest('base64');
    expect(await put(b, 'body', one, { ChecksumSHA256: right })).toMatchObject({ ChecksumSHA256: right });
    const told = await client().send(
      new HeadObjectCommand({ Bucket: b, Key: 'k', ChecksumMode: 'ENABLED', ...withKey(one) }),
    );
    expect(told.ChecksumSHA256).toBe(right);
  });

  conforms('tells its attributes only with the key', async () => {
    const b = await bucket();
    await put(b, 'body', one);
    const ask = (key?: Buffer) =>
      client().send(
        new GetObjectAttributesCommand({ Bucket: b, Key: 'k', ObjectAttributes: ['ObjectSize'], ...withKey(key) }),
      );
    expect((await ask(one)).ObjectSize).toBe(4);
    expect((await refused(ask())).status).toBe(400);
    expect((await refused(ask(other))).status).toBe(403);
  });

  conforms('stands beside versions with other keys', async () => {
    const b = await bucket();
    const first = await put(b, 'first', one);
    const second = await put(b, 'second', other);
    const third = await put(b, 'third');
    expect((await get(b, one, { VersionId: first.VersionId })).body.toString()).toBe('first');
    expect((await get(b, other, { VersionId: second.VersionId })).body.toString()).toBe('second');
    expect((await get(b, undefined, { VersionId: third.VersionId })).body.toString()).toBe('third');
    expect((await refused(get(b, one, { VersionId: second.VersionId }))).status).toBe(403);
  });
});

describe('a key', () => {
  conforms('for an object without one is refused', async () => {
    const b = await bucket();
    await put(b, 'body');
    expect(await refused(get(b, one))).toEqual({ name: 'InvalidRequest', status: 400 });
  });

  conforms('with a wrong MD5 is refused', async () => {
    const b = await bucket();
    const headers = headersOf({ 'key-md5': md5Of(other) });
    const answer = await raw({ method: 'PUT', path: `/${b}/k`, body: 'body', headers });
    expect([answer.status, /<Code>(.*?)</.exec(answer.body)?.[1]]).toEqual([400, 'InvalidArgument']);
    expect((await refused(head(b, one))).status).toBe(404);
  });

  conforms('of another length is refused', async () => {
    const b = await bucket();
    const short = one.subarray(0, 16);
    const headers = headersOf({ key: short.toString('base64'), 'key-md5': md5Of(short) });
    const answer = await raw({ method: 'PUT', path: `/${b}/k`, body: 'body', headers });
    expect([answer.status, /<Code>(.*?)</.exec(answer.body)?.[1]]).toEqual([400, 'InvalidArgument']);
  });

  for (const missing of ['algorithm', 'key', 'key-md5']) {
    conforms(`without its ${missing} is refused`, async () => {
      const b = await bucket();
      const answer = await raw({ method: 'PUT', path: `/${b}/k`, body: 'body', headers: headersOf({ [missing]: '' }) });
      expect(answer.status).toBe(400);
      expect((await raw({ method: 'HEAD', path: `/${b}/k` })).status).toBe(404);
    });
  }

  conforms('for another algorithm is refused', async () => {
    const b = await bucket();
    const answer = await raw({
      method: 'PUT',
      path: `/${b}/k`,
      body: 'x',
      headers: headersOf({ algorithm: 'AES128' }),
    });
    expect([answer.status, /<Code>(.*?)</.exec(answer.body)?.[1]]).toEqual([400, 'InvalidEncryptionAlgorithmError']);
  });

  conforms('excludes every other encryption', async () => {
    const b = await bucket();
    for (const ServerSideEncryption of ['AES256', 'aws:kms'] as const) {
      expect(await refused(put(b, 'body', one, { ServerSideEncryption }))).toEqual({
        name: 'InvalidArgument',
        status: 400,
      });
    }
  });
});

describe('a multipart upload with a customer key', () => {
  async function begin(Bucket: string, key?: Buffer) {
    const create = { Bucket, Key: 'k', ...withKey(key) };
    const answer = await client().send(new CreateMultipartUploadCommand(create));
    return { answer, place: { Bucket, Key: 'k', UploadId: answer.UploadId } };
  }
  type Place = Awaited<ReturnType<typeof begin>>['place'];

  async function part(place: Place, PartNumber: number, Body: Buffer, key?: Buffer) {
    const answer = await client().send(new UploadPartCommand({ ...place, PartNumber, Body, ...withKey(key) }));
    return { answer, done: { PartNumber, ETag: answer.ETag, ChecksumCRC32: answer.ChecksumCRC32 } };
  }

  conforms('makes one object that is read with it, across parts too', async () => {
    const b = await bucket();
    const { answer, place } = await begin(b, one);
    expect(answer).toMatchObject(echo);
    const first = bytes(5 * MIB + 7, 1);
    const second = bytes(300_001, 2);
    const sent = [await part(place, 1, first, one), await part(place, 2, second, one)];
    for (const { answer: told } of sent) expect(told).toMatchObject(echo);
    const Parts = sent.map(({ done }) => done);
    const complete = { ...place, MultipartUpload: { Parts } };
    await client().send(new CompleteMultipartUploadCommand(complete));
    const whole = Buffer.concat([first, second]);
    const read = await get(b, one);
    expect(read).toMatchObject(echo);
    expect(read.body.equals(whole)).toBe(true);
    const from = first.length - 5;
    const middle = await get(b, one, { Range: `bytes=${String(from)}-${String(from + 20)}` });
    expect(middle.body.equals(whole.subarray(from, from + 21))).toBe(true);
    expect((await refused(get(b, other))).status).toBe(403);
    expect((await refused(get(b))).status).toBe(400);
  });

  conforms('takes no part without the key, or with another', async () => {
    const b = await bucket();
    const { place } = await begin(b, one);
    const body = Buffer.from('part');
    expect(await refused(part(place, 1, body))).toEqual({ name: 'InvalidRequest', status: 400 });
    expect(await refused(part(place, 1, body, other))).toEqual({ name: 'InvalidRequest', status: 400 });
    expect((await client().send(new ListPartsCommand(place))).Parts).toBeUndefined();
  });

  conforms('lists its parts with the key or without, and not with another', async () => {
    const b = await bucket();
    const { place } = await begin(b, one);
    await part(place, 1, Buffer.from('part'), one);
    for (const key of [one, undefined]) {
      const { Parts } = await client().send(new ListPartsCommand({ ...place, ...withKey(key) }));
      expect(Parts?.map(({ Size }) => Size)).toEqual([4]);
    }
    const wrong = client().send(new ListPartsCommand({ ...place, ...withKey(other) }));
    expect((await refused(wrong)).status).toBe(403);
  });

  conforms('without a key takes no part with one', async () => {
    const b = await bucket();
    const { place } = await begin(b);
    expect((await refused(part(place, 1, Buffer.from('part'), one))).status).toBe(400);
  });

  conforms('may name the key when it is completed', async () => {
    const b = await bucket();
    const { place } = await begin(b, one);
    const { done } = await part(place, 1, Buffer.from('part'), one);
    const complete = { ...place, MultipartUpload: { Parts: [done] }, ...withKey(one) };
    await client().send(new CompleteMultipartUploadCommand(complete));
    expect((await get(b, one)).body.toString()).toBe('part');
  });

  conforms('takes parts copied from an object with another key', async () => {
    const b = await bucket();
    const source = bytes(100_000);
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'source', Body: source, ...withKey(other) }));
    const { place } = await begin(b, one);
    const copy = { ...place, PartNumber: 1, CopySource: `${b}/source`, CopySourceRange: 'bytes=33-99998' };
    expect((await refused(client().send(new UploadPartCopyCommand({ ...copy, ...withKey(one) })))).status).toBe(400);
    const keys = { ...withKey(one), ...withSourceKey(other) };
    const { CopyPartResult } = await client().send(new UploadPartCopyCommand({ ...copy, ...keys }));
    const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag, ChecksumCRC32: CopyPartResult?.ChecksumCRC32 }];
    await client().send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts } }));
    expect((await get(b, one)).body.equals(source.subarray(33, 99_999))).toBe(true);
  });
});

describe('a copy', () => {
  async function copy(Bucket: string, keys: object) {
    return client().send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/k`, ...keys }));
  }

  conforms('of an object with a key needs that key', async () => {
    const b = await bucket();
    await put(b, 'body', one);
    expect((await refused(copy(b, {}))).status).toBe(400);
    expect((await refused(copy(b, withSourceKey(other)))).status).toBe(403);
    expect((await refused(head(b, undefined, 'copy'))).status).toBe(404);
  });

  conforms('takes an encryption off, puts one on, and changes it', async () => {
    const b = await bucket();
    const body = bytes(300_007);
    const read = async (key?: Buffer) => {
      const answer = await client().send(new GetObjectCommand({ Bucket: b, Key: 'copy', ...withKey(key) }));
      return Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body);
    };
    await put(b, body, one);
    await copy(b, withSourceKey(one));
    expect(await read()).toBe(true);
    expect((await head(b, undefined, 'copy')).ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
    await copy(b, { ...withSourceKey(one), ...withKey(other) });
    expect(await read(other)).toBe(true);
    await put(b, body);
    expect(await copy(b, withKey(one))).toMatchObject(echo);
    expect(await read(one)).toBe(true);
    expect((await refused(read())).status).toBe(400);
  });

  conforms('of an object onto itself may change its key', async () => {
    const b = await bucket();
    await put(b, 'body', one);
    const keys = { ...withSourceKey(one), ...withKey(other) };
    await client().send(new CopyObjectCommand({ Bucket: b, Key: 'k', CopySource: `${b}/k`, ...keys }));
    expect((await get(b, other)).body.toString()).toBe('body');
  });
});
