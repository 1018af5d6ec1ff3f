/**
 * Files read and digested on threads of their own. In: a file, or a part of an open one. Out: its bytes and digests.
 *
 * [Note: reading threads] Of a small file node's own file calls took a sixth of all that sending it took, most of it to
 * hand five calls to the thread pool and back; and what digests a large one keeps everybody waiting. Here a file is one
 * message there and one back, and its bytes come without a copy. One thread is enough for most folders. Another begins
 * where the first has been at work on something for a while: large parts, or a disk that does not answer, which must
 * not keep the files of other disks waiting. Where the processors are few it begins much later, since a thread that
 * takes its time there waits for a processor and not for a disk, and one more would take that from the rest.
 */
import type { FileHandle } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FileStat } from '../store/types.ts';
import type { Algorithm, Digests } from './digest.ts';
import type { PartRange } from './parts.ts';
import type { ReadAnswer, ReadBytes, ReadRoom, ReadTask } from './reading.ts';
import type { FilePlace } from './stable.ts';

export interface BytesRead {
  readonly bytes: Buffer;
  readonly digests: Digests;
}

/** What a file turned out to be. */
export type WholeRead =
  ({ readonly kind: 'read'; readonly stat: FileStat } & BytesRead) | Exclude<ReadAnswer, { readonly kind: 'read' }>;

/** What a part turned out to be; `changing`: the file does not reach so far any more. */
export type PartRead =
  ({ readonly kind: 'read' } & BytesRead) | Extract<ReadAnswer, { readonly kind: 'changing' | 'unreadable' }>;

export interface Reader {
  /** Something will be read: the first thread begins, which goes on beside whatever comes before that. */
  prepare(): void;
  /**
   * @param size that the file is expected to have: of another one it is not read.
   * @param room for so many bytes. Its memory is gone where they do not come.
   */
  whole(place: FilePlace, size: number, algorithm: Algorithm, room: ReadRoom): Promise<WholeRead>;
  /** @param handle must stay open until the answer is there. */
  part(handle: FileHandle, range: PartRange, algorithm: Algorithm, room: ReadRoom): Promise<PartRead>;
  /** Ends the threads; what is under way fails. */
  stop(): Promise<void>;
}

/** As many as there are in node's own pool. */
const MOST_THREADS = 4;
/** So long at work on one thing, the next thread begins while there is a processor for it, milliseconds. */
const BUSY_MS = 50;
/** The same of a thread for which there is none. */
const STUCK_MS = 1_000;
/** How long a thread takes to begin on a slow computer, milliseconds. */
const BEGINNING_MS = 300;
/** Tasks that a thread has before it at once: the others can still go to another one. */
const AHEAD = 8;
/** What goes through is handed over at once, and need not stay: a small young generation keeps the thread small, MB. */
const YOUNG_GENERATION_MB = 4;
/** A thread that ended under a task may have ended because of it. */
const TRIES = 2;

interface Pending {
  readonly id: number;
  readonly task: ReadTask;
  readonly resolve: (answer: ReadAnswer) => void;
  readonly reject: (error: Error) => void;
  tries: number;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  /** When it last took up work while idle, or answered. */
  sinceMs: number;
}

/** @param entry the threads' code; only tests give another one. @param processors of this computer. */
export function openReader(entry: URL = workerEntry(), processors = availableParallelism()): Reader {
  const threads: Thread[] = [];
  const waiting: Pending[] = [];
  let lastId = 0;
  let isStopped = false;
  let timer: NodeJS.Timeout | null = null;

  const start = (nowMs: number): Thread => {
    const worker = new Worker(entry, {
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    // It has to begin before it can answer.
    const thread: Thread = { worker, pending: new Map(), sinceMs: nowMs + BEGINNING_MS };
    threads.push(thread);
    worker.on('message', ({ id, answer }: { readonly id: number; readonly answer: ReadAnswer }) => {
      thread.pending.get(id)?.resolve(answer);
      thread.pending.delete(id);
      thread.sinceMs = performance.now();
      hand();
    });
    worker.on('error', () => undefined); // its end tells what is to be done
    worker.on('exit', () => {
      threads.splice(threads.indexOf(thread), 1);
      const again = [...thread.pending.values()].filter((one) => (one.tries += 1) < TRIES && !isStopped);
      for (const one of thread.pending.values()) {
        if (!again.includes(one)) one.reject(new Error('the reading thread ended'));
      }
      waiting.unshift(...again);
      hand();
    });
    return thread;
  };

  /**
   * Where the next task goes: a thread that answers. Null: nowhere just now. What waits can still go to any of them;
   * what was handed to a thread that hangs stays there.
   */
  const roomIn = (nowMs: number): Thread | null => {
    const lively = threads.filter((one) => one.pending.size === 0 || nowMs - one.sinceMs < BUSY_MS);
    if (lively.length === 0) return mayStart(nowMs) ? start(nowMs) : null;
    return lively.reduce<Thread | null>(
      (best, one) => (one.pending.size < (best?.pending.size ?? AHEAD) ? one : best),
      null,
    );
  };

  /** One processor is left to whoever sends, unless nothing at all comes from those that there are. */
  const mayStart = (nowMs: number): boolean => {
    if (threads.length >= MOST_THREADS) return false;
    return threads.length < processors - 1 || threads.every(({ sinceMs }) => nowMs - sinceMs >= STUCK_MS);
  };

  const hand = (): void => {
    while (waiting.length > 0 && !isStopped) {
      const nowMs = performance.now();
      const thread = roomIn(nowMs);
      const next = thread === null ? undefined : waiting.shift();
      if (thread === null || next === undefined) break;
      if (thread.pending.size === 0) thread.sinceMs = Math.max(thread.sinceMs, nowMs);
      thread.pending.set(next.id, next);
      post(thread, next);
    }
    lookAgain();
  };

  const post = ({ worker }: Thread, { id, task }: Pending): void => {
    const { size, memory } = task.room;
    // Of a task that is tried again the memory is gone with the thread that ended.
    if (memory?.byteLength === size) worker.postMessage({ id, task }, [memory]);
    else worker.postMessage({ id, task: { ...task, room: { size, memory: null } } });
  };

  /** Where all threads are busy, nothing may come for a while that would ask for another one. */
  const lookAgain = (): void => {
    if (timer !== null || waiting.length === 0 || isStopped) return;
    timer = setTimeout(() => {
      timer = null;
      hand();
    }, BUSY_MS);
  };

  const ask = (task: ReadTask): Promise<ReadAnswer> =>
    new Promise((resolve, reject) => {
      if (isStopped) {
        reject(new Error('the reader was stopped'));
        return;
      }
      waiting.push({ id: (lastId += 1), task, resolve, reject, tries: 0 });
      hand();
    });

  return {
    prepare() {
      if (threads.length === 0 && !isStopped) start(performance.now());
    },
    async whole(place, size, algorithm, room) {
      const answer = await ask({ kind: 'whole', place, size, algorithm, room: memoryOf(room) });
      if (answer.kind !== 'read') return answer;
      if (answer.stat === null) throw new Error('a whole file came without its stat');
      return { kind: 'read', stat: answer.stat, ...bytesOf(answer.read, size) };
    },
    async part({ fd }, { start: from, size }, algorithm, room) {
      const answer = await ask({ kind: 'part', fd, start: from, size, algorithm, room: memoryOf(room) });
      if (answer.kind === 'read') return { kind: 'read', ...bytesOf(answer.read, size) };
      return answer.kind === 'unreadable' ? answer : { kind: 'changing' };
    },
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      for (const one of waiting.splice(0)) one.reject(new Error('the reader was stopped'));
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

/** What a thread needs of it; the rest could not go there. */
function memoryOf({ size, memory }: ReadRoom): ReadRoom {
  return { size, memory };
}

function bytesOf({ bytes, sha256, md5, checksum }: ReadBytes, size: number): BytesRead {
  return { bytes: Buffer.from(bytes, 0, size), digests: { sha256, md5: Buffer.from(md5, 'hex'), checksum } };
}

/** From source the worker's own file, in a build the one that stands beside this one. */
function workerEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './transfer-worker.js', import.meta.url);
}
