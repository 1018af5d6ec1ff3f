/** Brings a folder at a time back, into a new place. In: the tree, a directory. Out: a result a file. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../contract/errors.ts';
import type { Restored, TreeEntry } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { restoreVersion, type RestorePorts } from './restore.ts';

/** Downloads at once. */
const IN_FLIGHT = 16;

export interface TreeItem {
  readonly entry: TreeEntry;
  readonly key: string;
  readonly sha256: string | null;
  /** The fields of the customer key that the object lies under. */
  readonly secret: Readonly<Record<string, string>>;
  /** Relative to the target, safe: no `..`, not absolute. */
  readonly place: string;
}

/** Makes the target, or takes one that is empty; anything else is refused. */
export async function prepareTarget(to: string): Promise<Result<null>> {
  try {
    const present = await readdir(to);
    return present.length === 0 ? success(null) : failed(failure('target-exists', { to }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOTDIR') return failed(failure('target-exists', { to }));
    if (code !== 'ENOENT') return failed(failure('write-failed', { path: to, reason: code }));
  }
  try {
    await mkdir(to, { recursive: true });
    return success(null);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return failed(failure('write-failed', { path: to, reason: code }));
  }
}

/** Restores every item, several at once; one that fails does not hold the others up. */
export async function restoreTree(
  items: readonly TreeItem[],
  to: string,
  ports: RestorePorts,
  onResult: (item: TreeItem, result: Result<Restored>) => void,
  signal?: AbortSignal,
): Promise<void> {
  const queue = items.values();
  const work = async (): Promise<void> => {
    for (const item of queue) {
      const { entry, key, sha256, secret, place } = item;
      const request = { path: entry.path, key, versionId: entry.versionId, sha256, secret, to: join(to, place) };
      onResult(item, await restoreVersion(request, ports, signal));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}
