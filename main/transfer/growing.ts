/**
 * Digests of a file while it grows from its beginning. In: an open file, and how far it has come. Out: the digests of all
 * of it, as it lies on the disk. They are computed on a thread of their own: what received the file would wait for them
 * else, or they for it.
 */
import { Worker } from 'node:worker_threads';
import type { Algorithm } from './digest.ts';
import type { GrowingAnswer, GrowingFile, WholeDigests } from './growing-thread.ts';

export interface GrowingDigests {
  /** So many bytes from the beginning are there, and stay as they are. */
  grown(to: number): void;
  /** @param size of the whole file, bytes. Rejects with the file system's code where it cannot be read, or is shorter. */
  end(size: number): Promise<WholeDigests>;
  /** Ends the thread; after it the file may be closed. */
  stop(): Promise<void>;
}

/** A small young generation keeps the thread small, MB: its one buffer lies outside. */
const YOUNG_GENERATION_MB = 1;

/** @param fd stays open until `stop` is done. */
export function openGrowingDigests(fd: number, md5: boolean, algorithm: Algorithm | null): GrowingDigests {
  const growing: GrowingFile = { fd, md5, algorithm };
  const worker = new Worker(new URL(workerFile(), import.meta.url), {
    execArgv: [],
    workerData: { growing },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const answer = new Promise<GrowingAnswer>((resolve) => {
    worker.once('message', resolve);
    // A thread that ended is like a disk that failed.
    worker.once('error', () => undefined);
    worker.once('exit', () => {
      resolve({ kind: 'failed', code: 'EIO' });
    });
  });
  return {
    grown(to) {
      worker.postMessage({ to, isAll: false });
    },
    async end(size) {
      worker.postMessage({ to: size, isAll: true });
      const ended = await answer;
      if (ended.kind === 'done') return ended.digests;
      throw Object.assign(new Error(ended.code), { code: ended.code, syscall: 'read' });
    },
    async stop() {
      await worker.terminate();
    },
  };
}

/** From source the worker's own file, in a build the one that stands beside this one. */
function workerFile(): string {
  return import.meta.url.endsWith('.ts') ? './worker.ts' : './transfer-worker.js';
}
