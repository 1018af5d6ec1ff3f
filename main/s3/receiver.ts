/**
 * Large objects received on a thread of their own, straight into a file. In: a signed request and a place in an open
 * file. Out: the store's answer, its body already there.
 *
 * [Note: receiving thread] Each 64 KiB that come are memory outside of the heap, and after some 24 MB of it all of the
 * heap is looked through for what may go: 44 times for 1 GiB, two of five seconds of processor time in a heap that holds
 * the whole program. This thread's heap is small; and the engine's thread has nothing to do with the bytes.
 */
import type { HttpRequest, HttpResponse } from '@smithy/types';
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { HandlerSettings, ReceiveAnswer, ReceiveTask } from './receiving.ts';

/** Where a body goes. */
export interface FilePart {
  /** Stays open until the answer is there. */
  readonly fd: number;
  /** Bytes. */
  readonly at: number;
  /** As many as are expected; more are not written. */
  readonly size: number;
  readonly onBytes: (count: number) => void;
}

export interface ReceivedBody {
  /** As many as came. */
  readonly bytes: number;
  /** Why it broke off in its middle; null: it did not. */
  readonly broken: string | null;
}

export interface Receiver {
  /** Rejects as the SDK's handler would; or with the file system's error, where the file cannot be written. */
  handle(
    request: HttpRequest,
    part: FilePart,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly response: HttpResponse; readonly body: ReceivedBody }>;
  /** Ends the thread; what is under way fails. */
  stop(): void;
}

/** `task` null: what is under way by that number is to end. */
export interface ToReceiver {
  readonly id: number;
  readonly task: ReceiveTask | null;
}

export type FromReceiver = { readonly id: number } & (
  { readonly answer: ReceiveAnswer } | { readonly bytes: number; readonly answer?: undefined }
);

interface Pending {
  readonly onBytes: (count: number) => void;
  readonly resolve: (answer: ReceiveAnswer) => void;
}

/** So long after the last answer the thread ends, milliseconds. */
const IDLE_MS = 10_000;
/** A small heap is looked through quickly; below 128 MB it is looked through all the time. MB. */
const YOUNG_GENERATION_MB = 1;
const OLD_GENERATION_MB = 128;

/** @param idleMs after how long without work the thread ends. */
export function openReceiver(settings: HandlerSettings, idleMs = IDLE_MS): Receiver {
  const pending = new Map<number, Pending>();
  let worker: Worker | null = null;
  let lastId = 0;
  let idle: NodeJS.Timeout | null = null;

  const start = (): Worker => {
    const started = new Worker(workerEntry(), {
      execArgv: [],
      workerData: settings,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB, maxOldGenerationSizeMb: OLD_GENERATION_MB },
    });
    started.on('message', (message: FromReceiver) => {
      const one = pending.get(message.id);
      if (message.answer === undefined) one?.onBytes(message.bytes);
      else one?.resolve(message.answer);
    });
    started.on('error', () => undefined); // its end tells those who wait
    started.on('exit', () => {
      if (worker !== null && worker !== started) return; // its successor is at work already
      worker = null;
      for (const one of pending.values()) one.resolve(ENDED);
    });
    return started;
  };

  const stop = (): void => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    void worker?.terminate();
    worker = null;
  };

  const ask = async (task: ReceiveTask, onBytes: Pending['onBytes'], signal: AbortSignal | undefined) => {
    if (idle !== null) clearTimeout(idle);
    const thread = (worker ??= start());
    thread.ref();
    const id = (lastId += 1);
    const abort = (): void => {
      thread.postMessage({ id, task: null } satisfies ToReceiver);
    };
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise<ReceiveAnswer>((resolve) => {
        pending.set(id, { onBytes, resolve });
        thread.postMessage({ id, task } satisfies ToReceiver);
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      pending.delete(id);
      // Nobody waits for a thread that has nothing to do: the program may end meanwhile.
      if (pending.size === 0) {
        thread.unref();
        idle = setTimeout(stop, idleMs).unref();
      }
    }
  };

  return {
    async handle(request, { fd, at, size, onBytes }, signal) {
      const answer = await ask({ request: fieldsOf(request), fd, at, size }, onBytes, signal);
      if (answer.kind === 'failed') {
        const { name, message, code } = answer.error;
        throw Object.assign(new Error(message), { name, ...(code === undefined ? {} : { code }) });
      }
      if (answer.kind === 'unwritten') {
        throw Object.assign(new Error(answer.code), { code: answer.code, syscall: 'write' });
      }
      const { statusCode, headers, bytes, broken, refusal } = answer;
      const body = refusal === null ? Readable.from([]) : Buffer.from(refusal);
      return { response: { statusCode, headers, body }, body: { bytes, broken } };
    },
    stop,
  };
}

/** A thread that ended is like a connection that broke. */
const ENDED: ReceiveAnswer = {
  kind: 'failed',
  error: { name: 'Error', message: 'the receiving thread ended', code: 'ECONNRESET' },
};

/** What can go to another thread. */
function fieldsOf({
  method,
  protocol,
  hostname,
  port,
  path,
  query,
  headers,
  username,
  password,
  fragment,
}: HttpRequest) {
  const all = { method, protocol, hostname, port, path, query, headers, username, password, fragment };
  return { ...all } as HttpRequest;
}

/** From source the worker's own file, in a build the one that stands beside this one. */
function workerEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './s3-worker.js', import.meta.url);
}
