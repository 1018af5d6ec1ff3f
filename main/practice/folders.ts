/** Folders made and synced, so that the names of new files survive a power loss. */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Syncs a folder's entries. Windows cannot open folders and needs no such sync. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder that only its owner may enter, unless it is there, and syncs the folder above it. */
export async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(dirname(made));
}
