/**
 * The proof that a path is gone: absent from two complete listings at least ten seconds apart.
 *
 * [Note: two looks] Editors, sync tools and unmounting disks make files vanish for a moment. One look is never believed,
 * and a first absence counts only within the process that saw it: after a restart the proof begins anew.
 */

/** How far apart the two listings must be, milliseconds of the monotonic clock. */
export const PROOF_GAP_MS = 10_000;

export interface Absence {
  /** Monotonic milliseconds of the first look that missed the path. */
  readonly sinceMs: number;
  /** The same moment on the wall clock, ISO 8601: it becomes the receipt's `seenAt`. */
  readonly seenAt: string;
}

export type AbsenceVerdict =
  | { readonly kind: 'noted'; readonly absence: Absence; readonly againInMs: number }
  | { readonly kind: 'proven'; readonly absence: Absence };

/**
 * @param before the absence noted earlier in this process, null for a first one.
 * @param gapMs how far apart the two looks must be.
 */
export function noteAbsence(
  before: Absence | null,
  nowMs: number,
  seenAt: string,
  gapMs: number = PROOF_GAP_MS,
): AbsenceVerdict {
  const absence = before ?? { sinceMs: nowMs, seenAt };
  const againInMs = absence.sinceMs + gapMs - nowMs;
  return before !== null && againInMs <= 0
    ? { kind: 'proven', absence }
    : { kind: 'noted', absence, againInMs: Math.max(0, againInMs) };
}
