/**
 * Looks at folders: when, by which rules, and what came of them. In: folders, and news of the watching. Out: plans in the
 * queue, and what stands against a folder, written down.
 */
import { type Failure, saidOf } from '../contract/errors.ts';
import type { Folder, WatcherStatus } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import { failed } from '../contract/result.ts';
import { FolderRules } from '../scan/folder-rules.ts';
import type { WriteTables } from '../store/index.ts';
import { BeingWritten } from './being-written.ts';
import { FolderLoop, type ScanOutcome } from './folder-loop.ts';
import type { Health } from './health.ts';
import { LinkedPlaces } from './linked-places.ts';
import type { Matches } from './matches.ts';
import { UNWATCHED } from './report.ts';
import type { PlanApplier } from './applying.ts';
import { scanFolder, type ScanReport, type ScanScope } from './scans.ts';
import { Watching } from './watching.ts';

export interface LookingOptions {
  readonly tables: WriteTables;
  /** Looks are taken by themselves as well. */
  readonly isWatching: boolean;
  readonly proofGapMs: number;
  /** How often a folder is looked through that cannot be watched whole, milliseconds. */
  readonly weakRescanMs: number;
  /** No look comes by itself before so many times what the last one took. */
  readonly restAfterLook: number;
  readonly applier: PlanApplier;
  readonly matches: Matches;
  readonly health: Health;
  readonly folderById: (id: string) => Folder | null;
  /** Where scans never go. */
  readonly forbidden: () => ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** The watching has heard of something. */
  readonly onNews: (folder: Folder, scope: ScanScope) => void;
  /** The computer has slept. */
  readonly onWake: () => void;
  /** Something may be due to be sent. */
  readonly kick: () => void;
  readonly changed: () => void;
  readonly onBug: (error: unknown) => void;
  readonly log: (line: string) => void;
}

/** Scans by themselves come hourly, jittered by a tenth, and so seldom that scanning takes at most 1 % of the time. */
const HOUR_MS = 3_600_000;
/** So many directories that could not be read are kept by name. */
const NAMED = 100;

export class Looking {
  readonly #options: LookingOptions;
  readonly #loops = new Map<string, FolderLoop>();
  readonly #unread = new Map<string, readonly Failure[]>();
  readonly #rules = new Map<string, FolderRules>();
  readonly #links = new Map<string, LinkedPlaces>();
  #watching: Watching | null = null;
  #isStopped = false;

  constructor(options: LookingOptions) {
    this.#options = options;
  }

  /** Asks for a look; in vain once it was stopped: an upload that ends after that may still ask. */
  request(folder: Folder, scope: ScanScope): void {
    if (this.#isStopped) return;
    this.#loopOf(folder).request(scope);
  }

  /** Looks were missed: each folder that was ever looked at is looked through. */
  requestAll(): void {
    for (const loop of this.#loops.values()) loop.request({ kind: 'whole' });
  }

  watch(folder: Folder): void {
    if (folder.paused) return;
    this.#watching ??= this.#openWatching();
    this.#watching.add(folder);
  }

  unwatch(folder: Folder): void {
    this.#watching?.remove(folder);
  }

  /** After a folder was removed: its looks end. */
  async forget(folder: Folder): Promise<void> {
    this.unwatch(folder);
    const loop = this.#loops.get(folder.id);
    this.#loops.delete(folder.id);
    this.#links.delete(folder.id);
    await loop?.stop();
  }

  /** Another list of what is ignored: the next look reads it. */
  forgetRules(folder: Folder): void {
    this.#rules.delete(folder.id);
  }

  /** Directories that the latest look through a folder could not read: nothing in them is judged, and nothing sent. */
  unreadOf(folder: Folder): readonly Failure[] {
    return this.#unread.get(folder.id) ?? [];
  }

  isScanning(folder: Folder): boolean {
    return this.#loops.get(folder.id)?.isScanning ?? false;
  }

  /** A look is under way, asked for, or due as the second one of a proof. */
  isBusy(folder: Folder): boolean {
    return this.#loops.get(folder.id)?.isBusy === true;
  }

  watcherOf(folder: Folder): WatcherStatus {
    return this.#watching?.statusOf(folder) ?? UNWATCHED;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#watching?.stop();
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop()));
  }

  #loopOf(folder: Folder): FolderLoop {
    const known = this.#loops.get(folder.id);
    if (known !== undefined) return known;
    const loop = new FolderLoop({
      folder: () => this.#options.folderById(folder.id),
      scan: (current, scope) => this.#scan(current, scope),
      onProblem: (current, problem) => {
        this.#onFolderProblem(current, problem);
      },
      onState: () => {
        this.#options.changed();
      },
      rescan: this.#options.isWatching ? { afterMs: (tookMs) => this.#rescanAfter(folder.id, tookMs) } : null,
      proofGapMs: this.#options.proofGapMs,
      onBug: (error) => {
        this.#options.onBug(error);
      },
    });
    this.#loops.set(folder.id, loop);
    return loop;
  }

  async #scan(folder: Folder, scope: ScanScope): Promise<ScanOutcome> {
    try {
      return await this.#scanInto(folder, scope);
    } catch (error) {
      const cause = this.#options.health.note(error);
      if (cause === null) throw error;
      return { result: failed(cause), secondLook: [] };
    }
  }

  async #scanInto(folder: Folder, scope: ScanScope): Promise<ScanOutcome> {
    const { problem } = this.#options.health;
    if (problem !== null) return { result: failed(problem), secondLook: [] };
    const { tables } = this.#options;
    // What the bucket has already must be known before anything is planned.
    if (this.#options.matches.isDue(folder)) {
      const matched = await this.#options.matches.run(folder);
      if (!matched.ok) return { result: matched, secondLook: [] };
    }
    const secondLook = new Set<RelPath>();
    const rules = this.#rulesOf(folder);
    const links = this.#linksOf(folder);
    links.begin(scope.kind === 'whole');
    this.#watching?.look(folder, scope);
    await this.#options.applier.mounts.note(folder);
    const beingWritten = new BeingWritten();
    const look = scanFolder(
      folder,
      scope,
      tables,
      {
        forbidden: this.#options.forbidden(),
        signal: this.#options.signal,
        now: () => new Date(),
        onLinked: (real, seenAs) => {
          links.note(real, seenAs);
        },
        rules,
      },
      async (plan, seenAt) => {
        const applied = await this.#options.applier.apply(folder, plan, seenAt);
        for (const directory of applied.secondLook) secondLook.add(directory);
        const written = applied.written.then(() => {
          this.#watching?.found(folder, plan.directory, plan.jobs.length + applied.missed);
          if (applied.queued > 0) this.#options.kick();
        });
        await beingWritten.add(applied.rows, written);
      },
    );
    const result = await look.finally(() => beingWritten.settled());
    links.end(result.ok);
    await this.#options.applier.mounts.note(folder);
    if (result.ok) this.#noteLook(folder, scope, result.value);
    const isLeftOut = (directory: RelPath): boolean => rules.isLeftOut(directory);
    // Where no list changed, what was ignored still is.
    const isIgnored = result.ok ? (result.value.lists === null ? () => true : isLeftOut) : null;
    this.#watching?.looked(folder, scope, isIgnored);
    this.#options.kick();
    return { result, secondLook: [...secondLook] };
  }

  #noteLook(folder: Folder, scope: ScanScope, { skipped, unknown, leftOut, lists }: ScanReport): void {
    const { tables } = this.#options;
    const before = tables.folders.find(folder.id).look;
    if (scope.kind === 'directories') {
      if (lists === null || before === null) return;
      tables.now(() => {
        tables.folders.setLook(folder.id, { ...before, lists });
      });
      return;
    }
    this.#unread.set(folder.id, unknown);
    const look = { skipped, unread: unknown.slice(0, NAMED), leftOut, lists: lists ?? [] };
    tables.now(() => {
      tables.folders.setScanned(folder.id, new Date().toISOString());
      if (JSON.stringify(look) !== JSON.stringify(before)) tables.folders.setLook(folder.id, look);
    });
  }

  #onFolderProblem(folder: Folder, problem: Failure | null): void {
    // The home's own: it is not this folder's, and could not be written down.
    if (problem?.class === 'home') return;
    const { tables } = this.#options;
    const known = tables.folders.find(folder.id).problem;
    if (known?.code === problem?.code) return;
    tables.now(() => {
      tables.folders.setProblem(folder.id, problem);
      tables.activity.add({
        at: new Date().toISOString(),
        folder: folder.id,
        kind: problem === null ? 'recovered' : 'problem',
        code: problem?.code ?? known?.code ?? 'folder',
        path: null,
        detail: { message: problem?.message ?? '' },
        said: problem === null ? undefined : saidOf(problem),
      });
    });
    this.#options.changed();
  }

  #openWatching(): Watching {
    return new Watching({
      folderById: (id) => this.#options.folderById(id),
      forbidden: this.#options.forbidden,
      leftOut: (folder) => this.#options.tables.folders.find(folder.id).look?.leftOut ?? [],
      allNames: (folder, directories) => this.#linksOf(folder).allNames(directories),
      scan: (folder, scope) => {
        this.#options.onNews(folder, scope);
      },
      onFound: (folder, count) => {
        this.#onlyByScan(folder, count);
      },
      onChange: () => {
        this.#options.changed();
      },
      onWake: () => {
        this.#options.onWake();
      },
      onBug: (error) => {
        this.#options.onBug(error);
      },
      log: this.#options.log,
    });
  }

  #onlyByScan(folder: string, count: number): void {
    try {
      this.#options.tables.now(() => {
        this.#options.tables.folders.addOnlyByScan(folder, count);
      });
    } catch (error) {
      this.#options.onBug(error);
    }
    this.#options.changed();
  }

  /** Jittered, and never so often that looking takes more than its share of the time. */
  #rescanAfter(folder: string, tookMs: number): number {
    const least = this.#watching?.isWeak(folder) === true ? this.#options.weakRescanMs : HOUR_MS;
    return Math.max(least, tookMs * this.#options.restAfterLook) * (0.9 + Math.random() * 0.2);
  }

  #linksOf(folder: Folder): LinkedPlaces {
    const known = this.#links.get(folder.id) ?? new LinkedPlaces();
    this.#links.set(folder.id, known);
    return known;
  }

  #rulesOf(folder: Folder): FolderRules {
    const known = this.#rules.get(folder.id) ?? new FolderRules(folder.ignore);
    this.#rules.set(folder.id, known);
    return known;
  }
}
