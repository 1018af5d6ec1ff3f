/**
 * Brings all files of a place into one folder, and goes on where that was broken off. In: what the bucket has now, what
 * earlier tries have written, the folder. Out: a result a file.
 *
 * [Note: bringing back] A place that is taken on disk is left as it is: by a file of ours, which is whole since it got its
 * name last, or by one of the person's. Only a file that an earlier try wrote, that nobody has touched since, and whose key
 * has another version by now, makes room for that version: what it held stays in the bucket as an earlier one. No file gets
 * another name than its own, since it would come to the bucket as another file.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../contract/errors.ts';
import type { Restored } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { holdRoot, type HeldRoot } from './held.ts';
import type { Manifest, ManifestLine } from './manifest.ts';
import { placesOf } from './places.ts';
import { probeTarget } from './probe-target.ts';
import { isUntouched, restoreTree, type TreeItem } from './restore-tree.ts';
import { writingFailed, type RestorePorts } from './restore.ts';

/** How the file of one key stands. */
export type Brought =
  | { readonly kind: 'brought'; readonly restored: Restored }
  /** Its place is taken; what is there is held against the bucket later. */
  | { readonly kind: 'was-there' };

export interface BringTools {
  readonly signal: AbortSignal;
  /** Of these, none is written again by a second round. */
  readonly onResult: (item: TreeItem, result: Result<Brought>) => void;
}

/** What one bring-back has written, over all its tries and rounds. */
export class Writings implements Manifest {
  readonly #manifest: Manifest;
  readonly lines: Map<string, ManifestLine>;

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
    this.lines = new Map(manifest.lines);
  }

  get run(): string {
    return this.#manifest.run;
  }

  note(line: ManifestLine): void {
    this.lines.set(line.place, line);
    this.#manifest.note(line);
  }

  remove(): void {
    this.#manifest.remove();
  }
}

/** One round: after it, everything that the listing named is there, was there, or failed. */
export async function bringItems(
  items: readonly TreeItem[],
  to: string,
  ports: RestorePorts,
  writings: Writings,
  { signal, onResult }: BringTools,
): Promise<Result<null>> {
  let root: HeldRoot;
  try {
    root = await holdRoot(to);
  } catch (error) {
    return failed(writingFailed(error, to));
  }
  const usable: TreeItem[] = [];
  try {
    const places = placesOf(
      items.map((item) => item.place),
      await probeTarget(root.at),
    );
    for (const item of items) {
      if (signal.aborted) return failed(failure('cancelled'));
      if (places.get(item.place) !== item.place)
        onResult(item, failed(failure('name-taken-here', { key: item.key, to })));
      else {
        await makeRoom(root, item, writings);
        usable.push(item);
      }
    }
  } finally {
    await root.close();
  }
  return restoreTree(usable, to, ports, {
    manifest: writings,
    signal,
    onResult: ({ item, result, wasThere }) => {
      if (result.ok && !wasThere) onResult(item, success({ kind: 'brought', restored: result.value }));
      else if (result.ok || result.failure.code === 'target-exists') onResult(item, success({ kind: 'was-there' }));
      else onResult(item, result);
    },
  });
}

/** Takes away what an earlier try wrote of a version that is not the current one any more. */
async function makeRoom(root: HeldRoot, item: TreeItem, { lines }: Writings): Promise<void> {
  const line = lines.get(item.place);
  if (line === undefined || line.versionId === item.entry.versionId) return;
  const parts = item.place.split('/');
  const name = parts.pop() ?? '';
  try {
    if (!(await isUntouched(root, item.place, line))) return;
    const held = await root.below(parts);
    try {
      await rm(join(held.at, name));
      lines.delete(item.place);
    } finally {
      await held.close();
    }
  } catch {
    // It is gone, or cannot be reached: what is written there next says why.
  }
}
