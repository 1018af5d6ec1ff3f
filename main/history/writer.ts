/**
 * Small files written and flushed on a thread of their own, many at a time. In: a file with its bytes. Out: when it lies
 * on the disk. A file took a dozen calls through node's thread pool, and its flush a place in it for as long as it took.
 */
import { Worker } from 'node:worker_threads';
import type { NameAnswer, NameTask, WriteAnswer, WriteTask } from './writing.ts';

export interface Writer {
  /** @returns the time that the file has. Throws with the file system's code where it cannot be written. */
  write(task: WriteTask): Promise<string>;
  /** Throws with the file system's code, or `MOVED`, where it gets no name. */
  name(task: NameTask): Promise<void>;
  /** Ends the thread; what is under way fails. */
  stop(): Promise<void>;
}

interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What goes through is written at once, and need not stay: a small young generation keeps the thread small, MB. */
const YOUNG_GENERATION_MB = 4;

export function openWriter(): Writer {
  const worker = new Worker(workerEntry(), {
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let hasEnded = false;

  worker.on('message', ({ id, answer }: { readonly id: number; readonly answer: unknown }) => {
    pending.get(id)?.resolve(answer);
    pending.delete(id);
  });
  worker.on('error', () => undefined); // its end tells those who wait
  worker.on('exit', () => {
    hasEnded = true;
    for (const one of pending.values()) one.reject(coded('EIO'));
    pending.clear();
  });

  const ask = (task: WriteTask | NameTask): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (hasEnded) {
        reject(coded('EIO'));
        return;
      }
      lastId += 1;
      pending.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, task });
    });

  return {
    async write(task) {
      const answer = (await ask(task)) as WriteAnswer;
      if (!answer.ok) throw coded(answer.code);
      return answer.mtimeNs;
    },
    async name(task) {
      const code = (await ask(task)) as NameAnswer;
      if (code !== null) throw coded(code);
    },
    async stop() {
      await worker.terminate();
    },
  };
}

/** A thread that ended is like a disk that failed. */
function coded(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'write' });
}

/** From source the worker's own file, in a build the one that stands beside this one. */
function workerEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './history-worker.js', import.meta.url);
}
