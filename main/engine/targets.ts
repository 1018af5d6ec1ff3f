/** Where folders keep their files, and whether two places collide. Pure. */
import { isAbsolute, relative, sep } from 'node:path';
import type { AnyFolder, Connection } from '../contract/models.ts';

/** A bucket and prefix at a store, for comparison and for sentences. */
export interface Target {
  readonly store: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** Bucket names are unique across all of Amazon S3, whatever the region. */
const AMAZON = 'aws';

/** Two connections to one store are one: what counts is where requests go. */
export function storeOf(connection: Connection): string {
  if (connection.credentials.kind === 'practice') return `practice:${connection.credentials.directory}`;
  if (connection.endpoint === null || !URL.canParse(connection.endpoint)) return connection.endpoint ?? AMAZON;
  // The parser lowers the host and leaves a scheme's own port out. http and https lead to the same store.
  const { host, hostname, pathname } = new URL(connection.endpoint);
  if (/(^|\.)amazonaws\.com(\.cn)?$/.test(hostname)) return AMAZON;
  return host + pathname.replace(/\/+$/, '');
}

export function describeTarget(target: Target): string {
  return target.prefix === '' ? `the bucket “${target.bucket}”` : `“${target.bucket}/${target.prefix}”`;
}

/** The folder whose target holds, or lies in, the wanted one. */
export function collidingFolder(
  wanted: Target,
  folders: readonly AnyFolder[],
  connections: readonly Connection[],
): AnyFolder | null {
  const stores = new Map(connections.map((connection) => [connection.name, storeOf(connection)]));
  const found = folders.find(
    (folder) =>
      stores.get(folder.connection) === wanted.store &&
      folder.bucket === wanted.bucket &&
      (folder.prefix.startsWith(wanted.prefix) || wanted.prefix.startsWith(folder.prefix)),
  );
  return found ?? null;
}

/** True where `path` is `directory` or lies in it; both absolute and real. */
export function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
