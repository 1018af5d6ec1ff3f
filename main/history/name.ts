/** A whole file gets its name. In: its temporary name, its place. Out: nothing; or a throw where the place is taken. */
import { link, open, rename, rm } from 'node:fs/promises';

/** How a file system says that it has no hard links, or not here. */
export const WITHOUT_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EACCES',
]);

/** Gives a whole file its name where that is free. Throws `EEXIST` where it is not. */
export async function nameIt(temporary: string, place: string): Promise<void> {
  try {
    await link(temporary, place);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!WITHOUT_LINKS.has(code)) throw error;
    // A file system without hard links: claim the name, then put the file in its place.
    const claim = await open(place, 'wx');
    await claim.close();
    try {
      await rename(temporary, place);
    } catch (failed) {
      await rm(place, { force: true });
      throw failed;
    }
  }
}
