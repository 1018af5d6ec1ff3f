/** In: what chokidar asks about a path. Out: whether it may leave the path alone. Keeps which directories it knows. */
import { lstatSync } from 'node:fs';
import type { Stats } from 'node:fs';

export interface FilterOptions {
  readonly polling: boolean;
  /** Absolute real paths at and below which nothing is watched. */
  readonly ignoredPrefixes: readonly string[];
}

/**
 * [Note: files are not chokidar's]
 * chokidar keeps a record of every file that its filter lets through, and only to turn the system's events into its
 * own. We need no more than the directory of an event, which the raw events tell also for files that the filter keeps
 * out. So the filter lets directories through only: memory then grows with directories, not with files. Three things
 * follow from that.
 * - The filter is first asked without stats. A file that is gone must be kept out then too, since for a missing path
 *   that it does not know chokidar lists the whole directory: removing a large directory would take quadratic time.
 * - A directory that is gone must be let through, so that chokidar takes note: hence the set of known ones.
 * - A file in a new directory, made before that directory was under watch, has no event of its own. The directory is
 *   marked once it was listed, which comes after its watch began: see `LeanWatcher`.
 * Polling looks at each file by itself, so there files are let through, and raw events are of no use.
 */
export class Filter {
  readonly #options: FilterOptions;
  readonly #directories = new Set<string>();

  readonly #prefixes: readonly string[];

  constructor(options: FilterOptions) {
    this.#options = options;
    this.#prefixes = options.ignoredPrefixes.map(asChokidarWrites);
  }

  /** How many directories are known, which on Linux is how many are watched. */
  get directories(): number {
    return this.#directories.size;
  }

  forget(directory: string): void {
    this.#directories.delete(asChokidarWrites(directory));
  }

  isIgnored(path: string, stats: Stats | undefined): boolean {
    if (this.#prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) return true;
    if (stats === undefined) return !this.#options.polling && !this.#directories.has(path) && !isDirectoryNow(path);
    if (stats.isDirectory()) {
      this.#directories.add(path);
      return false;
    }
    if (this.#options.polling) return !stats.isFile();
    // A directory that became a file is chokidar's business once more: it must let go of the directory.
    return !this.#directories.has(path);
  }
}

/** chokidar hands its filter every path with `/`, even where a backslash is a letter of a name. */
function asChokidarWrites(path: string): string {
  return path.replaceAll('\\', '/');
}

function isDirectoryNow(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // Not to be looked at (rights, a name too long): chokidar could not watch it either.
    return false;
  }
}
