/**
 * Directories that are held while something is written into them. In: the folder that a person chose, and the way below
 * it. Out: a place to write to that leads nowhere else, or the reason against it.
 *
 * [Note: held directories] Whatever the names in a bucket and whoever plants a link meanwhile, nothing may be written
 * outside of the folder that was chosen. A path is looked up anew at each use, so a check of a path holds for no moment
 * longer than itself. On Linux each directory is opened without following a link and then reached through its handle
 * (`/proc/self/fd/N/name`), which stays the directory that was looked at. Elsewhere the real path is compared before and
 * after. Either way it is asked in the end whether the directory still lies where it should.
 */
import { constants, existsSync, readlinkSync, realpathSync } from 'node:fs';
import { lstat, mkdir, open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** A held directory in plain words, for another thread of this process. */
export interface HeldWords {
  /** Absolute; names in the directory are joined to it. */
  readonly at: string;
  /** Where it should lie. */
  readonly real: string;
  /** `at` leads through an open handle. */
  readonly byHandle: boolean;
}

export interface HeldDirectory {
  /** Absolute; names in the directory are joined to it. */
  readonly at: string;
  readonly words: HeldWords;
  /** False where the directory was moved away, or a link took its place. */
  isInPlace(): Promise<boolean>;
  close(): Promise<void>;
}

export interface HeldRoot extends HeldDirectory {
  /** A directory below, made where it is missing. Throws with the code `LINK` where a link stands in the way. */
  below(parts: readonly string[]): Promise<HeldDirectory>;
}

const HANDLES = '/proc/self/fd';
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Holds the folder that a person chose, made where it is missing; links on the way to it are the person's own. */
export async function holdRoot(path: string): Promise<HeldRoot> {
  await makeFolder(path);
  const real = await realpath(path);
  return process.platform === 'linux' && existsSync(HANDLES) ? holdByHandle(real) : holdByPath(real);
}

/** So many directories stay held, though nobody writes into them just now. */
const MOST_KEPT = 64;

interface Kept {
  readonly held: Promise<HeldDirectory>;
  users: number;
}

/**
 * The same root, whose directories stay held for a while, since the files of one come one after the other. One that was
 * moved away is let go of, and held anew for the next file.
 */
export function keepHeld(root: HeldRoot): HeldRoot {
  const kept = new Map<string, Kept>();
  const forget = (name: string, entry: Kept): void => {
    if (kept.get(name) === entry) kept.delete(name);
  };
  const closeUnused = async (name: string, entry: Kept): Promise<void> => {
    if (entry.users === 0 && kept.get(name) !== entry) await (await entry.held).close();
  };
  const letGo = async (name: string, entry: Kept): Promise<void> => {
    entry.users -= 1;
    await closeUnused(name, entry);
    if (kept.size <= MOST_KEPT) return;
    const oldest = [...kept].find(([, { users }]) => users === 0);
    if (oldest === undefined) return;
    forget(...oldest);
    await closeUnused(...oldest);
  };
  return {
    ...root,
    below: async (parts) => {
      const name = parts.join('/');
      const entry = kept.get(name) ?? { held: root.below(parts), users: 0 };
      kept.delete(name);
      kept.set(name, entry); // the last one asked for goes last
      entry.users += 1;
      let held: HeldDirectory;
      try {
        held = await entry.held;
      } catch (error) {
        forget(name, entry);
        throw error;
      }
      return {
        at: held.at,
        words: held.words,
        isInPlace: async () => {
          const isInPlace = await held.isInPlace();
          if (!isInPlace) forget(name, entry);
          return isInPlace;
        },
        close: () => letGo(name, entry),
      };
    },
    close: async () => {
      for (const [name, entry] of [...kept]) {
        forget(name, entry);
        await closeUnused(name, entry);
      }
      await root.close();
    },
  };
}

/** The same question where a thread may wait. */
export function isInPlaceNow({ at, real, byHandle }: HeldWords): boolean {
  try {
    return (byHandle ? readlinkSync(at) : realpathSync(at)) === real;
  } catch {
    return false;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    // A file stands in the way: that is not the target being there already.
    if (codeOf(error) === 'EEXIST') throw coded('ENOTDIR');
    throw error;
  }
}

async function holdByHandle(real: string): Promise<HeldRoot> {
  const root = await open(real, DIRECTORY);
  return {
    ...heldHandle(root, real),
    below: async (parts) => {
      let current = root;
      for (const part of parts) {
        const next = await enter(`${HANDLES}/${String(current.fd)}/${part}`).finally(() =>
          current === root ? undefined : current.close(),
        );
        current = next;
      }
      // The root's own handle stays the root's to close.
      return current === root
        ? { ...heldHandle(root, real), close: () => Promise.resolve() }
        : heldHandle(current, join(real, ...parts));
    },
  };
}

function heldHandle(handle: FileHandle, expected: string): HeldDirectory {
  const at = `${HANDLES}/${String(handle.fd)}`;
  return {
    at,
    words: { at, real: expected, byHandle: true },
    isInPlace: async () => (await readlink(at)) === expected,
    close: () => handle.close(),
  };
}

async function enter(path: string): Promise<FileHandle> {
  await makeOne(path);
  try {
    return await open(path, DIRECTORY);
  } catch (error) {
    throw (await isLink(path)) ? coded('LINK') : error;
  }
}

async function holdByPath(real: string): Promise<HeldRoot> {
  const held = (at: string): HeldDirectory => ({
    at,
    words: { at, real: at, byHandle: false },
    isInPlace: async () => (await realpath(at).catch(() => null)) === at,
    close: () => Promise.resolve(),
  });
  const root = await Promise.resolve(held(real));
  return {
    ...root,
    below: async (parts) => {
      let at = real;
      for (const part of parts) {
        at = join(at, part);
        await makeOne(at);
        if (await isLink(at)) throw coded('LINK');
        if (!(await lstat(at)).isDirectory()) throw coded('ENOTDIR');
      }
      return held(at);
    },
  };
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isSymbolicLink() === true;
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
