/** Folders whose bucket refused them. In: a folder and the failure. Out: they wait, and are tried again by themselves. */
import type { Failure } from '../contract/errors.ts';

/** What a bucket refused may be mended by somebody else at any time: so long until it is tried again, milliseconds. */
const HELD_MS = 60_000;

export class Holds {
  readonly #held = new Map<string, Failure>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param folder its id. @param onDue is called when the folder should be tried again, unless it was let go before. */
  hold(folder: string, cause: Failure, onDue: () => void): void {
    this.release(folder);
    this.#held.set(folder, cause);
    this.#timers.set(folder, setTimeout(onDue, HELD_MS));
  }

  release(folder: string): void {
    this.#held.delete(folder);
    clearTimeout(this.#timers.get(folder));
    this.#timers.delete(folder);
  }

  causeOf(folder: string): Failure | null {
    return this.#held.get(folder) ?? null;
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
