/** In: one call for each event. Out: the directories that need a look, told once they are quiet; or "too many". */
import type { RelPath } from '../contract/names.ts';

/** Monotonic time and a timer, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /** Calls back once after `ms`; answers how to call it off. */
  after(ms: number, callback: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

export interface BatchOptions {
  readonly quietMs: number;
  readonly limitMs: number;
  readonly clock: Clock;
  dirty(directories: readonly RelPath[]): void;
  overflow(): void;
}

interface Span {
  readonly first: number;
  last: number;
}

/** So many different events within a second are a storm. A file written in many pieces counts as one. */
export const STORM_EVENTS = 4_000;
/**
 * So many events within a second, different or not, are a storm as well. The kernel's queue holds 16,384 by default,
 * drops what comes after, and Node does not pass its word of that on: only the rate shows that it may have happened.
 */
export const STORM_REPEATS = 16_000;
/** A second is counted in two halves, so that a burst across a border is not cut in two. */
const HALF_SECOND_MS = 500;
/** Directories that fall due within so long are told together. */
const TOGETHER_MS = 20;

/** Collects the events of one folder. */
export class Batch {
  readonly #options: BatchOptions;
  readonly #directories = new Map<RelPath, Span>();
  #storm: Span | null = null;
  #callOff: (() => void) | null = null;
  #wakeAt = Infinity;
  #half = { began: -Infinity, different: new Set<string>(), all: 0 };
  #halfBefore = { different: 0, all: 0 };

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  /** An event, for which `directories` need a look. `event` is any text that tells it from other events. */
  event(event: string, directories: readonly RelPath[]): void {
    const now = this.#options.clock.now();
    if (this.#countsAsStorm(event, now)) this.#enterStorm(now);
    else for (const directory of directories) this.#touch(directory, now);
    this.#wake(now);
  }

  /** `directory` needs a look though nothing happened there just now. */
  mark(directory: RelPath): void {
    const now = this.#options.clock.now();
    this.#touch(directory, now);
    this.#wake(now);
  }

  /** Something may have been missed. Told like the rest, once it is quiet. */
  lost(): void {
    const now = this.#options.clock.now();
    this.#enterStorm(now);
    this.#wake(now);
  }

  /** Forgets everything and holds no timer any more. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#wakeAt = Infinity;
    this.#directories.clear();
    this.#storm = null;
  }

  #countsAsStorm(event: string, now: number): boolean {
    const age = now - this.#half.began;
    if (age >= HALF_SECOND_MS) {
      const isNext = age < 2 * HALF_SECOND_MS;
      this.#halfBefore = isNext
        ? { different: this.#half.different.size, all: this.#half.all }
        : { different: 0, all: 0 };
      this.#half = { began: isNext ? this.#half.began + HALF_SECOND_MS : now, different: new Set(), all: 0 };
    }
    this.#half.different.add(event);
    this.#half.all += 1;
    return (
      this.#half.different.size + this.#halfBefore.different >= STORM_EVENTS ||
      this.#half.all + this.#halfBefore.all >= STORM_REPEATS
    );
  }

  #enterStorm(now: number): void {
    if (this.#storm === null) this.#storm = { first: now, last: now };
    else this.#storm.last = now;
    // The whole scan that a storm ends in covers them.
    this.#directories.clear();
  }

  #touch(directory: RelPath, now: number): void {
    if (this.#storm !== null) {
      this.#storm.last = now;
      return;
    }
    const span = this.#directories.get(directory);
    if (span === undefined) this.#directories.set(directory, { first: now, last: now });
    else span.last = now;
    if (this.#directories.size >= STORM_EVENTS) this.#enterStorm(now);
  }

  /** Sees to it that a timer runs for the earliest moment at which something may be due. */
  #wake(now: number): void {
    const soonest = now + Math.min(this.#options.quietMs, this.#options.limitMs);
    if (this.#wakeAt <= soonest) return;
    this.#sleepUntil(soonest, now);
  }

  #sleepUntil(moment: number, now: number): void {
    this.#callOff?.();
    this.#wakeAt = moment;
    this.#callOff = this.#options.clock.after(Math.max(1, moment - now), () => {
      this.#callOff = null;
      this.#wakeAt = Infinity;
      this.#tell();
    });
  }

  #dueAt(span: Span): number {
    return Math.min(span.last + this.#options.quietMs, span.first + this.#options.limitMs);
  }

  #tell(): void {
    const now = this.#options.clock.now();
    if (this.#storm !== null) {
      const due = this.#dueAt(this.#storm);
      if (due > now) {
        this.#sleepUntil(due, now);
        return;
      }
      this.#storm = null;
      this.#options.overflow();
      return;
    }
    const due: RelPath[] = [];
    let next = Infinity;
    for (const [directory, span] of this.#directories) {
      const at = this.#dueAt(span);
      if (at <= now) due.push(directory);
      else next = Math.min(next, at);
    }
    for (const directory of due) this.#directories.delete(directory);
    if (next < Infinity) this.#sleepUntil(Math.max(next, now + TOGETHER_MS), now);
    if (due.length > 0) this.#options.dirty(due);
  }
}
