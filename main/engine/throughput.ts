/** How fast bytes go out. In: bytes as they are confirmed. Out: the rate of now, the last ten minutes, the last hour and day. */
import type { ThroughputPoint, ThroughputSpan } from '../contract/models.ts';

/** The rate of now is the mean of so many steps, so that a number that a person reads does not jump. */
const MEAN_OF = 3;

/** How long a point lasts, and how many are kept: some three hundred of each, whatever goes out. */
const SPANS: Readonly<Record<ThroughputSpan, { readonly stepMs: number; readonly kept: number }>> = {
  minutes: { stepMs: 2_000, kept: 300 },
  hour: { stepMs: 12_000, kept: 300 },
  day: { stepMs: 300_000, kept: 288 },
};

/** Bytes by steps of one length; quiet steps take no room. */
class Steps {
  readonly stepMs: number;
  readonly #kept: number;
  #steps: { readonly step: number; bytes: number }[] = [];

  constructor({ stepMs, kept }: { readonly stepMs: number; readonly kept: number }) {
    this.stepMs = stepMs;
    this.#kept = kept;
  }

  add(nowMs: number, bytes: number): void {
    const step = Math.floor(nowMs / this.stepMs);
    const last = this.#steps.at(-1);
    if (last?.step === step) last.bytes += bytes;
    else this.#steps.push({ step, bytes });
    if (this.#steps.length > this.#kept) this.#steps = this.#steps.slice(-this.#kept);
  }

  /** How many steps are held. */
  get size(): number {
    return this.#steps.length;
  }

  /** Bytes a second, as the mean of the newest steps. */
  mean(nowMs: number, steps: number): number {
    const now = Math.floor(nowMs / this.stepMs);
    const recent = this.#steps.filter((one) => one.step > now - steps && one.step <= now);
    return Math.round(recent.reduce((sum, one) => sum + one.bytes, 0) / ((steps * this.stepMs) / 1000));
  }

  /** Oldest first, a point a step, quiet steps as zero. */
  points(nowMs: number): ThroughputPoint[] {
    const now = Math.floor(nowMs / this.stepMs);
    const bytes = new Map(this.#steps.map((one) => [one.step, one.bytes]));
    return Array.from({ length: this.#kept }, (_, index) => {
      const step = now - this.#kept + 1 + index;
      return {
        at: new Date(step * this.stepMs).toISOString(),
        bytesPerSecond: Math.round((bytes.get(step) ?? 0) / (this.stepMs / 1000)),
      };
    });
  }
}

export class Throughput {
  readonly #now: () => number;
  readonly #spans: Readonly<Record<ThroughputSpan, Steps>> = {
    minutes: new Steps(SPANS.minutes),
    hour: new Steps(SPANS.hour),
    day: new Steps(SPANS.day),
  };

  /** @param now milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(bytes: number): void {
    const now = this.#now();
    for (const steps of Object.values(this.#spans)) steps.add(now, bytes);
  }

  /** How many points are held, of all spans together. */
  get size(): number {
    return Object.values(this.#spans).reduce((sum, steps) => sum + steps.size, 0);
  }

  bytesPerSecond(): number {
    return this.#spans.minutes.mean(this.#now(), MEAN_OF);
  }

  points(span: ThroughputSpan = 'minutes'): ThroughputPoint[] {
    return this.#spans[span].points(this.#now());
  }
}
