/** Where the checkout lies. Out: absolute paths, without a slash at the end. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** What the tests stand on and may fetch again at any time: git-ignored, safe to delete. */
export const cache = `${root}/.cache`;

/** What a run of the tests leaves to look at: reports, logs, pictures. Git-ignored. */
export const results = `${root}/test-results`;

/** True where this very module was started, not imported. (`import.meta.main` is newer than Node 22.) */
export function isStarted(moduleUrl: string): boolean {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(moduleUrl);
}
