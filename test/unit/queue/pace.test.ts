/** The number in flight against a store that is simulated: how long an answer takes, how many a second, and when it refuses. */
import { describe, expect, test } from 'vitest';
import { FEWEST, MOST, openPace, type Pace } from '../../../main/queue/pace.ts';

interface Store {
  /** Of every answer, milliseconds. */
  readonly latency: number;
  /** What the store or this computer can do at most, requests a second. */
  readonly capacity: number;
  /** Bytes of each request. */
  readonly bytes?: number;
  /** Above so many at once it answers 503; null: never. */
  readonly refusesAbove?: (nowMs: number) => number | null;
  /** Of so many requests one is refused, whatever is under way; left out: none. */
  readonly refusesOneIn?: number;
}

interface Ran {
  readonly perSecond: number;
  readonly refused: number;
  /** The places, twice a second. */
  readonly places: readonly number[];
}

/** A number that stays. */
const fixed = (places: number): Pace => ({
  limit: () => places,
  pausedUntil: () => null,
  filled: () => undefined,
  answered: () => undefined,
  throttled: () => undefined,
});

/** A small generator of chance, so that every run is the same. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Sends without end for so long: one queue at the store, and the way there and back. Virtual time. */
function run(pace: Pace, store: Store, seconds: number): Ran {
  const random = chance(7);
  const under: { begunMs: number; endsMs: number; isRefused: boolean }[] = [];
  let now = 0;
  let freeAt = 0;
  let done = 0;
  let refused = 0;
  const places: number[] = [];
  while (now < seconds * 1000) {
    if (places.length * 500 <= now) places.push(pace.limit(now));
    while (under.length < pace.limit(now)) {
      const most = store.refusesAbove?.(now) ?? null;
      const isStray = store.refusesOneIn !== undefined && random() * store.refusesOneIn < 1;
      const isRefused = isStray || (most !== null && under.length >= most);
      // Requests differ: by a fifth up and down.
      const work = isRefused ? 0 : (1000 / store.capacity) * (0.8 + 0.4 * random());
      freeAt = Math.max(freeAt, now) + work;
      under.push({ begunMs: now, endsMs: (isRefused ? now : freeAt) + store.latency, isRefused });
    }
    if (under.length >= pace.limit(now) && under.length > 0) pace.filled();
    under.sort((a, b) => a.endsMs - b.endsMs);
    const next = under.shift();
    if (next === undefined) {
      now = pace.pausedUntil(now) ?? now + 1;
      continue;
    }
    now = Math.max(now, next.endsMs);
    if (next.isRefused) {
      refused += 1;
      pace.throttled(next.begunMs, now, random());
    } else {
      done += 1;
      pace.answered(store.bytes ?? 4096, now);
    }
  }
  return { perSecond: done / seconds, refused, places };
}

const last = (ran: Ran, share = 0.5): readonly number[] => ran.places.slice(Math.floor(ran.places.length * share));

describe('without latency, where the computer is the limit', () => {
  const store = { latency: 1, capacity: 500 };

  test('it costs nothing, and the number does not run away', () => {
    const adaptive = run(openPace(), store, 60);
    expect(adaptive.perSecond).toBeGreaterThan(run(fixed(16), store, 60).perSecond * 0.99);
    expect(Math.max(...last(adaptive))).toBeLessThanOrEqual(24);
    expect(Math.min(...adaptive.places)).toBeGreaterThanOrEqual(FEWEST);
  });
});

describe('with 100 ms to every answer', () => {
  const store = { latency: 100, capacity: 500 };

  test('it brings more than twice as much as sixteen at once, within the first two seconds', () => {
    const sixteen = run(fixed(16), store, 20).perSecond;
    expect(sixteen).toBeCloseTo(160, -1);
    expect(run(openPace(), store, 20).perSecond).toBeGreaterThan(2.5 * sixteen);
    const first = run(openPace(), store, 3);
    expect(first.places.slice(4).every((one) => one >= 48)).toBe(true);
  });

  test('never more than the most, however long an answer takes', () => {
    const ran = run(openPace(), { latency: 2000, capacity: 5000 }, 120);
    expect(Math.max(...ran.places)).toBe(MOST);
    expect(ran.perSecond).toBeGreaterThan(25);
  });

  test('bytes count: a line that is full with large requests gains nothing from more of them', () => {
    const ran = run(openPace(), { latency: 20, capacity: 4, bytes: 8 * 1024 * 1024 }, 300);
    expect(Math.max(...last(ran))).toBeLessThanOrEqual(24);
  });
});

describe('a store that refuses', () => {
  test('above twenty at once: the number stays about there, and few are refused', () => {
    const ran = run(openPace(), { latency: 100, capacity: 1000, refusesAbove: () => 20 }, 120);
    expect(Math.max(...last(ran))).toBeLessThanOrEqual(26);
    expect(ran.refused / (ran.perSecond * 120)).toBeLessThan(0.03);
    expect(ran.perSecond).toBeGreaterThan(90);
  });

  test('one in a hundred, for whatever reason: that costs next to nothing, and no pause', () => {
    const well = run(openPace(), { latency: 30, capacity: 400 }, 30);
    const ran = run(openPace(), { latency: 30, capacity: 400, refusesOneIn: 100 }, 30);
    expect(ran.refused).toBeGreaterThan(50);
    expect(ran.perSecond).toBeGreaterThan(0.9 * well.perSecond);
    expect(ran.places.filter((one) => one === 0).length).toBeLessThanOrEqual(1);
  });

  test('one in ten: it is given less', () => {
    const ran = run(openPace(), { latency: 30, capacity: 400, refusesOneIn: 10 }, 60);
    expect(Math.max(...last(ran))).toBeLessThanOrEqual(16);
  });

  test('for five seconds only: it comes back to what it was', () => {
    const burst = (now: number): number | null => (now > 20_000 && now < 25_000 ? 2 : null);
    const ran = run(openPace(), { latency: 100, capacity: 600, refusesAbove: burst }, 90);
    expect(Math.min(...ran.places.slice(40, 60).filter((one) => one > 0))).toBeLessThanOrEqual(8);
    expect(ran.places.slice(40, 60).some((one) => one === 0)).toBe(true);
    expect(Math.min(...last(ran, 0.9))).toBeGreaterThanOrEqual(40);
  });

  test('a burst of refusals counts once: what was under way already says nothing new', () => {
    const pace = openPace();
    pace.throttled(0, 100, 0.5);
    expect(pace.pausedUntil(100)).toBe(350);
    expect(pace.limit(349)).toBe(0);
    expect(pace.limit(350)).toBe(8);
    for (let index = 0; index < 15; index += 1) pace.throttled(50, 110 + index, 0.5);
    expect(pace.limit(350)).toBe(8);
    pace.throttled(351, 400, 0.5);
    expect(pace.limit(2000)).toBe(4);
    pace.throttled(500, 600, 0.999);
    expect(pace.limit(60_000)).toBe(FEWEST);
  });

  test('the pause grows with each refusal, up to twenty seconds, and is a matter of chance', () => {
    const pace = openPace();
    const pauses = Array.from({ length: 12 }, (_, index) => {
      const now = index * 100_000;
      pace.throttled(now, now, 0.999_999);
      return Math.round((pace.pausedUntil(now) ?? now) - now);
    });
    expect(pauses.slice(0, 5)).toEqual([500, 1000, 2000, 4000, 8000]);
    expect(pauses.at(-1)).toBe(20_000);
    const lucky = openPace();
    lucky.throttled(0, 10, 0);
    expect(lucky.pausedUntil(10)).toBeNull();
  });
});

test('where not all places are taken, nothing is learnt and nothing changes', () => {
  const pace = openPace();
  for (let now = 0; now < 60_000; now += 50) pace.answered(4096, now);
  expect(pace.limit(60_000)).toBe(16);
});
