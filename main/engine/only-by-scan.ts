/**
 * Counts what only a look found: changes that nothing had told of. In: notices of the watcher, and what looks through a
 * whole folder queue. Out: numbers, once it is sure that no notice was merely late.
 *
 * The first look since watching began does not count: nothing could have told of what happened before. A notice waits
 * until its directory is quiet, so a change that a look finds is held for a while, and let go if its notice comes.
 */
import type { RelPath } from '../contract/names.ts';

export interface OnlyByScanOptions {
  /** Longer than any notice is held back, milliseconds. */
  readonly graceMs: number;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** Changes of a folder that nothing had told of. */
  readonly onFound: (folder: string, count: number) => void;
}

interface Known {
  /** No whole look came to its end since watching began. */
  isFirst: boolean;
  /** Directories told of, and not looked at since. */
  readonly told: Set<RelPath>;
  /** Told before the whole look that goes on, or while it does. */
  covered: Set<RelPath> | null;
  /** Found without a notice, by directory. */
  readonly held: Map<RelPath, { count: number; sinceMs: number }>;
}

export class OnlyByScan {
  readonly #options: OnlyByScanOptions;
  readonly #folders = new Map<string, Known>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: OnlyByScanOptions) {
    this.#options = options;
  }

  /** Watching began, or began anew. */
  begin(folder: string): void {
    this.#folders.set(folder, { isFirst: true, told: new Set(), covered: null, held: new Map() });
  }

  /** Nothing is watched there any more. */
  end(folder: string): void {
    this.#folders.delete(folder);
  }

  told(folder: string, directories: readonly RelPath[]): void {
    const known = this.#folders.get(folder);
    if (known === undefined) return;
    for (const directory of directories) {
      known.told.add(directory);
      known.covered?.add(directory);
      known.held.delete(directory);
    }
  }

  /** A look begins; null: through the whole folder. */
  look(folder: string, directories: readonly RelPath[] | null): void {
    const known = this.#folders.get(folder);
    if (known === undefined) return;
    if (directories === null) {
      known.covered = new Set(known.told);
      known.told.clear();
    } else for (const directory of directories) known.told.delete(directory);
  }

  /** The whole look that goes on queues so much of a directory. */
  found(folder: string, directory: RelPath, count: number): void {
    const known = this.#folders.get(folder);
    if (known?.covered == null || known.isFirst || count === 0 || known.covered.has(directory)) return;
    const held = known.held.get(directory);
    if (held === undefined) known.held.set(directory, { count, sinceMs: this.#options.nowMs() });
    else held.count += count;
    this.#wake();
  }

  /** The whole look ended; a broken one leaves the next as the first. */
  looked(folder: string, isWhole: boolean): void {
    const known = this.#folders.get(folder);
    if (known?.covered == null) return;
    known.covered = null;
    if (isWhole) known.isFirst = false;
  }

  /** What is held for long enough counts. */
  settle(): void {
    const untilMs = this.#options.nowMs() - this.#options.graceMs;
    for (const [folder, { held }] of this.#folders) {
      let count = 0;
      for (const [directory, one] of held) {
        if (one.sinceMs > untilMs) continue;
        held.delete(directory);
        count += one.count;
      }
      if (count > 0) this.#options.onFound(folder, count);
    }
    if ([...this.#folders.values()].some(({ held }) => held.size > 0)) this.#wake();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#folders.clear();
  }

  #wake(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.settle();
    }, this.#options.graceMs);
    this.#timer.unref();
  }
}
