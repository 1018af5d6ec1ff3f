/**
 * Restores over the present files, and makes what was restored the current version in the bucket. In: a running engine, a
 * version or a time. Out: a result a file.
 *
 * [Note: restoring in place] The present file is set aside under a name with the time, unless journal and bucket show that
 * it is there just as it stands. The new state then goes through the queue like any change on disk, as a job that names
 * the version it came from: that version is copied over the key within the bucket, and only where no copy can be had are
 * the bytes sent. So one path has one operation in flight here, too, and the next scan finds nothing to do.
 */
import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../contract/errors.ts';
import type { InPlace, Progress } from '../contract/history.ts';
import type { Folder } from '../contract/models.ts';
import { baseName, type RelPath } from '../contract/names.ts';
import { failed, success, type Result } from '../contract/result.ts';
import {
  checkSpace,
  fetched,
  holdRoot,
  replaceFile,
  writingFailed,
  type HeldRoot,
  type PlacedEntry,
} from '../history/index.ts';
import type { FileStat, JournalRow } from '../store/types.ts';
import type { Engine } from './engine.ts';
import type { FolderHistory } from './history-ports.ts';

/** The reason of jobs whose file was restored. */
const RESTORED = 'restored';
/** So long the bucket's side is waited for; it goes on without. Milliseconds. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 20;
/** Files under way at once. */
const IN_FLIGHT = 8;

export interface InPlaceTools {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Null: it stands just so, on disk and in the bucket. */
  readonly onResult?: (path: string, result: Result<InPlace> | null) => void;
}

/** A directory as it stood at a time, or some paths of it. */
export interface WantedInPlace {
  readonly directory: string;
  readonly paths?: readonly string[] | undefined;
  readonly at: Date;
}

/** One version over its file. */
export async function restoreFileInPlace(
  engine: Engine,
  folder: Folder,
  history: FolderHistory,
  path: string,
  versionId: string,
  { signal }: InPlaceTools,
): Promise<Result<InPlace>> {
  const found = await history.entryOf(path, versionId);
  if (!found.ok) return found;
  const { entry, versions } = found.value;
  const kept = new Set(versions.filter((one) => !one.deleteMarker).map((one) => one.versionId));
  return withRoot(folder, entry.size, (root) =>
    replaceOne(engine, folder, history, root, entry, (row) => kept.has(row.versionId), signal),
  );
}

/** What came since is left where it is. */
export async function restoreDirectoryInPlace(
  engine: Engine,
  folder: Folder,
  history: FolderHistory,
  { directory, paths, at }: WantedInPlace,
  { signal, onProgress, onResult }: InPlaceTools,
): Promise<Result<{ readonly files: number }>> {
  const trees = await history.entriesAt(directory, [at, null], { signal, paths });
  if (!trees.ok) return trees;
  const [then = [], now = []] = trees.value;
  if (then.length === 0) return failed(failure('unknown-path', { path: directory, folder: folder.name }));
  const current = new Map(now.map((entry) => [entry.key, entry]));
  const bytesTotal = then.reduce((sum, { size }) => sum + size, 0);
  const done = { files: 0, filesTotal: then.length, bytes: 0, bytesTotal };
  return withRoot(folder, bytesTotal, async (root) => {
    const queue = then.values();
    const work = async (): Promise<void> => {
      for (const entry of queue) {
        if (signal.aborted) return;
        const present = current.get(entry.key) ?? null;
        const isKept = (row: JournalRow): boolean => present?.versionId === row.versionId;
        const isThere =
          present !== null && hasSameBytes(present, entry) && (await isOnDisk(engine, folder, root, present));
        const result = isThere ? null : await replaceOne(engine, folder, history, root, entry, isKept, signal);
        done.files += 1;
        done.bytes += entry.size;
        onResult?.(entry.path, result);
        onProgress?.({ ...done });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    return signal.aborted ? failed(failure('cancelled')) : success({ files: then.length });
  });
}

async function withRoot<T>(
  folder: Folder,
  bytes: number,
  work: (root: HeldRoot) => Promise<Result<T>>,
): Promise<Result<T>> {
  let root: HeldRoot;
  try {
    root = await holdRoot(folder.path);
  } catch (error) {
    return failed(writingFailed(error, folder.path));
  }
  try {
    const room = await checkSpace(root.at, bytes);
    return room.ok ? await work(root) : room;
  } finally {
    await root.close();
  }
}

/** The null version is another one each time that it is written. */
function hasSameBytes(a: PlacedEntry, b: PlacedEntry): boolean {
  const isNamed = a.versionId !== null && a.versionId !== 'null';
  return (isNamed && a.versionId === b.versionId) || (a.sha256 !== null && a.sha256 === b.sha256);
}

/** Whether the file on disk is the one that the current version was made of. */
async function isOnDisk(engine: Engine, folder: Folder, root: HeldRoot, present: PlacedEntry): Promise<boolean> {
  const row = engine.home.tables.journal.find(folder.id, present.path as RelPath);
  if (row === null || row.versionId !== present.versionId) return false;
  try {
    return isAsSent(row.stat, await lstat(join(root.at, present.path), { bigint: true }));
  } catch {
    return false; // whatever stands against a look stands against the restore as well, which says so
  }
}

async function replaceOne(
  engine: Engine,
  folder: Folder,
  history: FolderHistory,
  root: HeldRoot,
  entry: PlacedEntry,
  isCurrent: (row: JournalRow) => boolean,
  signal: AbortSignal,
): Promise<Result<InPlace>> {
  const { tables } = engine.home;
  const { path, key, versionId, size, sha256 } = entry;
  const secret = history.secretOf(entry);
  if (!secret.ok) return secret;
  const to = join(folder.path, path);
  const request = { path, key, versionId, size, sha256, secret: secret.value, place: path };
  const before = tables.receipts.lastSeq();
  const written = await fetched(
    root,
    to,
    request,
    history.restorePorts(),
    signal,
    async (one) => {
      const row = tables.journal.find(folder.id, path as RelPath);
      const isKept = (stat: BigIntStats): boolean => row !== null && isCurrent(row) && isAsSent(row.stat, stat);
      const { stat, setAside } = await replaceFile(one, baseName(path), isKept, new Date());
      const seen = toFileStat(stat);
      const source =
        versionId === null || versionId === 'null'
          ? null
          : {
              path: path as RelPath,
              key: key as JournalRow['key'],
              versionId,
              size: one.bytes,
              sha256: one.sha256,
              etag: entry.etag,
              receiptSeq: entry.receiptSeq ?? 0,
            };
      tables.now(() => {
        const seenAt = new Date().toISOString();
        const job = { folder: folder.id, path: path as RelPath, size: seen.size, seen, seenAt, source };
        tables.jobs.enqueue({ ...job, operation: 'put', reason: RESTORED });
      });
      return success({ bytes: one.bytes, setAside });
    },
    true,
  );
  engine.kick();
  if (!written.ok) return written;
  const current = await becameCurrent(engine, folder, path as RelPath, before, signal);
  return success({ path, versionId, to, ...written.value, ...current });
}

/** Waits until the queue has dealt with the path; a folder that is paused or offline is not waited for long. */
async function becameCurrent(
  engine: Engine,
  folder: Folder,
  path: RelPath,
  before: number,
  signal: AbortSignal,
): Promise<Pick<InPlace, 'current' | 'currentVersionId'>> {
  const { tables } = engine.home;
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const job = tables.jobs.find(folder.id, path);
    if (job === null) {
      const [newest] = tables.receipts.ofPath(folder.id, path, 1);
      const currentVersionId = tables.journal.find(folder.id, path)?.versionId ?? null;
      if (newest === undefined || newest.seq <= before) return { current: 'same', currentVersionId };
      return { current: newest.operation === 'copy' ? 'copied' : 'sent', currentVersionId };
    }
    const isHeld = folder.paused || engine.holdOf(folder) !== null || job.state === 'parked' || job.error !== null;
    if (isHeld || signal.aborted || performance.now() > until) return { current: 'queued', currentVersionId: null };
    await sleep(LOOK_MS);
  }
}

function isAsSent(sent: FileStat, found: BigIntStats): boolean {
  return (
    found.isFile() &&
    sent.size === Number(found.size) &&
    sent.mtimeNs === String(found.mtimeNs) &&
    sent.ctimeNs === String(found.ctimeNs) &&
    sent.ino === String(found.ino)
  );
}

function toFileStat(stat: BigIntStats): FileStat {
  return {
    dev: String(stat.dev),
    ino: String(stat.ino),
    size: Number(stat.size),
    mtimeNs: String(stat.mtimeNs),
    ctimeNs: String(stat.ctimeNs),
    mode: Number(stat.mode),
  };
}
