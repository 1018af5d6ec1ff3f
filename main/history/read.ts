/** Asks bucket and receipts. In: a folder's place. Out: the versions of a file, or the tree at a time. */
import type { Version } from '../contract/models.ts';
import type { ObjectKey } from '../contract/names.ts';
import { success, type Result } from '../contract/result.ts';
import { listVersions, versionsOfKey, type ListedVersion, type StoreClient } from '../s3/index.ts';
import { KeyLife, ReceiptIndex, toVersion, type EntryAt, type KnownReceipt } from './timeline.ts';

export interface HistoryPorts {
  readonly client: StoreClient;
  readonly bucket: string;
  readonly prefix: string;
  /** Receipts of the folder, oldest first. */
  receipts(): Iterable<KnownReceipt>;
  /** Receipts of one path. */
  receiptsOf(path: string): Iterable<KnownReceipt>;
  /** A safe path of a key, null where there is none. `name` is the exact name that a receipt or the metadata gives. */
  pathOfKey(key: string, exactName?: string): string | null;
}

/** Every version and delete marker of one key, newest first. */
export async function readVersions(
  path: string,
  key: ObjectKey,
  ports: HistoryPorts,
): Promise<Result<readonly Version[]>> {
  const listed = await versionsOfKey(ports.client, ports.bucket, key);
  if (!listed.ok) return listed.failure.code === 'not-supported' ? withoutVersions(path, key, ports) : listed;
  const receipts = new ReceiptIndex(ports.receiptsOf(path));
  return success(listed.value.map((version) => toVersion(version, receipts.of(version))));
}

/** A store that cannot list versions has one of each object: the present one. */
async function withoutVersions(path: string, key: ObjectKey, ports: HistoryPorts): Promise<Result<readonly Version[]>> {
  const head = await ports.client.send('HeadObject', { Bucket: ports.bucket, Key: key });
  if (!head.ok) return head.failure.code === 'object-missing' ? success([]) : head;
  const version: ListedVersion = {
    key,
    versionId: head.value.VersionId ?? null,
    isLatest: true,
    deleteMarker: false,
    size: head.value.ContentLength ?? 0,
    etag: head.value.ETag?.replaceAll('"', '') ?? null,
    lastModified: head.value.LastModified ?? new Date(0),
    storageClass: head.value.StorageClass ?? null,
  };
  return success([toVersion(version, new ReceiptIndex(ports.receiptsOf(path)).of(version))]);
}

/** An entry that has a path. */
export type PlacedEntry = EntryAt & { readonly path: string };

export interface TreeAt {
  /** In the order of the keys. */
  readonly entries: readonly PlacedEntry[];
  /** What was there then and no file can safely be called by. */
  readonly unsafeKeys: readonly string[];
}

/** The folder as it stood at each of these times, when Cairn saw it; null: now. The bucket is listed once. */
export async function readTrees(
  times: readonly (number | null)[],
  ports: HistoryPorts,
  signal?: AbortSignal,
): Promise<Result<readonly TreeAt[]>> {
  const receipts = new ReceiptIndex(ports.receipts());
  const trees = times.map((atMs) => ({ atMs, entries: new Array<PlacedEntry>(), unsafeKeys: new Array<string>() }));
  let versions: ListedVersion[] = [];
  const finishKey = (): void => {
    if (versions.length === 0) return;
    const life = new KeyLife(versions, receipts, (version, receipt) => ports.pathOfKey(version.key, receipt?.path));
    for (const tree of trees) {
      const entry = life.at(tree.atMs);
      if (entry === null) continue;
      if (hasPath(entry)) tree.entries.push(entry);
      // An object that some programs put down to stand for a directory is no file, and nothing is lost without it.
      else if (!(entry.key.endsWith('/') && entry.size === 0)) tree.unsafeKeys.push(entry.key);
    }
    versions = [];
  };
  for await (const page of listVersions(ports.client, ports.bucket, ports.prefix, signal)) {
    if (!page.ok) return page;
    for (const version of page.value) {
      if (versions[0] !== undefined && versions[0].key !== version.key) finishKey();
      versions.push(version);
    }
  }
  finishKey();
  return success(trees);
}

function hasPath(entry: EntryAt): entry is PlacedEntry {
  return entry.path !== null;
}
