/** Which of the jobs that are due go out now. In: candidates and free places. Out: ids, in order. Pure. */
import type { Candidate } from '../store/job-order.ts';

/** One place in so many goes to what was queued first, whatever its rank: nothing waits for ever. */
const TO_THE_OLDEST = 4;
/** The class of files that occupy their place for long. */
const LARGE: Candidate['class'] = 1;

export interface Room {
  readonly places: number;
  /** Of these, how many large files may have. */
  readonly forLarge: number;
  /** Places given so far. */
  readonly given: number;
}

/** How many places large files may have of so many: some are kept for what is saved meanwhile. */
export function placesForLarge(places: number): number {
  return places <= 1 ? places : places - Math.ceil(places / 4);
}

/** Whether one of the next places goes to the oldest. */
export function asksForOldest({ places, given }: Room): boolean {
  return (given % TO_THE_OLDEST) + places >= TO_THE_OLDEST;
}

/** @param ranked and `oldest` in any order, of any number of folders; a job may stand in both. */
export function choose(ranked: readonly Candidate[], oldest: readonly Candidate[], room: Room): number[] {
  const byRank = [...ranked].sort((a, b) => a.rank - b.rank || a.id - b.id);
  const byAge = [...oldest].sort((a, b) => a.id - b.id);
  const chosen = new Set<number>();
  let large = room.forLarge;
  // What a person pulled forward waits for no place that is kept for others.
  const mayGo = (one: Candidate): boolean => !chosen.has(one.id) && (one.class !== LARGE || large > 0 || one.rank < 0);
  for (let place = 0; place < room.places; place += 1) {
    const isForOldest = (room.given + place) % TO_THE_OLDEST === TO_THE_OLDEST - 1;
    const next = (isForOldest ? byAge.find(mayGo) : undefined) ?? byRank.find(mayGo);
    if (next === undefined) break;
    chosen.add(next.id);
    if (next.class === LARGE) large -= 1;
  }
  return [...chosen];
}
