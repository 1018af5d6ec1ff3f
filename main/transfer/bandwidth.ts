/** A token bucket that all that goes out shares. In: a rate. Out: the permission for each piece, in the order of asking. */
import type { Pacer } from '../s3/index.ts';

/** What may go at once after a rest, as seconds of the rate. */
const BURST_S = 0.25;
const SMALLEST_PIECE = 1024;
const LARGEST_PIECE = 64 * 1024;
/** Pieces of so many a second keep all connections moving. */
const PIECES_A_SECOND = 8;

export interface Bandwidth extends Pacer {
  /** Bytes a second; null: no limit. Counts at once, for those too that wait. */
  setRate(bytesPerSecond: number | null): void;
  readonly rate: number | null;
}

/** @param now milliseconds of a clock that only goes forward. */
export function openBandwidth(now: () => number = () => performance.now()): Bandwidth {
  let rate: number | null = null;
  /** Bytes that may go now; below zero: so many went ahead of their time. */
  let tokens = 0;
  let filledMs = now();
  let timer: NodeJS.Timeout | null = null;
  let waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  const admit = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (rate === null) {
      const all = waiting;
      waiting = [];
      for (const one of all) one.go();
      return;
    }
    const nowMs = now();
    tokens = Math.min(rate * BURST_S, tokens + (rate * (nowMs - filledMs)) / 1000);
    filledMs = nowMs;
    while (tokens > 0) {
      const next = waiting.shift();
      if (next === undefined) return;
      tokens -= next.bytes;
      next.go();
    }
    if (waiting.length > 0) timer = setTimeout(admit, Math.max(1, Math.ceil((-tokens * 1000) / rate)));
  };

  return {
    get isLimited() {
      return rate !== null;
    },
    get rate() {
      return rate;
    },
    get piece() {
      const wanted = (rate ?? Infinity) / PIECES_A_SECOND;
      return Math.round(Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, wanted)));
    },
    take(bytes) {
      if (rate === null) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push({ bytes, go: resolve });
        if (timer === null) admit();
      });
    },
    setRate(next) {
      if (next === rate) return;
      // What is owed is owed at the new rate: a limit that was raised must not wait for the old one's debt.
      if (next !== null) tokens = Math.max(tokens, -next * BURST_S);
      filledMs = now();
      rate = next;
      admit();
    },
  };
}
