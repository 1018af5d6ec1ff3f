/** How fast bytes go out. In: bytes as they are confirmed. Out: the rate of now, and the last ten minutes. */
import type { ThroughputPoint } from '../contract/models.ts';

const STEP_MS = 2_000;
const KEPT = 300;
/** The rate of now is the mean of so many steps, so that a number that a person reads does not jump. */
const MEAN_OF = 3;

export class Throughput {
  readonly #now: () => number;
  #steps: { readonly step: number; bytes: number }[] = [];

  /** @param now milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(bytes: number): void {
    const step = Math.floor(this.#now() / STEP_MS);
    const last = this.#steps.at(-1);
    if (last?.step === step) last.bytes += bytes;
    else this.#steps.push({ step, bytes });
    if (this.#steps.length > KEPT) this.#steps = this.#steps.slice(-KEPT);
  }

  bytesPerSecond(): number {
    const step = Math.floor(this.#now() / STEP_MS);
    const recent = this.#steps.filter((one) => one.step > step - MEAN_OF && one.step <= step);
    return Math.round(recent.reduce((sum, one) => sum + one.bytes, 0) / ((MEAN_OF * STEP_MS) / 1000));
  }

  /** Oldest first, a point a step, quiet steps as zero. */
  points(): ThroughputPoint[] {
    const now = Math.floor(this.#now() / STEP_MS);
    const bytes = new Map(this.#steps.map((one) => [one.step, one.bytes]));
    return Array.from({ length: KEPT }, (_, index) => {
      const step = now - KEPT + 1 + index;
      return {
        at: new Date(step * STEP_MS).toISOString(),
        bytesPerSecond: Math.round((bytes.get(step) ?? 0) / (STEP_MS / 1000)),
      };
    });
  }
}
