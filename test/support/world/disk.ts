/** Trees on disk, with names as bytes. In: a directory. Out: what is in it, so that two of them can be compared. */
import { createCipheriv, createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';

export interface FoundFile {
  /** Below the directory that was read; a Buffer, since a name need not be valid UTF-8. */
  readonly path: Buffer;
  readonly size: number;
  readonly sha256: string;
  readonly md5: string;
  readonly mtimeMs: number;
  /** Permission bits alone. */
  readonly mode: number;
}

const SLASH = Buffer.from('/');

/** Every regular file below a directory, by its path's bytes written as latin1, which loses nothing. */
export async function readTree(directory: string | Buffer): Promise<ReadonlyMap<string, FoundFile>> {
  const found = new Map<string, FoundFile>();
  const base = Buffer.from(directory);
  const visit = async (below: Buffer): Promise<void> => {
    const absolute = below.length === 0 ? base : Buffer.concat([base, SLASH, below]);
    for (const entry of await readdir(absolute, { withFileTypes: true, encoding: 'buffer' })) {
      const path = below.length === 0 ? entry.name : Buffer.concat([below, SLASH, entry.name]);
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) found.set(path.toString('latin1'), await look(base, path));
    }
  };
  await visit(Buffer.alloc(0));
  return found;
}

async function look(base: Buffer, path: Buffer): Promise<FoundFile> {
  const absolute = Buffer.concat([base, SLASH, path]);
  const stats = await lstat(absolute);
  const bytes = await readFile(absolute);
  return {
    path,
    size: bytes.length,
    sha256: digest('sha256', bytes),
    md5: digest('md5', bytes),
    mtimeMs: stats.mtimeMs,
    mode: stats.mode & 0o777,
  };
}

export function digest(algorithm: 'sha256' | 'md5', bytes: Uint8Array | string): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

/** Bytes that look random and are the same for the same seed, so that a failing run can be had again. */
export function seededBytes(size: number, seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}
