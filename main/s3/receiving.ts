/**
 * What the receiving thread does. In: a request that is signed already, and a place in an open file. Out: the answer's
 * head, and how many bytes of its body lie in the file.
 */
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpRequest } from '@smithy/types';
import { writevSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';

export interface HandlerSettings {
  /** Milliseconds. */
  readonly connectMs: number;
  /** How long a connection may stay without a byte, milliseconds. */
  readonly silenceMs: number;
  readonly maxSockets: number;
}

export interface ReceiveTask {
  /** Its fields alone, without methods. */
  readonly request: HttpRequest;
  /** Stays open until the answer is there. */
  readonly fd: number;
  /** Where in the file the body begins, bytes. */
  readonly at: number;
  /** More than this is counted, and written nowhere: it is somebody else's place. */
  readonly size: number;
}

/** An error as it goes from one thread to the other. */
export interface ThrownWords {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

export type ReceiveAnswer =
  | {
      readonly kind: 'answered';
      readonly statusCode: number;
      readonly headers: Record<string, string>;
      /** Of the body, whether they found room or not. */
      readonly bytes: number;
      /** Of a refusal, which is not written into the file; null: the body is there. */
      readonly refusal: Uint8Array | null;
      /** The body broke off in its middle. */
      readonly broken: string | null;
    }
  /** There was no answer. */
  | { readonly kind: 'failed'; readonly error: ThrownWords }
  /** The file could not be written: a code of the file system. */
  | { readonly kind: 'unwritten'; readonly code: string };

/** So much of a body is written at once, bytes. */
const GATHERED = 1024 * 1024;
/** Nobody reads more of a refusal, bytes. */
const MOST_REFUSAL = 64 * 1024;

export function openReceiving({ connectMs, silenceMs, maxSockets }: HandlerSettings) {
  const agent = { keepAlive: true, maxSockets, timeout: silenceMs };
  const handler = new NodeHttpHandler({
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent(agent),
    connectionTimeout: connectMs,
    socketTimeout: silenceMs,
  });
  /** @param onBytes is told of what was written since it was told last. */
  return async (task: ReceiveTask, signal: AbortSignal, onBytes: (count: number) => void): Promise<ReceiveAnswer> => {
    let answer: Awaited<ReturnType<typeof handler.handle>>['response'];
    try {
      // The handler reads the fields, and needs none of the methods.
      const request = task.request as unknown as Parameters<typeof handler.handle>[0];
      answer = (await handler.handle(request, { abortSignal: signal })).response;
    } catch (error) {
      return { kind: 'failed', error: wordsOf(error) };
    }
    const { statusCode, headers } = answer;
    const body = answer.body as Readable;
    const stop = (): void => {
      body.destroy();
    };
    signal.addEventListener('abort', stop);
    try {
      const isGood = statusCode >= 200 && statusCode < 300;
      const refusal = isGood ? null : await beginningOf(body);
      const [bytes, broken] = isGood ? await intoFile(body, task, onBytes) : [0, null];
      return { kind: 'answered', statusCode, headers, bytes, refusal, broken };
    } catch (error) {
      const { syscall, code } = error as NodeJS.ErrnoException;
      if (syscall === 'write') return { kind: 'unwritten', code: code ?? 'EIO' };
      return { kind: 'failed', error: wordsOf(error) };
    } finally {
      signal.removeEventListener('abort', stop);
      body.destroy();
    }
  };
}

/** @returns how many bytes came, and why no more did. Throws where the file cannot be written. */
async function intoFile(
  body: Readable,
  { fd, at, size }: ReceiveTask,
  onBytes: (count: number) => void,
): Promise<readonly [bytes: number, broken: string | null]> {
  let pieces: Buffer[] = [];
  let gathered = 0;
  let came = 0;
  let written = 0;
  const write = (): void => {
    for (let left = pieces; left.length > 0;) {
      const count = writevSync(fd, left, at + written);
      written += count;
      gathered -= count;
      left = gathered === 0 ? [] : [Buffer.concat(left).subarray(count)];
    }
    pieces.forEach(letGo);
    pieces = [];
  };
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      const fits = piece.subarray(0, Math.max(0, size - came));
      came += piece.length;
      if (fits.length > 0) pieces.push(fits);
      gathered += fits.length;
      if (gathered >= GATHERED) {
        onBytes(gathered);
        write();
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === 'write') throw error;
    return [came, error instanceof Error ? error.message : String(error)];
  }
  if (gathered > 0) {
    onBytes(gathered);
    write();
  }
  return [came, null];
}

/** The memory of a piece, where it is all of it, is free with that; else V8 would look through the heap for it. */
function letGo({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

async function beginningOf(body: Readable): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length >= MOST_REFUSAL) break;
  }
  return Buffer.concat(pieces);
}

function wordsOf(error: unknown): ThrownWords {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined };
  const { code } = error as NodeJS.ErrnoException;
  return { name: error.name, message: error.message, code: typeof code === 'string' ? code : undefined };
}
