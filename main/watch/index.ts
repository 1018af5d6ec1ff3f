/** In: folders to be watched. Out: notices of directories that need a look, and of how well the watching goes. */
import { Worker } from 'node:worker_threads';
import { failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import type { FromWorker, ToWorker, WatchedFolder, WatchNotice, WatchTimes } from './protocol.ts';

export type { WatchedFolder, WatchNotice } from './protocol.ts';

export interface Watcher {
  /** Begins watching a folder. `ready` comes once its root is there; a whole scan is due then, and each time it comes. */
  add(folder: WatchedFolder): void;
  /** Ends it. No notice of the folder comes after this. */
  remove(id: string): void;
  /** Ends all watching within a second, and leaves no timer and no thread. */
  stop(): Promise<void>;
}

export interface WatcherOptions {
  /** How long a directory must have been quiet before it is told, in milliseconds; 300 where it is left out. */
  readonly quietMs?: number;
  /** The longest that a busy directory is held back, in milliseconds; 5,000 where it is left out. */
  readonly limitMs?: number;
  /** How often roots are checked, in milliseconds; 5,000 where it is left out. */
  readonly rootCheckMs?: number;
  /** How often a polled folder looks at each of its files, in milliseconds; 5,000 where it is left out. */
  readonly pollMs?: number;
  /** The thread's code. Only tests give another one. */
  readonly entry?: URL;
  onNotice(notice: WatchNotice): void;
  log(line: string): void;
}

/**
 * What a crawl leaves behind stays resident as far as its heap was let spread: hence a thread with a heap of its own
 * and a small young generation, in MB. Measured: 48 MB for all of it with 100,000 files in 1,000 directories.
 */
const YOUNG_GENERATION_MB = 3;
/** How long to wait before the thread is started again, by the number of times that it ended in a row. */
const RESTART_MS = [100, 1_000, 5_000, 30_000] as const;
/** A thread that held out so long starts the row anew. */
const STEADY_MS = 60_000;
const STOP_MS = 900;

/** Opens a watcher. Its thread starts with the first folder, and is started again should it ever end by itself. */
export function openWatcher(options: WatcherOptions): Watcher {
  return new ThreadedWatcher(options);
}

interface Added {
  readonly ticket: number;
  readonly folder: WatchedFolder;
}

class ThreadedWatcher implements Watcher {
  readonly #options: WatcherOptions;
  readonly #folders = new Map<string, Added>();
  #worker: Worker | null = null;
  #restart: NodeJS.Timeout | null = null;
  #endings = 0;
  #tickets = 0;
  #isStopped = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  add(folder: WatchedFolder): void {
    if (this.#isStopped) throw new Error('this watcher was stopped');
    this.remove(folder.id);
    this.#tickets += 1;
    const added = { ticket: this.#tickets, folder };
    this.#folders.set(folder.id, added);
    if (this.#worker !== null) this.#send({ kind: 'add', ...added });
    else if (this.#restart === null) this.#start();
  }

  remove(id: string): void {
    const added = this.#folders.get(id);
    if (added === undefined) return;
    this.#folders.delete(id);
    this.#send({ kind: 'remove', ticket: added.ticket });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#folders.clear();
    if (this.#restart !== null) clearTimeout(this.#restart);
    this.#restart = null;
    const worker = this.#worker;
    this.#worker = null;
    if (worker === null) return;
    // The thread holds nothing that must be put away; its watches end with it.
    const ended = worker.terminate();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_MS);
    });
    await Promise.race([ended, patience]);
    clearTimeout(timer);
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #start(): void {
    const times: WatchTimes = {
      quietMs: this.#options.quietMs ?? 300,
      limitMs: this.#options.limitMs ?? 5_000,
      rootCheckMs: this.#options.rootCheckMs ?? 5_000,
      pollMs: this.#options.pollMs ?? 5_000,
    };
    const worker = new Worker(this.#options.entry ?? workerEntry(), {
      workerData: times,
      env: environment(),
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const began = performance.now();
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => {
      this.#receive(message);
    });
    worker.on('error', (error) => {
      this.#options.log(`the watching thread failed: ${String(error)}`);
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#ended(performance.now() - began);
    });
    for (const added of this.#folders.values()) this.#send({ kind: 'add', ...added });
  }

  #receive(message: FromWorker): void {
    if (this.#isStopped) return;
    if (message.kind === 'log') this.#options.log(message.line);
    // What a folder told before it was removed or added again may still be under way.
    else if (this.#folders.get(message.notice.folder)?.ticket === message.ticket)
      this.#options.onNotice(message.notice);
  }

  /** The thread ended by itself: tells of it, and starts another one after a pause. */
  #ended(livedMs: number): void {
    this.#worker = null;
    if (this.#isStopped) return;
    this.#endings = livedMs >= STEADY_MS ? 0 : this.#endings;
    const pause = RESTART_MS[Math.min(this.#endings, RESTART_MS.length - 1)];
    this.#endings += 1;
    this.#restart = setTimeout(() => {
      this.#restart = null;
      this.#start();
    }, pause);
    this.#restart.unref();
    this.#options.log('the watching thread ended and is started again');
    for (const { folder } of [...this.#folders.values()]) {
      const problem = failure('watch-failed', { root: folder.root, reason: reason('watching-ended') });
      this.#options.onNotice({ kind: 'health', folder: folder.id, problem, watches: 0 });
      this.#options.onNotice({ kind: 'overflow', folder: folder.id });
    }
  }
}

/** From source the worker's own file, in a build the one that stands beside this one. */
function workerEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './watch-worker.js', import.meta.url);
}

/** The environment without the variables by which chokidar lets a user change what its caller asked for. */
function environment(): NodeJS.ProcessEnv {
  const { CHOKIDAR_USEPOLLING: _polling, CHOKIDAR_INTERVAL: _interval, ...rest } = process.env;
  return rest;
}
