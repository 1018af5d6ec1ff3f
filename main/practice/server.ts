/** HTTP requests in, S3's answers out: a listener on the loopback address over one store. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { authenticate, type Credentials, type Headers } from './authenticate.ts';
import { openBody } from './body.ts';
import type { Call, Reply } from './call.ts';
import { findOperation } from './operations.ts';
import { Refusal } from './refusal.ts';
import { parseTarget, type Target } from './request.ts';
import type { Store } from './store.ts';
import { writeErrorXml } from './xml.ts';

/** What an observer is told of each request that could be read. */
export interface RequestInfo {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

export interface ServerOptions {
  readonly store: Store;
  readonly credentials: Credentials;
  readonly clock: () => number;
  /** How long the restore of an archived object takes, in ms. */
  readonly thawDelay: number;
  readonly onRequest: ((info: RequestInfo) => void) | undefined;
}

/** Ids of requests: unlike those of any other run, and counted within it. */
const idPrefix = randomBytes(4).toString('hex').toUpperCase();
let requests = 0;

function nextRequestId(): string {
  requests += 1;
  return idPrefix + requests.toString(16).toUpperCase().padStart(8, '0');
}

/** Unread bytes of a refused body up to here are read and thrown away, so that the connection can be used again. */
const MAX_DRAIN = 64 * 1024 * 1024;
/** How long an answer is given to reach a client that is still sending, before the connection is cut, in ms. */
const LINGER = 2000;

function headersOf(request: IncomingMessage): Map<string, string> {
  const headers = new Map<string, string>();
  const raw = request.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    const value = raw[at + 1] ?? '';
    const former = headers.get(name);
    headers.set(name, former === undefined ? value : `${former},${value}`);
  }
  return headers;
}

async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  target: Target,
  beforeRead: () => void,
): Promise<Reply> {
  const method = request.method ?? '';
  const now = options.clock();
  const given: Headers = headersOf(request);
  const { payload, headers, query } = authenticate(method, target, given, options.credentials, now);
  const operation = findOperation(method, target, query, headers);
  const call: Call = {
    store: options.store,
    region: options.credentials.region,
    now,
    thawDelay: options.thawDelay,
    bucketName: target.bucket,
    key: target.key,
    query,
    headers,
    body: openBody(request, headers, payload, beforeRead),
  };
  const reply = await operation.run(call);
  if (!headers.has('x-amz-request-payer')) return reply;
  return { ...reply, headers: { ...reply.headers, 'x-amz-request-charged': 'requester' } };
}

function refusalReply(refusal: Refusal, path: string, requestId: string): Reply {
  const details = Object.entries(refusal.details).map(([name, value]) => [name, value] as const);
  const body = writeErrorXml([
    ['Code', refusal.code],
    ['Message', refusal.message],
    ...details,
    ['Resource', path],
    ['RequestId', requestId],
  ]);
  return { status: refusal.status, headers: { 'content-type': 'application/xml', ...refusal.headers }, body };
}

async function send(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  const { status, headers, body } = reply;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const bodyless = request.method === 'HEAD' || status === 204 || status === 304;
  if (typeof body === 'object' && !bodyless) {
    response.setHeader('content-length', body.length);
    response.writeHead(status);
    for await (const piece of body.pieces) {
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
    }
    response.end();
    return;
  }
  const text = typeof body === 'string' && !bodyless ? Buffer.from(body, 'utf8') : undefined;
  if (text !== undefined) response.setHeader('content-length', text.length);
  else if (!bodyless) response.setHeader('content-length', 0);
  response.writeHead(status);
  response.end(text);
}

/** Waits until a response takes more, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

/** Deals with the rest of a body that an answer did not wait for. */
function settleUnread(request: IncomingMessage, awaitsContinue: boolean, response: ServerResponse): void {
  if (request.complete) return;
  if (awaitsContinue) {
    // The client was never asked for the body and must not send it now.
    response.setHeader('connection', 'close');
    return;
  }
  const left = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  request.resume();
  if (left <= MAX_DRAIN) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, LINGER);
  timer.unref();
  request.once('close', () => {
    clearTimeout(timer);
  });
}

async function handle(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Promise<void> {
  const requestId = nextRequestId();
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('server', 'CairnPractice');
  response.setHeader('date', new Date(options.clock()).toUTCString());
  // A connection that ends early fails the body's reader; without a listener that would end the process.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  let awaitsContinue = expectsContinue;
  const beforeRead = (): void => {
    if (awaitsContinue) response.writeContinue();
    awaitsContinue = false;
  };
  let path = request.url ?? '';
  let reply: Reply;
  try {
    const target = parseTarget(path);
    path = target.path;
    options.onRequest?.({ method: request.method ?? '', bucket: target.bucket, key: target.key, query: target.query });
    reply = await answer(options, request, target, beforeRead);
  } catch (error) {
    // A client that went away gets no answer.
    if (response.destroyed || request.errored !== null) {
      response.destroy();
      return;
    }
    const refusal =
      error instanceof Refusal
        ? error
        : new Refusal('InternalError', 'We encountered an internal error. Please try again.', {
            details: { Detail: String(error) },
          });
    reply = refusalReply(refusal, path, requestId);
  }
  settleUnread(request, awaitsContinue, response);
  await send(request, response, reply);
}

/** A server that is ready to listen. */
export function makeServer(options: ServerOptions): Server {
  const onRequest = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    handle(options, request, response, expectsContinue).catch(() => {
      // The head of the answer is out, so the only honest sign left is a cut connection.
      response.destroy();
    });
  };
  const server = createServer({ keepAliveTimeout: 60_000, maxHeaderSize: 64 * 1024, requestTimeout: 0 });
  server.on('request', (request, response) => {
    onRequest(request, response, false);
  });
  server.on('checkContinue', (request, response) => {
    onRequest(request, response, true);
  });
  return server;
}
