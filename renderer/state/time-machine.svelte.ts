/**
 * A folder at any time. In: a moment on the slider. Out: the tree of then against now, and restores of it into a new place.
 * A look is taken when the slider comes to rest, and an earlier one is ended. It reads the directories that are open
 * (`then-look.svelte.ts`) from the bucket's listing, which is kept: `asOf` says of when it is.
 */
import type { Failure } from '../../main/contract/errors.ts';
import type { Density } from '../../main/contract/history.ts';
import type { Bridge } from '../bridge.ts';
import { BringBack } from './bringing-back.svelte.ts';
import {
  checker,
  firstOther,
  keptIn,
  sumOf,
  toggled,
  unsettled,
  withPaths,
  type Check,
  type Chosen,
  type ChosenSum,
} from './choice.ts';
import { ThenLook } from './then-look.svelte.ts';
import type { ThenRow, Total } from './then.ts';

/** Stretches of time that the slider has. */
export const STRETCHES = 160;

const NOTHING: Chosen = new Set();
const EVERYTHING: Chosen = new Set(['']);

/** How much of the folder's life the slider shows. */
export type Reach = 'all' | 'month' | 'day';
const DAYS: Readonly<Record<Reach, number | null>> = { all: null, month: 30, day: 1 };
const DAY_MS = 86_400_000;

export class TimeMachine {
  readonly folder: string;
  readonly #bridge: Bridge;
  readonly #collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  #density = $state.raw<Density | null>(null);
  #index = $state(STRETCHES - 1);
  #reach = $state<Reach>('all');
  /** The look that is shown; a later one takes its place once it can be shown itself. */
  #look = $state.raw<ThenLook | null>(null);
  #coming = $state.raw<ThenLook | null>(null);
  #open = $state.raw<ReadonlySet<string>>(new Set());
  #failure = $state.raw<Failure | null>(null);
  #chosen = $state.raw<Chosen>(NOTHING);
  #looks = 0;
  /** Where a choice of many begins. */
  #anchor: string | null = null;
  readonly back: BringBack;

  constructor(folder: string, bridge: Bridge) {
    this.folder = folder;
    this.#bridge = bridge;
    this.back = new BringBack(folder, bridge);
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
    return this.#coming !== null;
  }
  /** How many versions were found so far, where the bucket is listed first; 0: it is not. */
  get versionsFound(): number {
    return this.#coming?.versionsFound ?? 0;
  }
  /** Whether something is shown. */
  get isShown(): boolean {
    return this.#look !== null;
  }
  /** The moment that the tree is of, ISO 8601. */
  get shownAt(): string | null {
    return this.#look?.at ?? null;
  }
  /** When the bucket was listed, ISO 8601; null before the first answer. */
  get asOf(): string | null {
    return this.#look?.asOf ?? null;
  }
  /** What all of it comes to; null: not counted yet. */
  get total(): Total | null {
    return this.#look?.tree.totalOf('') ?? null;
  }
  /** Paths of files and directories; empty: nothing is chosen. */
  get chosen(): Chosen {
    return this.#chosen;
  }
  readonly #checker = $derived(checker(this.#chosen));
  /** What is chosen comes to this; where nothing is, all that was there. */
  readonly sum: ChosenSum | null = $derived(
    this.#look === null ? null : sumOf(this.#look.tree, this.#chosen.size === 0 ? EVERYTHING : this.#chosen),
  );
  readonly rows: readonly ThenRow[] = $derived(this.#look === null ? [] : this.#look.tree.rows(this.#open));
  /** The end of the chosen stretch, ISO 8601; null before the first answer. */
  readonly at: string | null = $derived.by(() => {
    const density = this.#density;
    if (density === null) return null;
    return density.buckets[this.#index + 1]?.at ?? density.to;
  });

  /** Reads when something happened, and the tree of the moment that was chosen last. */
  async open(): Promise<void> {
    if (this.#reach !== 'all') {
      await this.setReach(this.#reach);
      return;
    }
    const to = new Date().toISOString();
    const isNewest = this.#density === null || this.#index >= this.#density.buckets.length - 1;
    // The newest moment is known before it is known when things happened.
    const first = isNewest ? this.#read(to, false) : Promise.resolve();
    const answer = await this.#bridge.call('history.density', { folder: this.folder, buckets: STRETCHES, to });
    if (answer.ok) {
      this.#density = answer.value;
      this.#index = Math.min(this.#index, answer.value.buckets.length - 1);
    }
    await first;
    if (answer.ok) await this.look();
    else this.#failure = answer.failure;
  }

  get reach(): Reach {
    return this.#reach;
  }
  /** Shows all of the folder's life, or the last of it; the moment stays where it is within. */
  async setReach(reach: Reach): Promise<void> {
    const { at } = this;
    const days = DAYS[reach];
    const from = days === null ? {} : { from: new Date(Date.now() - days * DAY_MS).toISOString() };
    const answer = await this.#bridge.call('history.density', { folder: this.folder, buckets: STRETCHES, ...from });
    this.#failure = answer.ok ? null : answer.failure;
    if (!answer.ok) return;
    this.#reach = reach;
    this.#density = answer.value;
    const after = answer.value.buckets.findIndex((bucket) => at !== null && bucket.at >= at);
    this.choose(after < 0 ? answer.value.buckets.length - 1 : after - 1);
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
    if (at !== null && at !== (this.#coming ?? this.#look)?.at) await this.#read(at, false);
  }

  /** Has the bucket listed now, and reads the tree anew. */
  async refresh(): Promise<void> {
    const { at } = this;
    if (at !== null) await this.#read(at, true);
  }

  /** Holds the moment that is shown against what is there now, after files of it were put back. */
  async reread(): Promise<void> {
    const at = this.shownAt;
    if (at !== null) await this.#read(at, false);
  }

  /** From here on a tree that is shown is read again when its bucket was listed. Ends with what is returned. */
  follow(): () => void {
    return this.#bridge.on('listed', ({ folder }) => {
      const at = this.shownAt;
      if (folder === this.folder && at !== null && !this.isLooking) void this.#read(at, false);
    });
  }

  async #read(at: string, refresh: boolean): Promise<void> {
    this.#looks += 1;
    this.#coming?.end();
    const look = new ThenLook(this.#bridge, this.#collator, {
      ...{ folder: this.folder, at, number: this.#looks },
      wanted: () => ({ open: this.#open, chosen: this.#chosen }),
      onFailure: (failure) => {
        if (look === this.#look) this.#failure = failure;
      },
    });
    this.#coming = look;
    const failure = await look.begin(refresh);
    // The person has moved on.
    if (look !== this.#coming) return;
    this.#coming = null;
    this.#failure = failure;
    if (failure !== null) return;
    this.#look?.end();
    this.#look = look;
    this.#chosen = keptIn(look.tree, this.#chosen);
  }

  toggle(directory: string): void {
    const open = new Set(this.#open);
    if (!open.delete(directory)) open.add(directory);
    this.#open = open;
    this.#look?.wake();
  }

  /** Whether a row is chosen, or some of what lies below it. */
  checkOf(path: string): Check {
    return this.#checker(path);
  }

  /** Chooses a row, or takes it back; a choice of many then begins here. */
  async check(path: string): Promise<void> {
    this.#anchor = path;
    const look = this.#look;
    if (look === null) return;
    // What stays chosen of a directory can be said once all of it is known.
    await look.settle(() => unsettled(look.tree, this.#chosen, path));
    if (look === this.#look) this.#chosen = toggled(look.tree, this.#chosen, path);
  }

  /** Chooses a row; a choice of many begins here. */
  checkFrom(path: string): void {
    this.#anchor = path;
    this.checkTo(path);
  }

  /** Chooses all rows from where the last choice began to this one. */
  checkTo(path: string): void {
    const tree = this.#look?.tree;
    if (tree === undefined) return;
    const at = (wanted: string | null): number => this.rows.findIndex(({ node }) => node.path === wanted);
    const [from, to] = [at(this.#anchor), at(path)];
    if (to < 0) return;
    const between = this.rows.slice(Math.min(from < 0 ? to : from, to), Math.max(from, to) + 1);
    // An open directory is chosen by what is seen of it.
    const paths = between.filter(({ isOpen, node }) => !isOpen && node.kind !== 'reading').map(({ node }) => node.path);
    this.#chosen = withPaths(tree, this.#chosen, paths);
    if (from < 0) this.#anchor = path;
  }

  /** The paths of the first chosen files that are other than now. */
  firstOther(most: number): readonly string[] {
    const chosen = this.#chosen.size === 0 ? EVERYTHING : this.#chosen;
    return this.#look === null ? [] : firstOther(this.#look.tree, chosen, most);
  }

  /** Chooses everything that was there, or nothing. */
  checkAll(isChosen: boolean): void {
    this.#chosen = isChosen && this.#look !== null ? withPaths(this.#look.tree, NOTHING, ['']) : NOTHING;
  }
}

function isQuiet(bucket: Density['buckets'][number] | undefined): boolean {
  return bucket === undefined || bucket.saved + bucket.gone === 0;
}
