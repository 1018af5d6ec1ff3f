/**
 * Things that cost a download or a compiler, made once and kept. In: where it shall lie and how it is made.
 * Out: the folder, whole. What is half-made never bears its name: it is made beside it and renamed at the end.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * @param directory where it shall lie, absolute. Its name holds every version that it depends on.
 * @param proof a file of it, relative, without which it counts as broken and is made again.
 * @param make fills an empty folder.
 */
export async function makeOnce(
  directory: string,
  proof: string,
  make: (empty: string) => Promise<void>,
): Promise<string> {
  if (existsSync(join(directory, proof))) return directory;
  await rm(directory, { recursive: true, force: true });
  await removeLeftovers(directory);
  const workplace = `${directory}.making-${String(process.pid)}`;
  await mkdir(workplace, { recursive: true });
  try {
    await make(workplace);
    if (!existsSync(join(workplace, proof))) throw new Error(`${basename(directory)} came out without ${proof}.`);
    await rename(workplace, directory).catch((error: unknown) => {
      // Another run was quicker, and what it made is whole as well.
      if (!existsSync(join(directory, proof))) throw error;
    });
    return directory;
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/** Removes what runs left behind that were killed while they made it. */
async function removeLeftovers(directory: string): Promise<void> {
  const prefix = `${basename(directory)}.making-`;
  const siblings = await readdir(dirname(directory)).catch(() => []);
  for (const name of siblings) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)))) {
      await rm(join(dirname(directory), name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
