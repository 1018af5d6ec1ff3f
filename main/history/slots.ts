/**
 * A bounded number of things at once. In: work. Out: its answer, once there was room for it. How many is fixed, or
 * follows what a pace makes of the answers.
 */
import type { Pace } from '../queue/pace.ts';

export class Slots {
  readonly #pace: Pace | null;
  readonly #fixed: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(size: number | Pace) {
    this.#pace = typeof size === 'number' ? null : size;
    this.#fixed = typeof size === 'number' ? size : 0;
  }

  async hold<T>(work: () => Promise<T>): Promise<T> {
    // Who comes now stands behind those who wait.
    if (this.#waiting.length > 0 || this.#taken >= this.#limit()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#admit();
      });
    } else this.#taken += 1;
    if (this.#taken >= this.#limit()) this.#pace?.filled();
    try {
      return await work();
    } finally {
      this.#taken -= 1;
      this.#admit();
    }
  }

  /** A request brought so many bytes. */
  answered(bytes: number): void {
    this.#pace?.answered(bytes, performance.now());
    this.#admit();
  }

  /** The store asked for less. @param begunMs when that request began, by `performance.now()`. */
  throttled(begunMs: number): void {
    this.#pace?.throttled(begunMs, performance.now(), Math.random());
  }

  #limit(): number {
    return this.#pace?.limit(performance.now()) ?? this.#fixed;
  }

  /** The slot is taken for the one who waits before it goes on: nobody who comes meanwhile may have it. */
  #admit(): void {
    while (this.#waiting.length > 0 && this.#taken < this.#limit()) {
      this.#taken += 1;
      this.#waiting.shift()?.();
    }
    if (this.#waiting.length === 0 || this.#timer !== null) return;
    const nowMs = performance.now();
    const pausedUntil = this.#pace?.pausedUntil(nowMs) ?? null;
    if (pausedUntil === null) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#admit();
      },
      pausedUntil - nowMs + 1,
    );
  }
}
