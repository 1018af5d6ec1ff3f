/**
 * One look at a folder as it stood. In: a moment, and which directories are open. Out: a tree that grows: first what is
 * open, then what closed directories come to, then which files moved. One question at a time, so that opening a
 * directory never waits for long.
 */
import type { Failure } from '../../main/contract/errors.ts';
import type { ThenSum } from '../../main/contract/history.ts';
import { addedUp, NO_SUM } from '../../main/contract/then-sum.ts';
import type { Bridge } from '../bridge.ts';
import type { Chosen } from './choice.ts';
import { above, ThenTree } from './then.ts';

/** Directories that are counted with one question. */
const AT_ONCE = 50;
/** What is known so soon is shown at once with the rest, milliseconds. */
const GRACE_MS = 200;

export interface LookOf {
  readonly folder: string;
  /** ISO 8601. */
  readonly at: string;
  /** Each look has its own. */
  readonly number: number;
  /** What is to be shown, as it is now. */
  readonly wanted: () => { readonly open: ReadonlySet<string>; readonly chosen: Chosen };
  /** After the look has begun. */
  readonly onFailure: (failure: Failure) => void;
}

export class ThenLook {
  readonly #bridge: Bridge;
  readonly #of: LookOf;
  readonly #tree: ThenTree;
  /** Anew whenever the tree has grown, which is no state itself. */
  #shown: { readonly tree: ThenTree };
  #asOf = $state<string | null>(null);
  #versionsFound = $state(0);
  /** What was counted of a directory so far, and where to go on. */
  #part: { readonly directory: string; readonly sum: ThenSum; readonly after: string } | null = null;
  #working: Promise<void> | null = null;
  #moving: Promise<void> | null = null;
  #isEnded = false;
  /** Something goes on under the task's name. */
  #isTask = false;

  constructor(bridge: Bridge, collator: Intl.Collator, of: LookOf) {
    this.#bridge = bridge;
    this.#of = of;
    this.#tree = new ThenTree(collator);
    this.#shown = $state.raw({ tree: this.#tree });
  }

  get at(): string {
    return this.#of.at;
  }
  get asOf(): string | null {
    return this.#asOf;
  }
  /** As it is now: whoever reads it is told when it grows. */
  get tree(): ThenTree {
    return this.#shown.tree;
  }
  /** Of a listing that comes first. */
  get versionsFound(): number {
    return this.#versionsFound;
  }

  /** Reads the beginning of what is to be shown. Null: it can be shown. @param refresh the bucket is listed anew. */
  async begin(refresh: boolean): Promise<Failure | null> {
    const stop = this.#bridge.on('progress', ({ task, files }) => {
      if (task === this.#task) this.#versionsFound = files;
    });
    this.#isTask = true;
    const failure = await this.#read('', refresh);
    this.#isTask = false;
    stop();
    if (failure !== null) return failure;
    for (const directory of this.#toRead().filter((one) => !this.#tree.isRead(one))) {
      const failed = await this.#read(directory);
      if (failed !== null) return failed;
    }
    this.wake();
    await Promise.race([this.#rest(), new Promise((resolve) => setTimeout(resolve, GRACE_MS))]);
    return null;
  }

  /** Goes on reading and counting, where there is something to read or to count. */
  wake(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  /** Waits until directories are known whole. @param open those that are not yet. */
  async settle(open: () => readonly string[]): Promise<void> {
    while (!this.#isEnded && open().length > 0) {
      const [directory = ''] = open();
      const isRead = this.#tree.isWhole(directory);
      const failure = isRead ? await this.#count(this.#uncountedIn(directory)) : await this.#read(directory);
      if (failure !== null) {
        this.#of.onFailure(failure);
        return;
      }
    }
  }

  /** Nothing is asked any more. */
  end(): void {
    this.#isEnded = true;
    if (this.#isTask) void this.#bridge.call('task.cancel', { task: this.#task });
  }

  get #task(): string {
    return `then-${String(this.#of.number)}-${this.#of.folder}`.slice(0, 64);
  }

  async #work(): Promise<void> {
    for (;;) {
      if (this.#isEnded) return;
      const [directory] = this.#toRead();
      const uncounted = directory === undefined ? this.#uncounted() : [];
      if (directory === undefined && uncounted.length === 0) break;
      const failure = directory === undefined ? await this.#count(uncounted) : await this.#read(directory);
      if (failure === null) continue;
      if (!this.#hasEnded()) this.#of.onFailure(failure);
      return;
    }
    // Whoever opens a directory meanwhile does not wait for it.
    this.#moving ??= this.#findMoves();
  }

  async #rest(): Promise<void> {
    await this.#working;
    await this.#moving;
  }

  /** Asked after a wait, when it may have changed. */
  #hasEnded(): boolean {
    return this.#isEnded;
  }

  /** Directories that are to be shown and not read to their end: those of which nothing is known first. */
  #toRead(): readonly string[] {
    const { open, chosen } = this.#of.wanted();
    const isOpen = (directory: string): boolean => directory === '' || open.has(directory);
    const shown = [...open].filter((directory) => above(directory).every(isOpen));
    const wanted = new Set(['', ...shown, ...[...chosen].flatMap(above)]);
    const left = [...wanted].filter((directory) => !this.#tree.isWhole(directory));
    return [...left.filter((one) => !this.#tree.isRead(one)), ...left.filter((one) => this.#tree.isRead(one))];
  }

  /** Closed directories that are shown or chosen, and of which it is not known what they come to. */
  #uncounted(): readonly string[] {
    const { open, chosen } = this.#of.wanted();
    const found = new Set([...chosen].filter((path) => path !== '' && this.#isUncounted(path)));
    for (const { node, isOpen } of this.#tree.rows(open)) {
      if (found.size >= AT_ONCE) break;
      if (!isOpen && node.kind === 'directory' && node.total === null) found.add(node.path);
    }
    return [...found];
  }

  #uncountedIn(directory: string): readonly string[] {
    return this.#tree.children(directory).flatMap(({ path }) => (this.#isUncounted(path) ? [path] : []));
  }

  #isUncounted(path: string): boolean {
    const node = this.#tree.node(path);
    return node?.kind === 'directory' && node.total === null;
  }

  async #read(directory: string, refresh = false): Promise<Failure | null> {
    const after = this.#tree.nextOf(directory);
    const answer = await this.#bridge.call('history.directory', {
      ...{ folder: this.#of.folder, at: this.#of.at, directory, refresh },
      ...(after === null ? {} : { after }),
      // Only the first may have to wait for a listing.
      ...(this.#tree.isRead('') ? {} : { task: this.#task }),
    });
    if (!answer.ok) return answer.failure;
    // Two may have asked for the same.
    if (this.#tree.nextOf(directory) !== after || (after === null && this.#tree.isRead(directory))) return null;
    this.#tree.add(directory, answer.value);
    this.#asOf = answer.value.asOf;
    this.#shown = { tree: this.#tree };
    return null;
  }

  /** Counts as many of these as the engine does at once. */
  async #count(directories: readonly string[]): Promise<Failure | null> {
    const part = this.#part !== null && directories.includes(this.#part.directory) ? this.#part : null;
    const others = directories.filter((directory) => directory !== part?.directory);
    const asked = [...(part === null ? [] : [part.directory]), ...others].slice(0, AT_ONCE);
    const answer = await this.#bridge.call('history.sums', {
      ...{ folder: this.#of.folder, at: this.#of.at, directories: asked },
      ...(part === null ? {} : { after: part.after }),
    });
    if (!answer.ok) return answer.failure;
    const { sums, next } = answer.value;
    this.#part = null;
    for (const [index, directory] of asked.slice(0, sums.length).entries()) {
      const sum = addedUp((index === 0 ? part?.sum : undefined) ?? NO_SUM, sums[index] ?? NO_SUM);
      if (next !== null && index === sums.length - 1) this.#part = { directory, sum, after: next };
      else this.#tree.count(directory, sum);
    }
    this.#shown = { tree: this.#tree };
    return null;
  }

  /** A file that moved is gone at one place and came at another: only where there are both is it asked. */
  async #findMoves(): Promise<void> {
    const counts = this.#tree.totalOf('')?.counts;
    if (counts === undefined || counts.gone === 0 || counts.added === 0) return;
    const { folder, at } = this.#of;
    this.#isTask = true;
    const found = await this.#bridge.call('history.diff', { folder, from: at, kinds: ['moved'], task: this.#task });
    this.#isTask = false;
    if (this.#isEnded) return;
    if (!found.ok) {
      this.#of.onFailure(found.failure);
      return;
    }
    this.#tree.move(found.value.changes);
    this.#shown = { tree: this.#tree };
  }
}
