/**
 * One directory of a folder as it stood, and what directories come to. In: the folder's listing. Out: as much as can be
 * told within a moment, and where to go on. Where nothing can be kept, the bucket is listed for it each time.
 */
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { failure } from '../contract/errors.ts';
import type { DirectorySums, DirectoryThen, ThenSum } from '../contract/history.ts';
import type { AnyFolder } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { DirectoryWalk, SumWalk, type DirectoryPlace } from '../history/index.ts';
import { rangeOf, type KeyBatch } from '../history/key-range.ts';
import { compareKeys, type StoreClient } from '../s3/index.ts';
import type { FolderListing } from './listings.ts';

/** An answer is given after so long, milliseconds, with what is known by then. */
export const MOMENT_MS = 20;
/** Versions that are read where a directory within may end at once; then ever more. */
const FEW = 32;
const MANY = 1000;

export interface DirectoryTools {
  readonly folder: AnyFolder;
  readonly client: StoreClient;
  readonly listing: FolderListing;
  readonly pathOfKey: DirectoryPlace['pathOfKey'];
  /** How long an answer may take once something is known, milliseconds. */
  readonly momentMs: number;
  readonly signal: AbortSignal;
}

export interface DirectoryWish {
  /** '' is the whole folder. */
  readonly directory: string;
  readonly at: Date;
  /** From where an answer before left off. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly wanted: 'now' | 'kept';
  /** Told how many versions were found so far, where the bucket is listed first. */
  readonly onVersions: (versions: number) => void;
}

/** What lies directly in a directory. */
export async function directoryAt(tools: DirectoryTools, wish: DirectoryWish): Promise<Result<DirectoryThen>> {
  const { folder, client, listing, signal } = tools;
  const { directory: path, at, limit, after } = wish;
  const isKept = await listing.ready(client, wish.wanted, signal, wish.onVersions);
  if (!isKept.ok) return isKept;
  const prefixes = prefixesOf(folder, path);
  // A name with two forms may lie in two places of the bucket: rare enough to be read at one go.
  const mayStop = isKept.value && prefixes.length === 1;
  const isSpent = moment(tools.momentMs);
  const formsOf = (prefix: string): readonly string[] => formsIn(tools, prefix);
  const walk = new DirectoryWalk({ path, atMs: at.getTime(), pathOfKey: tools.pathOfKey, formsOf }, mayStop);
  let asOfMs = listing.asOf(folder.prefix) ?? Infinity;
  let next: string | null = null;
  for (const prefix of prefixes) {
    const begin = isKept.value ? (mayStop ? (after ?? prefix) : prefix) : null;
    const read = await readKeys(tools, prefix, begin, FEW, (batch) => {
      if (begin === null) asOfMs = Math.min(asOfMs, batch.atMs);
      const from = walk.take(batch, prefix);
      if (!mayStop || compareKeys(from, rangeOf(prefix).to) >= 0 || (walk.size < limit && !isSpent())) return from;
      const left = walk.stop(from);
      next = compareKeys(left, rangeOf(prefix).to) >= 0 ? null : left;
      return null;
    });
    if (!read.ok) return read;
  }
  return success({ asOf: new Date(asOfMs).toISOString(), entries: walk.entries, next });
}

/** What directories come to, all below each: as many as can be counted in a moment. @param after within the first. */
export async function sumsAt(
  tools: DirectoryTools,
  directories: readonly string[],
  at: Date,
  after: string | undefined,
): Promise<Result<DirectorySums>> {
  const { folder, listing } = tools;
  const isKept = await listing.ready(tools.client, 'kept', tools.signal, () => undefined);
  if (!isKept.ok) return isKept;
  const sums: ThenSum[] = [];
  const isSpent = moment(tools.momentMs);
  for (const [index, path] of directories.entries()) {
    const walk = new SumWalk({ path, atMs: at.getTime(), pathOfKey: tools.pathOfKey });
    const left: { next: string | null } = { next: null };
    for (const prefix of prefixesFrom(prefixesOf(folder, path), index === 0 ? after : undefined)) {
      const begin = index === 0 && after?.startsWith(prefix) === true ? after : prefix;
      const read = await readKeys(tools, prefix, isKept.value ? begin : null, MANY, (batch) => {
        walk.take(batch);
        const isEnough = isKept.value && isSpent() && compareKeys(batch.to, rangeOf(prefix).to) < 0;
        left.next = isEnough ? batch.to : null;
        return isEnough ? null : batch.to;
      });
      if (!read.ok) return read;
      if (left.next !== null) break;
    }
    sums.push(walk.sum);
    if (left.next !== null || isSpent()) return success({ sums, next: left.next });
  }
  return success({ sums, next: null });
}

/** Whether a moment is over that begins now. */
function moment(ms: number): () => boolean {
  const began = performance.now();
  return () => performance.now() - began >= ms;
}

/**
 * Reads the keys below a prefix.
 * @param begin null: nothing is kept, and all is listed. @param take answers where to go on; null: it was enough.
 */
async function readKeys(
  { client, listing, signal }: DirectoryTools,
  prefix: string,
  begin: string | null,
  first: number,
  take: (batch: KeyBatch) => string | null,
): Promise<Result<null>> {
  if (begin === null) {
    for await (const batch of listing.batches(client, prefix, 'now', signal)) {
      if (!batch.ok) return batch;
      take(batch.value);
    }
    return success(null);
  }
  const { to } = rangeOf(prefix);
  const walk = listing.walk(rangeOf(prefix));
  let rows = first;
  for (let from = begin; compareKeys(from, to) < 0;) {
    if (signal.aborted) return failed(failure('cancelled'));
    const batch = walk.next({ from, to }, rows);
    if (batch === null) return failed(failure('listing-lost'));
    const next = take(batch);
    if (next === null) return success(null);
    rows = compareKeys(next, batch.to) > 0 ? first : Math.min(MANY, 2 * rows);
    from = next;
    if (rows === MANY) await yieldToLoop();
  }
  return success(null);
}

/** What the keys below a directory begin with: as we write them, and where it has another form as others may have. */
function prefixesOf({ prefix }: AnyFolder, directory: string): readonly string[] {
  if (directory === '') return [prefix];
  return [...new Set([directory.normalize('NFC'), directory])].map((name) => `${prefix}${name}/`);
}

function prefixesFrom(prefixes: readonly string[], after: string | undefined): readonly string[] {
  const at = after === undefined ? 0 : prefixes.findIndex((prefix) => after.startsWith(prefix));
  return prefixes.slice(Math.max(0, at));
}

const ASCII = /^[ -~]*$/;

/** Other forms of a directory's name that receipts tell of. @param prefix of the keys below it. */
function formsIn({ folder, listing }: DirectoryTools, prefix: string): readonly string[] {
  const name = prefix.slice(folder.prefix.length);
  if (ASCII.test(name)) return [];
  const depth = name.split('/').length - 1;
  const { from, to } = rangeOf(name);
  return listing.odd.in(from, to).map((path) => path.split('/').slice(0, depth).join('/'));
}
