/** Names of files that are not whole yet. In: nothing. Out: a name that is never uploaded and that nobody else has. */
import { randomBytes } from 'node:crypto';

/** Names of temporaries begin with this; they are never uploaded. */
export const TEMPORARY_PREFIX = '.cairn-restore-';

/** @param run a mark of the restore it belongs to, so that what a killed one left can be told from all else. */
export function temporaryName(run: string): string {
  return `${TEMPORARY_PREFIX}${run}${randomBytes(8).toString('hex')}`;
}
