/** An S3 endpoint to test against goes in (environment, or a practice server of its own); clients and helpers come out. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  type CreateBucketCommandInput,
  PutBucketVersioningCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPractice } from '../../main/practice/index.ts';
import { canonicalRequest, type Scope, sign, signingKey, stringToSign } from '../../main/practice/signature.ts';
import { DIFFERENCES } from './differences.ts';

export interface Target {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** Which S3 this run is about; without a word from the runner, the practice server. */
export const kind = process.env['CAIRN_TEST_STORE'] ?? 'practice';

function fromEnvironment(): Target {
  const need = (name: string): string => {
    const value = process.env[name];
    if (value === undefined) throw new Error(`CAIRN_TEST_STORE=${kind} needs ${name}.`);
    return value;
  };
  return {
    endpoint: need('CAIRN_RADOSGW_ENDPOINT'),
    accessKeyId: need('CAIRN_RADOSGW_ACCESS_KEY_ID'),
    secretAccessKey: need('CAIRN_RADOSGW_SECRET_ACCESS_KEY'),
    region: need('CAIRN_RADOSGW_REGION'),
  };
}

/** How long the practice server takes to restore an archived object here, in ms. */
export const THAW_DELAY = 1500;

/** One file of the suite: its endpoint, a client that tries once, and the way to write cases. */
export interface Suite {
  readonly target: () => Target;
  readonly client: () => S3Client;
  /** A client with other settings. */
  readonly clientWith: (config: S3ClientConfig) => S3Client;
  /** A bucket of a name never used before; versioning 'Enabled' unless said otherwise. */
  readonly bucket: (versioning?: 'Enabled' | 'Suspended' | 'never', more?: BucketFields) => Promise<string>;
  /** A signed request below the SDK. */
  readonly raw: (request: RawRequest) => Promise<RawAnswer>;
  /**
   * A case. Where the endpoint's kind is known to differ in it, the case must fail there: a difference that has gone
   * has to leave the table.
   */
  readonly conforms: (name: string, run: () => Promise<void>) => void;
}

/** Further fields of CreateBucket. */
export type BucketFields = Omit<CreateBucketCommandInput, 'Bucket'>;

export interface RawRequest {
  readonly method: string;
  /** Encoded as it is to be sent. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** What is signed for the body; default the hash of the body. */
  readonly payloadHash?: string;
  /** Makes the body from what was signed, for streams of signed chunks. */
  readonly makeBody?: (signing: { readonly key: Buffer; readonly scope: Scope; readonly seed: string }) => Buffer;
  /** Changes the signature before it goes out. */
  readonly time?: number;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the server asked for the body with 100 Continue. */
  readonly continued: boolean;
}

/** Signs and sends a request. The path is signed decoded and sent as it is. */
export function sendRaw(target: Target, request: RawRequest): Promise<RawAnswer> {
  const url = new URL(target.endpoint);
  const dateTime = new Date(request.time ?? Date.now()).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = { dateTime, scope: `${dateTime.slice(0, 8)}/${target.region}/s3/aws4_request` };
  const key = signingKey(target.secretAccessKey, scope.scope);
  const query = Object.entries(request.query ?? {});
  const given = Buffer.from(request.body ?? '');
  const payloadHash = request.payloadHash ?? createHash('sha256').update(given).digest('hex');
  const signedHeaders: Record<string, string> = {
    host: url.host,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': dateTime,
  };
  for (const [name, value] of Object.entries(request.headers ?? {})) signedHeaders[name.toLowerCase()] = value;
  const sorted = Object.entries(signedHeaders).sort(([a], [b]) => (a < b ? -1 : 1));
  const path = decodeURIComponent(request.path);
  const canonical = canonicalRequest({ method: request.method, path, query, headers: sorted, payloadHash });
  const seed = sign(key, stringToSign(scope, canonical));
  const body = request.makeBody?.({ key, scope, seed }) ?? given;
  const names = sorted.map(([name]) => name).join(';');
  const credential = `${target.accessKeyId}/${scope.scope}`;
  const headers = {
    ...signedHeaders,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${seed}`,
    ...(body.length > 0 || request.method === 'PUT' ? { 'content-length': String(body.length) } : {}),
  };
  const search = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return send(url, request.method, request.path + (search === '' ? '' : `?${search}`), headers, body);
}

/** Sends a request as it is; a body waits for 100 Continue where the headers expect it. */
export function send(
  url: URL,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let continued = false;
    const out = httpRequest({
      host: url.hostname,
      port: url.port,
      method,
      path,
      headers: { ...headers },
      agent: false,
    });
    out.on('error', reject);
    out.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, continued });
        out.destroy();
      });
    });
    if (headers['expect'] === undefined) out.end(body);
    else {
      out.on('continue', () => {
        continued = true;
        out.end(body);
      });
      out.flushHeaders();
    }
  });
}

/** The name and status of the error with which a call of the SDK fails. */
export async function refused(
  call: Promise<unknown>,
): Promise<{ readonly name: string; readonly status: number | undefined }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata = '$metadata' in error ? (error.$metadata as { readonly httpStatusCode?: number }) : {};
    return { name: error.name, status: metadata.httpStatusCode };
  }
  throw new Error('The call was expected to be refused and succeeded.');
}

/** Begins a file of the suite. `name` is that of its section in the table of differences. */
export function suite(name: string): Suite {
  let target: Target | undefined;
  let client: S3Client | undefined;
  const clients: S3Client[] = [];
  const known = new Map(Object.entries(DIFFERENCES[kind]?.[name] ?? {}));
  const unused = new Set(known.keys());
  let end: () => Promise<void> = () => Promise.resolve();
  const have = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The endpoint is not ready yet.');
    return value;
  };

  const clientWith = (config: S3ClientConfig): S3Client => {
    const { endpoint, region, accessKeyId, secretAccessKey } = have(target);
    const made = new S3Client({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
      maxAttempts: 1,
      ...config,
    });
    clients.push(made);
    return made;
  };

  beforeAll(async () => {
    if (kind === 'practice') {
      const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
      const started = await startPractice({ directory, thawDelayMs: THAW_DELAY });
      if (!started.ok) throw new Error(started.detail);
      target = started.value;
      end = async () => {
        await started.value.stop();
        await rm(directory, { recursive: true });
      };
    } else target = fromEnvironment();
    client = clientWith({});
  }, 60_000);

  afterAll(async () => {
    for (const made of clients) made.destroy();
    await end();
    expect([...unused], 'differences listed for cases that do not exist').toEqual([]);
  });

  const conforms = (title: string, run: () => Promise<void>): void => {
    const reason = known.get(title);
    unused.delete(title);
    if (reason === undefined) {
      it(title, run);
      return;
    }
    it(`${title} [${kind} differs: ${reason}]`, async () => {
      await expect(run(), `${kind} no longer differs here: take it off the table`).rejects.toThrow();
    });
  };

  const bucket = async (
    versioning: 'Enabled' | 'Suspended' | 'never' = 'Enabled',
    more: BucketFields = {},
  ): Promise<string> => {
    const made = `conformance-${randomBytes(8).toString('hex')}`;
    await have(client).send(new CreateBucketCommand({ Bucket: made, ...more }));
    if (versioning !== 'never') {
      const VersioningConfiguration = { Status: versioning };
      await have(client).send(new PutBucketVersioningCommand({ Bucket: made, VersioningConfiguration }));
    }
    return made;
  };

  return {
    target: () => have(target),
    client: () => have(client),
    clientWith,
    bucket,
    raw: (request) => sendRaw(have(target), request),
    conforms,
  };
}

/** A body of that many bytes, the same for the same seed. */
export function bytes(length: number, seed = 1): Buffer {
  const block = Buffer.from(Array.from({ length: Math.min(length, 1021) }, (_, at) => (at * 31 + seed * 17) % 256));
  return Buffer.alloc(length, block.length === 0 ? 0 : block);
}
