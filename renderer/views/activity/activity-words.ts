/** What an entry of the activity says where neither a file nor a message of the engine says it. In: an entry. Out: words. */
import type { Activity } from '../../../main/contract/models.ts';
import { format, words } from '../../words/index.ts';

const numberIn = (entry: Activity, name: string): number => {
  const value = entry.detail[name];
  return typeof value === 'number' ? value : 0;
};

const shortOf = (code: string): string | undefined =>
  (words.short as Readonly<Record<string, string | undefined>>)[code];

/** Null: its file, its place or its message stands for it. `homely` shortens a path for a person. */
export function ownWords(entry: Activity, homely: (path: string) => string): string | null {
  if (entry.kind === 'restored' && entry.code === 'tree') {
    const files = numberIn(entry, 'files');
    return words.activity.restoredTree(files, format.count(files), homely(String(entry.detail['to'] ?? '')));
  }
  if (entry.kind === 'recovered' && entry.code === 'brake') {
    const deletes = numberIn(entry, 'deletes');
    return words.activity.decided(deletes, format.count(deletes));
  }
  if (entry.kind === 'recovered') {
    const was = shortOf(entry.code);
    return was === undefined ? null : words.activity.noLonger(was);
  }
  if (entry.kind === 'folder' && typeof entry.detail['where'] === 'string') return entry.detail['where'];
  return null;
}

/** What happened: of a problem its short name, of a folder what became of it, else the kind. */
export function kindWords(entry: Activity): string {
  if (entry.kind === 'parked' || entry.kind === 'problem') return shortOf(entry.code) ?? words.kind[entry.kind];
  if (entry.kind !== 'folder') return words.kind[entry.kind];
  const named: Readonly<Record<string, string | undefined>> = words.activity.folders;
  return named[entry.code] ?? words.kind.folder;
}
