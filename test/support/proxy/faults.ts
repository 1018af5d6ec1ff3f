/** What goes wrong on the way to a store. In: which requests, and how. Out: answers in the store's place, or none. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Recorded } from './target.ts';

/** Ends an exchange in the store's place. */
export type Fault =
  /** An answer: an error document of S3 where there is a code, else the body as it is given. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly code?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Further elements of the error document. */
      readonly details?: Readonly<Record<string, string>>;
    }
  /** The connection is reset once so many bytes of the request's body have come; 0: at once. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** Nothing ever comes back, and the connection stays open. */
  | { readonly kind: 'silence' };

export type Interference =
  | Fault
  /** The store does its work; its answer is swallowed, and this comes in its place. */
  | { readonly kind: 'after'; readonly then: Fault }
  /** The request waits, and then passes. */
  | { readonly kind: 'delay'; readonly milliseconds: number };

/** By the operation, or by more than that. */
export type Which = string | ((request: Recorded) => boolean);

interface Rule {
  readonly matches: (request: Recorded) => boolean;
  readonly how: Interference;
  left: number;
}

export class Faults {
  readonly #rules: Rule[] = [];
  readonly #abort = new AbortController();

  /** The next so many of such requests go wrong; rules that were set first come first. */
  set(which: Which, how: Interference, times = 1): void {
    const matches = typeof which === 'string' ? (request: Recorded) => request.operation === which : which;
    this.#rules.push({ matches, how, left: times });
  }

  /** An error of S3 in the store's place, so many times. */
  refuse(which: Which, status: number, code: string, times = 1): void {
    this.set(which, { kind: 'answer', status, code }, times);
  }

  /** All is well again. */
  clear(): void {
    this.#rules.length = 0;
  }

  /** Whether all that was set has come to pass. */
  get areSpent(): boolean {
    return this.#rules.every((rule) => rule.left === 0 || rule.left === Infinity);
  }

  next(request: Recorded): Interference | null {
    const rule = this.#rules.find((one) => one.left > 0 && one.matches(request));
    if (rule === undefined) return null;
    rule.left -= 1;
    return rule.how;
  }

  async sleep(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }

  /** Ends all waiting. */
  end(): void {
    this.#abort.abort();
  }

  play(fault: Fault, request: IncomingMessage, response: ServerResponse, recorded: Recorded): void {
    switch (fault.kind) {
      case 'silence':
        request.resume();
        return;
      case 'reset':
        resetAfter(fault.afterBytes, request);
        return;
      case 'answer': {
        const document = fault.code === undefined ? fault.body : errorDocument(fault.code, recorded, fault.details);
        const isHead = recorded.method === 'HEAD';
        const headers = { 'content-type': 'application/xml', ...fault.headers };
        // The whole body is taken first: an answer in its middle would look like a broken connection.
        request.resume();
        const answer = (): void => {
          recorded.answer = { status: fault.status, headers };
          response.writeHead(fault.status, headers);
          response.end(isHead ? undefined : document);
        };
        if (request.readableEnded) answer();
        else request.once('end', answer);
      }
    }
  }
}

function resetAfter(bytes: number, request: IncomingMessage): void {
  let seen = 0;
  const look = (): void => {
    if (seen >= bytes) request.socket.resetAndDestroy();
  };
  request.on('data', (piece: Buffer) => {
    seen += piece.length;
    look();
  });
  request.on('end', () => {
    request.socket.resetAndDestroy();
  });
  request.on('error', () => undefined);
  request.resume();
  look();
  if (request.readableEnded) request.socket.resetAndDestroy();
}

function errorDocument(code: string, { path }: Recorded, details: Readonly<Record<string, string>> = {}): string {
  const elements = { Code: code, Message: 'Not today', Resource: path, RequestId: 'fault', ...details };
  const lines = Object.entries(elements).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?><Error>${lines.join('')}</Error>`;
}
