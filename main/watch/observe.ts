/** In: one folder. Out: notices of what happens in it, for as long as its root is there, and again when it is back. */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { FSWatcher } from 'chokidar';
import type { ChokidarOptions } from 'chokidar';
import { failure } from '../contract/errors.ts';
import type { Failure } from '../contract/errors.ts';
import { parentPath, ROOT } from '../contract/names.ts';
import type { RelPath } from '../contract/names.ts';
import { Batch, realClock } from './batch.ts';
import { Filter } from './filter.ts';
import { LeanWatcher } from './lean.ts';
import type { WatchedFolder, WatchNotice, WatchTimes } from './protocol.ts';
import { Revival } from './revive.ts';

/**
 * How long after it began a watch that is not whole, for lack of watches or by an error, is begun anew; twice as long
 * each time that it is no better, up to the second number. A whole look follows each beginning.
 */
const RETRY_MS = 5 * 60_000;
const LONGEST_RETRY_MS = 80 * 60_000;

interface Root {
  /** With links resolved: chokidar is told to follow none, so it would watch a link instead of the folder. */
  readonly path: string;
  readonly dev: bigint;
  readonly ino: bigint;
}

interface Watching {
  readonly root: Root;
  readonly watcher: FSWatcher;
  readonly filter: Filter;
  readonly revival: Revival;
  readonly began: number;
  isReady: boolean;
}

/** Watches one folder. `stop` ends it; after that nothing is told any more. */
export class Observer {
  readonly #folder: WatchedFolder;
  readonly #times: WatchTimes;
  readonly #tell: (notice: WatchNotice) => void;
  readonly #log: (line: string) => void;
  readonly #batch: Batch;
  readonly #timer: NodeJS.Timeout;
  #watching: Watching | null = null;
  #problem: Failure | null = null;
  #toldHealth = '';
  #retryMs = RETRY_MS;
  #isChecking = false;
  #isStopped = false;

  constructor(
    folder: WatchedFolder,
    times: WatchTimes,
    tell: (notice: WatchNotice) => void,
    log: (line: string) => void,
  ) {
    this.#folder = folder;
    this.#times = times;
    this.#tell = tell;
    this.#log = log;
    this.#batch = new Batch({
      quietMs: times.quietMs,
      limitMs: times.limitMs,
      clock: realClock,
      dirty: (directories) => {
        tell({ kind: 'dirty', folder: folder.id, directories });
      },
      overflow: () => {
        tell({ kind: 'overflow', folder: folder.id });
      },
    });
    this.#timer = setInterval(() => void this.#check(), times.rootCheckMs);
    this.#timer.unref();
    void this.#check();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#batch.stop();
    await this.#end();
  }

  /** Looks whether the root is there and still the same directory; begins, ends, or begins anew accordingly. */
  async #check(): Promise<void> {
    if (this.#isChecking || this.#hasEnded()) return;
    this.#isChecking = true;
    try {
      const root = await findRoot(this.#folder.root);
      if (this.#hasEnded()) return;
      const before = this.#watching;
      const isSame = root !== null && before !== null && isSameRoot(root, before.root);
      const isRetry = before !== null && isSame && this.#isRetryDue(before);
      if (isRetry) this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      else if (before?.isReady === true && this.#problem === null) this.#retryMs = RETRY_MS;
      if (before !== null && (!isSame || isRetry)) await this.#end();
      if (root === null) this.#problem = failure('root-missing', { root: this.#folder.root });
      else if (this.#watching === null) await this.#begin(root);
      this.#tellHealth();
    } finally {
      this.#isChecking = false;
    }
  }

  /** A call, since `stop` may come during any wait. */
  #hasEnded(): boolean {
    return this.#isStopped;
  }

  #isRetryDue(watching: Watching): boolean {
    return this.#problem !== null && realClock.now() - watching.began >= this.#retryMs;
  }

  async #begin(root: Root): Promise<void> {
    const ignoredPrefixes = await Promise.all(this.#folder.ignoredPrefixes.map(realOrSame));
    if (this.#hasEnded()) return;
    const filter = new Filter({ polling: this.#folder.polling, ignoredPrefixes });
    const options: ChokidarOptions = {
      // The default would swallow events of files that are really called `x~`.
      atomic: false,
      followSymlinks: false,
      ignoreInitial: true,
      persistent: true,
      // What we may not read, a scan finds and tells with its path.
      ignorePermissionErrors: true,
      backend: this.#folder.polling ? 'polling' : 'auto',
      pollingInterval: this.#times.pollMs,
      pollingBinaryInterval: this.#times.pollMs,
      ignored: (path, stats) => filter.isIgnored(path, stats),
    };
    const watcher = this.#folder.polling
      ? new FSWatcher(options)
      : new LeanWatcher(options, (directory) => {
          // Before `ready` this is the first crawl, which a whole scan follows.
          const relative = watching.isReady ? relativeTo(root.path, directory) : null;
          if (relative !== null) this.#batch.mark(relative);
        });
    const revival = new Revival(root.path, (directories) => {
      watcher.unwatch([...directories].reverse());
      watcher.add([...directories]);
    });
    const watching: Watching = { root, watcher, filter, revival, began: realClock.now(), isReady: false };
    this.#watching = watching;
    this.#problem = null;
    watcher.on('raw', (event, name, details) => {
      this.#hearRaw(watching, event, name, details);
    });
    watcher.on('all', (event, path) => {
      if (event === 'unlinkDir' || event === 'unlink') filter.forget(path);
      this.#hear(root, event, path);
      if (event === 'unlinkDir' && path === root.path) void this.#check();
    });
    watcher.on('error', (error) => {
      this.#fail(error);
    });
    watcher.on('ready', () => {
      watching.isReady = true;
      this.#tell({ kind: 'ready', folder: this.#folder.id });
      this.#tellHealth();
    });
    watcher.add(root.path);
  }

  async #end(): Promise<void> {
    const watching = this.#watching;
    this.#watching = null;
    watching?.revival.stop();
    await watching?.watcher.close();
  }

  /** An event as the system gave it. Its form is the backend's; a poll's own form is left to `all`. */
  #hearRaw({ root, revival }: Watching, event: string, name: unknown, details: unknown): void {
    const watched = watchedPathOf(details);
    if (watched === null) return;
    if (typeof name !== 'string') {
      // The system's own "too many": it no longer says where.
      this.#batch.lost();
      return;
    }
    this.#hear(root, event, isAbsolute(name) ? name : join(watched, name));
    revival.hear(watched, event, name);
    // A directory that is removed or moved away tells so under its own name.
    if (watched === root.path && name === basename(root.path)) void this.#check();
  }

  #hear(root: Root, event: string, path: string): void {
    const relative = relativeTo(root.path, path);
    if (relative === null) return;
    const parent = parentPath(relative);
    const isDirectory = event === 'addDir' || event === 'unlinkDir';
    this.#batch.event(`${event} ${relative}`, isDirectory ? [parent, relative] : [parent]);
  }

  #fail(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const isLimit = code === 'ENOSPC' || code === 'EMFILE' || code === 'ENFILE';
    const facts = { root: this.#folder.root, reason: code };
    // A limit brings one error for each directory left out: it is told once, and is not covered up by another error.
    if (this.#problem?.code !== 'watch-limit') {
      this.#problem = failure(isLimit ? 'watch-limit' : 'watch-failed', facts);
      this.#log(`watching ${this.#folder.root}: ${String(error)}`);
      this.#tellHealth();
    }
    this.#batch.lost();
  }

  #tellHealth(): void {
    if (this.#hasEnded()) return;
    const watches = this.#watching?.filter.directories ?? 0;
    // While the first crawl goes on, the number grows with every directory: only `ready` and the timer tell it.
    const now = `${this.#problem?.code ?? ''} ${String(watches)}`;
    if (now === this.#toldHealth) return;
    this.#toldHealth = now;
    this.#tell({ kind: 'health', folder: this.#folder.id, problem: this.#problem, watches });
  }
}

async function findRoot(path: string): Promise<Root | null> {
  try {
    const stats = await stat(path, { bigint: true });
    return stats.isDirectory() ? { path: await realpath(path), dev: stats.dev, ino: stats.ino } : null;
  } catch {
    // Missing, unreadable, on a disk that is gone: watching begins when it can be looked at again.
    return null;
  }
}

function isSameRoot(one: Root, other: Root): boolean {
  return one.path === other.path && one.dev === other.dev && one.ino === other.ino;
}

/** The real path of `path`, also where only a directory above it exists yet. */
async function realOrSame(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realOrSame(parent), basename(path));
  }
}

function watchedPathOf(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return null;
  return typeof details.watchedPath === 'string' ? details.watchedPath : null;
}

/** `path` below `root`, or null where it is elsewhere. */
function relativeTo(root: string, path: string): RelPath | null {
  const above = withSlashes(root);
  const below = withSlashes(path);
  if (below === above) return ROOT;
  const prefix = above.endsWith('/') ? above : `${above}/`;
  return below.startsWith(prefix) ? (below.slice(prefix.length) as RelPath) : null;
}

function withSlashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
