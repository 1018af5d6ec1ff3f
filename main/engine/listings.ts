/**
 * What the bucket holds under a folder's prefix, listed anew or as it was listed last. In: folders, a range, how fresh it
 * must be. Out: whole keys with their versions, page by page. Whatever is listed is kept for the next look.
 */
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { failure } from '../contract/errors.ts';
import type { AnyFolder } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import {
  listedAt,
  markerOf,
  overlapOf,
  rangeOf,
  rangeOfKey,
  staleFrom,
  WholeKeys,
  type KeyBatch,
  type Mark,
  type Whole,
} from '../history/key-range.ts';
import { batchOf, explained } from '../history/kept.ts';
import type { KnownReceipt } from '../history/timeline.ts';
import { listObjects, listVersions, type ListedVersion, type StoreClient } from '../s3/index.ts';
import {
  openListing,
  openListingForReading,
  removeListing,
  type KeptListing,
  type KeptRow,
  type KeyRange,
} from '../store/index.ts';
import type { ReadTables } from '../store/index.ts';
import { FolderReceipts, NO_RECEIPTS, type TimedReceipts } from './folder-receipts.ts';
import { KeptWalk } from './kept-walk.ts';
import type { OddNames } from './odd-names.ts';

/** What is kept is shown without a question until it is so old, milliseconds. */
export const FRESH_MS = 5 * 60_000;
/** Where a listing takes long it comes so seldom that it takes at most a twentieth of the time. */
const SHARE = 20;

/** How fresh an answer must be: of this moment; of any age; or not listed before a time, milliseconds since 1970. */
export type Wanted = 'now' | 'kept' | number;

export type Batches = AsyncGenerator<Result<KeyBatch>>;

export interface ListingsOptions {
  readonly home: string;
  readonly receipts: TimedReceipts;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** A folder was listed whole. */
  readonly onListed: (folder: AnyFolder) => void;
  readonly log: (line: string) => void;
}

/** The listings of an engine's folders. */
export class Listings {
  readonly #options: ListingsOptions;
  readonly #known = new Map<string, FolderListing>();

  constructor(options: ListingsOptions) {
    this.#options = options;
  }

  of(folder: AnyFolder): FolderListing {
    const known = this.#known.get(folder.id);
    if (known !== undefined) return known;
    const listing = new FolderListing(folder, this.#options);
    this.#known.set(folder.id, listing);
    return listing;
  }

  /** After a folder was removed. */
  async forget({ id }: AnyFolder): Promise<void> {
    const known = this.#known.get(id);
    this.#known.delete(id);
    await known?.stop();
    removeListing(this.#options.home, id);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#known.values()].map((listing) => listing.stop()));
  }
}

/** The listing of one folder. */
export class FolderListing {
  readonly #folder: AnyFolder;
  readonly #options: ListingsOptions;
  readonly #isForReading: boolean;
  readonly #ending = new AbortController();
  readonly #receipts: FolderReceipts;
  /** Null: not opened yet; false: nothing can be kept. */
  #kept: KeptListing | false | null = null;
  #refreshing: Promise<Result<null>> | null = null;
  /** Those who want to hear how many versions a listing has found so far. */
  readonly #followers = new Set<(versions: number) => void>();

  /** @param isForReading another process may be writing: nothing is kept here. */
  constructor(folder: AnyFolder, options: ListingsOptions, isForReading = false) {
    this.#folder = folder;
    this.#options = options;
    this.#isForReading = isForReading;
    this.#receipts = new FolderReceipts(options.receipts, folder);
  }

  /** Of the folder's receipts, as far as they go now. */
  get odd(): OddNames {
    return this.#receipts.odd;
  }

  /** When the keys below a prefix were listed, the oldest of them; null: not all of them ever were. */
  asOf(prefix: string): number | null {
    const range = rangeOf(prefix);
    return this.#use((kept) => listedAt(range, kept.covered(range)), null);
  }

  /** The keys below a prefix, whole, in their order. A page that fails ends the walk. */
  async *batches(client: StoreClient, prefix: string, wanted: Wanted, signal?: AbortSignal): Batches {
    if (wanted === 'kept' && this.asOf(prefix) === null && !this.#isForReading) {
      const refreshed = await this.refresh(client, signal);
      if (!refreshed.ok) {
        yield refreshed;
        return;
      }
    }
    const asOf = wanted === 'now' ? null : this.asOf(prefix);
    if (asOf === null || (wanted !== 'kept' && asOf < Number(wanted))) {
      yield* this.live(client, prefix, signal);
      return;
    }
    if (this.#isOld(asOf) && !this.#isForReading) void this.refresh(client);
    yield* this.#keptBatches(rangeOf(prefix), signal);
  }

  /**
   * Sees to it that all of the folder is kept, listed now or at any time. False: it cannot be kept.
   * @param onVersions is told how many versions were found so far, where it is listed first.
   */
  async ready(
    client: StoreClient,
    wanted: 'now' | 'kept',
    signal: AbortSignal,
    onVersions: (versions: number) => void,
  ): Promise<Result<boolean>> {
    const { prefix } = this.#folder;
    const asOf = this.asOf(prefix);
    if (wanted === 'now' || asOf === null) {
      this.#followers.add(onVersions);
      const listed = await (wanted === 'now' ? this.#all(client, signal) : this.refresh(client, signal));
      this.#followers.delete(onVersions);
      if (!listed.ok) return listed;
    } else if (this.#isOld(asOf)) void this.refresh(client);
    return success(this.asOf(prefix) !== null);
  }

  /** Goes through what is kept of a range, as it is now. What it answers is null where that is not there any more. */
  walk(range: KeyRange): Pick<KeptWalk, 'next'> {
    const walk = this.#use((kept) => {
      const { prefix } = this.#folder;
      const seq = Math.min(...kept.covered(rangeOf(prefix)).map((one) => one.seq));
      return new KeptWalk(kept, kept.covered(range), this.#receipts.later(seq));
    }, null);
    return { next: (part, rows) => this.#use(() => walk?.next(part, rows) ?? null, null) };
  }

  async #all(client: StoreClient, signal: AbortSignal): Promise<Result<null>> {
    for await (const batch of this.live(client, this.#folder.prefix, signal)) if (!batch.ok) return batch;
    return success(null);
  }

  /**
   * Lists anew, and keeps what comes.
   * @param objects where the store cannot list versions, its present objects are listed, and not kept.
   */
  live(client: StoreClient, prefix: string, signal?: AbortSignal, objects = false): Batches {
    const range = rangeOf(prefix);
    return this.#listed(client, range, range.from, signal, objects);
  }

  /** Lists what is older than a few minutes; whoever asks meanwhile waits for the same. It ends with the engine alone. */
  async refresh(client: StoreClient, signal?: AbortSignal): Promise<Result<null>> {
    this.#refreshing ??= this.#refresh(client).finally(() => {
      this.#refreshing = null;
    });
    return signal === undefined ? this.#refreshing : Promise.race([this.#refreshing, aborted(signal)]);
  }

  /** The moment before something is asked for. */
  mark(): Mark {
    return { atMs: this.#options.now().getTime(), seq: this.#options.receipts.lastSeq() };
  }

  /** All versions of one key, listed just now. */
  note(key: string, versions: readonly ListedVersion[], mark: Mark): void {
    this.#keep({ ...rangeOfKey(key), ...mark, rows: versions });
  }

  /** A version turned out to be gone. */
  remove(key: string, versionId: string): void {
    this.#use((kept) => {
      kept.remove(key, versionId);
    }, undefined);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#refreshing;
    this.close();
  }

  close(): void {
    if (this.#kept !== null && this.#kept !== false) this.#kept.close();
    this.#kept = false;
  }

  async #refresh(client: StoreClient): Promise<Result<null>> {
    const signal = AbortSignal.any([this.#options.signal, this.#ending.signal]);
    const range = rangeOf(this.#folder.prefix);
    const beganMs = this.#options.now().getTime();
    const from = this.#use((kept) => staleFrom(range, kept.covered(range), beganMs - FRESH_MS), range.from);
    if (from === range.to) return success(null);
    for await (const batch of this.#listed(client, range, from, signal, false)) {
      if (batch.ok) continue;
      if (batch.failure.code !== 'cancelled') {
        this.#options.log(`the bucket of ${this.#folder.name} was not listed: ${batch.failure.message}`);
      }
      return batch;
    }
    if (from === range.from) {
      this.#use((kept) => {
        kept.setTookMs(this.#options.now().getTime() - beganMs);
      }, undefined);
    }
    this.#options.onListed(this.#folder);
    return success(null);
  }

  async *#listed(
    client: StoreClient,
    range: KeyRange,
    from: string,
    signal: AbortSignal | undefined,
    objects: boolean,
  ): Batches {
    const { bucket } = this.#folder;
    const keys = new WholeKeys<ListedVersion>({ ...range, from }, ({ key }) => key);
    let pages = listVersions(client, bucket, range.from, signal, markerOf(range, from));
    let areVersions = true;
    let found = 0;
    const keep = (batch: Whole<ListedVersion>): Result<KeyBatch> => {
      if (!keys.isInOrder) this.#drop();
      const receipts = areVersions && keys.isInOrder ? this.#keep(batch) : this.#receipts.in(batch);
      return success({ ...batch, versions: batch.rows, receipts });
    };
    for (;;) {
      const mark = this.mark();
      const next = await pages.next();
      if (next.done === true) {
        yield keep(keys.end(mark));
        return;
      }
      const page = next.value;
      if (page.ok) {
        found += page.value.length;
        for (const follower of this.#followers) follower(found);
        const batch = keys.take(page.value, mark);
        if (batch !== null) yield keep(batch);
        await yieldToLoop();
      } else if (objects && areVersions && page.failure.code === 'not-supported') {
        areVersions = false;
        pages = listObjects(client, bucket, range.from, signal);
      } else {
        yield page;
        return;
      }
    }
  }

  async *#keptBatches(range: KeyRange, signal: AbortSignal | undefined): Batches {
    const ranges = this.#use((kept) => kept.covered(range), []);
    const since = this.#receipts.after(Math.min(...ranges.map(({ seq }) => seq)), range);
    for (const listed of ranges) {
      const part = overlapOf(range, listed);
      const keys = new WholeKeys<KeptRow>(part, ({ version }) => version.key);
      const pages = this.#use((kept) => kept.pages(part), null);
      for (;;) {
        const page = signal?.aborted === true ? null : this.#use(() => pages?.next() ?? null, null);
        if (page === null) {
          const isEnding = this.#ending.signal.aborted || signal?.aborted === true;
          yield failed(failure(isEnding ? 'cancelled' : 'listing-lost'));
          return;
        }
        const whole = page.done === true ? keys.end(listed) : keys.take(page.value, listed);
        if (whole !== null) {
          const absences = this.#use((kept) => kept.absences(whole), []);
          yield success(batchOf(whole, absences, since.before(whole.to)));
        }
        await yieldToLoop();
        if (page.done === true) break;
      }
    }
  }

  /** Answers the receipts of the keys. */
  #keep(batch: Whole<ListedVersion>): readonly KnownReceipt[] {
    const receipts = this.#receipts.in(batch);
    this.#use((kept) => {
      // Later ones are put on top by whoever reads.
      const { rows, absences } = explained(
        batch.rows,
        receipts.filter(({ seq }) => seq <= batch.seq),
      );
      kept.replace(batch, rows, absences);
    }, undefined);
    return receipts;
  }

  #isOld(asOfMs: number): boolean {
    const age = this.#options.now().getTime() - asOfMs;
    // A clock that was set back says nothing.
    return age < 0 || age > Math.max(FRESH_MS, SHARE * this.#use((kept) => kept.tookMs(), 0));
  }

  /** @param without what holds where nothing is kept. What goes wrong with the file ends its use, and nothing else. */
  #use<T>(work: (kept: KeptListing) => T, without: T): T {
    try {
      this.#kept ??= this.#open();
      return this.#kept === false ? without : work(this.#kept);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log(`the listing of ${this.#folder.name} is not kept any more: ${reason}`);
      this.#drop();
      return without;
    }
  }

  #open(): KeptListing | false {
    const { home } = this.#options;
    const { id } = this.#folder;
    return this.#isForReading ? (openListingForReading(home, id) ?? false) : openListing(home, id);
  }

  #drop(): void {
    this.close();
    if (!this.#isForReading) removeListing(this.#options.home, this.#folder.id);
  }
}

function aborted(signal: AbortSignal): Promise<Result<never>> {
  return new Promise((resolve) => {
    const end = (): void => {
      resolve(failed(failure('cancelled')));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** The listing of a folder for a command that comes and goes. @param isForReading an engine may have the home. */
export function openFolderListing(
  home: { readonly path: string; readonly tables: Pick<ReadTables, 'receipts'> | null },
  folder: AnyFolder,
  isForReading: boolean,
): FolderListing {
  const options: ListingsOptions = {
    home: home.path,
    receipts: home.tables?.receipts ?? NO_RECEIPTS,
    now: () => new Date(),
    signal: new AbortController().signal,
    onListed: () => undefined,
    log: () => undefined,
  };
  return new FolderListing(folder, options, isForReading);
}
