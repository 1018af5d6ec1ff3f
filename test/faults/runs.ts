/**
 * Random runs, each by a number of its own under one seed, so that any can be played again alone and several processes
 * can share them. In: what a run is made of, and how it is played. Out: what was wrong with them, or nothing.
 */
import fc from 'fast-check';
import type { Finding } from '../support/model/audit.ts';
import { describeFindings } from '../support/model/play.ts';
import type { Shift, Tally } from './tally.ts';

/** What broke once is made shorter for so long at most, milliseconds: there are other runs to be played. */
const SHRINKING = 180_000;
/** A worker that met so many failures has enough to tell. */
const FAILURES = 4;

export interface Runs<T> {
  readonly gate: string;
  readonly seed: number;
  readonly runs: number;
  /** Until then a run may be begun, milliseconds of the monotonic clock; it is never broken off in its middle. */
  readonly until: number;
  readonly shift: Shift;
  readonly tally: Tally;
  readonly of: fc.Arbitrary<T>;
  /** @param count adds to the tally; what shrinking plays again is not counted. */
  readonly play: (value: T, count: (what: string, times?: number) => void) => Promise<readonly Finding[]>;
}

/** Plays the runs of this worker; throws what was wrong, each with the words that play it again. */
export async function playRuns<T>(given: Runs<T>): Promise<void> {
  const { gate, seed, runs, until, shift, tally } = given;
  const failures: string[] = [];
  tally.aim('runs', shift.only === null ? runs : 1);
  for (const run of numbersOf(runs, shift)) {
    if (performance.now() > until || failures.length === FAILURES) break;
    const failure = await playOne(given, run);
    if (failure === null) continue;
    const words = `run ${run} of seed ${seed}: npm run soak -- --seed ${seed} ${gate} --run ${run}\n${failure}`;
    console.error(words);
    failures.push(words);
  }
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
}

function numbersOf(runs: number, { worker, workers, only }: Shift): readonly number[] {
  if (only !== null) return [only];
  return Array.from({ length: runs }, (_, run) => run).filter((run) => run % workers === worker);
}

async function playOne<T>({ seed, until, tally, of, play }: Runs<T>, run: number): Promise<string | null> {
  let isFirst = true;
  let shrinkUntil = Infinity;
  const property = fc.asyncProperty(of, async (value) => {
    if (performance.now() > shrinkUntil) return;
    const isCounted = isFirst;
    isFirst = false;
    let findings: readonly Finding[];
    try {
      findings = await play(value, (what, times) => {
        if (isCounted) tally.add(what, times);
      });
    } catch (error) {
      if (isCounted) tally.find([{ kind: 'not-at-rest', text: `run ${run}: ${String(error)}` }]);
      shrinkUntil = Math.min(shrinkUntil, performance.now() + SHRINKING, Math.max(until, performance.now() + 20_000));
      throw error;
    }
    if (isCounted) tally.find(findings.map(({ kind, text }) => ({ kind, text: `run ${run}: ${text}` })));
    if (findings.length === 0) return;
    shrinkUntil = Math.min(shrinkUntil, performance.now() + SHRINKING, Math.max(until, performance.now() + 20_000));
    throw new Error(describeFindings(findings));
  });
  const details = await fc.check(property, { seed, path: String(run), numRuns: 1 });
  if (!details.failed) return null;
  return `${String(details.errorInstance)}\n${(await fc.asyncDefaultReportMessage(details)) ?? ''}`;
}
