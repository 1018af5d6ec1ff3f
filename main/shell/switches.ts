/** What the app was started with. In: arguments and environment. Out: the home folder, and whether a window is wanted. */
import { resolve } from 'node:path';

export interface Switches {
  /** Absolute. Null: the platform's own place. */
  readonly home: string | null;
  /** Only the tray at first, for starts with the computer. */
  readonly hidden: boolean;
}

/**
 * `--home DIR` or `--home=DIR`, else CAIRN_HOME; `--hidden`. Relative folders are those of the shell that npm was
 * started in, where it was npm that started the app. Other arguments are Electron's and are left alone.
 */
export function readSwitches(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  currentFolder: string,
): Switches {
  const named = homeOf(argv) ?? nonEmpty(environment['CAIRN_HOME']);
  return {
    home: named === null ? null : resolve(environment['INIT_CWD'] ?? currentFolder, named),
    hidden: argv.includes('--hidden'),
  };
}

function homeOf(argv: readonly string[]): string | null {
  for (const [index, argument] of argv.entries()) {
    if (argument === '--home') return nonEmpty(argv[index + 1]);
    if (argument.startsWith('--home=')) return nonEmpty(argument.slice('--home='.length));
  }
  return null;
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
