import type { CreateMultipartUploadCommandInput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObjectKey, RelPath } from '../../../main/contract/names.ts';
import { CHECKSUM_ALGORITHMS, parsePolicy, type PolicyFields } from '../../../main/contract/policy.ts';
import { mtimeText, parseMtime } from '../../../main/policy/metadata.ts';
import {
  commonFields,
  createMultipartFields,
  putObjectFields,
  type PutObjectFields,
  type RequestFacts,
} from '../../../main/policy/request.ts';

const facts: RequestFacts = {
  bucket: 'b',
  key: 'p/a.txt' as ObjectKey,
  path: 'a.txt' as RelPath,
  mtimeNs: 1_700_000_000_123_456_789n,
  mode: 0o100644,
  attemptId: 'at-1',
  now: new Date('2030-01-01T00:00:00Z'),
};

function put(fields: PolicyFields, over: Partial<RequestFacts> = {}): PutObjectFields {
  const result = putObjectFields(fields, { ...facts, ...over });
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

describe('the request of a single put', () => {
  test('without a policy: what is needed, and nothing else', () => {
    const input: PutObjectCommandInput = put({});
    expect(input).toStrictEqual({
      Bucket: 'b',
      Key: 'p/a.txt',
      ContentType: 'text/plain',
      ChecksumAlgorithm: 'CRC32',
      Metadata: { mtime: '1700000000.123456789', mode: '100644', 'cairn-attempt': 'at-1' },
    });
  });

  test('every field of a policy under the name that S3 has for it', () => {
    const fields: PolicyFields = {
      storageClass: 'STANDARD_IA',
      encryption: { mode: 'aws:kms', keyId: 'k', context: { team: 'blau ä' }, bucketKey: false },
      grants: { fullControl: ['id=1', 'id=2'], read: ['id=3'], readAcp: ['id=4'], writeAcp: [] },
      tags: { project: 'cairn & co', 'a=b': 'x+y/z' },
      metadata: { origin: 'laptop' },
      cacheControl: 'max-age=60',
      contentDisposition: 'inline',
      contentEncoding: 'gzip',
      contentLanguage: 'en',
      contentType: 'x/y',
      expires: { inDays: 30 },
      redirect: '/else',
      checksum: 'SHA256',
      lock: { mode: 'GOVERNANCE', retainDays: 1, legalHold: true },
      requesterPays: true,
      expectedBucketOwner: '123456789012',
      guardOverwrites: true,
    };
    expect(put(fields)).toStrictEqual({
      Bucket: 'b',
      Key: 'p/a.txt',
      ContentType: 'x/y',
      Metadata: { origin: 'laptop', mtime: '1700000000.123456789', mode: '100644', 'cairn-attempt': 'at-1' },
      ChecksumAlgorithm: 'SHA256',
      GrantFullControl: 'id=1, id=2',
      GrantRead: 'id=3',
      GrantReadACP: 'id=4',
      CacheControl: 'max-age=60',
      ContentDisposition: 'inline',
      ContentEncoding: 'gzip',
      ContentLanguage: 'en',
      Expires: new Date('2030-01-31T00:00:00Z'),
      StorageClass: 'STANDARD_IA',
      Tagging: 'project=cairn%20%26%20co&a%3Db=x%2By%2Fz',
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date('2030-01-02T00:00:00Z'),
      ObjectLockLegalHoldStatus: 'ON',
      WebsiteRedirectLocation: '/else',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'k',
      SSEKMSEncryptionContext: Buffer.from('{"team":"blau ä"}').toString('base64'),
      BucketKeyEnabled: false,
      RequestPayer: 'requester',
      ExpectedBucketOwner: '123456789012',
    });
  });

  test('other values', () => {
    expect(put({ acl: 'public-read' }).ACL).toBe('public-read');
    expect(put({ encryption: { mode: 'AES256' } })).toMatchObject({ ServerSideEncryption: 'AES256' });
    const customer = put({ encryption: { mode: 'customer', keyRef: 'x' } });
    expect(customer.SSECustomerAlgorithm).toBe('AES256');
    expect(customer).not.toHaveProperty('ServerSideEncryption');
    expect(put({ expires: { at: '2031-02-03T04:05:06+01:00' } }).Expires).toEqual(new Date('2031-02-03T03:05:06Z'));
    expect(put({ lock: { legalHold: false } }).ObjectLockLegalHoldStatus).toBe('OFF');
    expect(commonFields({ requesterPays: false })).toStrictEqual({});
  });

  test.each<[path: string, type: string]>([
    ['a.html', 'text/html'],
    ['deep/a.JPG', 'image/jpeg'],
    ['a.tar.gz', 'application/gzip'],
    ['mp4', 'application/octet-stream'],
    ['html/mp4', 'application/octet-stream'],
    ['.html', 'application/octet-stream'],
    ['a.unheard-of', 'application/octet-stream'],
    ['a', 'application/octet-stream'],
  ])('the content type of %s is %s', (path, type) => {
    expect(put({}, { path: path as RelPath }).ContentType).toBe(type);
    expect(put({ contentType: 'auto' }, { path: path as RelPath }).ContentType).toBe(type);
    expect(put({ contentType: 'a/b' }, { path: path as RelPath }).ContentType).toBe('a/b');
  });

  test('what Cairn writes beside the bytes', () => {
    expect(put({}, { mode: null, exactName: 'cafe%CC%81', sha256: 'ab'.repeat(32) }).Metadata).toStrictEqual({
      mtime: '1700000000.123456789',
      'cairn-name': 'cafe%CC%81',
      'cairn-attempt': 'at-1',
      'cairn-sha256': 'ab'.repeat(32),
    });
  });

  test('over 2,048 bytes of metadata are refused, with the count', () => {
    const own = 'mtime1700000000.123456789mode100644cairn-attemptat-1'.length;
    const room = 2048 - own - 'cairn-name'.length;
    put({}, { exactName: 'x'.repeat(room) });
    expect(putObjectFields({}, { ...facts, exactName: 'x'.repeat(room + 1) })).toMatchObject({
      ok: false,
      failure: { code: 'metadata-too-large', facts: { path: 'a.txt', bytes: 2049 } },
    });
  });

  test('as much metadata as a policy may have fits with the longest that Cairn writes beside a plain name', () => {
    const policy = parsePolicy({ metadata: { a: 'x'.repeat(1855) } });
    if (!policy.ok) throw new Error(policy.failure.message);
    put(policy.value, {
      mtimeNs: -(2n ** 63n) + 1n,
      mode: 0o107777,
      attemptId: '00000000-0000-4000-8000-000000000000',
      sha256: 'f'.repeat(64),
    });
  });

  test('rules that meet in one file can ask for too much', () => {
    const tags = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [String(index), '']));
    expect(putObjectFields({ tags }, facts)).toMatchObject({
      ok: false,
      failure: { code: 'policy-refused', facts: { field: 'tags' } },
    });
  });

  test('a retention that has passed is not sent', () => {
    const lock = { mode: 'GOVERNANCE', retainUntil: '2030-01-01T00:00:00Z' } as const;
    expect(putObjectFields({ lock }, facts)).toMatchObject({
      ok: false,
      failure: { code: 'policy-refused', facts: { field: 'lock.retainUntil' } },
    });
    expect(put({ lock }, { now: new Date('2029-12-31T23:59:59Z') }).ObjectLockRetainUntilDate).toEqual(
      new Date('2030-01-01T00:00:00Z'),
    );
  });
});

describe('the request that begins a multipart upload', () => {
  test.each(CHECKSUM_ALGORITHMS)('asks for what a put asks for, with %s', (checksum) => {
    const fields: PolicyFields = { storageClass: 'GLACIER_IR', tags: { a: 'b' }, metadata: { c: 'd' }, checksum };
    const result = createMultipartFields(fields, facts);
    if (!result.ok) throw new Error(result.failure.message);
    const input: CreateMultipartUploadCommandInput = result.value;
    const ChecksumType = checksum.startsWith('CRC') ? 'FULL_OBJECT' : 'COMPOSITE';
    expect(input).toStrictEqual({ ...put(fields), ChecksumType });
  });

  test('fails as a put does', () => {
    const tooLong = { ...facts, exactName: 'x'.repeat(2048) };
    expect(createMultipartFields({}, tooLong)).toEqual(putObjectFields({}, tooLong));
  });
});

describe('the time of a file, in its metadata', () => {
  test.each<[bigint, string]>([
    [0n, '0'],
    [1_700_000_000_000_000_000n, '1700000000'],
    [1_700_000_000_100_000_000n, '1700000000.1'],
    [1n, '0.000000001'],
    [-1n, '-0.000000001'],
    [-1_500_000_000n, '-1.5'],
  ])('%s is %s', (ns, text) => {
    expect(mtimeText(ns)).toBe(text);
  });

  test('comes back to the nanosecond', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (ns) => {
        expect(parseMtime(mtimeText(ns))).toBe(ns);
      }),
    );
  });

  test('of others is read where it is a number of seconds', () => {
    expect(parseMtime('1700000000.1234567899')).toBe(1_700_000_000_123_456_789n);
    expect(['', '1e9', '2030-01-01', '1.', '.5', ' 1'].map(parseMtime)).toEqual([null, null, null, null, null, null]);
  });
});
