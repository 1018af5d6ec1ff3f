/** Signature Version 4 as pure functions: what is signed, and the signature of it. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { uriEncode } from './encoding.ts';

export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What of a request enters its signature. */
export interface SignedParts {
  readonly method: string;
  /** The decoded path. */
  readonly path: string;
  /** Decoded parameters, `X-Amz-Signature` left out. */
  readonly query: Iterable<readonly [string, string]>;
  /** Names in lower case, sorted, with their values as sent. */
  readonly headers: readonly (readonly [string, string])[];
  /** The value that stands for the body: a hash in hex or one of S3's markers. */
  readonly payloadHash: string;
}

/** Date and place of a signature. */
export interface Scope {
  /** `20260131T235959Z` */
  readonly dateTime: string;
  /** `20260131/us-east-1/s3/aws4_request` */
  readonly scope: string;
}

function compareCodes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The canonical request. Header values are taken as latin1, as Node reads them, so that any byte signs as sent. */
export function canonicalRequest(parts: SignedParts): string {
  const query = Array.from(parts.query, ([name, value]) => [uriEncode(name, false), uriEncode(value, false)] as const)
    .sort((a, b) => compareCodes(a[0], b[0]) || compareCodes(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = parts.headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}\n`).join('');
  const names = parts.headers.map(([name]) => name).join(';');
  return [parts.method, uriEncode(parts.path, true), query, headers, names, parts.payloadHash].join('\n');
}

/** The string to sign for a canonical request. */
export function stringToSign(scope: Scope, canonical: string): string {
  const hash = createHash('sha256').update(canonical, 'latin1').digest('hex');
  return `AWS4-HMAC-SHA256\n${scope.dateTime}\n${scope.scope}\n${hash}`;
}

/** The string to sign for one chunk of a signed stream; `chunkHash` is the SHA-256 of its bytes in hex. */
export function chunkStringToSign(scope: Scope, previous: string, chunkHash: string): string {
  return `AWS4-HMAC-SHA256-PAYLOAD\n${scope.dateTime}\n${scope.scope}\n${previous}\n${EMPTY_SHA256}\n${chunkHash}`;
}

/** The string to sign for the trailer of a signed stream; `trailer` is `name:value\n` for each of its headers. */
export function trailerStringToSign(scope: Scope, previous: string, trailer: string): string {
  const hash = createHash('sha256').update(trailer, 'latin1').digest('hex');
  return `AWS4-HMAC-SHA256-TRAILER\n${scope.dateTime}\n${scope.scope}\n${previous}\n${hash}`;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest();
}

/** The key of a day, region and service, derived from the secret. `scope` as in Scope. */
export function signingKey(secret: string, scope: string): Buffer {
  return scope.split('/').reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secret}`) as Buffer;
}

/** The signature in hex. */
export function sign(key: Buffer, text: string): string {
  return hmac(key, text).toString('hex');
}

/** Whether two signatures are equal, in a time that does not tell where they differ. */
export function sameSignature(given: string, right: string): boolean {
  const a = createHash('sha256').update(given, 'utf8').digest();
  const b = createHash('sha256').update(right, 'utf8').digest();
  return timingSafeEqual(a, b);
}
