/** What a person should know of a folder before it is kept. In: its place on this computer. Out: warnings. */
import { realpath, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { parse, resolve } from 'node:path';
import type { PlaceWarning } from '../contract/begin.ts';
import type { Folder } from '../contract/models.ts';
import { mountOf, readMounts } from '../scan/mounts.ts';
import { silentFileSystem } from '../watch/filesystems.ts';
import { isWithin } from './targets.ts';

export interface PlaceFacts {
  /** Absolute, with every link resolved; so are the others. */
  readonly path: string;
  readonly home: string;
  readonly isMount: boolean;
  /** The name of a file system whose files lie elsewhere. */
  readonly network: string | null;
  readonly kept: readonly { readonly name: string; readonly path: string }[];
}

/** Pure. */
export function warningsOf({ path, home, isMount, network, kept }: PlaceFacts): readonly PlaceWarning[] {
  const found: PlaceWarning[] = [];
  if (parse(path).root === path || isMount) found.push({ kind: 'disk' });
  else if (isWithin(home, path)) found.push({ kind: 'home' });
  for (const folder of kept) {
    if (isWithin(path, folder.path)) found.push({ kind: 'inside', folder: folder.name });
    else if (isWithin(folder.path, path)) found.push({ kind: 'around', folder: folder.name });
  }
  if (network !== null) found.push({ kind: 'network', fileSystem: network });
  return found;
}

/** @param path absolute, with every link resolved. */
export async function placeWarnings(path: string, folders: readonly Folder[]): Promise<readonly PlaceWarning[]> {
  const real = (one: string): Promise<string> => realpath(one).catch(() => resolve(one));
  const mounts = await readMounts();
  const mount = mounts === null ? null : mountOf(path, mounts);
  const kept = folders.map(async (folder) => ({ name: folder.name, path: await real(folder.path) }));
  return warningsOf({
    path,
    home: await real(homedir()),
    isMount: mount?.place === path,
    network: await networkOf(path, mount?.type ?? null),
    kept: await Promise.all(kept),
  });
}

async function networkOf(path: string, mountedAs: string | null): Promise<string | null> {
  if (process.platform === 'win32') return path.startsWith('\\\\') ? 'SMB' : null;
  if (process.platform !== 'linux') return null;
  const told = await statfs(path).catch(() => null);
  return told === null ? null : silentFileSystem(told.type, mountedAs);
}
