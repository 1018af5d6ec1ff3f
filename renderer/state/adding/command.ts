/** The same by the command line, for somebody who would rather type it, or do it on another computer. Pure. */
import type { Connection, DeletesMode } from '../../../main/contract/models.ts';
import type { Place } from './how.svelte.ts';

export interface Kept extends Place {
  readonly deletes: DeletesMode;
  /** The folder gets another policy than the empty one, which lies in a file of this name. */
  readonly policyFile: string | null;
  readonly adopts: boolean;
}

/** A word as a POSIX shell takes it; the shells of Windows take these quotes for most words, too. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The lines that make the same connection and the same folder. Keys never stand in a command, so `app` and `ask` have none. */
export function commandsOf(connection: Connection, kept: Kept): readonly string[] {
  const { credentials, endpoint, region, pathStyle } = connection;
  const lines: string[] = [];
  const name = shellWord(connection.name);
  const directory = credentials.kind === 'practice' ? ['--practice', shellWord(credentials.directory)] : null;
  if (directory !== null) lines.push(['cairn connection add', name, ...directory].join(' '));
  else if (credentials.kind === 'default' || credentials.kind === 'profile') {
    const words = ['cairn connection add', name, ...(endpoint === null ? [] : ['--endpoint', shellWord(endpoint)])];
    words.push('--region', shellWord(region));
    if (pathStyle) words.push('--path-style');
    if (credentials.kind === 'profile') words.push('--profile', shellWord(credentials.profile));
    lines.push(words.join(' '));
  }
  const words = ['cairn folder add', shellWord(kept.path), '--connection', name, '--bucket', shellWord(kept.bucket)];
  if (kept.prefix !== '') words.push('--prefix', shellWord(kept.prefix));
  words.push('--deletes', kept.deletes);
  if (kept.policyFile !== null) words.push('--policy', shellWord(kept.policyFile));
  if (kept.adopts) words.push('--adopt');
  lines.push(words.join(' '));
  return lines;
}
