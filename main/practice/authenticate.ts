/** A request's line and headers in; who signed it and how its body is to be read out, or a refusal. */
import { notImplemented, Refusal } from './refusal.ts';
import type { Target } from './request.ts';
import { canonicalRequest, sameSignature, type Scope, sign, signingKey, stringToSign } from './signature.ts';

/** The one key pair that this server knows, and its region. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** How the bytes of the body are framed and what was signed of them. */
export type Payload =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'hash'; readonly sha256: string }
  | { readonly kind: 'chunks'; readonly trailer: boolean; readonly signed: ChunkSigning | undefined };

/** What is needed to check the signatures of chunks. */
export interface ChunkSigning {
  readonly key: Buffer;
  readonly scope: Scope;
  /** The signature of the request itself, with which the chain begins. */
  readonly seed: string;
}

/** Headers by lower-case name, values of a repeated one joined by a comma. */
export type Headers = ReadonlyMap<string, string>;

export interface Authenticated {
  readonly payload: Payload;
  /** The headers, with those that a presigned URL carries as parameters. */
  readonly headers: Headers;
  /** The query without the parameters of the signature. */
  readonly query: ReadonlyMap<string, string>;
}

/** Furthest distance between the client's clock and ours, in ms. */
const MAX_SKEW = 15 * 60_000;
/** Longest life of a presigned URL, in seconds. */
const MAX_EXPIRES = 604_800;
const SIGNATURE_PARAMETERS = new Set([
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
]);

interface Claim {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly dateTime: string;
  readonly presignedFor: number | undefined;
}

function malformed(message: string): Refusal {
  return new Refusal('AuthorizationHeaderMalformed', message);
}

function badQuery(message: string): Refusal {
  return new Refusal('AuthorizationQueryParametersError', message);
}

/** Milliseconds of `20260131T235959Z`, or of an HTTP date; NaN for anything else. */
function parseDate(text: string): number {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (basic === null) return Date.parse(text);
  const [, year, month, day, hour, minute, second] = basic;
  return Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
}

function basicDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function claimOfHeader(authorization: string, headers: Headers): Claim {
  if (!authorization.startsWith('AWS4-HMAC-SHA256')) {
    throw new Refusal('InvalidRequest', 'Please use AWS4-HMAC-SHA256: no other authorization mechanism is known here.');
  }
  const fields = new Map<string, string>();
  for (const item of authorization.slice('AWS4-HMAC-SHA256'.length).split(',')) {
    const equals = item.indexOf('=');
    if (equals > 0) fields.set(item.slice(0, equals).trim(), item.slice(equals + 1).trim());
  }
  const credential = fields.get('Credential');
  const signedHeaders = fields.get('SignedHeaders');
  const signature = fields.get('Signature');
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    throw malformed('The authorization header needs Credential, SignedHeaders and Signature.');
  }
  const date = headers.get('x-amz-date') ?? headers.get('date');
  const time = date === undefined ? Number.NaN : parseDate(date);
  if (Number.isNaN(time)) {
    throw new Refusal('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header.');
  }
  const { accessKeyId, scope } = splitCredential(credential, malformed);
  return {
    accessKeyId,
    scope,
    signature,
    signedHeaders: signedHeaders.split(';'),
    dateTime: basicDate(time),
    presignedFor: undefined,
  };
}

function claimOfQuery(query: ReadonlyMap<string, string>): Claim {
  const need = (name: string): string => {
    const value = query.get(name);
    if (value === undefined || value === '') throw badQuery(`Query-string authentication needs ${name}.`);
    return value;
  };
  if (need('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') throw badQuery('X-Amz-Algorithm only knows AWS4-HMAC-SHA256.');
  const { accessKeyId, scope } = splitCredential(need('X-Amz-Credential'), badQuery);
  const presignedFor = Number(need('X-Amz-Expires'));
  if (!Number.isInteger(presignedFor) || presignedFor < 0 || presignedFor > MAX_EXPIRES) {
    throw badQuery('X-Amz-Expires must be a number of seconds, at most a week.');
  }
  const dateTime = need('X-Amz-Date');
  if (!/^\d{8}T\d{6}Z$/.test(dateTime)) throw badQuery('X-Amz-Date must be in the ISO8601 basic format.');
  const signedHeaders = need('X-Amz-SignedHeaders').split(';');
  return { accessKeyId, scope, signedHeaders, signature: need('X-Amz-Signature'), dateTime, presignedFor };
}

function splitCredential(
  credential: string,
  refuse: (message: string) => Refusal,
): { readonly accessKeyId: string; readonly scope: string } {
  const parts = credential.split('/');
  const scope = parts.slice(-4).join('/');
  const accessKeyId = parts.slice(0, -4).join('/');
  if (accessKeyId === '') throw refuse('The credential must be key/date/region/s3/aws4_request.');
  return { accessKeyId, scope };
}

function checkScope(claim: Claim, region: string): void {
  const refuse = claim.presignedFor === undefined ? malformed : badQuery;
  const [date, claimedRegion, service, end] = claim.scope.split('/');
  if (date !== claim.dateTime.slice(0, 8)) throw refuse('The date of the credential is not that of the request.');
  if (service !== 's3' || end !== 'aws4_request') throw refuse('The credential must end in s3/aws4_request.');
  if (claimedRegion !== region) {
    throw new Refusal(
      claim.presignedFor === undefined ? 'AuthorizationHeaderMalformed' : 'AuthorizationQueryParametersError',
      `The authorization is malformed; the region '${claimedRegion ?? ''}' is wrong; expecting '${region}'`,
      { details: { Region: region } },
    );
  }
}

function checkTime(claim: Claim, now: number): void {
  const time = parseDate(claim.dateTime);
  const late = claim.presignedFor === undefined ? MAX_SKEW : claim.presignedFor * 1000;
  if (now - time > late && claim.presignedFor !== undefined) {
    throw new Refusal('AccessDenied', 'Request has expired', { details: { ServerTime: new Date(now).toISOString() } });
  }
  if (now - time > late || time - now > MAX_SKEW) {
    throw new Refusal(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      {
        details: {
          RequestTime: claim.dateTime,
          ServerTime: new Date(now).toISOString(),
          MaxAllowedSkewMilliseconds: String(MAX_SKEW),
        },
      },
    );
  }
}

function payloadOf(value: string | undefined, presigned: boolean, chunkSigning: ChunkSigning): Payload {
  switch (value) {
    case undefined:
      if (presigned) return { kind: 'unsigned' };
      throw new Refusal('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
    case 'UNSIGNED-PAYLOAD':
      return { kind: 'unsigned' };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { kind: 'chunks', trailer: true, signed: undefined };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { kind: 'chunks', trailer: false, signed: chunkSigning };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { kind: 'chunks', trailer: true, signed: chunkSigning };
    default:
      if (/^[0-9a-f]{64}$/.test(value)) return { kind: 'hash', sha256: value };
      if (value.startsWith('STREAMING-')) throw notImplemented(`the payload ${value}`);
      throw new Refusal('InvalidArgument', 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-..., or a hash.');
  }
}

/** Keys derived lately: the derivation costs four rounds, and a day has one. */
const derivedKeys = new Map<string, Buffer>();

function derivedKey(secret: string, scope: string): Buffer {
  const name = `${scope}\n${secret}`;
  const known = derivedKeys.get(name);
  if (known !== undefined) return known;
  if (derivedKeys.size > 64) derivedKeys.clear();
  const key = signingKey(secret, scope);
  derivedKeys.set(name, key);
  return key;
}

/** A presigned URL may carry x-amz-* headers as parameters; they count as headers and are signed with the query. */
function hoist(query: ReadonlyMap<string, string>, headers: Headers): Pick<Authenticated, 'headers' | 'query'> {
  const merged = new Map(headers);
  const rest = new Map<string, string>();
  for (const [name, value] of query) {
    if (SIGNATURE_PARAMETERS.has(name)) continue;
    const lower = name.toLowerCase();
    if (!lower.startsWith('x-amz-')) rest.set(name, value);
    else if (!merged.has(lower)) merged.set(lower, value);
  }
  return { headers: merged, query: rest };
}

/**
 * Checks a request's signature in header or query form, its age and its region.
 * `now` is in ms. The skew allowed is 15 minutes, as in S3.
 */
export function authenticate(
  method: string,
  target: Target,
  headers: Headers,
  credentials: Credentials,
  now: number,
): Authenticated {
  const authorization = headers.get('authorization');
  const presigned = target.query.has('X-Amz-Signature') || target.query.has('X-Amz-Algorithm');
  if (authorization !== undefined && presigned) {
    throw new Refusal('InvalidArgument', 'Only one auth mechanism allowed.');
  }
  if (authorization === undefined && !presigned) throw new Refusal('AccessDenied', 'Access Denied');
  const claim = authorization === undefined ? claimOfQuery(target.query) : claimOfHeader(authorization, headers);
  if (!sameSignature(claim.accessKeyId, credentials.accessKeyId)) {
    throw new Refusal('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', {
      details: { AWSAccessKeyId: claim.accessKeyId },
    });
  }
  checkScope(claim, credentials.region);
  checkTime(claim, now);
  const unsigned = [...headers.keys()].filter(
    (name) => name.startsWith('x-amz-') && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length > 0 || !claim.signedHeaders.includes('host')) {
    throw new Refusal('AccessDenied', 'There were headers present in the request which were not signed', {
      details: { HeadersNotSigned: unsigned.join(', ') || 'host' },
    });
  }
  const contentHash = headers.get('x-amz-content-sha256') ?? target.query.get('X-Amz-Content-Sha256');
  const scope: Scope = { dateTime: claim.dateTime, scope: claim.scope };
  const key = derivedKey(credentials.secretAccessKey, claim.scope);
  const canonical = canonicalRequest({
    method,
    path: target.path,
    query: [...target.query].filter(([name]) => name !== 'X-Amz-Signature'),
    headers: claim.signedHeaders.map((name) => [name, headers.get(name) ?? ''] as const),
    payloadHash: contentHash ?? 'UNSIGNED-PAYLOAD',
  });
  const text = stringToSign(scope, canonical);
  if (!sameSignature(claim.signature, sign(key, text))) {
    throw new Refusal(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and method.',
      { details: { StringToSign: text, CanonicalRequest: canonical } },
    );
  }
  const payload = payloadOf(contentHash, presigned, { key, scope, seed: claim.signature });
  return presigned ? { payload, ...hoist(target.query, headers) } : { payload, headers, query: target.query };
}
