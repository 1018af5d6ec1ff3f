/** Single objects: put, get, head, conditions, ranges, and every field that a put can set. */
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { bytes, refused, suite } from './support.ts';

const { client, bucket, conforms } = suite('objects');

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

describe('put and get', () => {
  conforms('an object comes back with its MD5 as ETag', async () => {
    const b = await bucket();
    const body = bytes(70_000);
    const { ETag } = await put(b, 'k', body);
    expect(ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
    const answer = await get(b, 'k');
    expect(answer).toMatchObject({ ETag, ContentLength: 70_000, AcceptRanges: 'bytes' });
    expect(answer.text).toBe(body.toString('latin1'));
    expect(Math.abs(Date.now() - Number(answer.LastModified))).toBeLessThan(60_000);
  });

  conforms('an empty object is an object', async () => {
    const b = await bucket();
    await put(b, 'k', '');
    expect(await get(b, 'k')).toMatchObject({ ContentLength: 0, text: '' });
  });

  conforms('a body of some megabytes comes back', async () => {
    const b = await bucket();
    const body = bytes(9_000_001);
    await put(b, 'k', body);
    expect((await get(b, 'k')).text === body.toString('latin1')).toBe(true);
  });

  for (const key of [
    'a b+c',
    'ü/\u{1F600}',
    'a//b',
    'a/../b',
    './a',
    '..',
    'per%cent%2F',
    'line\nbreak',
    "!'()*&=?#[]",
    '/lead',
    'trail/',
    ' ',
  ]) {
    conforms(`the key ${JSON.stringify(key)} is kept as it is`, async () => {
      const b = await bucket();
      await put(b, key, key);
      expect((await get(b, key)).text).toBe(Buffer.from(key).toString('latin1'));
    });
  }

  conforms('a key of 1,024 bytes is taken, one more is refused', async () => {
    const b = await bucket();
    await put(b, 'é'.repeat(512));
    expect((await head(b, 'é'.repeat(512))).ContentLength).toBe(4);
    expect(await refused(put(b, `${'é'.repeat(512)}x`))).toEqual({ name: 'KeyTooLongError', status: 400 });
  });

  conforms('what is not there is refused', async () => {
    const b = await bucket();
    expect(await refused(get(b, 'k'))).toEqual({ name: 'NoSuchKey', status: 404 });
    expect(await refused(head(b, 'k'))).toEqual({ name: 'NotFound', status: 404 });
    expect(await refused(get(`${b}-none`, 'k'))).toEqual({ name: 'NoSuchBucket', status: 404 });
    expect(await refused(put(`${b}-none`, 'k'))).toEqual({ name: 'NoSuchBucket', status: 404 });
  });
});

describe('ranges and conditions of reads', () => {
  conforms('a range gives its bytes and says which', async () => {
    const b = await bucket();
    await put(b, 'k', '0123456789');
    expect(await get(b, 'k', { Range: 'bytes=2-4' })).toMatchObject({ text: '234', ContentRange: 'bytes 2-4/10' });
    expect(await get(b, 'k', { Range: 'bytes=7-' })).toMatchObject({ text: '789' });
    expect(await get(b, 'k', { Range: 'bytes=-3' })).toMatchObject({ text: '789', ContentRange: 'bytes 7-9/10' });
    expect(await get(b, 'k', { Range: 'bytes=5-99' })).toMatchObject({ text: '56789' });
  });

  conforms('a range outside of the object is refused', async () => {
    const b = await bucket();
    await put(b, 'k', '0123456789');
    expect(await refused(get(b, 'k', { Range: 'bytes=10-' }))).toEqual({ name: 'InvalidRange', status: 416 });
  });

  conforms('If-Match and If-None-Match decide by ETag', async () => {
    const b = await bucket();
    const { ETag } = await put(b, 'k');
    const ask = (more: { IfMatch?: string | undefined; IfNoneMatch?: string | undefined }) =>
      client().send(new HeadObjectCommand({ Bucket: b, Key: 'k', ...more }));
    expect((await ask({ IfMatch: ETag })).ETag).toBe(ETag);
    expect((await ask({ IfNoneMatch: '"other"' })).ETag).toBe(ETag);
    expect((await refused(ask({ IfMatch: '"other"' }))).status).toBe(412);
    expect((await refused(ask({ IfNoneMatch: ETag }))).status).toBe(304);
  });

  conforms('If-Modified-Since and If-Unmodified-Since decide by time', async () => {
    const b = await bucket();
    await put(b, 'k');
    const { LastModified } = await head(b, 'k');
    const before = new Date(Number(LastModified) - 60_000);
    const ask = (more: { IfModifiedSince?: Date | undefined; IfUnmodifiedSince?: Date | undefined }) =>
      client().send(new GetObjectCommand({ Bucket: b, Key: 'k', ...more }));
    await ask({ IfModifiedSince: before });
    await ask({ IfUnmodifiedSince: LastModified });
    expect((await refused(ask({ IfModifiedSince: LastModified }))).status).toBe(304);
    expect((await refused(ask({ IfUnmodifiedSince: before }))).status).toBe(412);
  });

  conforms('a GET may replace headers of its answer', async () => {
    const b = await bucket();
    await put(b, 'k', 'x', { ContentType: 'text/plain' });
    const answer = await client().send(
      new GetObjectCommand({
        Bucket: b,
        Key: 'k',
        ResponseContentType: 'text/x-other',
        ResponseContentDisposition: 'attachment; filename="a b.txt"',
        ResponseCacheControl: 'no-store',
      }),
    );
    expect(answer).toMatchObject({
      ContentType: 'text/x-other',
      ContentDisposition: 'attachment; filename="a b.txt"',
      CacheControl: 'no-store',
    });
  });
});

describe('writes under a condition', () => {
  conforms('If-None-Match: * writes only where nothing is', async () => {
    const b = await bucket();
    await put(b, 'k', 'one', { IfNoneMatch: '*' });
    expect(await refused(put(b, 'k', 'two', { IfNoneMatch: '*' }))).toEqual({
      name: 'PreconditionFailed',
      status: 412,
    });
    await client().send(new DeleteObjectCommand({ Bucket: b, Key: 'k' }));
    await put(b, 'k', 'three', { IfNoneMatch: '*' });
    expect((await get(b, 'k')).text).toBe('three');
  });

  conforms('If-Match writes only over what was seen', async () => {
    const b = await bucket();
    const { ETag } = await put(b, 'k', 'one');
    await put(b, 'k', 'two', { IfMatch: ETag });
    expect(await refused(put(b, 'k', 'three', { IfMatch: ETag }))).toMatchObject({ status: 412 });
    expect(await refused(put(b, 'none', 'x', { IfMatch: ETag }))).toEqual({ name: 'NoSuchKey', status: 404 });
    expect((await get(b, 'k')).text).toBe('two');
  });

  conforms('of many first writers at once exactly one wins', async () => {
    const b = await bucket();
    const tries = Array.from({ length: 12 }, (_, at) => put(b, 'k', `body ${String(at)}`, { IfNoneMatch: '*' }));
    const results = await Promise.allSettled(tries);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });
});

describe('copies', () => {
  conforms('take the fields of the source, or new ones', async () => {
    const b = await bucket();
    await put(b, 'a', 'body', { Metadata: { one: '1' }, ContentType: 'text/x', Tagging: 't=1' });
    const CopySource = `${b}/a`;
    await client().send(new CopyObjectCommand({ Bucket: b, Key: 'b', CopySource }));
    expect(await get(b, 'b')).toMatchObject({
      text: 'body',
      Metadata: { one: '1' },
      ContentType: 'text/x',
      TagCount: 1,
    });
    await client().send(
      new CopyObjectCommand({
        Bucket: b,
        Key: 'c',
        CopySource,
        MetadataDirective: 'REPLACE',
        TaggingDirective: 'REPLACE',
        Metadata: { two: '2' },
        ContentType: 'text/y',
        Tagging: 'u=1&v=2',
        StorageClass: 'STANDARD_IA',
      }),
    );
    const copied = await get(b, 'c');
    expect(copied).toMatchObject({ text: 'body', Metadata: { two: '2' }, ContentType: 'text/y', TagCount: 2 });
    expect(copied.StorageClass).toBe('STANDARD_IA');
  });

  conforms('of a version bring that version back', async () => {
    const b = await bucket();
    const { VersionId } = await put(b, 'ä +/k', 'old');
    await put(b, 'ä +/k', 'new');
    const CopySource = `${b}/${encodeURIComponent('ä +/k')}?versionId=${String(VersionId)}`;
    await client().send(new CopyObjectCommand({ Bucket: b, Key: 'ä +/k', CopySource }));
    expect((await get(b, 'ä +/k')).text).toBe('old');
  });

  conforms('answer the VersionIds of source and copy', async () => {
    const b = await bucket();
    const { VersionId } = await put(b, 'a', 'body');
    const answer = await client().send(new CopyObjectCommand({ Bucket: b, Key: 'b', CopySource: `${b}/a` }));
    expect(answer.CopySourceVersionId).toBe(VersionId);
    expect(answer.VersionId).toBe((await head(b, 'b')).VersionId);
  });

  conforms('onto itself without a change are refused', async () => {
    const b = await bucket();
    await put(b, 'a', 'body');
    const same = client().send(new CopyObjectCommand({ Bucket: b, Key: 'a', CopySource: `${b}/a` }));
    expect(await refused(same)).toEqual({ name: 'InvalidRequest', status: 400 });
  });

  conforms('hold to conditions on the source', async () => {
    const b = await bucket();
    const { ETag } = await put(b, 'a', 'body');
    const copy = (more: { CopySourceIfMatch?: string | undefined; CopySourceIfNoneMatch?: string | undefined }) =>
      client().send(new CopyObjectCommand({ Bucket: b, Key: 'b', CopySource: `${b}/a`, ...more }));
    expect((await refused(copy({ CopySourceIfMatch: '"other"' }))).status).toBe(412);
    expect((await refused(copy({ CopySourceIfNoneMatch: ETag }))).status).toBe(412);
    await copy({ CopySourceIfMatch: ETag });
  });
});

conforms('GetObjectAttributes tells size, class, ETag and checksum', async () => {
  const b = await bucket();
  const { ETag } = await put(b, 'k', 'body', { StorageClass: 'STANDARD_IA', ChecksumAlgorithm: 'SHA256' });
  const answer = await client().send(
    new GetObjectAttributesCommand({
      Bucket: b,
      Key: 'k',
      ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize', 'StorageClass'],
    }),
  );
  expect(answer).toMatchObject({ ETag: ETag?.replaceAll('"', ''), ObjectSize: 4, StorageClass: 'STANDARD_IA' });
  expect(answer.Checksum?.ChecksumSHA256).toBe(createHash('sha256').update('body').digest('base64'));
});
