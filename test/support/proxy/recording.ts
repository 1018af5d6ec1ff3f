/**
 * The way between Cairn and a store, with every word on it written down. In: the store's address. Out: an address of its
 * own; each request with its headers and each answer with its headers, in the order in which they came.
 *
 * Requests pass unchanged, the Host header with them, since it is signed: a store that takes path style takes any host.
 * What is to go wrong on the way is told to `faults`.
 */
import {
  Agent,
  createServer,
  request as askStore,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { Faults, type Fault } from './faults.ts';
import { readTarget, type HeaderMap, type Recorded } from './target.ts';

export type { Recorded } from './target.ts';

export class RecordingProxy implements AsyncDisposable {
  /** All that came, in the order in which it came. */
  readonly requests: Recorded[] = [];
  readonly faults = new Faults();
  readonly #store: URL;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(store: URL) {
    this.#store = store;
    this.#server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 });
    this.#server.on('request', (request, response) => {
      void this.#take(request, response);
    });
    this.#server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      void this.#take(request, response);
    });
  }

  static async open(store: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(new URL(store));
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen({ host: '127.0.0.1', port: 0 }, resolve);
    });
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Those of one of S3's operations, about one key where it is named. */
  of(operation: string, key?: string): readonly Recorded[] {
    return this.requests.filter((one) => one.operation === operation && (key === undefined || one.key === key));
  }

  forget(): void {
    this.requests.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.faults.end();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
    this.#agent.destroy();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded: Recorded = {
      ...readTarget(request.method ?? '', request.url ?? '', 'x-amz-copy-source' in request.headers),
      headers: headerMap(request.rawHeaders),
      bodyLength: 0,
      answer: null,
    };
    this.requests.push(recorded);
    request.on('data', (piece: Buffer) => {
      recorded.bodyLength += piece.length;
    });
    request.pause();
    const fault = this.faults.next(recorded);
    if (fault?.kind === 'delay') await this.faults.sleep(fault.milliseconds);
    if (response.destroyed) return;
    if (fault === null || fault.kind === 'delay' || fault.kind === 'after') {
      this.#handOn(request, response, recorded, fault?.kind === 'after' ? fault.then : null);
      return;
    }
    this.faults.play(fault, request, response, recorded);
  }

  #handOn(request: IncomingMessage, response: ServerResponse, recorded: Recorded, after: Fault | null): void {
    const { hostname, port } = this.#store;
    const { method, url: path, rawHeaders } = request;
    const asked = askStore({ hostname, port, method, path, headers: withoutHop(rawHeaders), agent: this.#agent });
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
      if (after !== null) {
        // The store has done its work; what it said is swallowed.
        answer.resume();
        answer.on('end', () => {
          this.faults.play(after, request, response, recorded);
        });
        return;
      }
      const status = answer.statusCode ?? 500;
      recorded.answer = { status, headers: headerMap(answer.rawHeaders) };
      response.writeHead(status, withoutHop(answer.rawHeaders));
      answer.pipe(response);
    });
    request.pipe(asked);
  }
}

/** Headers of one connection alone stay behind; the body's framing is Node's own business on either side. */
function withoutHop(raw: readonly string[]): string[] {
  return pairs(raw).flatMap(([name, value]) => (HOP.has(name.toLowerCase()) ? [] : [name, value]));
}

const HOP = new Set(['connection', 'keep-alive', 'expect', 'transfer-encoding']);

function headerMap(raw: readonly string[]): HeaderMap {
  const found = new Map<string, string>();
  for (const [name, value] of pairs(raw)) {
    const before = found.get(name.toLowerCase());
    found.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(found);
}

function pairs(raw: readonly string[]): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) found.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return found;
}
