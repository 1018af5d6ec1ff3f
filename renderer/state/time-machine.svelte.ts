/**
 * A folder at any time. In: a moment on the slider. Out: the tree of then against now, and restores of it into a new place.
 * A look is taken when the slider comes to rest, and an earlier one is ended. It is made of the bucket's listing, which is
 * kept: `asOf` says of when it is.
 */
import type { Failure } from '../../main/contract/errors.ts';
import type { Density, Progress, TreeRestored } from '../../main/contract/history.ts';
import { failed, type Result } from '../../main/contract/result.ts';
import type { Bridge } from '../bridge.ts';
import { rowsThen, treeThen, type ThenNode, type ThenRow } from './then.ts';

/** Stretches of time that the slider has. */
export const STRETCHES = 160;

export type RestoringThen =
  | { readonly kind: 'busy'; readonly directory: string; readonly progress: Progress | null }
  | { readonly kind: 'done'; readonly restored: TreeRestored }
  | { readonly kind: 'failed'; readonly failure: Failure };

export class TimeMachine {
  readonly folder: string;
  readonly #bridge: Bridge;
  readonly #collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  #density = $state.raw<Density | null>(null);
  #index = $state(STRETCHES - 1);
  #root = $state.raw<ThenNode | null>(null);
  /** The moment that the tree is of. */
  #shownAt = $state<string | null>(null);
  #asOf = $state<string | null>(null);
  #open = $state.raw<ReadonlySet<string>>(new Set());
  #failure = $state.raw<Failure | null>(null);
  #restoring = $state.raw<RestoringThen | null>(null);
  #looks = 0;
  #isLooking = $state(false);
  #task: string | null = null;

  constructor(folder: string, bridge: Bridge) {
    this.folder = folder;
    this.#bridge = bridge;
  }

  get density(): Density | null {
    return this.#density;
  }
  get index(): number {
    return this.#index;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  get isLooking(): boolean {
    return this.#isLooking;
  }
  get root(): ThenNode | null {
    return this.#root;
  }
  get shownAt(): string | null {
    return this.#shownAt;
  }
  /** When the bucket was listed, ISO 8601; null before the first answer. */
  get asOf(): string | null {
    return this.#asOf;
  }
  get restoring(): RestoringThen | null {
    return this.#restoring;
  }
  readonly rows: readonly ThenRow[] = $derived(this.#root === null ? [] : rowsThen(this.#root, this.#open));
  /** The end of the chosen stretch, ISO 8601; null before the first answer. */
  readonly at: string | null = $derived.by(() => {
    const density = this.#density;
    if (density === null) return null;
    return density.buckets[this.#index + 1]?.at ?? density.to;
  });

  /** Reads when something happened, and the tree of the moment that was chosen last. */
  async open(): Promise<void> {
    const answer = await this.#bridge.call('history.density', { folder: this.folder, buckets: STRETCHES });
    this.#failure = answer.ok ? null : answer.failure;
    if (!answer.ok) return;
    this.#density = answer.value;
    this.#index = Math.min(this.#index, answer.value.buckets.length - 1);
    await this.look();
  }

  /** The slider moves; nothing is asked yet. */
  choose(index: number): void {
    const last = (this.#density?.buckets.length ?? STRETCHES) - 1;
    this.#index = Math.max(0, Math.min(last, index));
  }

  /** To the next moment, or the one before, at which something happened. */
  async step(direction: -1 | 1): Promise<void> {
    const buckets = this.#density?.buckets ?? [];
    let index = this.#index + direction;
    while (index > 0 && index < buckets.length - 1 && isQuiet(buckets[index])) index += direction;
    this.choose(index);
    await this.look();
  }

  /** Reads the tree of the chosen moment; an earlier look that still goes on is ended. */
  async look(): Promise<void> {
    const { at } = this;
    if (at !== null && at !== this.#shownAt) await this.#read(at, false);
  }

  /** Has the bucket listed now, and reads the tree anew. */
  async refresh(): Promise<void> {
    const { at } = this;
    if (at !== null) await this.#read(at, true);
  }

  /** From here on a tree that is shown is read again when its bucket was listed. Ends with what is returned. */
  follow(): () => void {
    return this.#bridge.on('listed', ({ folder }) => {
      const at = this.#shownAt;
      if (folder === this.folder && at !== null && !this.#isLooking) void this.#read(at, false);
    });
  }

  async #read(at: string, refresh: boolean): Promise<void> {
    const before = this.#looks;
    const own = (this.#looks += 1);
    if (this.#isLooking) void this.#bridge.call('task.cancel', { task: this.#taskOf(before) });
    this.#isLooking = true;
    const facts = { folder: this.folder, task: this.#taskOf(own) };
    const tree = await this.#bridge.call('history.tree', { ...facts, at, refresh });
    const differences = tree.ok
      ? await this.#bridge.call('history.diff', { ...facts, from: at })
      : failed(tree.failure);
    // The person has moved on.
    if (own !== this.#looks) return;
    this.#isLooking = false;
    this.#failure = failureOf(tree) ?? failureOf(differences);
    if (!tree.ok || !differences.ok) return;
    this.#root = treeThen(tree.value, differences.value, this.#collator);
    this.#asOf = differences.value.asOf;
    this.#shownAt = at;
  }

  toggle(directory: string): void {
    const open = new Set(this.#open);
    if (!open.delete(directory)) open.add(directory);
    this.#open = open;
  }

  /**
   * Writes a directory ('' is all) as it stood into a new one.
   * @param to absolute; it must not be there, or be empty.
   */
  async restore(directory: string, to: string): Promise<void> {
    const at = this.#shownAt;
    if (at === null || this.#restoring?.kind === 'busy') return;
    const task = `restore-${this.folder}-${String(performance.now())}`.slice(0, 64);
    this.#task = task;
    this.#restoring = { kind: 'busy', directory, progress: null };
    const stop = this.#bridge.on('progress', ({ task: of, ...progress }) => {
      if (of === task) this.#restoring = { kind: 'busy', directory, progress };
    });
    const answer = await this.#bridge.call('history.restore', { folder: this.folder, directory, at, to, task });
    stop();
    this.#task = null;
    this.#restoring = answer.ok
      ? { kind: 'done', restored: answer.value }
      : { kind: 'failed', failure: answer.failure };
  }

  /** Ends the restore under way; what is there already stays. */
  async cancel(): Promise<void> {
    if (this.#task !== null) await this.#bridge.call('task.cancel', { task: this.#task });
  }

  /** Puts away how the last restore ended. */
  dismiss(): void {
    if (this.#restoring?.kind !== 'busy') this.#restoring = null;
  }

  #taskOf(look: number): string {
    return `then-${String(look)}-${this.folder}`.slice(0, 64);
  }
}

function isQuiet(bucket: Density['buckets'][number] | undefined): boolean {
  return bucket === undefined || bucket.saved + bucket.gone === 0;
}

function failureOf(answer: Result<unknown>): Failure | null {
  return answer.ok ? null : answer.failure;
}
