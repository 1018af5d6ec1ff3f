/**
 * The brake: whether a folder's deletes may go out, and whether so much of it was replaced that a person should know.
 * In: counts of the last quarter of an hour. Out: a verdict. It has no clock; whoever asks counts.
 *
 * Of deletes count those that have gone out and those that wait, so that spreading them gains nothing. Not counted is
 * what a person has released, and the end of a name whose file is there under another one (`MOVED`).
 */

export interface BrakeLimits {
  /** What counts together, milliseconds. */
  readonly windowMs: number;
  /** More deletes than this wait, whatever the folder's size. */
  readonly deletes: number;
  /** More than this part of a folder waits, where it has more files than `small`. */
  readonly deletedPart: number;
  /** More than this part of a folder replaced is told, where it has more files than `small`. */
  readonly replacedPart: number;
  readonly small: number;
  /** In a small folder with at least so many files it is told where all of them were replaced. */
  readonly few: number;
}

export const BRAKE_LIMITS: BrakeLimits = {
  windowMs: 15 * 60_000,
  deletes: 1_000,
  deletedPart: 1 / 4,
  replacedPart: 1 / 2,
  small: 20,
  few: 10,
};

export interface Deletions {
  /** Deletes that went out in the window. */
  readonly sent: number;
  /** Deletes that wait or are under way, and that nobody has decided about. */
  readonly waiting: number;
  /** Files that one look has missed and that may be gone: nothing is proved of them yet. */
  readonly missed: number;
  /** Known files that nobody has decided to delete, those that wait among them. */
  readonly files: number;
  /** A person is being asked already. */
  readonly isPulled: boolean;
}

/** `wait`: what was missed would be too much, if it is gone; that shows soon. */
export type BrakeVerdict = 'go' | 'wait' | 'pull';

export function judgeDeletes({ sent, waiting, missed, files, isPulled }: Deletions, limits: BrakeLimits): BrakeVerdict {
  if (waiting === 0) return 'go';
  const before = files + sent;
  if (isPulled || isTooMuch(sent + waiting, before, limits)) return 'pull';
  return isTooMuch(sent + waiting + missed, before, limits) ? 'wait' : 'go';
}

function isTooMuch(deletes: number, before: number, limits: BrakeLimits): boolean {
  return deletes > limits.deletes || (before > limits.small && deletes > before * limits.deletedPart);
}

/** @param replaced files whose content gave way to another in the window. */
export function isMassReplacement(replaced: number, files: number, limits: BrakeLimits): boolean {
  if (files > limits.small) return replaced > files * limits.replacedPart;
  return files >= limits.few && replaced >= files;
}
