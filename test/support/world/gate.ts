/**
 * The way between Cairn and the store. In: the store's address. Out: an address of its own that hands everything on,
 * counts what passes, can spoil an answer after the store has given it, and can be shut as if the network were gone.
 *
 * The Host header is handed on as it came, since it is signed.
 */
import { Agent, createServer, request as askStore, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GateRequest {
  /** S3's name of the operation. */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/**
 * What becomes of an answer once the store has done its work: the connection is cut and nobody hears of it, an error
 * stands in its place, or some of its headers are others.
 */
export type Spoiling =
  | { readonly kind: 'cut' }
  | { readonly kind: 'error'; readonly status: number; readonly code: string }
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> };

interface Spoiler {
  readonly matches: (request: GateRequest) => boolean;
  readonly how: Spoiling;
  left: number;
}

export class Gate implements AsyncDisposable {
  /** All that passed, in the order in which it came. */
  readonly passed: GateRequest[] = [];
  readonly #store: URL;
  readonly #agent = new Agent({ keepAlive: true });
  #server = this.#makeServer();
  #port = 0;
  #spoiler: Spoiler | null = null;

  private constructor(store: URL) {
    this.#store = store;
  }

  static async open(store: string): Promise<Gate> {
    const gate = new Gate(new URL(store));
    await gate.reopen();
    return gate;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The next answers to such requests are spoilt; the store has done its work all the same. */
  spoilAnswers(matches: (request: GateRequest) => boolean, how: Spoiling = { kind: 'cut' }, times = 1): void {
    this.#spoiler = { matches, how, left: times };
  }

  /** From here on nothing answers at this address. */
  async shut(): Promise<void> {
    const server = this.#server;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  }

  /** Answers at its address, again or for the first time. */
  async reopen(): Promise<void> {
    this.#server = this.#makeServer();
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: this.#port }, resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.shut();
    this.#agent.destroy();
  }

  #makeServer() {
    const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 });
    server.on('request', (request, response) => {
      this.#handOn(request, response);
    });
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      this.#handOn(request, response);
    });
    return server;
  }

  #handOn(request: IncomingMessage, response: ServerResponse): void {
    const seen = describe(request);
    this.passed.push(seen);
    const headers = withoutHop(request.rawHeaders);
    const { hostname, port } = this.#store;
    const asked = askStore({ hostname, port, method: request.method, path: request.url, headers, agent: this.#agent });
    const giveUp = (): void => {
      asked.destroy();
      response.destroy();
    };
    asked.on('error', giveUp);
    request.on('error', giveUp);
    response.on('error', giveUp);
    response.on('close', () => {
      if (!response.writableFinished) asked.destroy();
    });
    asked.on('response', (answer) => {
      answer.on('error', giveUp);
      const spoiling = this.#spoilingOf(seen);
      if (spoiling?.kind === 'cut' || spoiling?.kind === 'error') {
        answer.resume();
        answer.on('end', () => {
          if (spoiling.kind === 'cut') request.socket.destroy();
          else refuse(response, spoiling.status, spoiling.code);
        });
        return;
      }
      response.writeHead(answer.statusCode ?? 500, withoutHop(answer.rawHeaders, spoiling?.headers));
      answer.pipe(response);
    });
    request.pipe(asked);
  }

  #spoilingOf(request: GateRequest): Spoiling | null {
    const spoiler = this.#spoiler;
    if (spoiler === null || spoiler.left === 0 || !spoiler.matches(request)) return null;
    spoiler.left -= 1;
    return spoiler.how;
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>Spoilt</Message></Error>`);
}

/** Headers of one connection alone stay behind; the body's framing is Node's own business on either side. */
function withoutHop(raw: readonly string[], others: Readonly<Record<string, string>> = {}): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2);
    if (HOP.has(name.toLowerCase())) continue;
    kept.push(name, others[name.toLowerCase()] ?? value);
  }
  return kept;
}

const HOP = new Set(['connection', 'keep-alive', 'expect', 'transfer-encoding']);

/** Only path style is read: that is what the tests ask for. */
function describe({ method = '', url: target = '', headers }: IncomingMessage): GateRequest {
  const cut = target.indexOf('?');
  const path = cut < 0 ? target : target.slice(0, cut);
  const query = new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1));
  const [, bucket = '', ...rest] = path.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const isCopy = headers['x-amz-copy-source'] !== undefined;
  return { operation: operationOf(method, bucket, key, query, isCopy), bucket, key, query };
}

function operationOf(method: string, bucket: string, key: string, query: URLSearchParams, isCopy: boolean): string {
  if (bucket === '') return 'ListBuckets';
  if (key === '') return bucketOperation(method, query);
  const ofUpload = query.has('uploadId');
  switch (method) {
    case 'PUT':
      if (query.has('partNumber')) return 'UploadPart';
      return isCopy ? 'CopyObject' : 'PutObject';
    case 'POST':
      if (query.has('restore')) return 'RestoreObject';
      return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
    case 'GET':
      return ofUpload ? 'ListParts' : 'GetObject';
    case 'DELETE':
      return ofUpload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'HEAD':
      return 'HeadObject';
    default:
      return `${method} of an object`;
  }
}

function bucketOperation(method: string, query: URLSearchParams): string {
  if (method === 'HEAD') return 'HeadBucket';
  if (method !== 'GET') return `${method} of a bucket`;
  if (query.has('versions')) return 'ListObjectVersions';
  if (query.has('uploads')) return 'ListMultipartUploads';
  if (query.has('versioning')) return 'GetBucketVersioning';
  return 'ListObjectsV2';
}
