/** Where a home lies when nobody says otherwise. In: environment and platform. Out: a path. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The platform's place for a program's data; `CAIRN_HOME` stands above it. */
export function defaultHome(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const named = environment['CAIRN_HOME'];
  if (named !== undefined && named !== '') return named;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Cairn');
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Cairn');
  const data = environment['XDG_DATA_HOME'];
  // A relative XDG path is invalid by its specification and to be ignored.
  return join(data !== undefined && isAbsolute(data) ? data : join(homedir(), '.local', 'share'), 'cairn');
}
