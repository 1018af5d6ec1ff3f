/**
 * Brings files of a folder back as they stood. In: what, of when, and where to. Out: how far it is, and how it ended.
 * One at a time; what was broken off or left something over can be taken up with the same choice.
 */
import type { Failure } from '../../main/contract/errors.ts';
import type { Progress, TreeInPlace, TreeRestored } from '../../main/contract/history.ts';
import type { Bridge } from '../bridge.ts';

/** Paths of files and directories of the folder; a directory stands for all below it, '' for the folder. */
export interface Wanted {
  readonly paths: readonly string[];
  readonly at: string;
}

type Where = { readonly kind: 'new'; readonly to: string } | { readonly kind: 'place' };

export type BringingBack =
  | { readonly kind: 'busy'; readonly wanted: Wanted; readonly where: Where; readonly progress: Progress | null }
  | { readonly kind: 'restored'; readonly wanted: Wanted; readonly restored: TreeRestored }
  | { readonly kind: 'replaced'; readonly wanted: Wanted; readonly replaced: TreeInPlace }
  | { readonly kind: 'failed'; readonly wanted: Wanted; readonly where: Where; readonly failure: Failure };

export class BringBack {
  readonly #folder: string;
  readonly #bridge: Bridge;
  #now = $state.raw<BringingBack | null>(null);
  #task: string | null = null;

  constructor(folder: string, bridge: Bridge) {
    this.#folder = folder;
    this.#bridge = bridge;
  }

  /** Null: nothing goes on, and nothing was. */
  get now(): BringingBack | null {
    return this.#now;
  }

  /** @param to absolute; it must not be there, or be empty. @param resume goes on where one was broken off. */
  async intoNew(wanted: Wanted, to: string, resume = false): Promise<void> {
    await this.#run(wanted, { kind: 'new', to }, async (input) => {
      const answer = await this.#bridge.call('history.restore', { ...input, to, resume });
      return answer.ok ? { ok: true, now: { kind: 'restored', wanted, restored: answer.value } } : answer;
    });
  }

  /** Over the present files, which are kept first. */
  async inPlace(wanted: Wanted): Promise<void> {
    await this.#run(wanted, { kind: 'place' }, async (input) => {
      const answer = await this.#bridge.call('history.restoreInPlace', input);
      return answer.ok ? { ok: true, now: { kind: 'replaced', wanted, replaced: answer.value } } : answer;
    });
  }

  /** Again what was broken off, or left files over. */
  async goOn(): Promise<void> {
    const now = this.#now;
    if (now?.kind === 'restored') await this.intoNew(now.wanted, now.restored.to, true);
    else if (now?.kind === 'replaced') await this.inPlace(now.wanted);
    else if (now?.kind === 'failed' && now.where.kind === 'new') await this.intoNew(now.wanted, now.where.to, true);
    else if (now?.kind === 'failed') await this.inPlace(now.wanted);
  }

  /** Ends what goes on; what is there already stays. */
  async cancel(): Promise<void> {
    if (this.#task !== null) await this.#bridge.call('task.cancel', { task: this.#task });
  }

  /** Puts away how the last one ended. */
  dismiss(): void {
    if (this.#now?.kind !== 'busy') this.#now = null;
  }

  async #run(
    wanted: Wanted,
    where: Where,
    work: (input: {
      readonly folder: string;
      readonly directory: string;
      readonly paths?: string[];
      readonly at: string;
      readonly task: string;
    }) => Promise<
      { readonly ok: true; readonly now: BringingBack } | { readonly ok: false; readonly failure: Failure }
    >,
  ): Promise<void> {
    if (this.#now?.kind === 'busy') return;
    const task = `restore-${String(performance.now())}-${this.#folder}`.slice(0, 64);
    this.#task = task;
    this.#now = { kind: 'busy', wanted, where, progress: null };
    const stop = this.#bridge.on('progress', ({ task: of, ...progress }) => {
      if (of === task) this.#now = { kind: 'busy', wanted, where, progress };
    });
    const [only = '', ...others] = wanted.paths;
    // One path alone lies in the new folder by its own name, several each in its place below the folder.
    const what = others.length === 0 ? { directory: only } : { directory: '', paths: [only, ...others] };
    const ended = await work({ folder: this.#folder, ...what, at: wanted.at, task });
    stop();
    this.#task = null;
    this.#now = ended.ok ? ended.now : { kind: 'failed', wanted, where, failure: ended.failure };
  }
}
