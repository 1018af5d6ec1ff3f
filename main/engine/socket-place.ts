/**
 * Where the engine of a home is spoken to. In: the home. Out: the places where its socket may be, the best first.
 * Both ends work it out for themselves, so nothing needs to be written down.
 */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

export const SOCKET_FILE = 'engine.sock';
/** The systems take 104 (macOS) or 108 bytes (Linux) with the final NUL. */
const LONGEST_PATH = 100;

export interface SocketPlace {
  readonly path: string;
  /** A folder outside of the home that must be this user's own, and closed to all others; null: the home itself. */
  readonly folder: string | null;
}

interface Surroundings {
  readonly platform: NodeJS.Platform;
  /** The user's number; null where the system has none. */
  readonly user: number | null;
  readonly runtime: string | undefined;
  readonly temporary: string;
}

function surroundings(): Surroundings {
  const user = process.getuid?.() ?? null;
  return { platform: process.platform, user, runtime: process.env['XDG_RUNTIME_DIR'], temporary: tmpdir() };
}

/**
 * In the home, where the path is short enough; else, and where the home's file system has no sockets, in a folder of
 * the user's own, under a name made of the home's real path.
 */
export function socketPlaces(home: string, around: Surroundings = surroundings()): readonly SocketPlace[] {
  const real = realPathOf(home);
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 32);
  if (around.platform === 'win32') return [{ path: `\\\\.\\pipe\\cairn-${hash}`, folder: null }];
  const own = `cairn-${String(around.user ?? 'user')}`;
  // A program without a session (cron) has no XDG_RUNTIME_DIR, and must find the engine of one that has it.
  const session = around.platform === 'linux' && around.user !== null ? `/run/user/${around.user}` : undefined;
  const bases = [around.runtime, session, around.temporary].filter((base) => base !== undefined && isAbsolute(base));
  const elsewhere = [...new Set(bases)].map((base) => join(base ?? '', own));
  return [
    { path: join(real, SOCKET_FILE), folder: null },
    ...elsewhere.map((folder) => ({ path: join(folder, `${hash}.sock`), folder })),
  ].filter(({ path }) => Buffer.byteLength(path) <= LONGEST_PATH);
}

/** Whether a socket there can only be this user's own. Another user may have made a folder of that name first. */
export function isTrusted({ folder }: SocketPlace): boolean {
  if (folder === null || process.getuid === undefined) return true;
  try {
    const found = lstatSync(folder);
    return found.isDirectory() && found.uid === process.getuid() && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** Makes the folder of a place where it is missing. False: it cannot be had, or is not this user's own. */
export function preparePlace(place: SocketPlace): boolean {
  if (place.folder === null) return true;
  try {
    mkdirSync(place.folder, { mode: 0o700 });
  } catch {
    // It is there already, or cannot be made: the look that follows tells the two apart.
  }
  return isTrusted(place);
}

function realPathOf(home: string): string {
  try {
    return realpathSync(home);
  } catch {
    return resolve(home);
  }
}
