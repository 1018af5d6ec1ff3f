/** What directories come to. In: sums of their parts. Out: their sum. Pure. */
import type { ThenSum } from './history.ts';

/** Files that a sum names. */
export const NAMED_OTHER = 5;

export const NO_SUM: ThenSum = {
  files: 0,
  bytes: 0,
  filesNow: 0,
  bytesNow: 0,
  counts: { added: 0, changed: 0, gone: 0 },
  first: [],
};

/** What two parts come to; the first of `a` stand before those of `b`. */
export function addedUp(a: ThenSum, b: ThenSum): ThenSum {
  return {
    files: a.files + b.files,
    bytes: a.bytes + b.bytes,
    filesNow: a.filesNow + b.filesNow,
    bytesNow: a.bytesNow + b.bytesNow,
    counts: {
      added: a.counts.added + b.counts.added,
      changed: a.counts.changed + b.counts.changed,
      gone: a.counts.gone + b.counts.gone,
    },
    first: a.first.length >= NAMED_OTHER ? a.first : [...a.first, ...b.first].slice(0, NAMED_OTHER),
  };
}

/** What one file comes to. @param then, now bytes; null: not there. */
export function sumOfFile(
  mark: 'same' | keyof ThenSum['counts'],
  path: string,
  then: number | null,
  now: number | null,
): ThenSum {
  return {
    files: then === null ? 0 : 1,
    bytes: then ?? 0,
    filesNow: now === null ? 0 : 1,
    bytesNow: now ?? 0,
    counts: mark === 'same' ? NO_SUM.counts : { ...NO_SUM.counts, [mark]: 1 },
    first: mark === 'changed' || mark === 'gone' ? [path] : NO_SUM.first,
  };
}
