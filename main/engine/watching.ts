/** Watches folders for the engine. In: folders, and the watcher's notices. Out: looks that are due, and how well it goes. */
import { readFileSync } from 'node:fs';
import { realpath, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folder, WatcherStatus } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import { mountOf, readMounts } from '../scan/mounts.ts';
import { silentFileSystem } from '../watch/filesystems.ts';
import { openWatcher, type Watcher, type WatchNotice } from '../watch/index.ts';
import { OnlyByScan } from './only-by-scan.ts';
import { UNWATCHED } from './report.ts';
import type { ScanScope } from './scans.ts';
import { watchForSleep } from './slept.ts';

export interface WatchingOptions {
  readonly folderById: (id: string) => Folder | null;
  /** Absolute real paths that are Cairn's own. */
  readonly forbidden: () => ReadonlySet<string>;
  /** Directories that the last look found ignored with all that is in them. */
  readonly leftOut: (folder: Folder) => readonly RelPath[];
  /** The directories, each under all of its names. */
  readonly allNames: (folder: Folder, directories: readonly RelPath[]) => readonly RelPath[];
  readonly scan: (folder: Folder, scope: ScanScope) => void;
  /** Changes of a folder that only a look found. */
  readonly onFound: (folder: string, count: number) => void;
  /** How well a folder is watched has changed. */
  readonly onChange: () => void;
  /** The computer woke. */
  readonly onWake: () => void;
  readonly onBug: (error: unknown) => void;
  readonly log: (line: string) => void;
}

/** The watcher holds a busy directory back for 5 s at most; half of that again for a slow thread. */
const LATEST_NOTICE_MS = 7_500;

interface Watched {
  readonly isPolled: boolean;
  /** The ignored directories that are left out of the watch. */
  readonly leftOut: readonly RelPath[];
  status: WatcherStatus;
}

export class Watching {
  readonly #options: WatchingOptions;
  readonly #watcher: Watcher;
  readonly #finds: OnlyByScan;
  readonly #wakeStop: () => void;
  readonly #watched = new Map<string, Watched>();
  /** The latest wish for each folder: what is found out for an earlier one is forgotten. */
  readonly #wishes = new Map<string, number>();
  #wish = 0;

  constructor(options: WatchingOptions) {
    this.#options = options;
    this.#watcher = openWatcher({
      onNotice: (notice) => {
        this.#onNotice(notice);
      },
      log: options.log,
    });
    this.#finds = new OnlyByScan({
      graceMs: LATEST_NOTICE_MS,
      nowMs: () => performance.now(),
      onFound: options.onFound,
    });
    this.#wakeStop = watchForSleep(options.onWake);
  }

  /** Begins to watch, or begins anew with what is set now. A whole look follows. */
  add(folder: Folder): void {
    this.#wish += 1;
    const wish = this.#wish;
    this.#wishes.set(folder.id, wish);
    this.#begin(folder, wish).catch(this.#options.onBug);
  }

  remove(folder: Folder): void {
    this.#wishes.delete(folder.id);
    this.#watched.delete(folder.id);
    this.#finds.end(folder.id);
    this.#watcher.remove(folder.id);
    this.#options.onChange();
  }

  statusOf(folder: Folder): WatcherStatus {
    return this.#watched.get(folder.id)?.status ?? UNWATCHED;
  }

  /** Whether changes may stay unseen until a look. */
  isWeak(folder: string): boolean {
    const state = this.#watched.get(folder)?.status.state;
    return state === 'limited' || state === 'failed';
  }

  /** A look begins. */
  look(folder: Folder, scope: ScanScope): void {
    this.#finds.look(folder.id, scope.kind === 'whole' ? null : scope.directories);
  }

  /** The whole look that goes on queues so much of a directory. */
  found(folder: Folder, directory: RelPath, count: number): void {
    this.#finds.found(folder.id, directory, count);
  }

  /** A look ended. @param isIgnored whether a directory is ignored now; null: the look did not come to its end. */
  looked(folder: Folder, scope: ScanScope, isIgnored: ((directory: RelPath) => boolean) | null): void {
    if (scope.kind === 'whole') this.#finds.looked(folder.id, isIgnored !== null);
    const watched = this.#watched.get(folder.id);
    // What is not ignored any more was not watched: it is from now on, and the look that follows finds the rest.
    if (isIgnored !== null && watched?.leftOut.some((directory) => !isIgnored(directory)) === true) this.add(folder);
  }

  async stop(): Promise<void> {
    this.#wakeStop();
    this.#wishes.clear();
    this.#finds.stop();
    await this.#watcher.stop();
  }

  async #begin(folder: Folder, wish: number): Promise<void> {
    const isPolled = await isToBePolled(folder);
    if (this.#wishes.get(folder.id) !== wish) return;
    // A poll hears of nothing but what it looks at, so a file in the place of such a directory would go unseen.
    // What is ignored under one name may be kept under another, where links are followed.
    const leftOut = isPolled || folder.links === 'follow' ? [] : this.#options.leftOut(folder);
    const status = { state: isPolled ? 'polling' : 'watching', watches: 0, allowed: null, problem: null } as const;
    this.#watched.set(folder.id, { isPolled, leftOut, status });
    this.#finds.begin(folder.id);
    const own = leftOut.map((directory) => join(folder.path, directory));
    const ignoredPrefixes = [...this.#options.forbidden(), ...own];
    this.#watcher.add({ id: folder.id, root: folder.path, ignoredPrefixes, polling: isPolled });
    this.#options.onChange();
  }

  #onNotice(notice: WatchNotice): void {
    const folder = this.#options.folderById(notice.folder);
    if (folder === null) return;
    switch (notice.kind) {
      case 'ready':
        this.#finds.begin(folder.id);
        this.#options.scan(folder, { kind: 'whole' });
        // Another file system may be mounted there by now.
        this.#checkMode(folder).catch(this.#options.onBug);
        return;
      case 'overflow':
        this.#options.scan(folder, { kind: 'whole' });
        return;
      case 'dirty': {
        const directories = this.#options.allNames(folder, notice.directories);
        this.#finds.told(folder.id, directories);
        this.#options.scan(folder, { kind: 'directories', directories });
        return;
      }
      case 'health':
        this.#onHealth(folder, notice);
        return;
    }
  }

  async #checkMode(folder: Folder): Promise<void> {
    const isPolled = await isToBePolled(folder);
    const watched = this.#watched.get(folder.id);
    if (watched !== undefined && watched.isPolled !== isPolled) this.add(folder);
  }

  #onHealth(folder: Folder, { problem, watches }: Extract<WatchNotice, { kind: 'health' }>): void {
    const watched = this.#watched.get(folder.id);
    if (watched === undefined) return;
    const fine = watched.isPolled ? 'polling' : 'watching';
    const state = problem === null ? fine : problem.code === 'watch-limit' ? 'limited' : 'failed';
    const allowed = watched.isPolled ? null : allowedWatches();
    const isNew = problem !== null && problem.code !== watched.status.problem?.code;
    watched.status = { state, watches, allowed, problem };
    if (isNew) this.#options.log(`watching ${folder.name}: ${problem.message}`);
    if (problem !== null) this.#options.scan(folder, { kind: 'whole' });
    this.#options.onChange();
  }
}

async function isToBePolled(folder: Folder): Promise<boolean> {
  if (folder.watching !== 'auto') return folder.watching === 'polling';
  if (process.platform !== 'linux') return false;
  try {
    const { type } = await statfs(folder.path);
    const mount = mountOf(await realpath(folder.path), (await readMounts()) ?? []);
    return silentFileSystem(type, mount?.type ?? null) !== null;
  } catch {
    // Not there just now. It is asked again once it is.
    return false;
  }
}

/** The least of the system's limit and, in a container, that of its users; null where there is none. */
function allowedWatches(): number | null {
  const limits = ['/proc/sys/fs/inotify/max_user_watches', '/proc/sys/user/max_inotify_watches'].flatMap((file) => {
    try {
      return [Number(readFileSync(file, 'utf8'))];
    } catch {
      return [];
    }
  });
  return limits.length === 0 ? null : Math.min(...limits);
}
