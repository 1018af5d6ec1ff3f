/** Asks bucket and receipts. In: a folder's place. Out: the versions of a file, or the tree at a time. */
import type { Version } from '../contract/models.ts';
import type { ObjectKey } from '../contract/names.ts';
import { success, type Result } from '../contract/result.ts';
import { compareKeys, versionsOfKey, type ListedVersion, type StoreClient } from '../s3/index.ts';
import { byKey, type KeyBatch, type Mark } from './key-range.ts';
import { withOurs } from './ours.ts';
import { withRemoved } from './removed.ts';
import { isSame, KeyLife, ReceiptIndex, toVersion, type EntryAt, type KnownReceipt } from './timeline.ts';

export interface HistoryPorts {
  readonly client: StoreClient;
  readonly bucket: string;
  /** The keys below the folder's prefix or a part of it, whole, in their order. */
  batches(signal?: AbortSignal): AsyncIterable<Result<KeyBatch>>;
  /** Receipts of one path. */
  receiptsOf(path: string): Iterable<KnownReceipt>;
  /** The moment before the store is asked. */
  mark(): Mark;
  /** The versions of one key, listed just now. */
  note(key: string, versions: readonly ListedVersion[], mark: Mark): void;
  /** A safe path of a key, null where there is none. `name` is the exact name that a receipt or the metadata gives. */
  readonly pathOfKey: (key: string, exactName?: string) => string | null;
}

/** Every version and delete marker of one key, newest first; those of ours that the bucket has no more, too. */
export async function readVersions(
  path: string,
  key: ObjectKey,
  ports: HistoryPorts,
  signal?: AbortSignal,
): Promise<Result<readonly Version[]>> {
  const mark = ports.mark();
  const listed = await versionsOfKey(ports.client, ports.bucket, key, signal);
  if (!listed.ok) return listed.failure.code === 'not-supported' ? withoutVersions(path, key, ports) : listed;
  ports.note(key, listed.value, mark);
  const receipts = new ReceiptIndex(ports.receiptsOf(path));
  const versions = listed.value.map((version) => toVersion(version, receipts.of(version)));
  return success(withRemoved(versions, receipts.ofKey(key), mark.seq));
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

export interface TreesAt {
  readonly trees: readonly TreeAt[];
  /** Of when the oldest part of what they are made of is, milliseconds since 1970. */
  readonly asOfMs: number;
}

/**
 * The folder as it stood at each of these times, when Cairn saw it; null: now. The listing is walked once.
 * @param onlyOther leaves out what is the same at all of them.
 */
export async function readTrees(
  times: readonly (number | null)[],
  ports: HistoryPorts,
  signal?: AbortSignal,
  onlyOther = false,
): Promise<Result<TreesAt>> {
  const trees = times.map((atMs) => ({ atMs, entries: new Array<PlacedEntry>(), unsafeKeys: new Array<string>() }));
  let asOfMs = Infinity;
  for await (const batch of ports.batches(signal)) {
    if (!batch.ok) return batch;
    asOfMs = Math.min(asOfMs, batch.value.atMs);
    for (const { life } of keysIn(batch.value, ports.pathOfKey)) {
      const lived = life();
      const entries = trees.map(({ atMs }) => lived.at(atMs));
      if (onlyOther && areSame(entries)) continue;
      for (const [index, tree] of trees.entries()) {
        const entry = entries[index] ?? null;
        if (entry === null) continue;
        if (hasPath(entry)) tree.entries.push(entry);
        // An object that some programs put down to stand for a directory is no file, and nothing is lost without it.
        else if (!(entry.key.endsWith('/') && entry.size === 0)) tree.unsafeKeys.push(entry.key);
      }
    }
  }
  return success({ trees, asOfMs });
}

function areSame([first = null, ...others]: readonly (EntryAt | null)[]): boolean {
  return others.every((other) => (first === null || other === null ? first === other : isSame(first, other)));
}

/** A key, and its life where that is asked for. */
export interface KeyIn {
  readonly key: string;
  readonly life: () => KeyLife;
}

/** The keys of a batch in their order, with what we wrote since they were listed. */
export function* keysIn(batch: KeyBatch, pathOfKey: HistoryPorts['pathOfKey']): Generator<KeyIn> {
  const receipts = new ReceiptIndex(batch.receipts);
  for (const versions of currentOf(batch, receipts)) {
    const key = versions[0]?.key ?? '';
    yield { key, life: () => new KeyLife(versions, receipts, (version, receipt) => pathOfKey(key, receipt?.path)) };
  }
}

/** The versions of each key, with what we wrote since they were listed; keys in their order. */
function currentOf({ versions, seq }: KeyBatch, receipts: ReceiptIndex): Iterable<readonly ListedVersion[]> {
  const groups = byKey(versions);
  let isInOrder = true;
  for (const key of receipts.keys()) {
    const listed = groups.get(key);
    const current = withOurs(listed ?? [], receipts.ofKey(key), seq);
    if (current.length === 0 || current === listed) continue;
    isInOrder &&= listed !== undefined;
    groups.set(key, [...current]);
  }
  if (isInOrder) return groups.values();
  return [...groups].sort(([a], [b]) => compareKeys(a, b)).map(([, current]) => current);
}

/** When versions and markers that no receipt tells the time of came to be, by S3's own clock; milliseconds, rising. */
export interface UntoldTimes {
  readonly saved: readonly number[];
  readonly gone: readonly number[];
}

/** Of all versions that no receipt explains, or that lay there before it. */
export async function readUntoldTimes(ports: HistoryPorts, signal?: AbortSignal): Promise<Result<UntoldTimes>> {
  const [saved, gone]: [number[], number[]] = [[], []];
  for await (const batch of ports.batches(signal)) {
    if (!batch.ok) return batch;
    const receipts = new ReceiptIndex(batch.value.receipts);
    for (const version of batch.value.versions) {
      const receipt = receipts.of(version);
      if (receipt !== null && receipt.operation !== 'adopt') continue;
      (version.deleteMarker ? gone : saved).push(version.lastModified.getTime());
    }
  }
  const rising = (a: number, b: number): number => a - b;
  return success({ saved: saved.sort(rising), gone: gone.sort(rising) });
}

export function hasPath(entry: EntryAt): entry is PlacedEntry {
  return entry.path !== null;
}
