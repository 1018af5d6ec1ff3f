import { describe, expect, it } from 'vitest';
import { authenticate, type Headers } from '../../../main/practice/authenticate.ts';
import { ChunkDecoder } from '../../../main/practice/chunked.ts';
import { parseTarget } from '../../../main/practice/request.ts';
import {
  canonicalRequest,
  chunkStringToSign,
  EMPTY_SHA256,
  sameSignature,
  sign,
  signingKey,
  stringToSign,
  trailerStringToSign,
} from '../../../main/practice/signature.ts';

// The examples that AWS publishes with its description of Signature Version 4 for S3.
const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const region = 'us-east-1';
const dateTime = '20130524T000000Z';
const scope = '20130524/us-east-1/s3/aws4_request';
const now = Date.parse('2013-05-24T00:00:00Z');
const key = signingKey(secretAccessKey, scope);
const host = 'examplebucket.s3.amazonaws.com';

function signed(
  method: string,
  path: string,
  query: readonly (readonly [string, string])[],
  headers: Record<string, string>,
  payloadHash: string,
): string {
  const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return sign(
    key,
    stringToSign({ dateTime, scope }, canonicalRequest({ method, path, query, headers: sorted, payloadHash })),
  );
}

describe('signatures of published examples', () => {
  it('GET of an object with a range', () => {
    const headers = { host, range: 'bytes=0-9', 'x-amz-content-sha256': EMPTY_SHA256, 'x-amz-date': dateTime };
    expect(signed('GET', '/test.txt', [], headers, EMPTY_SHA256)).toBe(
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  it('PUT of a key that needs encoding', () => {
    const hash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
    const headers = {
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      host,
      'x-amz-content-sha256': hash,
      'x-amz-date': dateTime,
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    };
    expect(signed('PUT', '/test$file.text', [], headers, hash)).toBe(
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    );
  });

  it('GET with a parameter without value, and with two', () => {
    const headers = { host, 'x-amz-content-sha256': EMPTY_SHA256, 'x-amz-date': dateTime };
    expect(signed('GET', '/', [['lifecycle', '']], headers, EMPTY_SHA256)).toBe(
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    );
    const query = [
      ['prefix', 'J'],
      ['max-keys', '2'],
    ] as const;
    expect(signed('GET', '/', query, headers, EMPTY_SHA256)).toBe(
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );
  });

  it('a presigned URL passes authentication, and no longer once it has expired or was changed', () => {
    const url = (name: string): string =>
      `/${name}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${accessKeyId}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request` +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';
    const headers: Headers = new Map([['host', host]]);
    const credentials = { accessKeyId, secretAccessKey, region };
    const check = (name: string, time: number): unknown =>
      authenticate('GET', parseTarget(url(name)), headers, credentials, time).payload;
    expect(check('test.txt', now)).toEqual({ kind: 'unsigned' });
    expect(() => check('test.txt', now + 86_401_000)).toThrow('expired');
    expect(() => check('other.txt', now)).toThrow('does not match');
  });

  it('the chunks of a signed stream', () => {
    const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
    const headers = {
      'content-encoding': 'aws-chunked',
      'content-length': '66824',
      host: 's3.amazonaws.com',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-date': dateTime,
      'x-amz-decoded-content-length': '66560',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    };
    const path = '/examplebucket/chunkObject.txt';
    expect(signed('PUT', path, [], headers, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD')).toBe(seed);
    const body = Buffer.concat([
      Buffer.from('10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n'),
      Buffer.alloc(65536, 'a'),
      Buffer.from('\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n'),
      Buffer.alloc(1024, 'a'),
      Buffer.from('\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n'),
    ]);
    expect(body.length).toBe(66824);
    const decoder = new ChunkDecoder({ key, scope: { dateTime, scope }, seed }, false);
    expect(Buffer.concat(decoder.push(body)).equals(Buffer.alloc(66560, 'a'))).toBe(true);
    expect(() => {
      decoder.end();
    }).not.toThrow();
    const changed = Buffer.from(body);
    changed[500] = 0x62;
    const strict = new ChunkDecoder({ key, scope: { dateTime, scope }, seed }, false);
    expect(() => strict.push(changed)).toThrow('signature of a chunk');
  });

  it('a chunk chain with a signed trailer, and none with a forged one', () => {
    const seed = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e';
    const headers = {
      'content-encoding': 'aws-chunked',
      host: 's3.amazonaws.com',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'x-amz-date': dateTime,
      'x-amz-decoded-content-length': '66560',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-trailer': 'x-amz-checksum-crc32c',
    };
    const path = '/examplebucket/chunkObject.txt';
    expect(signed('PUT', path, [], headers, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER')).toBe(seed);
    const last = '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992';
    const trailer = 'd81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435';
    const place = { dateTime, scope };
    expect(sign(key, trailerStringToSign(place, last, 'x-amz-checksum-crc32c:sOO8/Q==\n'))).toBe(trailer);
    const body = (signature: string): Buffer =>
      Buffer.concat([
        Buffer.from('10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n'),
        Buffer.alloc(65536, 'a'),
        Buffer.from('\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n'),
        Buffer.alloc(1024, 'a'),
        Buffer.from(`\r\n0;chunk-signature=${last}\r\nx-amz-checksum-crc32c:sOO8/Q==\r\n`),
        Buffer.from(`x-amz-trailer-signature:${signature}\r\n\r\n`),
      ]);
    const good = new ChunkDecoder({ key, scope: place, seed }, true);
    good.push(body(trailer));
    good.end();
    expect([...good.trailer]).toEqual([['x-amz-checksum-crc32c', 'sOO8/Q==']]);
    const forged = new ChunkDecoder({ key, scope: place, seed }, true);
    expect(() => forged.push(body(trailer.replace('d', 'e')))).toThrow('does not match');
  });

  it('what is signed of a chunk names the chunk before it', () => {
    expect(chunkStringToSign({ dateTime, scope }, 'before', 'hash').split('\n')).toEqual([
      'AWS4-HMAC-SHA256-PAYLOAD',
      dateTime,
      scope,
      'before',
      EMPTY_SHA256,
      'hash',
    ]);
  });
});

describe('authentication', () => {
  const base = { host, 'x-amz-content-sha256': EMPTY_SHA256, 'x-amz-date': dateTime };
  function attempt(
    change: { headers?: Record<string, string>; id?: string; region?: string; now?: number; target?: string } = {},
  ): unknown {
    const target = parseTarget(change.target ?? '/bucket/a');
    const signature = signed('GET', '/bucket/a', [], base, EMPTY_SHA256);
    const names = Object.keys(base).sort().join(';');
    const credential = `${change.id ?? accessKeyId}/${scope}`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
    const headers = new Map(Object.entries({ ...base, authorization, ...change.headers }));
    const credentials = { accessKeyId, secretAccessKey, region: change.region ?? region };
    return authenticate('GET', target, headers, credentials, change.now ?? now).payload;
  }
  function code(change: Parameters<typeof attempt>[0]): unknown {
    try {
      attempt(change);
      return 'accepted';
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  }

  it('takes a right signature and says what is known of the body', () => {
    expect(attempt()).toEqual({ kind: 'hash', sha256: EMPTY_SHA256 });
  });

  it('tells apart a wrong key, signature, region and clock', () => {
    expect(code({ id: 'AKIAIOSFODNN7OTHERS' })).toBe('InvalidAccessKeyId');
    expect(code({ target: '/bucket/b' })).toBe('SignatureDoesNotMatch');
    expect(code({ region: 'eu-west-1' })).toBe('AuthorizationHeaderMalformed');
    expect(code({ now: now + 15 * 60_000 })).toBe('accepted');
    expect(code({ now: now + 15 * 60_000 + 1000 })).toBe('RequestTimeTooSkewed');
    expect(code({ now: now - 15 * 60_000 - 1000 })).toBe('RequestTimeTooSkewed');
  });

  it('refuses x-amz headers that nobody signed, and requests without any signature', () => {
    expect(code({ headers: { 'x-amz-storage-class': 'GLACIER' } })).toBe('AccessDenied');
    expect(code({ headers: { authorization: 'AWS a:b' } })).toBe('InvalidRequest');
    expect(() =>
      authenticate('GET', parseTarget('/a'), new Map(), { accessKeyId, secretAccessKey, region }, now),
    ).toThrow('Access Denied');
  });

  it('compares signatures of any length', () => {
    expect(sameSignature('abc', 'abc')).toBe(true);
    expect(sameSignature('abc', 'abcd')).toBe(false);
  });
});
