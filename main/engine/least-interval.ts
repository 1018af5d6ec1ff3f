/** The least interval between two versions of one file. In: a job and what is known of its file. Out: how long it waits. */
import type { Folder } from '../contract/models.ts';
import type { WriteTables } from '../store/index.ts';
import type { Job } from '../store/types.ts';

/** What a person asked for goes at once: a policy that is applied, a file sent over another's version. */
const ASKED_FOR: ReadonlySet<string> = new Set(['policy', 'over-theirs']);

/** @returns null: it may go now. */
export function tooEarly(
  folder: Folder,
  job: Job,
  { journal, receipts, attempts }: Pick<WriteTables, 'journal' | 'receipts' | 'attempts'>,
  nowMs: number,
): { readonly afterMs: number; readonly intervalMs: number } | null {
  const intervalMs = (folder.leastIntervalSeconds ?? 0) * 1000;
  if (intervalMs === 0 || job.isFirst || ASKED_FOR.has(job.reason)) return null;
  const row = journal.find(folder.id, job.path);
  if (row === null) return null;
  // An upload that has begun goes on: its parts are there already.
  if (attempts.uploadOf(folder.id, job.path) !== null) return null;
  const finishedAt = receipts.find(row.receiptSeq)?.finishedAt;
  const ageMs = finishedAt === undefined ? Infinity : nowMs - Date.parse(finishedAt);
  // A version of the future is a clock that was set back: it says nothing, and must not keep the file waiting.
  return ageMs >= 0 && ageMs < intervalMs ? { afterMs: intervalMs - ageMs, intervalMs } : null;
}
