/**
 * Watches that died with their directory. In: events as the system gave them. Out: directories that are there again and
 * must be watched anew.
 *
 * [Note: dead watches] A directory that is removed and made again at once leaves chokidar with a watch of the former one:
 * it asks whether the directory is there, in the moment in which it is not, and later finds it as before, since file
 * systems give its number to the next one. Nothing that is saved in it would be heard of. The system tells the end of
 * each watch as a `rename` of the directory's own name, so a while after that the directory is watched anew, whatever
 * chokidar made of it.
 */
import { lstat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';

/** Until then chokidar has made of it what it will, milliseconds. */
const SETTLED_MS = 500;

export class Revival {
  readonly #root: string;
  readonly #anew: (directories: readonly string[]) => void;
  readonly #dead = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  /** @param root absolute; it is looked after elsewhere. @param anew gets absolute paths, those above before those below. */
  constructor(root: string, anew: (directories: readonly string[]) => void) {
    this.#root = root;
    this.#anew = anew;
  }

  /** @param watched the directory whose watch told it, absolute. */
  hear(watched: string, event: string, name: string): void {
    if (event !== 'rename' || name !== basename(watched) || !watched.startsWith(this.#root + sep)) return;
    this.#dead.add(watched);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), SETTLED_MS);
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const heard = [...this.#dead].sort();
    this.#dead.clear();
    const found = await Promise.all(heard.map(async (one) => ((await isMadeAgain(one)) ? [one] : [])));
    const again = found.flat();
    if (again.length > 0 && !this.#isStopped) this.#anew(again);
  }
}

/** A directory, and without an entry of its own name: that would be what the event was about. */
async function isMadeAgain(directory: string): Promise<boolean> {
  return (await isDirectory(directory)) && !(await isThere(join(directory, basename(directory))));
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch {
    return false; // what became of it, the watch of the directory above tells
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
