/** Asks a directory what it makes of names. In: a directory that may be written to. Out: its traits; nothing stays behind. */
import { randomBytes } from 'node:crypto';
import { lstat, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetTraits } from './places.ts';
import { TEMPORARY_PREFIX } from './temporary.ts';

/** 264 bytes of UTF-8 in 88 letters: too long where bytes are counted. */
const LONG = '日'.repeat(88);

export async function probeTarget(directory: string): Promise<TargetTraits> {
  const stem = `${TEMPORARY_PREFIX}${randomBytes(6).toString('hex')}`;
  const answers = async (made: string, asked: string): Promise<boolean> => {
    const path = join(directory, `${stem}${made}`);
    try {
      await (await open(path, 'wx', 0o600)).close();
    } catch {
      return false;
    }
    try {
      return await lstat(join(directory, `${stem}${asked}`)).then(
        () => true,
        () => false,
      );
    } finally {
      await rm(path, { force: true });
    }
  };
  const isWindows = process.platform === 'win32';
  return {
    foldsCase: await answers('-probe', '-PROBE'),
    foldsForm: await answers('\u00e9', 'e\u0301'),
    // On Windows a colon would make a stream of a file instead of a name.
    windowsNames: isWindows || !(await answers(':', ':')),
    nameUnit: (await answers(LONG, LONG)) ? 'utf16' : 'bytes',
  };
}
