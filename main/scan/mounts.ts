/** The table of mounts. In: its text on Linux. Out: where something is mounted, and as what. */
import { readFile } from 'node:fs/promises';
import type { RelPath } from '../contract/names.ts';

export interface Mount {
  /** Absolute. */
  readonly place: string;
  /** For example `ext4` or `fuse.sshfs`. */
  readonly type: string;
}

/** Null where the system has no such table. */
export async function readMounts(): Promise<readonly Mount[] | null> {
  if (process.platform !== 'linux') return null;
  try {
    return parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  } catch {
    // A container may hide it; then mounts are told by their device alone.
    return null;
  }
}

/** `man 5 proc_pid_mountinfo`: the fifth field is the place; the first after the lone dash is the type. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const place = fields[4];
    const type = fields[fields.indexOf('-', 6) + 1];
    return place === undefined || type === undefined || !fields.includes('-') ? [] : [{ place: unescape(place), type }];
  });
}

/** Blanks, line breaks and backslashes are written as three octal digits. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** The places strictly below `root`, relative to it. */
export function mountsBelow(root: string, mounts: readonly Mount[]): readonly RelPath[] {
  const base = root.endsWith('/') ? root : `${root}/`;
  const below = mounts.filter(({ place }) => place.startsWith(base) && place.length > base.length);
  return [...new Set(below.map(({ place }) => place.slice(base.length) as RelPath))].sort();
}

/** The mount that holds `path`: the last one of the longest place, since a later one hides the earlier. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    const base = mount.place.endsWith('/') ? mount.place : `${mount.place}/`;
    if (path !== mount.place && !path.startsWith(base)) continue;
    if (found === null || mount.place.length >= found.place.length) found = mount;
  }
  return found;
}

/** Those of `places` at or above `directory`. */
export function placesAbove(directory: RelPath, places: readonly RelPath[]): readonly RelPath[] {
  return places.filter((place) => directory === place || directory.startsWith(`${place}/`));
}
