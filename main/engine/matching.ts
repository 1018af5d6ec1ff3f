/**
 * A folder on disk held against what lies under its prefix. In: both places. Out: counts, and of each file whether the
 * current version of its key holds its bytes. Nothing is written anywhere.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Failure } from '../contract/errors.ts';
import type { FolderMatch, LinksMode, Proof } from '../contract/models.ts';
import { ROOT, type ObjectKey, type RelPath } from '../contract/names.ts';
import type { Policy } from '../contract/policy.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import {
  judgeByHead,
  judgeByListing,
  wantedAfterHead,
  wantedDigests,
  type HeadedObject,
  type ObjectChecksum,
} from '../history/match.ts';
import { resolvePolicy } from '../policy/resolve.ts';
import { listPrefix, unquoted, type OutputOf, type StoreClient } from '../s3/index.ts';
import { FolderRules } from '../scan/folder-rules.ts';
import { exactName, keyOf, pathOfKey } from '../scan/names.ts';
import type { DiskFile } from '../scan/types.ts';
import { walk } from '../scan/walk.ts';
import type { Scratch, ScratchVersion } from '../store/index.ts';
import type { FileStat } from '../store/types.ts';
import { digestFile, type DigestedFile } from '../transfer/digest-file.ts';
import type { SecretFields } from '../transfer/index.ts';
import { secretOfFields } from './customer-keys.ts';
import { Counting } from './match-counts.ts';
import { NO_RING, type Ring } from './ring.ts';

/** Files that are read, or asked about, at once. */
const AT_ONCE = 8;
/** Waits before a busy store is asked again, milliseconds. */
const BUSY_WAITS = [200, 500, 1000, 2000, 5000] as const;

export interface MatchPlace {
  /** Absolute. */
  readonly root: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly policy: Policy;
  /** The folder's own list. */
  readonly ignore: readonly string[];
  readonly links: LinksMode;
  /** With the fields that go with every request of the folder. */
  readonly client: StoreClient;
}

/** A file whose current version in the bucket was proved to hold its bytes. */
export interface EqualFile {
  readonly path: RelPath;
  readonly key: ObjectKey;
  readonly stat: FileStat;
  readonly sha256: string;
  readonly version: ScratchVersion;
  readonly proof: Proof;
  /** What a HEAD said, where one was asked. */
  readonly head: Readonly<Record<string, unknown>> | null;
}

export interface MatchHooks {
  /** Absolute real paths that are never entered. */
  readonly forbidden: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
  /** Left out: nobody handed customer keys over. */
  readonly ring?: Ring | undefined;
  /** Hex; what a receipt says that we sent as this version. Null: none does. */
  sha256Of(path: RelPath, version: ScratchVersion): string | null;
  onEqual(file: EqualFile): void;
  /** The file is there, and the bucket does not hold its bytes as its current version. */
  onOther(path: RelPath): void;
}

/** @param listing empty; holds every version under the prefix afterwards. */
export async function matchPrefix(
  place: MatchPlace,
  listing: Scratch,
  hooks: MatchHooks,
): Promise<Result<FolderMatch>> {
  const before = place.client.requests;
  for await (const page of listPrefix(place.client, place.bucket, place.prefix, hooks.signal)) {
    if (!page.ok) return page;
    listing.add(page.value);
  }
  const counting = new Counting();
  const walked = await matchFiles(place, listing, hooks, counting);
  if (walked !== null) return failed(walked);
  for (const version of listing.unasked()) {
    counting.onlyThere(version.key, version.size, isUsable(place.prefix, version.key));
  }
  return success(counting.end(listing.count, place.client.requests - before));
}

/** Whether a file or a folder can be called so. A key with a `/` at its end is the marker of a folder. */
function isUsable(prefix: string, key: string): boolean {
  return key === prefix || pathOfKey(prefix, key.endsWith('/') ? key.slice(0, -1) : key) !== null;
}

/** Answers what ended it before its time, or null. */
async function matchFiles(
  place: MatchPlace,
  listing: Scratch,
  hooks: MatchHooks,
  counting: Counting,
): Promise<Failure | null> {
  const rules = new FolderRules(place.ignore).begin(place.root);
  const options = {
    enter: (directory: RelPath, hasList: boolean) => rules.enter(directory, hasList),
    ignores: (path: RelPath, isDirectory: boolean) => rules.ignores(path, isDirectory),
    forbidden: hooks.forbidden,
    links: place.links,
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
  };
  const running = new Set<Promise<void>>();
  let ended: Failure | null = null;
  for await (const found of walk(place.root, ROOT, options)) {
    if (found.state === 'unknown') {
      if (found.directory === ROOT || found.failure.code === 'cancelled') ended ??= found.failure;
      continue;
    }
    for (const file of found.files) {
      if (ended !== null) break;
      const key = keyOf(place.prefix, file.path);
      const version = key.ok ? listing.current(key.value) : null;
      if (!key.ok || version === null) {
        counting.onlyHere(file.size);
        hooks.onOther(file.path);
        continue;
      }
      const work = compare(place, { file, key: key.value, version }, hooks)
        .then((compared) => {
          if (!compared.ok) ended ??= compared.failure;
          else settle(compared.value, file, hooks, counting);
        })
        .finally(() => running.delete(work));
      running.add(work);
      if (running.size >= AT_ONCE) await Promise.race(running);
    }
    if (ended !== null) break;
  }
  await Promise.all(running);
  return ended;
}

type Compared =
  { readonly kind: 'equal'; readonly file: EqualFile } | { readonly kind: 'different' } | { readonly kind: 'unproved' };

function settle(compared: Compared, { path, size }: DiskFile, hooks: MatchHooks, counting: Counting): void {
  if (compared.kind === 'equal') {
    counting.equal(size);
    hooks.onEqual(compared.file);
    return;
  }
  counting.different(path, size, compared.kind === 'unproved');
  hooks.onOther(path);
}

interface Pair {
  readonly file: DiskFile;
  readonly key: ObjectKey;
  readonly version: ScratchVersion;
}

/** Fails only with what would meet every other file as well. */
async function compare(place: MatchPlace, pair: Pair, hooks: MatchHooks): Promise<Result<Compared>> {
  const { file, key, version } = pair;
  if (file.size !== version.size) return success({ kind: 'different' });
  const onDisk = { root: place.root, path: file.path, links: place.links };
  const read = await digestFile(onDisk, wantedDigests(version), hooks.signal);
  // Gone, unreadable or changing: the scan that follows has its own words for it.
  if (!read.ok) return read.failure.code === 'cancelled' ? read : success({ kind: 'unproved' });
  const { stat, digests } = read.value;
  const equal = (proof: Proof, head: EqualFile['head']): Result<Compared> =>
    success({
      kind: 'equal',
      file: { path: file.path, key, stat, sha256: digests.sha256, version, proof, head },
    });
  const sent = hooks.sha256Of(file.path, version);
  if (sent !== null) return sent === digests.sha256 ? equal('adopted', null) : success({ kind: 'different' });
  // A name that its key does not tell whole: only the object's metadata can say that it is the same.
  const name = exactName(file.path);
  const byListing = name === null ? judgeByListing(version, stat.size, digests) : null;
  if (byListing !== null) return byListing.kind === 'equal' ? equal(byListing.proof, null) : success(byListing);
  return compareByHead(place, pair, read.value, hooks, equal);
}

async function compareByHead(
  place: MatchPlace,
  { file, key, version }: Pair,
  read: DigestedFile,
  hooks: MatchHooks,
  equal: (proof: Proof, head: EqualFile['head']) => Result<Compared>,
): Promise<Result<Compared>> {
  const { fields } = resolvePolicy(place.policy, { path: file.path, size: file.size });
  const secret = secretOfFields(fields, hooks.ring ?? NO_RING);
  const head = await askHead(place, key, version, secret.ok ? secret.value : {}, hooks.signal);
  if (!head.ok) return ends(head.failure) ? head : success({ kind: 'unproved' });
  const { ['$metadata']: _, ...said } = head.value;
  const headed = toHeaded(head.value);
  const name = exactName(file.path);
  if (name !== null && head.value.Metadata?.['cairn-name'] !== name) return success({ kind: 'different' });
  const listed = judgeByListing(version, read.stat.size, read.digests);
  if (listed?.kind === 'equal') return equal(listed.proof, said);
  let { digests } = read;
  const more = wantedAfterHead(file.size, headed, digests);
  if (more !== null) {
    const again = await digestFile({ root: place.root, path: file.path, links: place.links }, more, hooks.signal);
    if (!again.ok) return again.failure.code === 'cancelled' ? again : success({ kind: 'unproved' });
    if (again.value.digests.sha256 !== digests.sha256) return success({ kind: 'unproved' });
    digests = {
      ...again.value.digests,
      checksums: new Map([...digests.checksums, ...again.value.digests.checksums]),
    };
  }
  const verdict = judgeByHead(headed, digests);
  return verdict.kind === 'equal' ? equal(verdict.proof, said) : success(verdict);
}

/** What keeps every file from being asked about, and not this one alone. */
function ends({ class: kind, code }: Failure): boolean {
  return kind === 'offline' || kind === 'busy' || kind === 'clock' || kind === 'credentials' || code === 'cancelled';
}

async function askHead(
  place: MatchPlace,
  key: string,
  { versionId }: ScratchVersion,
  secret: SecretFields,
  signal: AbortSignal | undefined,
): Promise<Result<OutputOf<'HeadObject'>>> {
  const input = {
    Bucket: place.bucket,
    Key: key,
    ChecksumMode: 'ENABLED',
    ...(versionId === null ? {} : { VersionId: versionId }),
  } as const;
  for (const wait of [...BUSY_WAITS, null]) {
    if (signal?.aborted === true) return failed(failure('cancelled'));
    let head = await place.client.send('HeadObject', { ...input, ...secret }, signal);
    // An object that lies under no customer key refuses to be asked with one.
    if (!head.ok && Object.keys(secret).length > 0 && !ends(head.failure)) {
      head = await place.client.send('HeadObject', input, signal);
    }
    if (head.ok || head.failure.class !== 'busy' || wait === null) return head;
    await sleep(wait);
  }
  return failed(failure('busy', { answer: reason('no-answer') }));
}

const CHECKSUM = /^Checksum(?!Type$)(.+)$/;

/** What of a HEAD can prove bytes. */
export function toHeaded(head: OutputOf<'HeadObject'>): HeadedObject {
  const checksums = Object.entries(head).flatMap(([name, value]): ObjectChecksum[] => {
    const algorithm = CHECKSUM.exec(name)?.[1];
    if (algorithm === undefined || typeof value !== 'string') return [];
    const isComposite = head.ChecksumType === 'COMPOSITE' || (head.ChecksumType === undefined && /-\d+$/.test(value));
    return [{ algorithm, value, type: isComposite ? 'COMPOSITE' : 'FULL_OBJECT' }];
  });
  return {
    etag: unquoted(head.ETag),
    checksums,
    sha256: head.Metadata?.['cairn-sha256'] ?? null,
    etagIsNoMd5: head.SSECustomerAlgorithm !== undefined || head.ServerSideEncryption?.startsWith('aws:kms') === true,
  };
}
