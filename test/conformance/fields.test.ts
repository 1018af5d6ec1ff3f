/** Every field that a put can set besides the bytes: headers, metadata, class, encryption, tags. */
import {
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { refused, suite } from './support.ts';

const { client, bucket, conforms } = suite('fields');

type Fields = Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body'>;

async function put(Bucket: string, Key: string, Body: string | Buffer = 'body', fields: Fields = {}) {
  return client().send(new PutObjectCommand({ Bucket, Key, Body, ...fields }));
}

async function head(Bucket: string, Key: string) {
  return client().send(new HeadObjectCommand({ Bucket, Key }));
}

async function get(Bucket: string, Key: string, more: { Range?: string; VersionId?: string } = {}) {
  const answer = await client().send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, text: await answer.Body?.transformToString('latin1') };
}

describe('fields', () => {
  conforms('headers and metadata are given back', async () => {
    const b = await bucket();
    const fields = {
      CacheControl: 'max-age=60',
      ContentDisposition: 'inline; filename="x.txt"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      ContentType: 'text/x-test',
      Metadata: { origin: 'laptop', mtime: '1700000000.123456789' },
    };
    await put(b, 'k', 'x', { ...fields, Expires: new Date('2031-01-02T03:04:05Z') });
    const answer = await head(b, 'k');
    expect(answer).toMatchObject(fields);
    expect(answer.ExpiresString).toBe('Thu, 02 Jan 2031 03:04:05 GMT');
  });

  conforms('without a content type it is binary/octet-stream', async () => {
    const b = await bucket();
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: Buffer.alloc(1), ContentType: '' }));
    expect((await head(b, 'k')).ContentType).toMatch(/^(binary|application)\/octet-stream$/);
  });

  conforms('metadata over 2 KB is refused', async () => {
    const b = await bucket();
    await put(b, 'k', 'x', { Metadata: { a: 'x'.repeat(2047) } });
    expect(await refused(put(b, 'l', 'x', { Metadata: { a: 'x'.repeat(2048) } }))).toEqual({
      name: 'MetadataTooLarge',
      status: 400,
    });
  });

  for (const storageClass of [
    'REDUCED_REDUNDANCY',
    'STANDARD_IA',
    'ONEZONE_IA',
    'INTELLIGENT_TIERING',
    'GLACIER',
    'DEEP_ARCHIVE',
    'GLACIER_IR',
  ] as const) {
    conforms(`the storage class ${storageClass} is kept`, async () => {
      const b = await bucket();
      await put(b, 'k', 'x', { StorageClass: storageClass });
      expect((await head(b, 'k')).StorageClass).toBe(storageClass);
    });
  }

  conforms('STANDARD is not told', async () => {
    const b = await bucket();
    await put(b, 'k', 'x', { StorageClass: 'STANDARD' });
    expect((await head(b, 'k')).StorageClass).toBeUndefined();
  });

  conforms('an unknown storage class is refused', async () => {
    const b = await bucket();
    const wrong = { StorageClass: 'NOPE' } as unknown as Fields;
    expect(await refused(put(b, 'k', 'x', wrong))).toEqual({ name: 'InvalidStorageClass', status: 400 });
  });

  conforms('an archived object is not read before it is restored', async () => {
    const b = await bucket();
    await put(b, 'k', 'x', { StorageClass: 'GLACIER' });
    expect(await refused(get(b, 'k'))).toEqual({ name: 'InvalidObjectState', status: 403 });
  });

  conforms('AES256 is answered and told', async () => {
    const b = await bucket();
    expect((await put(b, 'k', 'x', { ServerSideEncryption: 'AES256' })).ServerSideEncryption).toBe('AES256');
    expect((await head(b, 'k')).ServerSideEncryption).toBe('AES256');
  });

  conforms('a KMS key is answered and told', async () => {
    const b = await bucket();
    const fields: Fields = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'testkey-1' };
    const answer = await put(b, 'k', 'x', fields);
    expect(answer.ServerSideEncryption).toBe('aws:kms');
    expect(answer.SSEKMSKeyId).toMatch(/testkey-1$/);
    expect((await head(b, 'k')).SSEKMSKeyId).toBe(answer.SSEKMSKeyId);
    expect((await get(b, 'k')).text).toBe('x');
  });

  conforms('encryption context and bucket key are answered', async () => {
    const b = await bucket();
    const context = Buffer.from('{"team":"blue"}').toString('base64');
    const answer = await put(b, 'k', 'x', {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'testkey-2',
      SSEKMSEncryptionContext: context,
      BucketKeyEnabled: true,
    });
    expect(answer).toMatchObject({ SSEKMSEncryptionContext: context, BucketKeyEnabled: true });
    expect((await head(b, 'k')).BucketKeyEnabled).toBe(true);
  });

  conforms('an unknown KMS key is refused', async () => {
    const b = await bucket();
    const fields: Fields = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'no-such-key' };
    expect(await refused(put(b, 'k', 'x', fields))).toEqual({ name: 'KMS.NotFoundException', status: 400 });
  });

  conforms('a wrong ExpectedBucketOwner is refused', async () => {
    const b = await bucket();
    expect(await refused(put(b, 'k', 'x', { ExpectedBucketOwner: '123456789012' }))).toMatchObject({ status: 403 });
    expect((await refused(head(b, 'k'))).status).toBe(404);
  });
});

describe('tags', () => {
  conforms('given with the put are counted and told', async () => {
    const b = await bucket();
    await put(b, 'k', 'x', { Tagging: 'project=cairn&kind=a%20b' });
    expect((await get(b, 'k')).TagCount).toBe(2);
    const { TagSet } = await client().send(new GetObjectTaggingCommand({ Bucket: b, Key: 'k' }));
    expect(TagSet?.toSorted((a, c) => String(a.Key).localeCompare(String(c.Key)))).toEqual([
      { Key: 'kind', Value: 'a b' },
      { Key: 'project', Value: 'cairn' },
    ]);
  });

  conforms('are set and removed on one version only', async () => {
    const b = await bucket();
    const { VersionId } = await put(b, 'k', 'one');
    await put(b, 'k', 'two');
    const Tagging = { TagSet: [{ Key: 'a', Value: '1' }] };
    await client().send(new PutObjectTaggingCommand({ Bucket: b, Key: 'k', VersionId, Tagging }));
    const tags = async (id?: string) =>
      (await client().send(new GetObjectTaggingCommand({ Bucket: b, Key: 'k', VersionId: id }))).TagSet;
    expect(await tags(VersionId)).toEqual(Tagging.TagSet);
    expect(await tags()).toEqual([]);
    await client().send(new DeleteObjectTaggingCommand({ Bucket: b, Key: 'k', VersionId }));
    expect(await tags(VersionId)).toEqual([]);
  });

  conforms('beyond ten, or with a key of over 128 letters, are refused', async () => {
    const b = await bucket();
    const many = Array.from({ length: 11 }, (_, at) => `k${String(at)}=v`).join('&');
    expect(await refused(put(b, 'k', 'x', { Tagging: many }))).toEqual({ name: 'InvalidTag', status: 400 });
    expect(await refused(put(b, 'k', 'x', { Tagging: `${'k'.repeat(129)}=v` }))).toMatchObject({ name: 'InvalidTag' });
  });
});
