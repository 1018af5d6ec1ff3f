/**
 * Brings versions back within reach from archive classes. In: a wish; later the clock. Out: a row a wish, that survives
 * the engine's end, is looked after sparingly, and ends with the file where one was asked for.
 */
import { failure, saidOf } from '../contract/errors.ts';
import type { AnyFolder } from '../contract/models.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { Thaw, ThawOffer, ThawTier } from '../contract/thaw.ts';
import { commonFields } from '../policy/request.ts';
import { DEFAULT_TIER, nextLookMs, readRestore, thawOffers } from '../policy/thaw.ts';
import { withCommonFields, type StoreClient } from '../s3/index.ts';
import type { ThawRow } from '../store/index.ts';
import { readPrices } from './cost.ts';
import type { Engine } from './engine.ts';
import { FolderHistory } from './history-ports.ts';

export interface ThawWish {
  readonly path: string;
  readonly versionId: string;
  /** Null: `Standard`. */
  readonly tier: ThawTier | null;
  /** So long the copy can be read. */
  readonly days: number;
  /** Absolute; null: nothing is written. */
  readonly target: string | null;
}

/** A timer cannot be set for longer, and the clock may jump meanwhile. Milliseconds. */
const LONGEST_SLEEP_MS = 10 * 60_000;

export class Thaws {
  readonly #engine: Engine;
  readonly #log: (line: string) => void;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  readonly #abort = new AbortController();

  constructor(engine: Engine, log: (line: string) => void) {
    this.#engine = engine;
    this.#log = log;
  }

  /** Looks after what waits, from now on. */
  start(): void {
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }

  async offers(
    folder: AnyFolder,
    path: string,
    versionId: string,
    days: number,
  ): Promise<Result<readonly ThawOffer[]>> {
    const history = await this.#historyOf(folder);
    if (!history.ok) return history;
    const found = await history.value.entryOf(path, versionId);
    if (!found.ok) return found;
    const prices = await readPrices(this.#engine.home.path);
    if (!prices.ok) return prices;
    const { storageClass, size } = found.value.entry;
    return success(thawOffers(storageClass, size, days, prices.value));
  }

  /** Asks for a version, or looks how far an earlier wish for it is. */
  async ask(
    folder: AnyFolder,
    wish: ThawWish,
  ): Promise<Result<{ readonly thaw: Thaw; readonly offer: ThawOffer | null }>> {
    const { path, versionId, days, target } = wish;
    const { tables } = this.#engine.home;
    const history = await this.#historyOf(folder);
    if (!history.ok) return history;
    const found = await history.value.entryOf(path, versionId);
    if (!found.ok) return found;
    const { key, size, storageClass } = found.value.entry;
    const known = tables.thaws.find(folder.id, key, versionId);
    if (known?.state === 'waiting') {
      if (target !== null && target !== known.target)
        tables.now(() => {
          tables.thaws.put({ ...known, target });
        });
      await this.#look(folder, tables.thaws.find(folder.id, key, versionId) ?? known);
      return success({ thaw: this.#shown(folder, tables.thaws.find(folder.id, key, versionId) ?? known), offer: null });
    }
    const offers = await this.offers(folder, path, versionId, days);
    if (!offers.ok) return offers;
    if (offers.value.length === 0) {
      return failed(failure('not-archived', { path, storageClass: storageClass ?? 'STANDARD' }));
    }
    const tier = wish.tier ?? DEFAULT_TIER;
    const offer = offers.value.find((one) => one.tier === tier);
    if (offer === undefined) {
      const tiers = offers.value.map((one) => one.tier).join(', ');
      const problem = reason('tiers', { storageClass: storageClass ?? '', tiers, tier });
      return failed(failure('bad-input', { field: 'tier', problem }));
    }
    const client = await this.#clientOf(folder);
    if (!client.ok) return client;
    const RestoreRequest = { Days: days, GlacierJobParameters: { Tier: tier } };
    const place = { Bucket: folder.bucket, Key: key, VersionId: versionId };
    const asked = await client.value.send('RestoreObject', { ...place, RestoreRequest }, this.#abort.signal);
    // Another program has asked for it already: then it is waited for all the same.
    if (!asked.ok && asked.failure.code !== 'race') return asked;
    const nowMs = Date.now();
    const expectedMs = nowMs + offer.minutes * 60_000;
    const row: ThawRow = {
      folder: folder.id,
      path,
      key,
      versionId,
      size,
      tier,
      days,
      state: 'waiting',
      askedAt: new Date(nowMs).toISOString(),
      expectedAt: new Date(expectedMs).toISOString(),
      readableUntil: null,
      target,
      failure: null,
      nextLookMs: nextLookMs(nowMs, expectedMs),
    };
    this.#put(row, 'thaw-asked', { versionId, tier, days });
    this.#schedule();
    return success({ thaw: this.#shown(folder, row), offer });
  }

  list(folder: AnyFolder): readonly Thaw[] {
    return this.#engine.home.tables.thaws.ofFolder(folder.id).map((row) => this.#shown(folder, row));
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const [next] = this.#engine.home.tables.thaws.waiting();
    if (next === undefined || this.#abort.signal.aborted) return;
    const wait = Math.min(LONGEST_SLEEP_MS, Math.max(0, next.nextLookMs - Date.now()));
    this.#timer = setTimeout(() => {
      this.#looking = this.#lookAtDue().catch((error: unknown) => {
        // A database that cannot be written just now: the rows are as they were, and are looked at again later.
        this.#log(`looking after archived versions: ${error instanceof Error ? error.message : String(error)}`);
        if (this.#abort.signal.aborted) return;
        this.#timer = setTimeout(() => {
          this.#schedule();
        }, LONGEST_SLEEP_MS);
      });
    }, wait);
  }

  async #lookAtDue(): Promise<void> {
    const { home } = this.#engine;
    for (const row of home.tables.thaws.waiting()) {
      if (row.nextLookMs > Date.now() || this.#abort.signal.aborted) break;
      const folder = home.settings.folders.find((one) => one.id === row.folder);
      if (folder === undefined)
        home.tables.now(() => {
          home.tables.thaws.put({ ...row, state: 'failed' });
        });
      else await this.#look(folder, row);
    }
    if (!this.#abort.signal.aborted) this.#schedule();
  }

  /** One HEAD; where the version is there, it is fetched where that was asked for. */
  async #look(folder: AnyFolder, row: ThawRow): Promise<void> {
    const { tables } = this.#engine.home;
    const later = { ...row, nextLookMs: nextLookMs(Date.now(), Date.parse(row.expectedAt)) };
    const client = await this.#clientOf(folder);
    const place = { Bucket: folder.bucket, Key: row.key, VersionId: row.versionId };
    const head = client.ok ? await client.value.send('HeadObject', place, this.#abort.signal) : client;
    if (this.#abort.signal.aborted) return;
    if (!head.ok) {
      const isOver = head.failure.code === 'object-missing';
      if (isOver) this.#put({ ...later, state: 'failed', failure: head.failure }, head.failure.code, {});
      else
        tables.now(() => {
          tables.thaws.put(later);
        });
      return;
    }
    const state = readRestore(head.value.Restore);
    if (state.kind === 'ongoing') {
      tables.now(() => {
        tables.thaws.put(later);
      });
      return;
    }
    if (state.kind === 'none') {
      // Its days are over, or another program has put it elsewhere: whoever still wants it has to ask again.
      const cause = failure('archived', { key: row.key });
      this.#put({ ...later, state: 'failed', failure: cause }, cause.code, {});
      return;
    }
    const ready: ThawRow = { ...later, state: 'ready', readableUntil: state.until };
    this.#put(ready, 'thaw-ready', { versionId: row.versionId, until: state.until });
    if (row.target === null) {
      this.#tell(row, null);
      return;
    }
    const history = await this.#historyOf(folder);
    const fetched = history.ok
      ? await history.value.restoreOne(row.path, row.versionId, row.target, this.#abort.signal)
      : history;
    if (fetched.ok) {
      this.#put({ ...ready, state: 'fetched' }, 'thaw-fetched', { to: row.target, bytes: fetched.value.bytes });
      this.#tell(row, fetched.value.to);
    } else this.#put({ ...ready, failure: fetched.failure }, fetched.failure.code, {});
  }

  #put(row: ThawRow, code: string, detail: Readonly<Record<string, string | number | null>>): void {
    const { tables } = this.#engine.home;
    const kind = row.failure === null ? ('restored' as const) : ('problem' as const);
    const words = row.failure === null ? detail : { message: row.failure.message };
    const said = row.failure === null ? undefined : saidOf(row.failure);
    tables.now(() => {
      tables.thaws.put(row);
      const at = new Date().toISOString();
      tables.activity.add({ at, folder: row.folder, kind, code, path: row.path, detail: words, said });
    });
    this.#engine.changed();
  }

  #tell({ folder: id, path }: ThawRow, to: string | null): void {
    const folder = this.#engine.home.settings.folders.find((one) => one.id === id)?.name;
    if (folder !== undefined) this.#engine.emit('back', { folder, path, to });
  }

  async #clientOf(folder: AnyFolder): Promise<Result<StoreClient>> {
    const client = await this.#engine.clients.get(folder.connection);
    return client.ok ? success(withCommonFields(client.value, commonFields(folder.policy))) : client;
  }

  async #historyOf(folder: AnyFolder): Promise<Result<FolderHistory>> {
    const client = await this.#engine.clients.get(folder.connection);
    const { tables, path } = this.#engine.home;
    const listing = this.#engine.listings.of(folder);
    if (!client.ok) return client;
    return success(new FolderHistory(folder, client.value, tables, listing, path, this.#engine.ring));
  }

  #shown(folder: AnyFolder, { key: _, nextLookMs: __, ...row }: ThawRow): Thaw {
    return { ...row, folder: folder.name };
  }
}
