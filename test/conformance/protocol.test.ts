/** Below the SDK: signatures, framing of bodies, what is unknown, and connections. */
import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import {
  canonicalRequest,
  chunkStringToSign,
  type Scope,
  sign,
  signingKey,
  stringToSign,
  trailerStringToSign,
} from '../../main/practice/signature.ts';
import { bytes, type RawAnswer, refused, send, suite } from './support.ts';

const { client, clientWith, target, bucket, raw, conforms } = suite('protocol');

function codeOf({ status, body }: RawAnswer): readonly [number, string | undefined] {
  return [status, /<Code>(.*?)<\/Code>/.exec(body)?.[1]];
}

const empty = createHash('sha256').digest('hex');

describe('signatures', () => {
  conforms('by an unknown key are refused', async () => {
    const credentials = { ...target(), accessKeyId: 'AKIAUNKNOWN000000000' };
    const call = clientWith({ credentials }).send(new ListBucketsCommand({}));
    expect(await refused(call)).toEqual({ name: 'InvalidAccessKeyId', status: 403 });
  });

  conforms('by a wrong secret are refused', async () => {
    const credentials = { ...target(), secretAccessKey: 'wrong' };
    const call = clientWith({ credentials }).send(new ListBucketsCommand({}));
    expect(await refused(call)).toEqual({ name: 'SignatureDoesNotMatch', status: 403 });
  });

  conforms('a quarter of an hour off are refused', async () => {
    const config: S3ClientConfig = { systemClockOffset: -16 * 60_000 };
    const call = clientWith(config).send(new ListBucketsCommand({}));
    expect(await refused(call)).toEqual({ name: 'RequestTimeTooSkewed', status: 403 });
  });

  conforms('that are missing are refused', async () => {
    const b = await bucket();
    const answer = await send(new URL(target().endpoint), 'GET', `/${b}/k`, {}, Buffer.alloc(0));
    expect(codeOf(answer)).toEqual([403, 'AccessDenied']);
  });

  conforms('of a body that was changed on its way are refused', async () => {
    const b = await bucket();
    const payloadHash = createHash('sha256').update('signed').digest('hex');
    const answer = await raw({ method: 'PUT', path: `/${b}/k`, body: 'sent', payloadHash });
    expect(codeOf(answer)).toEqual([400, 'XAmzContentSHA256Mismatch']);
    expect((await raw({ method: 'HEAD', path: `/${b}/k` })).status).toBe(404);
  });

  conforms('in the query let GET and PUT pass until they expire', async () => {
    const b = await bucket();
    const path = `/${b}/a%20b`;
    const url = new URL(target().endpoint);
    const presign = (method: string, seconds: number, time: number): string => presigned(method, path, seconds, time);
    const put = await send(url, 'PUT', presign('PUT', 60, Date.now()), { 'content-length': '4' }, Buffer.from('body'));
    expect(put.status).toBe(200);
    const get = await send(url, 'GET', presign('GET', 60, Date.now()), {}, Buffer.alloc(0));
    expect([get.status, get.body]).toEqual([200, 'body']);
    const late = await send(url, 'GET', presign('GET', 60, Date.now() - 120_000), {}, Buffer.alloc(0));
    expect(codeOf(late)).toEqual([403, 'AccessDenied']);
    const other = await send(url, 'DELETE', presign('GET', 60, Date.now()), {}, Buffer.alloc(0));
    expect(codeOf(other)).toEqual([403, 'SignatureDoesNotMatch']);
  });
});

function presigned(method: string, path: string, seconds: number, time: number): string {
  const { accessKeyId, secretAccessKey, region, endpoint } = target();
  const dateTime = new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${dateTime.slice(0, 8)}/${region}/s3/aws4_request`;
  const query = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${accessKeyId}/${scope}`],
    ['X-Amz-Date', dateTime],
    ['X-Amz-Expires', String(seconds)],
    ['X-Amz-SignedHeaders', 'host'],
  ] as const;
  const canonical = canonicalRequest({
    method,
    path: decodeURIComponent(path),
    query,
    headers: [['host', new URL(endpoint).host]],
    payloadHash: 'UNSIGNED-PAYLOAD',
  });
  const signature = sign(signingKey(secretAccessKey, scope), stringToSign({ dateTime, scope }, canonical));
  const search = [...query, ['X-Amz-Signature', signature] as const];
  return `${path}?${search.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

describe('streams of chunks', () => {
  const body = bytes(70_000);

  interface Signing {
    readonly key: Buffer;
    readonly scope: Scope;
    readonly seed: string;
  }

  /** Frames a body in signed chunks, with a trailer where one is given. */
  function frame({ key, scope, seed }: Signing, change: (signature: string) => string, trailer?: string): Buffer {
    const pieces: Buffer[] = [];
    let previous = seed;
    for (const chunk of [body.subarray(0, 65_536), body.subarray(65_536), Buffer.alloc(0)]) {
      const hash = createHash('sha256').update(chunk).digest('hex');
      previous = sign(key, chunkStringToSign(scope, previous, hash));
      pieces.push(Buffer.from(`${chunk.length.toString(16)};chunk-signature=${change(previous)}\r\n`), chunk);
      if (chunk.length > 0) pieces.push(Buffer.from('\r\n'));
    }
    if (trailer !== undefined) {
      const signature = sign(key, trailerStringToSign(scope, previous, `${trailer}\n`));
      pieces.push(Buffer.from(`${trailer}\r\nx-amz-trailer-signature:${signature}\r\n`));
    }
    return Buffer.concat([...pieces, Buffer.from('\r\n')]);
  }

  function put(
    path: string,
    payloadHash: string,
    makeBody: (signing: Signing) => Buffer,
    more = {},
  ): Promise<RawAnswer> {
    const headers = { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': String(body.length), ...more };
    return raw({ method: 'PUT', path, payloadHash, makeBody, headers });
  }

  async function stored(b: string): Promise<Buffer> {
    const { Body } = await client().send(new GetObjectCommand({ Bucket: b, Key: 'k' }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  conforms('whose signatures are right are stored without their framing', async () => {
    const b = await bucket();
    const answer = await put(`/${b}/k`, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', (signing) =>
      frame(signing, (text) => text),
    );
    expect(answer.status).toBe(200);
    expect((await stored(b)).equals(body)).toBe(true);
    const { ContentEncoding } = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k' }));
    expect(ContentEncoding).toBeUndefined();
  });

  conforms('with a wrong signature of a chunk are refused', async () => {
    const b = await bucket();
    const answer = await put(`/${b}/k`, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', (signing) =>
      frame(signing, (text) => text.split('').reverse().join('')),
    );
    expect(codeOf(answer)).toEqual([403, 'SignatureDoesNotMatch']);
    expect((await raw({ method: 'HEAD', path: `/${b}/k` })).status).toBe(404);
  });

  conforms('with a signed trailer are stored, and refused where its checksum is wrong', async () => {
    const b = await bucket();
    const kind = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
    const more = { 'x-amz-trailer': 'x-amz-checksum-sha256' };
    const right = `x-amz-checksum-sha256:${createHash('sha256').update(body).digest('base64')}`;
    const wrong = `x-amz-checksum-sha256:${createHash('sha256').update('other').digest('base64')}`;
    const refusedAnswer = await put(`/${b}/k`, kind, (signing) => frame(signing, (text) => text, wrong), more);
    expect(codeOf(refusedAnswer)).toEqual([400, 'BadDigest']);
    expect((await put(`/${b}/k`, kind, (signing) => frame(signing, (text) => text, right), more)).status).toBe(200);
    expect((await stored(b)).equals(body)).toBe(true);
  });

  conforms('without signatures are refused where the trailer is wrong or missing', async () => {
    const b = await bucket();
    const kind = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
    const more = { 'x-amz-trailer': 'x-amz-checksum-crc32' };
    const framed = (trailer: string) => (): Buffer =>
      Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from(`\r\n0\r\n${trailer}\r\n`)]);
    const wrong = await put(`/${b}/k`, kind, framed('x-amz-checksum-crc32:AAAAAA==\r\n'), more);
    expect(codeOf(wrong)).toEqual([400, 'BadDigest']);
    const missing = await put(`/${b}/k`, kind, framed(''), more);
    expect(missing.status).toBe(400);
    expect((await raw({ method: 'HEAD', path: `/${b}/k` })).status).toBe(404);
  });
});

describe('what is unknown', () => {
  conforms('an unknown parameter is never ignored', async () => {
    const b = await bucket();
    for (const name of ['no-such-thing', 'torrent', 'analytics', 'replication', 'website', 'cors', 'notification']) {
      expect(codeOf(await raw({ method: 'GET', path: `/${b}`, query: { [name]: '' } })), name).toEqual([
        501,
        'NotImplemented',
      ]);
    }
  });

  conforms('an unknown x-amz header is never ignored', async () => {
    const b = await bucket();
    const headers = { 'x-amz-no-such-thing': '1' };
    const answer = await raw({ method: 'PUT', path: `/${b}/k`, body: 'x', headers });
    expect(codeOf(answer)).toEqual([501, 'NotImplemented']);
    expect((await raw({ method: 'HEAD', path: `/${b}/k` })).status).toBe(404);
  });

  conforms('x-id and the headers of clients change nothing', async () => {
    const b = await bucket();
    const headers = { 'amz-sdk-invocation-id': '1', 'x-amz-user-agent': 'test', 'x-amz-request-payer': 'requester' };
    const answer = await raw({ method: 'PUT', path: `/${b}/k`, query: { 'x-id': 'PutObject' }, body: 'x', headers });
    expect(answer.status).toBe(200);
  });
});

describe('answers', () => {
  conforms('to errors are documents with code, resource and request id', async () => {
    const b = await bucket();
    const answer = await raw({ method: 'GET', path: `/${b}/none` });
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toMatch(/xml/);
    for (const name of ['Code', 'Message', 'Resource', 'RequestId'])
      expect(answer.body).toMatch(new RegExp(`<${name}>.+</${name}>`));
    expect(answer.headers['x-amz-request-id']).toBe(/<RequestId>(.*?)</.exec(answer.body)?.[1]);
  });

  conforms('to HEAD have no body, even in errors', async () => {
    const b = await bucket();
    const answer = await raw({ method: 'HEAD', path: `/${b}/none` });
    expect([answer.status, answer.body]).toEqual([404, '']);
  });

  conforms('carry quoted ETag, whole seconds and Accept-Ranges', async () => {
    const b = await bucket();
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'x' }));
    const { headers } = await raw({ method: 'HEAD', path: `/${b}/k` });
    expect(headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(headers['last-modified']).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(headers['accept-ranges']).toBe('bytes');
    expect(Math.abs(Date.parse(headers.date ?? '') - Date.now())).toBeLessThan(60_000);
  });
});

describe('connections', () => {
  conforms('that expect 100 Continue get it where the body is wanted', async () => {
    const b = await bucket();
    const body = bytes(100_000);
    const answer = await raw({ method: 'PUT', path: `/${b}/k`, body, headers: { expect: '100-continue' } });
    expect([answer.status, answer.continued]).toEqual([200, true]);
  });

  conforms('that expect 100 Continue are spared the body where it is refused', async () => {
    const headers = { expect: '100-continue' };
    const answer = await raw({ method: 'PUT', path: '/no-such-bucket-here/k', body: bytes(100_000), headers });
    expect([answer.status, answer.continued]).toEqual([404, false]);
  });

  conforms('get their answer although the body was not read, and can be used again', async () => {
    const b = await bucket();
    const one = clientWith({});
    const wrong = one.send(new PutObjectCommand({ Bucket: `${b}-none`, Key: 'k', Body: bytes(8_000_000) }));
    expect(await refused(wrong)).toEqual({ name: 'NoSuchBucket', status: 404 });
    await one.send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'x' }));
  });

  conforms('cut in the middle of a body leave nothing behind', async () => {
    const b = await bucket();
    const url = new URL(target().endpoint);
    const path = presigned('PUT', `/${b}/k`, 60, Date.now());
    await new Promise<void>((resolve) => {
      const headers = { 'content-length': '1000000' };
      const out = httpRequest({ host: url.hostname, port: url.port, method: 'PUT', path, headers, agent: false });
      out.on('error', () => undefined);
      out.on('close', resolve);
      out.write(bytes(500_000), () => {
        setTimeout(() => out.destroy(), 100);
      });
    });
    expect((await raw({ method: 'HEAD', path: `/${b}/k` })).status).toBe(404);
    expect((await raw({ method: 'GET', path: `/${b}`, query: { versions: '' } })).body).not.toMatch(/<Version>/);
  });

  conforms('of a length unknown beforehand are refused', async () => {
    const b = await bucket();
    const url = new URL(target().endpoint);
    const path = presigned('PUT', `/${b}/k`, 60, Date.now());
    const answer = await send(url, 'PUT', path, { 'transfer-encoding': 'chunked' }, Buffer.from('body'));
    expect(codeOf(answer)).toEqual([411, 'MissingContentLength']);
  });
});

conforms('an empty body has the hash of nothing', async () => {
  const b = await bucket();
  expect((await raw({ method: 'PUT', path: `/${b}/k`, payloadHash: empty })).status).toBe(200);
});
