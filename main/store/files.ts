/** What every file of the state is opened and flushed with. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A build of better-sqlite3 other than its own prebuilt one, for an Electron whose Node-API is older than 10. */
export function binding(): { readonly nativeBinding?: string } {
  const path = process.env['CAIRN_SQLITE_BINDING'];
  return path === undefined || path === '' ? {} : { nativeBinding: path };
}

/** Flushes a rename; on Windows a directory cannot be opened, and there the rename is durable by itself. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
