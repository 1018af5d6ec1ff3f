/** What a person would type to do the same on the command line. In: a folder's name, the system. Out: lines to copy. Pure. */

export interface CommandLine {
  readonly what: 'sync' | 'verify' | 'restore' | 'policy';
  readonly text: string;
}

/** A word as a shell takes it: bare where it can be, else quoted as that system's shells do. */
export function shellWord(word: string, platform: string): string {
  if (/^[\w./:@%+=,-]+$/.test(word) && !word.startsWith('-')) return word;
  return platform === 'win32' ? `"${word.replaceAll('"', '""')}"` : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** @param at a time of the folder's life, ISO 8601. */
export function commandLines(folder: string, platform: string, at: string): readonly CommandLine[] {
  const name = shellWord(folder, platform);
  const place = shellWord(`${folder}-${at.slice(0, 10)}`, platform);
  return [
    { what: 'sync', text: `cairn sync ${name}` },
    { what: 'verify', text: `cairn verify ${name} --sample 500` },
    { what: 'restore', text: `cairn restore ${name} --at ${at.slice(0, 10)} --to ${place}` },
    { what: 'policy', text: `cairn folder policy ${name}` },
  ];
}
