/**
 * Brings all files of an attached place to this computer, which makes it a folder. In: where to. Out: how far it is, what
 * stands against it, and what was left over; any of these can be taken up again.
 */
import type { BroughtBack } from '../../main/contract/attached.ts';
import type { Failure } from '../../main/contract/errors.ts';
import type { Progress } from '../../main/contract/history.ts';
import type { Bridge } from '../bridge.ts';

export type BringingHere =
  | { readonly kind: 'busy'; readonly to: string; readonly progress: Progress | null }
  | { readonly kind: 'failed'; readonly to: string; readonly failure: Failure }
  /** Some files could not be brought, so it is attached as before. */
  | { readonly kind: 'left'; readonly to: string; readonly brought: BroughtBack };

export class BringHere {
  readonly #folder: string;
  readonly #bridge: Bridge;
  #now = $state.raw<BringingHere | null>(null);
  #task: string | null = null;

  constructor(folder: string, bridge: Bridge) {
    this.#folder = folder;
    this.#bridge = bridge;
  }

  /** Null: nothing goes on, and nothing is left over. */
  get now(): BringingHere | null {
    return this.#now;
  }

  /** Lets a person pick a folder, and begins. */
  async pick(): Promise<void> {
    const picked = await this.#bridge.call('app.pickFolder', {});
    if (!picked.ok) this.#now = { kind: 'failed', to: '', failure: picked.failure };
    else if (picked.value !== null) await this.begin(picked.value);
  }

  /**
   * @param to absolute. @param how `adopt`: a folder with files in it is used as it is; `leaveOut`: files that could not
   * be brought stay in the bucket.
   */
  async begin(to: string, how: { readonly adopt?: boolean; readonly leaveOut?: boolean } = {}): Promise<void> {
    if (this.#now?.kind === 'busy') return;
    const task = `bring-${String(performance.now())}-${this.#folder}`.slice(0, 64);
    this.#task = task;
    this.#now = { kind: 'busy', to, progress: null };
    const stop = this.#bridge.on('progress', ({ task: of, ...progress }) => {
      if (of === task) this.#now = { kind: 'busy', to, progress };
    });
    const answer = await this.#bridge.call('folder.bringBack', { folder: this.#folder, to, ...how, task });
    stop();
    this.#task = null;
    if (!answer.ok) this.#now = { kind: 'failed', to, failure: answer.failure };
    else this.#now = answer.value.folder.path === null ? { kind: 'left', to, brought: answer.value } : null;
  }

  /** Ends what goes on; what is there already stays, and the next try goes on from it. */
  async cancel(): Promise<void> {
    if (this.#task !== null) await this.#bridge.call('task.cancel', { task: this.#task });
  }

  dismiss(): void {
    if (this.#now?.kind !== 'busy') this.#now = null;
  }
}
