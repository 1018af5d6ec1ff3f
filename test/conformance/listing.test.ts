/** Listings: order, paging, prefixes, delimiters and the encoding of keys. */
import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  ListBucketsCommand,
  type ListBucketsCommandInput,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  DeleteObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { refused, suite } from './support.ts';

const { client, bucket, conforms } = suite('listing');

async function fill(keys: readonly string[], versioning: 'Enabled' | 'never' = 'Enabled'): Promise<string> {
  const b = await bucket(versioning);
  for (const Key of keys) await client().send(new PutObjectCommand({ Bucket: b, Key, Body: Key }));
  return b;
}

function decode(text: string | undefined): string {
  return decodeURIComponent((text ?? '').replaceAll('+', ' '));
}

async function list(Bucket: string, more: Omit<ListObjectsV2CommandInput, 'Bucket'> = {}) {
  const answer = await client().send(new ListObjectsV2Command({ Bucket, ...more }));
  return {
    keys: (answer.Contents ?? []).map(({ Key }) => Key),
    prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    answer,
  };
}

/** Every version and marker in the order of the pages, as key and VersionId. */
async function pages(Bucket: string, more: Omit<ListObjectVersionsCommandInput, 'Bucket'>) {
  const seen: string[] = [];
  const prefixes: string[] = [];
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  for (let page = 0; page < 100; page += 1) {
    const marks = { KeyMarker, VersionIdMarker };
    const answer = await client().send(new ListObjectVersionsCommand({ Bucket, ...more, ...marks }));
    const { Versions = [], DeleteMarkers = [], CommonPrefixes = [] } = answer;
    expect(Versions.length + DeleteMarkers.length + CommonPrefixes.length).toBeLessThanOrEqual(more.MaxKeys ?? 1000);
    seen.push(...[...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => `${String(Key)} ${String(VersionId)}`));
    prefixes.push(...CommonPrefixes.map(({ Prefix }) => String(Prefix)));
    if (answer.IsTruncated !== true) return { seen, prefixes };
    KeyMarker = answer.NextKeyMarker;
    VersionIdMarker = answer.NextVersionIdMarker;
  }
  throw new Error('The listing does not end.');
}

describe('ListObjectsV2', () => {
  conforms('gives keys in the order of their UTF-8 bytes', async () => {
    const keys = ['b', 'a/x', 'a', 'a0', 'é', '\uffee', '\u{1F600}', 'Z', 'a/'];
    const b = await fill(keys);
    const byBytes = keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    expect((await list(b)).keys).toEqual(byBytes);
  });

  conforms('tells size, time, ETag and class of each', async () => {
    const b = await bucket();
    const Key = 'k';
    const { ETag } = await client().send(
      new PutObjectCommand({ Bucket: b, Key, Body: 'body', StorageClass: 'STANDARD_IA' }),
    );
    const { answer } = await list(b);
    expect(answer).toMatchObject({ Name: b, KeyCount: 1, MaxKeys: 1000, IsTruncated: false });
    expect(answer.Contents).toMatchObject([{ Key, ETag, Size: 4, StorageClass: 'STANDARD_IA' }]);
    expect(answer.Contents?.[0]?.LastModified?.getMilliseconds()).toBe(0);
    expect(answer.Contents?.[0]?.Owner).toBeUndefined();
    expect((await list(b, { FetchOwner: true })).answer.Contents?.[0]?.Owner?.ID).toMatch(/./);
  });

  conforms('groups by a delimiter below a prefix', async () => {
    const b = await fill(['a', 'd/1', 'd/2', 'd/e/1', 'd/f/2', 'e/1', 'z']);
    expect(await list(b, { Delimiter: '/' })).toMatchObject({ keys: ['a', 'z'], prefixes: ['d/', 'e/'] });
    expect(await list(b, { Delimiter: '/', Prefix: 'd/' })).toMatchObject({
      keys: ['d/1', 'd/2'],
      prefixes: ['d/e/', 'd/f/'],
    });
    expect(await list(b, { Prefix: 'd' })).toMatchObject({ keys: ['d/1', 'd/2', 'd/e/1', 'd/f/2'], prefixes: [] });
  });

  conforms('goes on page by page, groups included, none twice and none left out', async () => {
    const b = await fill(['a', 'd/1', 'd/2', 'e', 'f/1', 'f/2', 'g', 'h/1']);
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list(b, { Delimiter: '/', MaxKeys: 2, ContinuationToken });
      expect(page.answer.KeyCount).toBeLessThanOrEqual(2);
      seen.push(...page.keys, ...page.prefixes);
      ContinuationToken = page.answer.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(seen.toSorted()).toEqual(['a', 'd/', 'e', 'f/', 'g', 'h/']);
  });

  conforms('begins after a key', async () => {
    const b = await fill(['a', 'b', 'c']);
    expect((await list(b, { StartAfter: 'a' })).keys).toEqual(['b', 'c']);
    expect((await list(b, { StartAfter: 'bb' })).keys).toEqual(['c']);
  });

  conforms('encodes keys when asked, so that any key comes through', async () => {
    const keys = ['a b+c%&<>"', 'line\nbreak', 'ctrl\u0001', 'ü/\u{1F600}'];
    const b = await fill(keys);
    const { keys: found, answer } = await list(b, { EncodingType: 'url' });
    expect(answer.EncodingType).toBe('url');
    expect(found.map(decode).toSorted()).toEqual(keys.toSorted());
  });

  conforms('leaves out what is deleted', async () => {
    const b = await fill(['a', 'b']);
    await client().send(new DeleteObjectCommand({ Bucket: b, Key: 'a' }));
    expect((await list(b)).keys).toEqual(['b']);
  });

  conforms('of none is empty', async () => {
    const b = await fill(['a']);
    expect((await list(b, { MaxKeys: 0 })).answer).toMatchObject({ IsTruncated: false, KeyCount: 0 });
    expect((await list(b, { Prefix: 'x' })).keys).toEqual([]);
  });
});

describe('ListObjects', () => {
  conforms('goes on by markers', async () => {
    const b = await fill(['a', 'b', 'c']);
    const first = await client().send(new ListObjectsCommand({ Bucket: b, MaxKeys: 2 }));
    expect(first).toMatchObject({ IsTruncated: true });
    expect(first.Contents?.map(({ Key }) => Key)).toEqual(['a', 'b']);
    const second = await client().send(new ListObjectsCommand({ Bucket: b, Marker: 'b' }));
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['c']);
  });

  conforms('names the next marker where it groups', async () => {
    const b = await fill(['a/1', 'a/2', 'b/1']);
    const first = await client().send(new ListObjectsCommand({ Bucket: b, MaxKeys: 1, Delimiter: '/' }));
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'a/' });
    const more = { Bucket: b, Delimiter: '/', Marker: first.NextMarker };
    const second = await client().send(new ListObjectsCommand(more));
    expect(second.CommonPrefixes).toEqual([{ Prefix: 'b/' }]);
  });
});

describe('ListObjectVersions', () => {
  conforms('goes on page by page within a key and between keys', async () => {
    const b = await fill(['a', 'b', 'b', 'b', 'c', 'd/1', 'd/2']);
    await client().send(new DeleteObjectCommand({ Bucket: b, Key: 'a' }));
    const whole = await pages(b, {});
    expect(whole.seen).toHaveLength(8);
    for (const MaxKeys of [1, 2, 3]) {
      const { seen } = await pages(b, { MaxKeys });
      expect(seen.toSorted()).toEqual(whole.seen.toSorted());
    }
    const grouped = await pages(b, { MaxKeys: 1, Delimiter: '/' });
    expect(grouped.seen).toHaveLength(6);
    expect(grouped.prefixes).toEqual(['d/']);
    expect((await pages(b, { Prefix: 'd' })).seen).toHaveLength(2);
  });

  conforms('goes on where the version that it stopped at has been removed', async () => {
    const b = await fill(['k', 'k', 'k', 'k']);
    const first = await client().send(new ListObjectVersionsCommand({ Bucket: b, MaxKeys: 2 }));
    for (const { VersionId } of first.Versions ?? []) {
      await client().send(new DeleteObjectCommand({ Bucket: b, Key: 'k', VersionId }));
    }
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = first;
    const rest = await client().send(new ListObjectVersionsCommand({ Bucket: b, KeyMarker, VersionIdMarker }));
    expect(rest.Versions).toHaveLength(2);
  });

  conforms('encodes keys and markers when asked', async () => {
    const b = await fill(['a +\n', 'b']);
    const answer = await client().send(new ListObjectVersionsCommand({ Bucket: b, EncodingType: 'url', MaxKeys: 1 }));
    expect(decode(answer.Versions?.[0]?.Key)).toBe('a +\n');
    expect(decode(answer.NextKeyMarker)).toBe('a +\n');
  });

  conforms('takes no VersionId marker without a key', async () => {
    const b = await fill(['a']);
    const wrong = client().send(new ListObjectVersionsCommand({ Bucket: b, VersionIdMarker: 'null' }));
    expect(await refused(wrong)).toEqual({ name: 'InvalidArgument', status: 400 });
  });

  conforms('tells checksum, size and class of each version', async () => {
    const b = await bucket();
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'x', ChecksumAlgorithm: 'SHA256' }));
    const { Versions } = await client().send(new ListObjectVersionsCommand({ Bucket: b }));
    expect(Versions).toMatchObject([
      { Size: 1, StorageClass: 'STANDARD', ChecksumAlgorithm: ['SHA256'], ChecksumType: 'FULL_OBJECT' },
    ]);
  });
});

describe('ListBuckets', () => {
  /** Five buckets that share the start of their names. */
  async function several() {
    const start = `conformance-${randomBytes(8).toString('hex')}-`;
    const names = ['a', 'b', 'c', 'd', 'e'].map((end) => start + end);
    for (const Bucket of names.toReversed()) await client().send(new CreateBucketCommand({ Bucket }));
    return { start, names };
  }

  async function page(more: ListBucketsCommandInput) {
    const answer = await client().send(new ListBucketsCommand(more));
    return { ...answer, names: (answer.Buckets ?? []).map(({ Name }) => Name) };
  }

  conforms('gives names in order, with the time of their making and the owner', async () => {
    const { start, names } = await several();
    const { Buckets = [], Owner } = await page({});
    const ours = Buckets.filter(({ Name }) => Name?.startsWith(start));
    expect(ours.map(({ Name }) => Name)).toEqual(names);
    for (const { CreationDate } of ours) expect(Math.abs(Date.now() - Number(CreationDate))).toBeLessThan(60_000);
    expect(Owner?.ID).toMatch(/./);
  });

  conforms('gives only those with a prefix', async () => {
    const { start, names } = await several();
    const answer = await page({ Prefix: start });
    expect(answer.names).toEqual(names);
    expect(answer.Prefix).toBe(start);
    expect((await page({ Prefix: `${start}c` })).names).toEqual(names.slice(2, 3));
  });

  conforms('goes on page by page', async () => {
    const { start, names } = await several();
    const seen = [];
    let ContinuationToken: string | undefined;
    for (let count = 0; count < 3; count += 1) {
      const answer = await page({ Prefix: start, MaxBuckets: 2, ContinuationToken });
      expect(answer.names.length).toBeLessThanOrEqual(2);
      seen.push(...answer.names);
      ContinuationToken = answer.ContinuationToken;
    }
    expect(seen).toEqual(names);
    expect(ContinuationToken).toBeUndefined();
  });

  conforms('takes no size of a page that cannot be, and no token that is none', async () => {
    const invalid = { name: 'InvalidArgument', status: 400 };
    expect(await refused(page({ MaxBuckets: 0 }))).toEqual(invalid);
    expect(await refused(page({ MaxBuckets: 10_001 }))).toEqual(invalid);
    expect(await refused(page({ ContinuationToken: 'no token' }))).toEqual(invalid);
  });
});
