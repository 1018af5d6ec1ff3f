/** How far a batch of files has come. In: how many are left, again and again. Out: done, total, and a bar that never goes back. */

export interface Progress {
  readonly total: number;
  readonly done: number;
  /** Between 0 and 1; stays where it is while the work grows. */
  readonly share: number;
}

/**
 * Goes on from what was known. A batch begins when something is left after nothing was, and ends when nothing is left.
 * @param left files that wait or are under way.
 */
export function advance(before: Progress | null, left: number): Progress | null {
  if (left <= 0) return null;
  if (before === null) return { total: left, done: 0, share: 0 };
  const leftBefore = before.total - before.done;
  const total = left > leftBefore ? before.total + (left - leftBefore) : before.total;
  const done = total - left;
  return { total, done, share: Math.max(before.share, done / total) };
}

/** A time left as it is shown: it falls at once, and rises only when it has stayed above for ten seconds. */
export interface TimeLeft {
  readonly seconds: number;
  /** Milliseconds of the clock since when the estimate has been above what is shown; null: it is not. */
  readonly aboveSince: number | null;
}

const PATIENCE_MS = 10_000;

/** @param now milliseconds of any clock that only goes forward. */
export function settle(before: TimeLeft | null, seconds: number | null, now: number): TimeLeft | null {
  if (seconds === null) return null;
  if (before === null || seconds <= before.seconds) return { seconds, aboveSince: null };
  const aboveSince = before.aboveSince ?? now;
  return now - aboveSince >= PATIENCE_MS ? { seconds, aboveSince: null } : { seconds: before.seconds, aboveSince };
}
