/** What a person would type to do the same on the command line. In: a folder's name, the system. Out: lines to copy. Pure. */

export interface CommandLine {
  readonly what: 'sync' | 'verify' | 'restore' | 'policy' | 'bringBack';
  readonly text: string;
}

/** A word as a shell takes it: bare where it can be, else quoted as that system's shells do. */
export function shellWord(word: string, platform: string): string {
  if (/^[\w./:@%+=,-]+$/.test(word) && !word.startsWith('-')) return word;
  return platform === 'win32' ? `"${word.replaceAll('"', '""')}"` : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * @param at a time of the folder's life, ISO 8601.
 * @param isHere false: it is attached, and nothing of it is sent.
 */
export function commandLines(folder: string, platform: string, at: string, isHere = true): readonly CommandLine[] {
  const name = shellWord(folder, platform);
  const place = shellWord(`${folder}-${at.slice(0, 10)}`, platform);
  const looks = [
    { what: 'verify', text: `cairn verify ${name} --sample 500` },
    { what: 'restore', text: `cairn restore ${name} --at ${at.slice(0, 10)} --to ${place}` },
  ] as const;
  if (!isHere) {
    return [{ what: 'bringBack', text: `cairn folder bring-back ${name} ${shellWord(folder, platform)}` }, ...looks];
  }
  return [
    { what: 'sync', text: `cairn sync ${name}` },
    ...looks,
    { what: 'policy', text: `cairn folder policy ${name}` },
  ];
}
