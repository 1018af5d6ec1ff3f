/**
 * Small files written and flushed on a thread of their own, many at a time. In: a file with its bytes. Out: when it lies
 * on the disk. A file took a dozen calls through node's thread pool, and its flush a place in it for as long as it took.
 */
import { Worker } from 'node:worker_threads';
import type { WriteAnswer, WriteTask } from './writing.ts';

export interface Writer {
  /** @returns the time that the file has. Throws with the file system's code where it cannot be written. */
  write(task: WriteTask): Promise<string>;
  /** Ends the thread; what is under way fails. */
  stop(): Promise<void>;
}

interface Pending {
  readonly resolve: (mtimeNs: string) => void;
  readonly reject: (error: Error) => void;
}

export function openWriter(): Writer {
  const worker = new Worker(workerEntry(), { execArgv: [] });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let hasEnded = false;

  worker.on('message', ({ id, answer }: { readonly id: number; readonly answer: WriteAnswer }) => {
    const one = pending.get(id);
    pending.delete(id);
    if (answer.ok) one?.resolve(answer.mtimeNs);
    else one?.reject(Object.assign(new Error(answer.code), { code: answer.code, syscall: 'write' }));
  });
  worker.on('error', () => undefined); // its end tells those who wait
  worker.on('exit', () => {
    hasEnded = true;
    for (const one of pending.values()) one.reject(ended());
    pending.clear();
  });

  return {
    write: (task) =>
      new Promise((resolve, reject) => {
        if (hasEnded) {
          reject(ended());
          return;
        }
        lastId += 1;
        pending.set(lastId, { resolve, reject });
        worker.postMessage({ id: lastId, task });
      }),
    async stop() {
      await worker.terminate();
    },
  };
}

function ended(): Error {
  return Object.assign(new Error('the writing thread ended'), { code: 'EIO' });
}

/** From source the worker's own file, in a build the one that stands beside this one. */
function workerEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './history-worker.js', import.meta.url);
}
