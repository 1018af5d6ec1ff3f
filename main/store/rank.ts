/**
 * Where a job stands in the queue. In: what a scan saw. Out: its rank, the lower the sooner, and its class. Pure.
 *
 * [Note: who goes first] A rank is the time at which the job was seen, later by an allowance: nothing for a letter that
 * was just saved, a day and a half for a photograph of today, more than a week for a film of years ago. So what is small
 * and recent goes before what is large and old, for as long as the allowance lasts; after that age has made up for it.
 * As a rank never changes by itself, an index holds the order, whatever the length of the queue. Besides, one of a few
 * places goes to what was queued first: the queue looks to that.
 */
import type { NewJob } from './types.ts';

const HOUR_MS = 3_600_000;
/** Each doubling of the size, counted from here, costs so long. */
const SMALL_BYTES = 64 * 1024;
const PER_DOUBLING_OF_SIZE_MS = 6 * HOUR_MS;
/** Each doubling of the content's age, counted from an hour, costs so long. */
const PER_DOUBLING_OF_AGE_MS = 12 * HOUR_MS;
const LONGEST_ALLOWANCE_MS = 14 * 24 * HOUR_MS;

/** Above this a file occupies its place for long: `large` ones never take them all. */
const LARGE_BYTES = 16 * 1024 * 1024;

/** `end`: nothing is read of it, a path that is gone. The numbers stand in the database. */
export const JOB_CLASS = { small: 0, large: 1, end: 2 } as const;
export type JobClass = (typeof JOB_CLASS)[keyof typeof JOB_CLASS];
export const JOB_CLASSES: readonly JobClass[] = Object.values(JOB_CLASS);

export function classOf({ operation, size }: Pick<NewJob, 'operation' | 'size'>): JobClass {
  if (operation === 'gone' || operation === 'delete') return JOB_CLASS.end;
  return size > LARGE_BYTES ? JOB_CLASS.large : JOB_CLASS.small;
}

/** Milliseconds since 1970, as those of the time when it was seen. Below zero only what a person pulled forward. */
export function rankOf(job: Pick<NewJob, 'operation' | 'size' | 'seen' | 'seenAt'>): number {
  const seenMs = Math.max(0, Date.parse(job.seenAt) || 0);
  if (classOf(job) === JOB_CLASS.end) return seenMs;
  const forSize = PER_DOUBLING_OF_SIZE_MS * Math.log2(1 + job.size / SMALL_BYTES);
  const forAge = PER_DOUBLING_OF_AGE_MS * Math.log2(1 + ageMs(job, seenMs) / HOUR_MS);
  return Math.round(seenMs + Math.min(LONGEST_ALLOWANCE_MS, forSize + forAge));
}

/** How old the content was when it was seen; a time in the future is a clock that was off, and no merit. */
function ageMs({ seen }: Pick<NewJob, 'seen'>, seenMs: number): number {
  if (seen === null) return 0;
  return Math.max(0, seenMs - Number(BigInt(seen.mtimeNs) / 1_000_000n));
}
