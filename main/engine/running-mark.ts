/**
 * A file that is there while an engine works in a home. In: the home. Out: whether the engine before ended in peace. That
 * it goes away needs no room on a disk that is full, as a mark in the database would.
 */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'running';

/** Leaves the mark. @returns true where there was none: the engine before has taken its own away. */
export function leaveRunningMark(home: string): boolean {
  const path = join(home, NAME);
  if (existsSync(path)) return false;
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch {
    // A disk that takes no file takes no job either, so nothing can be under way that a crash would be counted for.
  }
  return true;
}

export function removeRunningMark(home: string): void {
  rmSync(join(home, NAME), { force: true });
}
