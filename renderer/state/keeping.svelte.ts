/**
 * What a folder keeps, and how long. In: what a person chooses. Out: the bucket's rule and a change of it to be looked at
 * first; the least interval, deletes and the ignore list, which count at once.
 */
import type { Failure } from '../../main/contract/errors.ts';
import type { DeletesMode, Folder, IgnoreLists, IgnoreReason } from '../../main/contract/models.ts';
import type { Keep, KeepChange, KeepReport } from '../../main/contract/policy-answers.ts';
import type { Result } from '../../main/contract/result.ts';
import type { Bridge } from '../bridge.ts';
import type { Folders } from './folders.svelte.ts';

export class Keeping {
  readonly folder: string;
  readonly #bridge: Bridge;
  readonly #folders: Folders;
  #report = $state.raw<KeepReport | null>(null);
  #change = $state.raw<KeepChange | null>(null);
  #lists = $state.raw<IgnoreLists | null>(null);
  #reason = $state.raw<IgnoreReason | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #isBusy = $state(false);

  constructor(folder: string, bridge: Bridge, folders: Folders) {
    this.folder = folder;
    this.#bridge = bridge;
    this.#folders = folders;
  }

  /** What the bucket says; null until it has answered. */
  get report(): KeepReport | null {
    return this.#report;
  }
  /** What would be written; null: nothing was looked at. */
  get change(): KeepChange | null {
    return this.#change;
  }
  get lists(): IgnoreLists | null {
    return this.#lists;
  }
  /** Why the file that was asked about is kept or not. */
  get reason(): IgnoreReason | null {
    return this.#reason;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }
  get settings(): Folder | null {
    return this.#folders.here.find(({ name }) => name === this.folder) ?? null;
  }

  async open(): Promise<void> {
    const { folder } = this;
    const lists = await this.#bridge.call('folder.ignoreLists', { folder });
    if (lists.ok) this.#lists = lists.value;
    if (this.#report !== null) return;
    const report = await this.#bridge.call('folder.keep', { folder });
    this.#failure = report.ok ? null : report.failure;
    if (report.ok) this.#report = report.value;
  }

  /** Looks at what would change; nothing is sent. */
  async plan(keep: Keep | null): Promise<void> {
    this.#change = await this.#take(this.#bridge.call('folder.planKeep', { folder: this.folder, keep }));
  }
  /** Writes what was shown, and reads it again. */
  async write(): Promise<void> {
    const change = this.#change;
    if (change === null) return;
    const { wanted: keep, request: shown } = change;
    const report = await this.#take(this.#bridge.call('folder.setKeep', { folder: this.folder, keep, shown }));
    if (report === null) return;
    this.#report = report;
    this.#change = null;
  }
  forgetChange(): void {
    this.#change = null;
  }

  async setInterval(seconds: number): Promise<void> {
    this.#know(await this.#take(this.#bridge.call('folder.interval', { folder: this.folder, seconds })));
  }
  async setDeletes(deletes: DeletesMode): Promise<void> {
    this.#know(await this.#take(this.#bridge.call('folder.deletes', { folder: this.folder, deletes })));
  }
  async setIgnore(ignore: readonly string[]): Promise<boolean> {
    const set = await this.#take(this.#bridge.call('folder.ignore', { folder: this.folder, ignore: [...ignore] }));
    this.#know(set);
    if (set !== null && this.#lists !== null) this.#lists = { ...this.#lists, ignore: set.ignore };
    // The answer was given by the former list.
    this.#reason = null;
    return set !== null;
  }
  async why(path: string): Promise<void> {
    this.#reason = await this.#take(this.#bridge.call('folder.ignoreWhy', { folder: this.folder, path }));
  }

  #know(folder: Folder | null): void {
    if (folder !== null) this.#folders.know(folder);
  }
  async #take<T>(asked: Promise<Result<T>>): Promise<T | null> {
    this.#isBusy = true;
    const answer = await asked;
    this.#isBusy = false;
    this.#failure = answer.ok ? null : answer.failure;
    return answer.ok ? answer.value : null;
  }
}
