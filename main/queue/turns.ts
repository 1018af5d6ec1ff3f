/**
 * Whose requests go out. In: attempts that ask when they have something to send. Out: turns, in the order in which they
 * were asked for, never more at once than the pace allows.
 *
 * [Note: turns] The answers of a store come in bursts. When each place was one attempt from the reading of a file to its
 * receipt, the store had nothing to do while those were written down and the next were read, and then Cairn had nothing
 * to do while the store worked: two processors that both share stood still for a quarter of the time. So files are read
 * ahead, small ones, as many as there are turns; what is answered gives its turn to the next, and is written down
 * meanwhile.
 */
import type { Pace } from './pace.ts';

/** The turn of one attempt. */
export interface Turn {
  /** Waits for it, once: whoever has it has it until it is given back. @returns false: nothing goes out any more. */
  take(): Promise<boolean>;
  /** Nothing of this attempt is under way now; it may ask again. */
  giveBack(): void;
}

interface Waiting {
  readonly enter: (mayGo: boolean) => void;
}

export class Turns {
  readonly #pace: Pace;
  readonly #monotonic: () => number;
  readonly #waiting = new Set<Waiting>();
  #held = 0;
  #isStopped = false;
  #timer: NodeJS.Timeout | null = null;

  /** @param monotonic milliseconds of a clock that only goes forward. */
  constructor(pace: Pace, monotonic: () => number) {
    this.#pace = pace;
    this.#monotonic = monotonic;
  }

  /** @param onTaken its first request goes out now. */
  open(onTaken: () => void): Turn {
    let asked: Promise<boolean> | null = null;
    let waiting: Waiting | null = null;
    let isHeld = false;
    return {
      take: () => {
        asked ??= new Promise((resolve) => {
          waiting = {
            enter: (mayGo) => {
              waiting = null;
              isHeld = mayGo;
              if (mayGo) onTaken();
              resolve(mayGo);
            },
          };
          this.#waiting.add(waiting);
          this.admit();
        });
        return asked;
      },
      giveBack: () => {
        asked = null;
        if (waiting !== null) {
          this.#waiting.delete(waiting);
          waiting.enter(false);
        }
        if (!isHeld) return;
        isHeld = false;
        this.#held -= 1;
        this.admit();
      },
    };
  }

  /** There may be more turns than before. */
  admit(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const one of this.#waiting) {
      const nowMs = this.#monotonic();
      if (!this.#isStopped && this.#held >= this.#pace.limit(nowMs)) {
        const pausedUntil = this.#pace.pausedUntil(nowMs);
        if (pausedUntil !== null) this.#timer = setTimeout(() => this.admit(), Math.ceil(pausedUntil - nowMs));
        return;
      }
      this.#waiting.delete(one);
      if (!this.#isStopped) this.#held += 1;
      one.enter(!this.#isStopped);
    }
  }

  /** Nobody waits any more, and nobody gets a turn. */
  stop(): void {
    this.#isStopped = true;
    this.admit();
  }
}
