/** What differs between a folder at two times. In: both trees. Out: what was added, changed, moved, and what is gone. Pure. */
import type { TreeChange } from '../contract/history.ts';
import type { PlacedEntry } from './read.ts';
import { isSame } from './timeline.ts';

/** In the order of the paths; a file that was moved stands where it is now. */
export function diffTrees(before: readonly PlacedEntry[], after: readonly PlacedEntry[]): readonly TreeChange[] {
  const former = new Map(before.map((entry) => [entry.key, entry]));
  const added: PlacedEntry[] = [];
  const changes: TreeChange[] = [];
  for (const entry of after) {
    const known = former.get(entry.key);
    former.delete(entry.key);
    if (known === undefined) added.push(entry);
    else if (!isSame(known, entry)) changes.push(changeOf('changed', known, entry));
  }
  const gone = goneByContent(former.values());
  for (const entry of added) {
    const content = contentOf(entry);
    const source = content === null ? undefined : gone.get(content)?.shift();
    if (source !== undefined) former.delete(source.key);
    changes.push(source === undefined ? changeOf('added', null, entry) : changeOf('moved', source, entry));
  }
  for (const entry of former.values()) changes.push(changeOf('gone', entry, null));
  return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function goneByContent(entries: Iterable<PlacedEntry>): Map<string, PlacedEntry[]> {
  const found = new Map<string, PlacedEntry[]>();
  for (const entry of entries) {
    const content = contentOf(entry);
    if (content === null) continue;
    const known = found.get(content);
    if (known === undefined) found.set(content, [entry]);
    else known.push(entry);
  }
  return found;
}

/** What a move is known by; null: empty files are all alike, and without a digest nothing can be said. */
function contentOf({ size, sha256 }: PlacedEntry): string | null {
  return size === 0 ? null : sha256;
}

function changeOf(kind: TreeChange['kind'], before: PlacedEntry | null, after: PlacedEntry | null): TreeChange {
  return {
    kind,
    path: (after ?? before)?.path ?? '',
    movedFrom: kind === 'moved' ? (before?.path ?? null) : null,
    size: after?.size ?? null,
    sizeBefore: before?.size ?? null,
    versionId: after?.versionId ?? null,
    versionIdBefore: before?.versionId ?? null,
  };
}
