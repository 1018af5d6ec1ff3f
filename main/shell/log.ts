/** The app's log. In: lines. Out: `logs/app.log` in the home, and one older file beside it. No secret, no content of files. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** At this size the file becomes the older one. */
const FULL = 4 * 1024 * 1024;

export type Log = (line: string) => void;

/** @returns a writer that never throws: a full disk must not stop the app. */
export function openLog(home: string): Log {
  const folder = join(home, 'logs');
  const file = join(folder, 'app.log');
  let size = 0;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    // The home cannot be written; whoever opens it next says so to the person.
  }
  return (line) => {
    const text = `${new Date().toISOString()} ${line}\n`;
    try {
      if (size > FULL) {
        renameSync(file, `${file}.1`);
        size = 0;
      }
      appendFileSync(file, text, { mode: 0o600 });
      size += Buffer.byteLength(text);
    } catch {
      process.stderr.write(text);
    }
  };
}
