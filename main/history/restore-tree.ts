/** Brings many files back below one folder. In: files with their versions, the folder. Out: a result a file. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../contract/errors.ts';
import type { Restored, TreeEntry } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { holdRoot, keepHeld, type HeldRoot } from './held.ts';
import type { Manifest, ManifestLine } from './manifest.ts';
import { placesOf } from './places.ts';
import { probeTarget } from './probe-target.ts';
import { restoreInto, writingFailed, type Fetched, type RestorePorts } from './restore.ts';
import { TEMPORARY_PREFIX } from './temporary.ts';
import { openWriter } from './writer.ts';

/** Files under way at once: as many as there may ever be requests, since most files are one. */
export const IN_FLIGHT = 64;

export interface TreeItem {
  readonly entry: TreeEntry;
  readonly key: string;
  readonly sha256: string | null;
  /** The fields of the customer key that the object lies under. */
  readonly secret: Readonly<Record<string, string>>;
  /** Below the target, with `/`: no `..`, not absolute. */
  readonly place: string;
}

/** How a file ended. */
export interface ItemResult {
  readonly item: TreeItem;
  readonly result: Result<Restored>;
  /** It was there and right already. */
  readonly wasThere: boolean;
  /** Another place than the one that its path means; null: it has its own. */
  readonly renamedTo: string | null;
}

export interface TreeOptions {
  readonly manifest: Manifest;
  readonly signal?: AbortSignal | undefined;
  readonly onResult: (ended: ItemResult) => void;
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

/** Fails where the disk of a directory has no room for so many bytes. */
export async function checkSpace(directory: string, needed: number): Promise<Result<null>> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  return free >= needed ? success(null) : failed(failure('no-space', { path: directory, needed, free }));
}

/**
 * Restores every item, several at once; one that fails does not hold the others up. A cancelled one ends with what is
 * under way, and nothing half-written is left.
 */
export async function restoreTree(
  items: readonly TreeItem[],
  to: string,
  ports: RestorePorts,
  { manifest, signal, onResult }: TreeOptions,
): Promise<Result<null>> {
  let root: HeldRoot;
  try {
    root = keepHeld(await holdRoot(to));
  } catch (error) {
    return failed(writingFailed(error, to));
  }
  const writer = openWriter();
  try {
    const needed = items
      .filter((item) => !manifest.lines.has(item.place))
      .reduce((sum, { entry }) => sum + entry.size, 0);
    const room = await checkSpace(to, needed);
    if (!room.ok) return room;
    const traits = await probeTarget(root.at);
    const places = placesOf(
      items.map((item) => item.place),
      traits,
    );
    const placed = items.map((item) => ({ item, place: places.get(item.place) ?? item.place }));
    if (manifest.lines.size > 0) await removeTemporaries(root, placed, manifest.run);
    const queue = placed.values();
    const work = async (): Promise<void> => {
      for (const { item, place } of queue) {
        if (signal?.aborted === true) return;
        const ended = await restoreItem(root, to, item, place, { ...ports, writer }, manifest, signal);
        onResult({ item, ...ended, renamedTo: place === item.place ? null : place });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    return signal?.aborted === true ? failed(failure('cancelled')) : success(null);
  } finally {
    await writer.stop();
    await root.close();
  }
}

async function restoreItem(
  root: HeldRoot,
  to: string,
  item: TreeItem,
  place: string,
  ports: RestorePorts,
  manifest: Manifest,
  signal: AbortSignal | undefined,
): Promise<{ readonly result: Result<Restored>; readonly wasThere: boolean }> {
  const { entry, key, sha256, secret } = item;
  const { path, versionId, size } = entry;
  const full = join(to, place);
  const isThere = await isRight(root, place, item, manifest).catch(() => false);
  if (isThere) return { result: success({ path, versionId, bytes: size, to: full }), wasThere: true };
  const request = { path, key, versionId, size, sha256, secret, place };
  const note = (fetched: Fetched): void => {
    manifest.note({ place, versionId, size: fetched.bytes, mtimeNs: fetched.mtimeNs, sha256: fetched.sha256 });
  };
  return { result: await restoreInto(root, full, request, ports, signal, note), wasThere: false };
}

/** Whether a restore that was broken off has brought this very version to its place, and nobody has changed it since. */
async function isRight(root: HeldRoot, place: string, item: TreeItem, manifest: Manifest): Promise<boolean> {
  const line = manifest.lines.get(place);
  if (line === undefined || line.versionId !== item.entry.versionId) return false;
  return isUntouched(root, place, line);
}

/** Whether a place holds what was once written to it, as a line tells. Throws where nothing is there. */
export async function isUntouched(root: HeldRoot, place: string, line: ManifestLine): Promise<boolean> {
  const parts = place.split('/');
  const name = parts.pop() ?? '';
  const held = await root.below(parts);
  try {
    const path = join(held.at, name);
    const found = await lstat(path, { bigint: true });
    if (!found.isFile() || found.size !== BigInt(line.size)) return false;
    if (String(found.mtimeNs) === line.mtimeNs) return true;
    // Another time and the same bytes: a program that sets times went over it.
    return (await digestOf(path)) === line.sha256;
  } finally {
    await held.close();
  }
}

async function digestOf(path: string): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) sha256.update(piece);
  return sha256.digest('hex');
}

/** What a restore that was killed has left behind. */
async function removeTemporaries(
  root: HeldRoot,
  placed: readonly { readonly place: string }[],
  run: string,
): Promise<void> {
  const directories = new Set(placed.map(({ place }) => place.slice(0, Math.max(0, place.lastIndexOf('/')))));
  for (const directory of directories) {
    try {
      const held = await root.below(directory === '' ? [] : directory.split('/'));
      try {
        const left = (await readdir(held.at)).filter((name) => name.startsWith(`${TEMPORARY_PREFIX}${run}`));
        for (const name of left) await rm(join(held.at, name), { force: true });
      } finally {
        await held.close();
      }
    } catch {
      // A directory that cannot be entered is told with the first of its files.
    }
  }
}
