/** Joins names, receipts and a client into what history needs. In: a folder. Out: its ports, and restores. */
import { basename, dirname, join } from 'node:path';
import { failure, type Failure } from '../contract/errors.ts';
import type { Differences, DirectorySums, DirectoryThen, FileRestored, Progress } from '../contract/history.ts';
import type { AnyFolder, Restored, Version } from '../contract/models.ts';
import { baseName, parentPath, parseRelPath, type ObjectKey, type RelPath } from '../contract/names.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import {
  beginManifest,
  besideName,
  choiceMark,
  choiceOf,
  checkSpace,
  diffTrees,
  PLAIN_TARGET,
  prepareTarget,
  readTrees,
  readUntoldTimes,
  readVersions,
  restoreTree,
  restoreVersion,
  Slots,
  takeUpManifest,
  usableName,
  type HistoryPorts,
  type PlacedEntry,
  type RestorePorts,
  type TreeAt,
  type TreeItem,
  type TreesAt,
  type UntoldTimes,
} from '../history/index.ts';
import { parseMtime } from '../policy/metadata.ts';
import { commonFields } from '../policy/request.ts';
import { resolvePolicy } from '../policy/resolve.ts';
import { openPace } from '../queue/index.ts';
import { openClient, withCommonFields, type StoreClient } from '../s3/index.ts';
import { exactName, keyOf, pathOfKey } from '../scan/names.ts';
import type { ReadTables } from '../store/index.ts';
import { isAlgorithm, openChecksum, openGrowingDigests, type SecretFields } from '../transfer/index.ts';
import { directoryAt, MOMENT_MS, sumsAt, type DirectoryTools, type DirectoryWish } from './directory-at.ts';
import { withExactNames } from './exact-names.ts';
import { secretByMd5, secretOfFields } from './customer-keys.ts';
import { NO_RING, type Ring } from './ring.ts';
import type { ReadHome } from './home.ts';
import { openFolderListing, type FolderListing, type Wanted } from './listings.ts';
import { findConnection, findFolder } from './manage.ts';

/** Waits before further attempts at what met a passing trouble, milliseconds. */
const PAUSES_MS = [250, 1_000, 4_000] as const;
/** Where restores that are under way keep what they have done; in the home. */
export const MANIFESTS = 'restores';

export interface RestoreOptions {
  readonly signal?: AbortSignal | undefined;
  /** Takes up a restore that was broken off. */
  readonly resume?: boolean;
  /** Only these of the directory, files and directories, by their paths in the folder; left out: all. */
  readonly paths?: readonly string[] | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

export interface LookOptions {
  /** How fresh the listing must be; left out: of this moment. */
  readonly wanted?: Wanted | undefined;
  /** '', or left out: the whole folder. */
  readonly directory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A tree, and of when the listing is that it was made of. */
export interface TreeAsOf extends TreeAt {
  readonly asOf: string;
}

/** A key that no file can be called by, as a result of its own. */
export interface LeftOut {
  readonly key: string;
  readonly failure: Failure;
}

export interface PresentItems {
  readonly items: readonly { readonly entry: PlacedEntry; readonly item: Result<TreeItem> }[];
  readonly leftOut: readonly LeftOut[];
}

/** A folder's history, for the command line and the window alike. It changes nothing in the home. */
export class FolderHistory {
  readonly #folder: AnyFolder;
  readonly #client: StoreClient;
  readonly #tables: ReadTables | null;
  readonly #home: string | null;
  readonly #listing: FolderListing;
  readonly #ring: Ring;

  /** @param home where restores that are broken off can be taken up from; null: nowhere. */
  constructor(
    folder: AnyFolder,
    client: StoreClient,
    tables: ReadTables | null,
    listing: FolderListing,
    home: string | null = null,
    ring: Ring = NO_RING,
  ) {
    this.#ring = ring;
    this.#folder = folder;
    this.#listing = listing;
    this.#client = withCommonFields(client, commonFields(folder.policy));
    this.#tables = tables;
    this.#home = home;
  }

  get isAttached(): boolean {
    return this.#folder.path === null;
  }

  async versions(path: string): Promise<Result<readonly Version[]>> {
    const key = this.#key(path);
    if (!key.ok) return key;
    const ports = this.#ports('now');
    const ours = await readVersions(key.value.path, key.value.key, ports);
    // Another program may have written the name in the form that we never write.
    const raw = `${this.#folder.prefix}${key.value.path}` as ObjectKey;
    const isOther = ours.ok && ours.value.length === 0 && raw !== key.value.key;
    const versions = isOther ? await readVersions(key.value.path, raw, ports) : ours;
    if (!versions.ok) return versions;
    if (versions.value.length === 0) return failed(failure('unknown-path', { path, folder: this.#folder.name }));
    return versions;
  }

  /** @param wanted how fresh the listing must be that it is made of. @param directory '' is the whole folder. */
  async tree(at: Date | null, { wanted = 'now', directory = '', signal }: LookOptions = {}): Promise<Result<TreeAsOf>> {
    const found = await this.#trees([at], wanted, directory, signal);
    if (!found.ok) return found;
    const [tree = { entries: [], unsafeKeys: [] }] = found.value.trees;
    return success({ ...tree, asOf: isoOf(found.value.asOfMs) });
  }

  /** @param to null: now. */
  async diff(
    from: Date,
    to: Date | null,
    { wanted = 'now', signal }: LookOptions = {},
  ): Promise<Result<Omit<Differences, 'more'>>> {
    const found = await this.#trees([from, to], wanted, '', signal, true);
    if (!found.ok) return found;
    const [before, after] = found.value.trees;
    const changes = diffTrees(before?.entries ?? [], after?.entries ?? []);
    const counts = { added: 0, changed: 0, gone: 0, moved: 0 };
    for (const { kind } of changes) counts[kind] += 1;
    const asOf = isoOf(found.value.asOfMs);
    return success({ from: from.toISOString(), to: to?.toISOString() ?? null, asOf, changes, counts });
  }

  /** What lies directly in a directory, as it stood at a time against now. */
  directory(wish: DirectoryWish, signal: AbortSignal): Promise<Result<DirectoryThen>> {
    const wrong = wrongPath(wish.directory);
    return wrong === null ? directoryAt(this.#directoryTools(signal), wish) : Promise.resolve(failed(wrong));
  }

  /** What directories come to, all below each. @param after from where an answer before left off. */
  sums(
    directories: readonly string[],
    at: Date,
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<Result<DirectorySums>> {
    const wrong = wrongPath(
      '',
      directories.filter((directory) => directory !== ''),
    );
    return wrong === null
      ? sumsAt(this.#directoryTools(signal), directories, at, after)
      : Promise.resolve(failed(wrong));
  }

  #directoryTools(signal: AbortSignal): DirectoryTools {
    const { pathOfKey } = this.#ports('kept');
    const what = { folder: this.#folder, client: this.#client, listing: this.#listing };
    return { ...what, pathOfKey, momentMs: MOMENT_MS, signal };
  }

  /** A directory at these times; what lies elsewhere is not even listed. */
  async #trees(
    times: readonly (Date | null)[],
    wanted: Wanted,
    directory: string,
    signal: AbortSignal | undefined,
    onlyOther = false,
  ): Promise<Result<TreesAt>> {
    const path = directory === '' ? '' : parseRelPath(directory);
    if (path === null) return failed(notAPath(directory));
    // A name that is not NFC may lie under its own form, or under NFC: then the folder is walked for it.
    const ports = this.#ports(wanted, path === '' || path !== path.normalize('NFC') ? '' : `${path}/`);
    const found = await readTrees(
      times.map((one) => one?.getTime() ?? null),
      ports,
      signal,
      onlyOther,
    );
    if (!found.ok || path === '') return found;
    // A name in another form than the key's lies in another directory.
    const isBelow = (entry: PlacedEntry): boolean => entry.path.startsWith(`${path}/`);
    const trees = found.value.trees.map((tree) => ({ ...tree, entries: tree.entries.filter(isBelow) }));
    return success({ ...found.value, trees });
  }

  /** When versions came to be whose times no receipt tells. */
  untoldTimes(signal: AbortSignal): Promise<Result<UntoldTimes>> {
    return readUntoldTimes(this.#ports('kept'), signal);
  }

  /** One version as an entry of its own, and all versions of its path. Fails for a delete marker. */
  async entryOf(
    path: string,
    versionId: string,
  ): Promise<
    Result<{ readonly entry: PlacedEntry; readonly version: Version; readonly versions: readonly Version[] }>
  > {
    const key = this.#key(path);
    if (!key.ok) return key;
    const known = await this.versions(path);
    if (!known.ok) return known;
    const versions = known.value.filter(({ removed }) => !removed);
    const version = versions.find((one) => one.versionId === versionId && !one.deleteMarker);
    if (version === undefined) {
      return failed(failure('unknown-version', { path, versionId, folder: this.#folder.name }));
    }
    return success({ entry: { ...version, path: key.value.path }, version, versions });
  }

  /** What a directory held at each of these times; null: now. '' is the whole folder; `paths` must all be there first. */
  async entriesAt(
    directory: string,
    times: readonly (Date | null)[],
    { signal, paths }: Pick<RestoreOptions, 'signal' | 'paths'> = {},
  ): Promise<Result<readonly (readonly PlacedEntry[])[]>> {
    const wrong = wrongPath(directory, paths);
    if (wrong !== null) return failed(wrong);
    const trees = await readTrees(
      times.map((one) => one?.getTime() ?? null),
      this.#ports('now'),
      signal,
    );
    if (!trees.ok) return trees;
    const choices = trees.value.trees.map(() => choiceOf(paths ?? null));
    const chosen = trees.value.trees.map(({ entries }, index) =>
      entries.filter(({ path }) => isBelow(path, directory) && choices[index]?.has(path) === true),
    );
    const unmet = choices[0]?.unmet()[0];
    if (unmet !== undefined) return failed(failure('unknown-path', { path: unmet, folder: this.#folder.name }));
    return success(chosen);
  }

  /** @param to absolute; null: beside the present file, under a name with the version's time. */
  async restoreOne(
    path: string,
    versionId: string,
    to: string | null,
    signal?: AbortSignal,
  ): Promise<Result<Restored>> {
    const found = await this.entryOf(path, versionId);
    if (!found.ok) return found;
    const { entry, version } = found.value;
    const secret = this.secretOf(entry);
    if (!secret.ok) return secret;
    const beside = besideName(baseName(path), new Date(version.seenAt ?? version.lastModified));
    const traits = { ...PLAIN_TARGET, windowsNames: process.platform === 'win32' };
    const place = to === null ? joined(parentPath(path as RelPath), usableName(beside, traits)) : basename(to);
    const { key, size, sha256 } = entry;
    const root = to === null ? this.#folder.path : dirname(to);
    if (root === null) return failed(failure('restore-needs-place', { path, folder: this.#folder.name }));
    const room = await checkSpace(root, size).catch(() => success(null));
    if (!room.ok) return room;
    const request = { path, key, versionId: version.versionId, size, sha256, place, secret: secret.value };
    return restoreVersion(root, request, this.restorePorts(), signal);
  }

  /**
   * A directory as it stood at a time, or one file, into a new place.
   * @param directory '' is the whole folder; places are relative to it. @param onResult is told of each file as it ends.
   */
  async restoreDirectory(
    directory: string,
    at: Date,
    to: string,
    onResult: (path: string, result: Result<FileRestored>) => void,
    { signal, resume = false, onProgress, paths }: RestoreOptions = {},
  ): Promise<Result<{ readonly files: number; readonly leftOut: readonly LeftOut[] }>> {
    const wrong = wrongPath(directory, paths);
    if (wrong !== null) return failed(wrong);
    const choice = choiceOf(paths ?? null);
    // A listing of a later time than the one that is asked for tells of it all, but for what has gone since.
    const tree = await this.tree(at, { wanted: at.getTime(), signal });
    if (!tree.ok) return tree;
    const { prefix } = this.#folder;
    const chosen = tree.value.entries.filter(({ path }) => isBelow(path, directory) && choice.has(path));
    const leftOut = tree.value.unsafeKeys
      .filter((key) => isBelow(key, `${prefix}${directory}`) && choice.has(key.slice(prefix.length)))
      .map(leftOutOf);
    const missing = chosen.length + leftOut.length === 0 ? directory : choice.unmet()[0];
    if (missing !== undefined) return failed(failure('unknown-path', { path: missing, folder: this.#folder.name }));
    const known: TreeItem[] = [];
    for (const entry of chosen) {
      const item = this.#itemOf(entry, directory);
      if (item.ok) known.push(item.value);
      else onResult(entry.path, item);
    }
    const items = await this.exactNames(known, signal);
    const mark = choiceMark(paths ?? null);
    const wish = { folder: this.#folder.id, directory, at: at.toISOString(), to, choice: mark };
    const manifests = this.#home === null ? null : join(this.#home, MANIFESTS);
    const begun = resume ? takeUpManifest(manifests, wish) : null;
    if (begun === null) {
      const prepared = await prepareTarget(to);
      if (!prepared.ok && resume) return failed(failure('nothing-to-resume', { to }));
      if (!prepared.ok) return prepared;
    }
    const manifest = begun ?? beginManifest(manifests, wish);
    const total = { filesTotal: items.length, bytesTotal: items.reduce((sum, { entry }) => sum + entry.size, 0) };
    const done = { files: 0, bytes: 0, failed: leftOut.length };
    const progressed = (): void => onProgress?.({ files: done.files, bytes: done.bytes, ...total });
    progressed();
    const ended = await restoreTree(items, to, this.restorePorts(manifest.run), {
      manifest,
      signal,
      onResult: ({ item, result: came, wasThere, renamedTo }) => {
        const result = came.ok ? came : failed(this.#whyMissing(item, came.failure));
        done.files += 1;
        if (result.ok) done.bytes += item.entry.size;
        else done.failed += 1;
        onResult(item.entry.path, result.ok ? success({ ...result.value, wasThere, renamedTo }) : result);
        progressed();
      },
    });
    if (!ended.ok) return ended;
    if (done.failed === leftOut.length) manifest.remove();
    return success({ files: items.length + leftOut.length, leftOut });
  }

  /** Everything that is there now, each with what it takes to bring it back, and keys that no file can be called by. */
  async presentItems(signal: AbortSignal): Promise<Result<PresentItems>> {
    const tree = await this.tree(null, { signal });
    if (!tree.ok) return tree;
    const items = tree.value.entries.map((entry) => ({ entry, item: this.#itemOf(entry, '') }));
    return success({ items, leftOut: tree.value.unsafeKeys.map(leftOutOf) });
  }

  /** Items of an attached place, under the names that they had where they were sent; of a folder, receipts know them. */
  async exactNames(items: readonly TreeItem[], signal?: AbortSignal): Promise<readonly TreeItem[]> {
    return this.isAttached ? withExactNames(items, this.#folder, this.#client, signal) : items;
  }

  /** @param directory that the place is relative to; the file itself lies there by its name. */
  #itemOf(entry: PlacedEntry, directory: string): Result<TreeItem> {
    const secret = this.secretOf(entry);
    if (!secret.ok) return secret;
    const { key, sha256, path } = entry;
    const place = path === directory ? baseName(path) : directory === '' ? path : path.slice(directory.length + 1);
    return success({ entry, key, sha256, secret: secret.value, place });
  }

  /** A version that is gone from the bucket is forgotten here, and the failure says so. */
  #whyMissing({ key, entry: { path, versionId } }: TreeItem, cause: Failure): Failure {
    if (cause.code !== 'object-missing' || versionId === null) return cause;
    this.#listing.remove(key, versionId);
    return failure('version-gone', { path, versionId, folder: this.#folder.name });
  }

  /** The customer key that a version lies under, by its receipt; of an attached place, by what its policy says. */
  secretOf({ receiptSeq, path, size }: Pick<PlacedEntry, 'receiptSeq' | 'path' | 'size'>): Result<SecretFields> {
    const { policy } = this.#folder;
    if (this.#folder.path === null)
      return secretOfFields(resolvePolicy(policy, { path: path as RelPath, size }).fields, this.#ring);
    const receipt = receiptSeq === null ? null : (this.#tables?.receipts.find(receiptSeq) ?? null);
    return secretByMd5(policy, receipt?.request['SSECustomerKeyMD5'], this.#ring);
  }

  #key(text: string): Result<{ readonly path: RelPath; readonly key: ObjectKey }> {
    const path = parseRelPath(text);
    if (path === null) return failed(notAPath(text));
    const key = keyOf(this.#folder.prefix, path);
    return key.ok ? success({ path, key: key.value }) : key;
  }

  /** @param below what all keys of the batches begin with, behind the folder's prefix. */
  #ports(wanted: Wanted, below = ''): HistoryPorts {
    const { prefix, bucket } = this.#folder;
    const listing = this.#listing;
    return {
      client: this.#client,
      bucket,
      batches: (signal) => listing.batches(this.#client, prefix + below, wanted, signal),
      receiptsOf: (path) => this.#tables?.receipts.ofPath(this.#folder.id, path).reverse() ?? [],
      mark: () => listing.mark(),
      note: (key, versions, mark) => {
        listing.note(key, versions, mark);
      },
      pathOfKey: (key, exact) => {
        const encoded = exact === undefined ? null : exactName(exact as RelPath);
        // What this computer cannot call a file by is seen to where it is written.
        return pathOfKey(prefix, key, encoded ?? undefined, 'linux');
      },
    };
  }

  restorePorts(run = ''): RestorePorts {
    return {
      client: this.#client,
      bucket: this.#folder.bucket,
      parseMtime,
      run,
      // Ranges of large files among them. Some stores take 40 ms for the least object, and many at once no longer.
      slots: new Slots(openPace()),
      pausesMs: PAUSES_MS,
      openChecksum: (algorithm) => (isAlgorithm(algorithm) ? openChecksum(algorithm) : null),
      openGrowing: (fd, md5, algorithm) =>
        openGrowingDigests(fd, md5, algorithm !== null && isAlgorithm(algorithm) ? algorithm : null),
      onBytes: () => undefined,
    };
  }
}

/** @param ms since 1970. */
function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

function leftOutOf(key: string): LeftOut {
  return { key, failure: failure('name-unsafe', { key }) };
}

function joined(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/** A folder's history with a client of its own, for commands that come and go. */
export async function openFolderHistory(
  home: ReadHome,
  name: string,
  ring: Ring = NO_RING,
): Promise<Result<{ readonly history: FolderHistory; close(): void }>> {
  const folder = findFolder(home.settings.folders, name);
  if (!folder.ok) return folder;
  const connection = findConnection(home.settings.connections, folder.value.connection);
  if (!connection.ok) return connection;
  const client = await openClient(connection.value);
  if (!client.ok) return client;
  const listing = openFolderListing(home, folder.value, true);
  const history = new FolderHistory(folder.value, client.value, home.tables, listing, home.path, ring);
  return success({
    history,
    close: () => {
      listing.close();
      client.value.close();
    },
  });
}

/** A directory is below itself; all is below '' and below what ends in `/`. */
function isBelow(path: string, directory: string): boolean {
  if (directory === '' || directory.endsWith('/')) return path.startsWith(directory);
  return path === directory || path.startsWith(`${directory}/`);
}

function wrongPath(directory: string, paths: readonly string[] = []): Failure | null {
  const wrong = [...(directory === '' ? [] : [directory]), ...paths].find((text) => parseRelPath(text) === null);
  return wrong === undefined ? null : notAPath(wrong);
}

export function notAPath(text: string) {
  return failure('bad-input', { field: 'path', problem: reason('not-below', { text }) });
}
