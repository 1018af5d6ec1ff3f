/** Small facts of a timeline. In: versions, ids, paths. Out: what a line of it says. */
import type { Version } from '../../../main/contract/models.ts';

/** How much larger, in bytes, a version is than the content before it; null for the first content and for delete markers. */
export function growth(list: readonly Version[], index: number): number | null {
  const version = list[index];
  if (version === undefined || version.deleteMarker) return null;
  const older = list.slice(index + 1).find((candidate) => !candidate.deleteMarker);
  return older === undefined ? null : version.size - older.size;
}

/** The content before a version, past delete markers; null: there was none, or it cannot be named. */
export function olderOf(list: readonly Version[], index: number): Version | null {
  return list.slice(index + 1).find((one) => !one.deleteMarker && !one.removed && one.versionId !== null) ?? null;
}

/** A VersionId with its middle left out where it is long; the whole one is copied. */
export function shortId(id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`;
}

/** A name for a version in a folder where others of its file may lie: `NAME (TIME).EXT`, with no colon, for every system. */
export function stampedName(path: string, iso: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const stamp = `(${iso.slice(0, 16).replace('T', ' ').replace(':', '.')})`;
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? `${name} ${stamp}` : `${name.slice(0, dot)} ${stamp}${name.slice(dot)}`;
}

/** The part of an absolute path below `root`, with `/`; null where it lies elsewhere. */
export function below(root: string, absolute: string): string | null {
  const trimmed = root.replace(/[/\\]+$/, '');
  const next = absolute.charAt(trimmed.length);
  if (!absolute.startsWith(trimmed) || (next !== '/' && next !== '\\')) return null;
  return absolute.slice(trimmed.length + 1).replaceAll('\\', '/');
}
