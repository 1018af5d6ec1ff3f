/** Whether a process that ended by itself is started again, and when. In: times of crashes. Out: a decision. Pure. */

/** Waits before the first, the second and every later start, in milliseconds. */
export const RESTART_DELAYS = [1_000, 5_000, 30_000] as const;

/** This many crashes within the window, and the process stays down: it would only crash again. */
export const CRASH_LIMIT = 3;
export const CRASH_WINDOW = 5 * 60_000;

/** A crash older than this says nothing about the next one: the waits begin at the shortest again. */
export const CRASH_FORGOTTEN = 30 * 60_000;

export type CrashDecision = { readonly kind: 'restart'; readonly after: number } | { readonly kind: 'stay-down' };

export interface CrashVerdict {
  /** The crashes that still count, the present one last; to be handed in again at the next. */
  readonly crashes: readonly number[];
  readonly decision: CrashDecision;
}

/**
 * @param earlier times of the crashes before, in milliseconds of a monotonic clock, oldest first.
 * @param now time of the present crash, on the same clock.
 */
export function afterCrash(earlier: readonly number[], now: number): CrashVerdict {
  const crashes = [...earlier.filter((time) => now - time < CRASH_FORGOTTEN), now];
  const recent = crashes.filter((time) => now - time < CRASH_WINDOW);
  if (recent.length >= CRASH_LIMIT) return { crashes, decision: { kind: 'stay-down' } };
  const after = RESTART_DELAYS[crashes.length - 1] ?? RESTART_DELAYS[2];
  return { crashes, decision: { kind: 'restart', after } };
}
