/**
 * Scans of one folder, one at a time. In: what needs a look. Out: scans, a second look where files were missed, and the
 * folder's problem, set and cleared.
 */
import type { Failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import type { Result } from '../contract/result.ts';
import type { ScanReport, ScanScope } from './scans.ts';

export interface ScanOutcome {
  readonly result: Result<ScanReport>;
  /** Directories that are due for a second look. */
  readonly secondLook: readonly RelPath[];
}

export interface FolderLoopOptions {
  readonly folder: () => Folder | null;
  readonly scan: (folder: Folder, scope: ScanScope) => Promise<ScanOutcome>;
  readonly onProblem: (folder: Folder, problem: Failure | null) => void;
  readonly onState: () => void;
  /** Null: no further look by itself (the command line decides when it ends). */
  readonly rescan: { readonly afterMs: (lastTookMs: number) => number } | null;
  /** How far apart the two looks of a proof must be, milliseconds. */
  readonly proofGapMs: number;
  readonly onBug: (error: unknown) => void;
}

/** So much more than the proof asks for, so that a look by timer is never a moment too early. */
const SECOND_LOOK_MARGIN_MS = 50;
/** A root that is not there is looked for so often, milliseconds. */
const MISSING_ROOT_MS = 5_000;

export class FolderLoop {
  readonly #options: FolderLoopOptions;
  #whole = false;
  #directories = new Set<RelPath>();
  #running: Promise<void> | null = null;
  #secondLooks = new Map<RelPath, number>();
  #lookTimer: NodeJS.Timeout | null = null;
  #rescanTimer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(options: FolderLoopOptions) {
    this.#options = options;
  }

  get isScanning(): boolean {
    return this.#running !== null;
  }

  /** A look is under way, asked for, or due as the second one of a proof. */
  get isBusy(): boolean {
    return this.#running !== null || this.#whole || this.#directories.size > 0 || this.#secondLooks.size > 0;
  }

  request(scope: ScanScope): void {
    if (this.#isStopped) return;
    if (scope.kind === 'whole') this.#whole = true;
    else for (const directory of scope.directories) this.#directories.add(directory);
    this.#begin();
  }

  #begin(): void {
    if (this.#running !== null || this.#isStopped) return;
    if (!this.#whole && this.#directories.size === 0) return;
    this.#running = this.#run()
      .catch(this.#options.onBug)
      .finally(() => {
        this.#running = null;
        this.#options.onState();
        this.#begin();
      });
    this.#options.onState();
  }

  async #run(): Promise<void> {
    const folder = this.#options.folder();
    const scope: ScanScope = this.#whole
      ? { kind: 'whole' }
      : { kind: 'directories', directories: [...this.#directories].sort() };
    this.#whole = false;
    this.#directories = new Set();
    if (folder === null || folder.paused) return;
    const beganMs = performance.now();
    const { result, secondLook } = await this.#options.scan(folder, scope);
    const tookMs = performance.now() - beganMs;
    if (!result.ok) {
      if (result.failure.code === 'cancelled') return;
      this.#options.onProblem(folder, result.failure);
      if (this.#options.rescan !== null) this.#scheduleRescan(MISSING_ROOT_MS);
      return;
    }
    this.#options.onProblem(folder, null);
    const dueMs = performance.now() + this.#options.proofGapMs + SECOND_LOOK_MARGIN_MS;
    for (const directory of secondLook) {
      if (!this.#secondLooks.has(directory)) this.#secondLooks.set(directory, dueMs);
    }
    this.#scheduleSecondLook();
    if (scope.kind === 'whole' && this.#options.rescan !== null) {
      this.#scheduleRescan(this.#options.rescan.afterMs(tookMs));
    }
  }

  #scheduleSecondLook(): void {
    if (this.#lookTimer !== null || this.#secondLooks.size === 0 || this.#isStopped) return;
    const dueMs = Math.min(...this.#secondLooks.values());
    this.#lookTimer = setTimeout(
      () => {
        this.#lookTimer = null;
        const nowMs = performance.now();
        const due = [...this.#secondLooks].filter(([, atMs]) => atMs <= nowMs).map(([directory]) => directory);
        for (const directory of due) {
          this.#secondLooks.delete(directory);
          this.#directories.add(directory);
        }
        this.#scheduleSecondLook();
        this.#begin();
      },
      Math.max(0, dueMs - performance.now()),
    );
  }

  #scheduleRescan(afterMs: number): void {
    if (this.#rescanTimer !== null) clearTimeout(this.#rescanTimer);
    if (this.#isStopped) return;
    this.#rescanTimer = setTimeout(() => {
      this.#rescanTimer = null;
      this.request({ kind: 'whole' });
    }, afterMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#lookTimer !== null) clearTimeout(this.#lookTimer);
    if (this.#rescanTimer !== null) clearTimeout(this.#rescanTimer);
    await this.#running;
  }
}
