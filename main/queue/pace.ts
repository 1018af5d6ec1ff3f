/**
 * How many attempts of one connection go out at once. In: answers with their bytes, and refusals of a store that has too
 * much to do. Out: a number between 4 and 64, and pauses. Pure: the clock and chance come from outside.
 *
 * [Note: the number in flight] More at once gains nothing where the computer is the limit, and much where every answer
 * takes its time. So it is tried: the number doubles for as long as that brings a tenth more, in requests and bytes a
 * second; then it stays, and now and then somewhat more or fewer is tried for a while. Fewer is kept where it brings as
 * much. Where a store asks for less (503, 429) the number is halved, all wait for a moment of chance, and the number
 * grows again by single steps. A refusal now and then asks for nothing but that one file to be tried again: with one
 * request in a hundred refused, to halve and wait for each took three times as long as to send.
 */

export const FEWEST = 4;
export const MOST = 64;
const AT_FIRST = 16;

/** So many bytes count as much as one request. */
const BYTES_LIKE_A_REQUEST = 256 * 1024;
/** A measurement takes at least so long, milliseconds, and at least two answers a place; or the longest time. */
const LEAST_MEASURED_MS = 300;
/** The same while the number doubles: what a doubling brings shows sooner, and until then time is lost. */
const LEAST_DOUBLING_MS = 120;
const LONGEST_MEASURED_MS = 10_000;
const LEAST_ANSWERS = 4;
/** By what the doubling must pay, and what a little more must bring; what a little fewer may cost. */
const DOUBLING_GAIN = 1.1;
const GAIN = 1.08;
const LOSS = 0.98;
/** Measurements between two trials. */
const REST = 10;
/** Of so many answers the latest refusals are remembered; this share of them is no request for less. */
const REMEMBERED = 200;
const STRAY = 0.03;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;

export interface Pace {
  /** Attempts that may be under way; 0 during a pause. */
  limit(nowMs: number): number;
  /** When the pause ends, on the same clock; null: there is none. */
  pausedUntil(nowMs: number): number | null;
  /** Every place is taken: only then a measurement says something about their number. */
  filled(): void;
  /** A request with a body was answered. */
  answered(bytes: number, nowMs: number): void;
  /**
   * The store asks for less. Answers that were under way already when it first did say nothing new.
   * @param begunMs when the attempt began. @param random from 0 up to but not including 1.
   */
  throttled(begunMs: number, nowMs: number, random: number): void;
}

type Trial =
  | { readonly kind: 'doubling'; readonly from: Measured | null }
  | { readonly kind: 'more' | 'fewer'; readonly from: Measured }
  /** Single steps up to where the store refused. */
  | { readonly kind: 'recovering'; readonly upTo: number }
  | { readonly kind: 'resting'; readonly left: number; readonly next: 'more' | 'fewer' };

interface Measured {
  readonly places: number;
  /** Requests, and bytes as requests, a second. */
  readonly rate: number;
}

export function openPace(): Pace {
  let places = AT_FIRST;
  let trial: Trial = { kind: 'doubling', from: null };
  let pauseEndsMs = -Infinity;
  let throttledMs = -Infinity;
  let strikes = 0;
  /** Answers that still belong to the number before. */
  let stale = 0;
  let sinceMs: number | null = null;
  let answers = 0;
  let work = 0;
  let isFilled = false;
  let remembered = 0;
  /** Refusals, which fade with each answer after them. */
  let refusals = 0;

  const begin = (nowMs: number | null): void => {
    sinceMs = nowMs;
    answers = 0;
    work = 0;
    isFilled = false;
  };

  const become = (wanted: number, next: Trial): void => {
    const bounded = Math.min(MOST, Math.max(FEWEST, Math.round(wanted)));
    if (bounded !== places) stale = Math.min(places, bounded);
    places = bounded;
    trial = next;
    begin(null);
  };
  const rest = (next: 'more' | 'fewer', left = REST): Trial => ({ kind: 'resting', left, next });

  const judge = (now: Measured): void => {
    switch (trial.kind) {
      case 'doubling':
        if (trial.from !== null && now.rate < trial.from.rate * DOUBLING_GAIN) become(trial.from.places, rest('more'));
        else if (places === MOST) become(places, rest('fewer'));
        else become(places * 2, { kind: 'doubling', from: now });
        return;
      case 'more':
        if (now.rate < trial.from.rate * GAIN) become(trial.from.places, rest('fewer'));
        else tryMore(now);
        return;
      case 'fewer':
        become(now.rate < trial.from.rate * LOSS ? trial.from.places : places, rest('more'));
        return;
      case 'recovering':
        strikes = Math.max(0, strikes - 1);
        if (places + 1 >= trial.upTo) become(places, rest('more'));
        else become(places + 1, trial);
        return;
      case 'resting':
        strikes = 0;
        if (trial.left > 1) become(places, { ...trial, left: trial.left - 1 });
        else if (trial.next === 'more') tryMore(now);
        else if (places === FEWEST) become(places, rest('more'));
        else become(Math.floor(places * 0.8), { kind: 'fewer', from: now });
    }
  };

  const tryMore = (now: Measured): void => {
    if (places === MOST) become(places, rest('fewer'));
    else become(Math.ceil(places * 1.25), { kind: 'more', from: now });
  };

  return {
    limit: (nowMs) => (nowMs < pauseEndsMs ? 0 : places),
    pausedUntil: (nowMs) => (nowMs < pauseEndsMs ? pauseEndsMs : null),
    filled: () => {
      isFilled = true;
    },
    answered: (bytes, nowMs) => {
      remembered = Math.min(REMEMBERED, remembered + 1);
      refusals *= 1 - 1 / REMEMBERED;
      if (stale > 0) {
        stale -= 1;
        return;
      }
      if (sinceMs === null) {
        begin(nowMs);
        return;
      }
      answers += 1;
      work += 1 + bytes / BYTES_LIKE_A_REQUEST;
      const tookMs = nowMs - sinceMs;
      const leastMs = trial.kind === 'doubling' ? LEAST_DOUBLING_MS : LEAST_MEASURED_MS;
      const isEnough = tookMs >= leastMs && answers >= 2 * places;
      if (!isEnough && (tookMs < LONGEST_MEASURED_MS || answers < LEAST_ANSWERS)) return;
      if (isFilled) judge({ places, rate: (work * 1000) / tookMs });
      else begin(nowMs);
    },
    throttled: (begunMs, nowMs, random) => {
      if (begunMs < throttledMs) return;
      refusals += 1;
      if (refusals < remembered * STRAY) {
        // Where more were just being tried, it may be for that.
        if ((trial.kind === 'doubling' || trial.kind === 'more') && trial.from !== null) {
          become(trial.from.places, rest('more'));
        }
        return;
      }
      refusals = 0;
      remembered = 0;
      throttledMs = nowMs;
      const upTo = places;
      strikes += 1;
      pauseEndsMs = nowMs + random * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(strikes - 1, 10));
      become(Math.floor(places / 2), { kind: 'recovering', upTo });
    },
  };
}
