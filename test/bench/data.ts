/** What is sent in the bench. In: a directory and a seed. Out: files, the same for the same seed. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createCipheriv, createHash } from 'node:crypto';

export interface Made {
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
}

const MIB = 1024 * 1024;
/** So many files lie in one directory, so that no directory is a list of its own kind. */
const A_DIRECTORY = 200;

/** A generator of bytes that do not compress, of any length. */
function noise(seed: string) {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16));
  return (size: number): Buffer => cipher.update(Buffer.alloc(size));
}

/** `count` files of one size. */
export async function even(directory: string, count: number, size: number, seed: string): Promise<Made> {
  return write(directory, Array<number>(count).fill(size), seed);
}

/**
 * Sizes as in people's folders: log-normal, the middle one 64 KiB, a few of hundreds of MiB, until there is so much.
 * @param total bytes.
 */
export async function mixed(directory: string, total: number, seed: string): Promise<Made> {
  const random = noise(`sizes of ${seed}`);
  const unit = (): number => (random(4).readUInt32LE(0) + 1) / 2 ** 32;
  const sizes: number[] = [];
  for (let sum = 0; sum < total;) {
    const normal = Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
    const size = Math.min(Math.round(64 * 1024 * Math.exp(2.2 * normal)), 512 * MIB, total - sum);
    sizes.push(size);
    sum += size;
  }
  return write(directory, sizes, seed);
}

async function write(directory: string, sizes: readonly number[], seed: string): Promise<Made> {
  const bytesOf = noise(seed);
  for (const [index, size] of sizes.entries()) {
    const place = join(directory, `d${String(Math.floor(index / A_DIRECTORY)).padStart(4, '0')}`);
    if (index % A_DIRECTORY === 0) await mkdir(place, { recursive: true });
    const file = join(place, `f${String(index).padStart(6, '0')}.bin`);
    if (size <= 8 * MIB) await writeFile(file, bytesOf(size));
    else await writeLarge(file, size, bytesOf);
  }
  return { directory, files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function writeLarge(file: string, size: number, bytesOf: (size: number) => Buffer): Promise<void> {
  const out = createWriteStream(file);
  for (let left = size; left > 0; left -= 8 * MIB) {
    if (!out.write(bytesOf(Math.min(left, 8 * MIB)))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

/** Gives every so-many-th file new bytes of the same size. @returns how many. */
export async function change(directory: string, every: number, seed: string): Promise<number> {
  const bytesOf = noise(seed);
  let index = 0;
  let changed = 0;
  for (const place of (await readdir(directory)).sort()) {
    for (const name of (await readdir(join(directory, place))).sort()) {
      index += 1;
      if (index % every !== 0) continue;
      const file = join(directory, place, name);
      await writeFile(file, bytesOf((await stat(file)).size));
      changed += 1;
    }
  }
  return changed;
}
