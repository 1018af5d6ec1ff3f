/**
 * The straight way (see its note in `main/s3/straight.ts`) against the whole one, in front of a real store: what goes
 * over the wire and what comes of it is the same.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  type GetObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { success } from '../../main/contract/result.ts';
import { digestOf } from '../../main/transfer/digest.ts';
import { bytes, suite } from './support.ts';
import { BODY, FIELDS, md5Of, UNTIL } from './straight-fields.ts';
import { type How, type Outcome, Ways } from './ways.ts';

const { client, target, bucket, raw, conforms } = suite('straight');

const MIB = 1024 * 1024;
/** Digests as they are written, of other bytes. */
const WRONG = { md5: createHash('md5').update('other').digest('base64'), crc32: 'AAAAAA==', sha256: 'ab'.repeat(32) };
const HOUR = 60 * 60_000;

let ways: Ways;
/** One for all cases that need none of their own. */
let common: string;
/** One with object lock. */
let locked: string;
beforeAll(async () => {
  ways = await Ways.open(target());
  common = await bucket();
  locked = await bucket('never', { ObjectLockEnabledForBucket: true });
}, 60_000);
afterAll(() => ways[Symbol.asyncDispose]());

const sha256Of = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

/** As Cairn sends a file. */
async function put(
  Key: string,
  more: Partial<PutObjectCommandInput> = {},
  how: How & { readonly body?: Buffer; readonly in?: string } = {},
): Promise<Outcome> {
  const { body = BODY, in: Bucket = common, ...others } = how;
  const usual = {
    ContentType: 'application/octet-stream',
    Metadata: { mtime: '1700000000.123456789', mode: '100644', 'cairn-attempt': 'a-1', 'cairn-sha256': sha256Of(body) },
    ChecksumAlgorithm: 'CRC32',
    ChecksumCRC32: (await digestOf(body, 'CRC32')).checksum,
  } as const;
  const input = { Bucket, Key, Body: body, ContentLength: body.length, ...usual, ...more };
  return ways.both('PutObject', input, { sha256: sha256Of(body), ...others });
}

function get(Key: string, more: Partial<GetObjectCommandInput> = {}, how: How & { readonly in?: string } = {}) {
  const { in: Bucket = common, ...others } = how;
  return ways.both('GetObject', { Bucket, Key, ...more }, others);
}

/** An object to read, stored by nobody's way. */
async function store(Key: string, more: Partial<PutObjectCommandInput> = {}): Promise<string> {
  const { VersionId } = await client().send(new PutObjectCommand({ Bucket: common, Key, Body: BODY, ...more }));
  return VersionId ?? '';
}

const codeOf = ({ failure }: Outcome): string => String(failure?.facts['answer'] ?? 'none');

describe('PutObject', () => {
  for (const [name, field] of Object.entries(FIELDS)) {
    conforms(`sends ${name}`, async () => {
      const more = typeof field === 'function' ? await field() : field;
      // An object that is encrypted has another ETag each time.
      const apart = more.ServerSideEncryption === undefined ? [] : ['ETag'];
      const [Bucket, Key] = [name.startsWith('ObjectLock') ? locked : common, `fields/${name}`];
      // So that a condition meets the same both times.
      const meanwhile = () => client().send(new PutObjectCommand({ Bucket, Key, Body: BODY }));
      await put(Key, more, { in: Bucket, apart, meanwhile });
    });
  }

  for (const key of [
    ...[
      'with space',
      ' leading space',
      'a+b',
      '100%',
      '%41',
      '%2F',
      'a%20b',
      'Übung/ä',
      'a\u0308 decomposed',
      '日本語',
    ],
    ...['😀.txt', '/leading', 'trailing/', 'double//slash', '//', '/', '.', '..', './a', 'a/../b', 'a/.', '.hidden'],
    ...['a;b', 'a=b', 'a&b', 'a?b', 'a#b', '?', '#', 'a?versions', "!'()*", '~-_.', '"quoted"', 'back\\slash', '[a]'],
    ...['a:b', 'a@b', 'a,b', 'a$b', 'a|b', '<a>', '{a}', '^`', 'tab\tnew\nline', 'x'.repeat(900)],
  ]) {
    conforms(`to the key ${JSON.stringify(key.slice(0, 30))}, and GetObject of it`, async () => {
      await put(key);
      await get(key);
    });
  }

  for (const [title, length] of [
    ['nothing', 0],
    ['one byte', 1],
    ['1 MiB', MIB],
    ['one byte less than 2 MiB', 2 * MIB - 1],
  ] as const) {
    conforms(`of ${title}, with its digest and without`, async () => {
      const body = bytes(length, 5);
      expect((await put('sizes', {}, { body })).failure).toBeNull();
      const input = { Bucket: common, Key: 'sizes', Body: body, ContentLength: length };
      expect((await ways.both('PutObject', input)).failure).toBeNull();
    });
  }

  conforms('of bytes that lie within others', async () => {
    const whole = bytes(5000, 7);
    const { failure } = await put('within', {}, { body: whole.subarray(1001, 2002) });
    expect(failure).toBeNull();
    expect((await get('within')).body).toBe(`1001 ${sha256Of(whole.subarray(1001, 2002))}`);
  });

  conforms('with a wrong digest', async () => {
    expect(codeOf(await put('wrong', { ContentMD5: WRONG.md5 }))).toBe('400 BadDigest');
    expect(codeOf(await put('wrong', {}, { sha256: WRONG.sha256 }))).toBe('400 XAmzContentSHA256Mismatch');
    await put('wrong', { ChecksumCRC32: WRONG.crc32 });
    await put('wrong', { ContentMD5: 'none' });
    await put('wrong', { ChecksumCRC32: 'none' });
  });

  conforms('under a condition', async () => {
    await store('there');
    const ETag = `"${createHash('md5').update(BODY).digest('hex')}"`;
    await put('there', { IfNoneMatch: '*' });
    await put('there', { IfMatch: ETag });
    await put('there', { IfMatch: '"other"' });
    await put('not there', { IfMatch: ETag });
  });

  conforms('with metadata beyond the limit', async () => {
    await put('much', { Metadata: { a: 'x'.repeat(2048) } });
  });

  conforms('to a bucket that is gone', async () => {
    const gone = await bucket('never');
    const meanwhile = async (): Promise<void> => {
      await client().send(new DeleteObjectCommand({ Bucket: gone, Key: 'warm' }));
      await client().send(new DeleteBucketCommand({ Bucket: gone }));
    };
    const outcome = await put('k', {}, { in: gone, meanwhile });
    expect(outcome.failure?.code).toBe('bucket-missing');
  });
});

describe('keys', () => {
  for (const [title, change] of [
    ['an unknown key', { accessKeyId: 'AKIAUNKNOWN' }],
    ['a wrong secret', { secretAccessKey: 'wrong' }],
    ['the token of a session', { sessionToken: 'a/token+of=a==session' }],
  ] as const) {
    conforms(`${title}, for all that may go straight`, async () => {
      const { accessKeyId, secretAccessKey } = target();
      const keys = { accessKeyId, secretAccessKey, ...change };
      const Key = 'keys';
      await store(Key);
      const outcomes = [
        await put(Key, {}, { keys }),
        await get(Key, {}, { keys }),
        await part({ Key, UploadId: await begin(Key) }, { keys }),
      ];
      if ('sessionToken' in change) return;
      expect(outcomes.map(({ failure }) => failure?.code)).toEqual(outcomes.map(() => 'keys-refused'));
    });
  }
});

describe('no keys any more', () => {
  conforms('send nothing', async () => {
    const outcomes = [await put('keys', {}, { keys: null }), await get('keys', {}, { keys: null })];
    expect(outcomes.map(({ failure }) => failure?.code)).toEqual(['keys-asked', 'keys-asked']);
  });
});

describe('the clock', () => {
  conforms('of the store is taken from each answer, and signs the next', async () => {
    const Key = 'clock';
    await store(Key);
    const UploadId = await begin(Key);
    const body = { Body: BODY, ContentLength: BODY.length };
    const input = { Bucket: common, Key, ...body };
    const names = ['PutObject', 'GetObject', 'UploadPart'] as const;
    for (const name of names) {
      const asked: Record<(typeof names)[number], object> = {
        PutObject: input,
        GetObject: { Bucket: common, Key },
        UploadPart: { ...input, UploadId, PartNumber: 1 },
      };
      const outcomes = await ways.bothAsk(name, common, async (one) => {
        // A store that would be an hour ahead; the real one then refuses what is signed by that, and tells its own time.
        const date = new Date(Date.now() + HOUR).toUTCString();
        ways.proxy.faults.set(name, { kind: 'answer', status: 503, code: 'SlowDown', headers: { date } });
        const send = () => one.send(name, asked[name] as never);
        const [ahead, skewed] = [await send(), await send()];
        expect(Math.abs(one.clockOffsetMs)).toBeLessThan(5_000);
        return [ahead, skewed, await send()];
      });
      expect(outcomes.map(({ failure }) => failure?.code)).toEqual(['busy', 'clock-skew', undefined]);
    }
  });
});

/** Begins an upload. */
async function begin(Key: string): Promise<string> {
  const { UploadId } = await client().send(new CreateMultipartUploadCommand({ Bucket: common, Key }));
  return UploadId ?? '';
}

function part(
  more: Partial<UploadPartCommandInput> & { readonly Key: string; readonly UploadId: string },
  how: How = {},
) {
  const input = { Bucket: common, PartNumber: 1, Body: BODY, ContentLength: BODY.length, ...more };
  return ways.both('UploadPart', input, { sha256: sha256Of(BODY), ...how });
}

describe('UploadPart', () => {
  conforms('of an upload, and of one that is unknown', async () => {
    const Key = 'parts/ä +.bin';
    const UploadId = await begin(Key);
    expect((await part({ Key, UploadId })).failure).toBeNull();
    expect(
      (
        await part(
          { Key, UploadId, PartNumber: 10_000, Body: Buffer.alloc(0), ContentLength: 0 },
          { sha256: sha256Of(Buffer.alloc(0)) },
        )
      ).failure,
    ).toBeNull();
    expect((await part({ Key, UploadId: 'unknown+/=& upload' })).failure?.code).toBe('upload-gone');
    await part({ Key, UploadId, PartNumber: 0 });
    await part({ Key, UploadId, PartNumber: 10_001 });
    await part({ Key: 'another', UploadId });
  });

  conforms('with its digests, right and wrong', async () => {
    const Key = 'parts';
    const UploadId = await begin(Key);
    const ChecksumSHA256 = createHash('sha256').update(BODY).digest('base64');
    expect((await part({ Key, UploadId, ContentMD5: md5Of(BODY) })).failure).toBeNull();
    await part({ Key, UploadId, ChecksumAlgorithm: 'SHA256', ChecksumSHA256 });
    await part({ Key, UploadId, ChecksumSHA256 });
    await part({ Key, UploadId, ChecksumCRC32: WRONG.crc32 });
    expect(codeOf(await part({ Key, UploadId, ContentMD5: WRONG.md5 }))).toBe('400 BadDigest');
    expect(codeOf(await part({ Key, UploadId }, { sha256: WRONG.sha256 }))).toBe('400 XAmzContentSHA256Mismatch');
  });

  conforms('with who pays and whose bucket it is', async () => {
    const Key = 'parts';
    const UploadId = await begin(Key);
    await part({ Key, UploadId, RequestPayer: 'requester', ExpectedBucketOwner: '123456789012' });
  });
});

/** A part of an object by both ways, each time into a file: by the thread where the client gives it that. */
async function getInto(Key: string, more: Partial<GetObjectCommandInput> = {}, size = BODY.length): Promise<Outcome> {
  const input = { Bucket: common, Key, ...more };
  const folder = await mkdtemp(join(tmpdir(), 'cairn-straight-'));
  const [outcome] = await ways
    .bothAsk('GetObject', common, async (client) => {
      await using file = await open(join(folder, 'file'), 'w+');
      const received = await client.receive?.(input, { fd: file.fd, at: 0, size, onBytes: () => undefined });
      const answered = received === undefined || received === null ? await client.send('GetObject', input) : null;
      const result = received ?? answered;
      if (result?.ok !== true) return result === null ? [] : [result];
      if (answered?.ok === true)
        for await (const piece of answered.value.Body as Readable) await file.write(piece as Buffer);
      const bytes = await readFile(join(folder, 'file'));
      return [success({ Body: Readable.from([bytes]), $metadata: { httpStatusCode: 200 } })];
    })
    .finally(() => rm(folder, { recursive: true }));
  if (outcome === undefined) throw new Error('Nothing was asked.');
  return outcome;
}

describe('GetObject into a file', () => {
  conforms('of the whole, of a range and of a version', async () => {
    const first = await store('into', { Body: 'first' });
    await store('into');
    expect((await getInto('into')).body).toBe(`1000 ${sha256Of(BODY)}`);
    expect((await getInto('into', { Range: 'bytes=10-19' }, 10)).body).toBe(`10 ${sha256Of(BODY.subarray(10, 20))}`);
    expect((await getInto('into', { VersionId: first }, 5)).body).toBe(`5 ${sha256Of(Buffer.from('first'))}`);
  });

  conforms('of many pieces', async () => {
    const body = bytes(3 * MIB + 7);
    await store('into many', { Body: body });
    expect((await getInto('into many', {}, body.length)).body).toBe(`${String(body.length)} ${sha256Of(body)}`);
  });

  conforms('that is refused', async () => {
    await store('into refused');
    expect((await getInto('nothing there')).failure?.code).toBe('object-missing');
    expect((await getInto('into refused', { IfMatch: '"other"' })).failure?.code).toBe('conflict');
    expect((await getInto('into refused', { Range: 'bytes=2000-2009' })).failure?.facts['status']).toBe(416);
  });
});

describe('GetObject', () => {
  conforms('of the whole, of a range and of a version', async () => {
    const first = await store('g', { Body: 'first' });
    await store('g', {
      Metadata: { a: 'b', name: '%20' },
      ContentType: 'text/x-test',
      ContentEncoding: 'gzip',
      CacheControl: 'max-age=60',
      Tagging: 'a=b',
      Expires: UNTIL,
    });
    const whole = await get('g');
    expect(whole.body).toBe(`1000 ${sha256Of(BODY)}`);
    expect(whole.answer).toMatchObject({ Metadata: { a: 'b', name: '%20' }, ContentLength: 1000, Expires: UNTIL });
    expect((await get('g', { Range: 'bytes=10-19' })).answer).toMatchObject({ status: 206, ContentLength: 10 });
    expect((await get('g', { Range: 'bytes=-5' })).answer).toMatchObject({ ContentRange: 'bytes 995-999/1000' });
    expect((await get('g', { Range: 'bytes=2000-2009' })).failure?.facts['status']).toBe(416);
    expect((await get('g', { VersionId: first })).body).toBe(`5 ${sha256Of(Buffer.from('first'))}`);
  });

  conforms('of what is not there', async () => {
    const version = await store('h');
    expect((await get('nothing there')).failure?.code).toBe('object-missing');
    await get('nothing there', { VersionId: version });
    await get('h', { VersionId: `${version.slice(0, -1)}x` });
    await get('h', { VersionId: 'no version' });
    const { VersionId } = await client().send(new DeleteObjectCommand({ Bucket: common, Key: 'h' }));
    expect((await get('h')).failure?.code).toBe('object-missing');
    expect((await get('h', { VersionId })).failure?.code).toBe('object-missing');
    expect((await get('h', { VersionId: version })).failure).toBeNull();
  });

  conforms('under a condition', async () => {
    await store('c');
    const ETag = `"${createHash('md5').update(BODY).digest('hex')}"`;
    expect((await get('c', { IfMatch: ETag })).failure).toBeNull();
    expect((await get('c', { IfMatch: '"other"' })).failure?.code).toBe('conflict');
    await get('c', { IfNoneMatch: ETag });
  });

  for (const algorithm of ['CRC32', 'CRC64NVME', 'SHA1', 'SHA256', 'SHA512', 'MD5', 'XXHASH3'] as const) {
    conforms(`with its ${algorithm}`, async () => {
      const { checksum: value } = await digestOf(BODY, algorithm);
      await store(`sums/${algorithm}`, { ChecksumAlgorithm: algorithm, [`Checksum${algorithm}`]: value });
      const { body } = await get(`sums/${algorithm}`, { ChecksumMode: 'ENABLED' });
      expect(body).toBe(`1000 ${sha256Of(BODY)}`);
      await get(`sums/${algorithm}`, { ChecksumMode: 'ENABLED', Range: 'bytes=0-9' });
    });
  }

  conforms('with the checksum of its parts', async () => {
    const Key = 'of parts';
    const object = { Bucket: common, Key };
    const { UploadId } = await client().send(
      new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: 'SHA256' }),
    );
    const ChecksumSHA256 = createHash('sha256').update(BODY).digest('base64');
    const { ETag } = await client().send(
      new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: BODY, ChecksumSHA256 }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256 }] };
    await client().send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload }));
    expect((await get(Key, { ChecksumMode: 'ENABLED' })).body).toBe(`1000 ${sha256Of(BODY)}`);
  });

  for (const expires of ['never', '0', '2040-01-31T12:00:00Z', 'Tue, 31 Jan 2040 12:00:00 GMT']) {
    conforms(`of an object that expires “${expires}”`, async () => {
      const Key = `expires/${expires}`;
      const path = `/${common}/${encodeURIComponent(Key)}`;
      expect((await raw({ method: 'PUT', path, headers: { expires }, body: 'x' })).status).toBe(200);
      const { answer } = await get(Key);
      expect(answer).toMatchObject({ ExpiresString: expires });
    });
  }

  conforms('of an empty object, and of an archived one', async () => {
    await store('empty', { Body: '' });
    expect((await get('empty')).body).toBe(`0 ${sha256Of(Buffer.alloc(0))}`);
    await get('empty', { Range: 'bytes=0-9' });
    await get('empty', { ChecksumMode: 'ENABLED' });
    await store('archived', { StorageClass: 'GLACIER' });
    await get('archived');
  });

  conforms('with who pays and whose bucket it is', async () => {
    await store('paid');
    await get('paid', { RequestPayer: 'requester' });
    await get('paid', { ExpectedBucketOwner: '123456789012' });
  });
});

describe('what goes the whole way each time', () => {
  const isNeverStraight = true;

  conforms('a body of 2 MiB', async () => {
    const body = bytes(2 * MIB, 5);
    expect((await put('large', {}, { body, isNeverStraight })).failure).toBeNull();
    const UploadId = await begin('large');
    const input = { Key: 'large', UploadId, Body: body, ContentLength: body.length };
    expect((await part(input, { sha256: sha256Of(body), isNeverStraight })).failure).toBeNull();
  });

  conforms('whatever lies under a customer’s key', async () => {
    // The SDK takes the raw bytes as its type for text.
    const SSECustomerKey = bytes(32) as unknown as string;
    const encryption = { SSECustomerAlgorithm: 'AES256', SSECustomerKey } as const;
    const apart = ['ETag'];
    expect((await put('secret', encryption, { apart, isNeverStraight })).failure).toBeNull();
    expect((await get('secret', encryption, { isNeverStraight })).body).toBe(`1000 ${sha256Of(BODY)}`);
  });
});
