/**
 * Starts with the computer, where a freedesktop session reads files for that. In: the program and its words. Out: the file
 * that names them, written or removed. The form is that of the Desktop Entry and Desktop Application Autostart
 * Specifications.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** One word of `Exec`: quoted, with `%` doubled, and every backslash doubled again as the value is a string of the file. */
function execWord(word: string): string {
  const quoted = `"${word.replace(/["`$\\]/g, '\\$&')}"`;
  return quoted.replaceAll('%', '%%').replaceAll('\\', '\\\\');
}

/** The whole file. A line break in a word cannot be written, and no path of a program has one. */
export function autostartEntry(words: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Cairn',
    'Comment=Keeps folders in S3',
    `Exec=${words.map(execWord).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/**
 * @param home null: the platform's own place, else a folder that gets a file of its own.
 * @returns the absolute path of the file.
 */
export function autostartFile(
  environment: Readonly<Record<string, string | undefined>>,
  user: string,
  home: string | null,
): string {
  const set = environment['XDG_CONFIG_HOME'];
  // A relative XDG path is invalid by its specification and to be ignored.
  const configuration = set !== undefined && isAbsolute(set) ? set : join(user, '.config');
  const mark = home === null ? '' : `-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
  return join(configuration, 'autostart', `cairn${mark}.desktop`);
}

/** A file that is there, and that nobody has switched off by a key of its own. */
export function isAutostartOn(file: string): boolean {
  try {
    const text = readFileSync(file, 'utf8');
    return !/^Hidden\s*=\s*true\s*$/m.test(text) && !/^X-GNOME-Autostart-enabled\s*=\s*false\s*$/m.test(text);
  } catch {
    return false;
  }
}

/** Throws what the disk answers. */
export function setAutostart(file: string, words: readonly string[] | null): void {
  if (words === null) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, autostartEntry(words), { mode: 0o644 });
  renameSync(`${file}.new`, file);
}
