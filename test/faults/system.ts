/** What this system lets a test do. What it does not is said aloud, and the test counts as skipped. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** To root every folder is open, so a closed one cannot be had. */
export const isRoot = process.getuid?.() === 0;

/** Whether a file system can be mounted. */
export const canMount = tryMount();

if (isRoot) console.warn('As root no folder is closed: the test of a folder that is closed to us does not run.');
if (!canMount) console.warn('Nothing can be mounted here: tests of disks that are full or drop out DO NOT RUN.');

function tryMount(): boolean {
  if (process.platform !== 'linux' || !isRoot) return false;
  const place = mkdtempSync(join(tmpdir(), 'cairn-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', place], { stdio: 'ignore' });
    execFileSync('umount', [place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(place);
  }
}
