/** What the app was started with. In: arguments and environment. Out: the home folder, whether a window is wanted, a link. */
import { resolve } from 'node:path';
import { isLink } from './links.ts';

export interface Switches {
  /** Absolute. Null: the platform's own place. */
  readonly home: string | null;
  /** Only the tray at first, for starts with the computer. */
  readonly hidden: boolean;
  /** What the system hands over where somebody opens a link: a text of anybody’s. */
  readonly link: string | null;
}

/**
 * `--home DIR` or `--home=DIR`, else CAIRN_HOME; `--hidden`. Relative folders are those of the shell that npm was
 * started in, where it was npm that started the app. Other arguments are Electron's and are left alone. What stands
 * behind a link, or behind `--`, is no switch: on Windows a link with a quote in it could bring words of its own along.
 */
export function readSwitches(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  currentFolder: string,
): Switches {
  const end = argv.findIndex((argument) => argument === '--' || isLink(argument));
  const own = end < 0 ? argv : argv.slice(0, end);
  const named = homeOf(own) ?? nonEmpty(environment['CAIRN_HOME']);
  return {
    home: named === null ? null : resolve(environment['INIT_CWD'] ?? currentFolder, named),
    hidden: own.includes('--hidden'),
    link: argv.find(isLink) ?? null,
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
