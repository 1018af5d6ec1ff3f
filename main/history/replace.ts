/**
 * Puts a fetched version into the place of the present file. In: the file under its temporary name, whether the present
 * one is kept elsewhere. Out: the stat of what stands there now, and where the former one was set aside.
 *
 * The present file gets a second name first, and the new one is then renamed over it: at no moment is the place empty,
 * and whatever happens the former content has a name that a person can see. Only where it is proven to be in the bucket
 * just as it stands does that name go again.
 */
import type { BigIntStats } from 'node:fs';
import { link, lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { besideName, numberedName } from './beside.ts';
import { nameIt } from './name.ts';
import type { Fetched } from './restore.ts';

export interface Replaced {
  readonly stat: BigIntStats;
  /** The name, in the same directory, under which the former file is; null: there was none, or it is in the bucket. */
  readonly setAside: string | null;
}

/** A person may go on saving while the file is replaced; after so many times it is left to them. */
const ATTEMPTS = 3;

/** @param isKept whether the bucket has the file of this stat. @param now names what is set aside. */
export async function replaceFile(
  { held, temporary, place }: Fetched,
  name: string,
  isKept: (stat: BigIntStats) => boolean,
  now: Date,
): Promise<Replaced> {
  for (let attempt = 1; ; attempt += 1) {
    const present = await lstatOrNull(place);
    try {
      if (present === null) {
        await nameIt(temporary, place);
        // Its second name is taken away before the look, which changes its ctime.
        await rm(temporary, { force: true });
        return { stat: await lstat(place, { bigint: true }), setAside: null };
      }
      if (present.isDirectory()) throw Object.assign(new Error('a directory'), { code: 'EISDIR' });
      const aside = await setAside(held.at, name, now);
      await rename(temporary, place);
      const stat = await lstat(place, { bigint: true });
      const former = await lstatOrNull(join(held.at, aside));
      // The second name changed its ctime; what counts is that nobody wrote between the look and the rename.
      const isSame = former?.ino === present.ino && former.size === present.size && former.mtimeNs === present.mtimeNs;
      if (!isSame || !isKept(present)) return { stat, setAside: aside };
      await rm(join(held.at, aside), { force: true });
      return { stat, setAside: null };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      // It came or went between the look and the act.
      if ((code !== 'EEXIST' && code !== 'ENOENT') || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Gives the present file a second name that was free; on a file system without hard links it has that name alone. */
async function setAside(directory: string, name: string, now: Date): Promise<string> {
  const beside = besideName(name, now);
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? beside : numberedName(beside, number);
    try {
      await link(join(directory, name), join(directory, free));
      return free;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'EEXIST') continue;
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
      if ((await lstatOrNull(join(directory, free))) !== null) continue;
      await rename(join(directory, name), join(directory, free));
      return free;
    }
  }
}

async function lstatOrNull(path: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
