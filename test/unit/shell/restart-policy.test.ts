import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterCrash, CRASH_WINDOW, type CrashDecision } from '../../../main/shell/restart-policy.ts';

const minute = 60_000;

/** Feeds crashes one after the other, until the process stays down. */
function decisions(times: readonly number[]): readonly CrashDecision[] {
  let crashes: readonly number[] = [];
  const made: CrashDecision[] = [];
  for (const time of times) {
    const verdict = afterCrash(crashes, time);
    crashes = verdict.crashes;
    made.push(verdict.decision);
    if (verdict.decision.kind === 'stay-down') break;
  }
  return made;
}

describe('after a crash', () => {
  it('starts again after 1, 5 and 30 seconds where the crashes lie apart', () => {
    expect(decisions([0, 4 * minute, 8 * minute, 12 * minute])).toEqual([
      { kind: 'restart', after: 1_000 },
      { kind: 'restart', after: 5_000 },
      { kind: 'restart', after: 30_000 },
      { kind: 'restart', after: 30_000 },
    ]);
  });

  it('stays down after the third crash within five minutes', () => {
    expect(decisions([0, minute, 4.9 * minute]).at(-1)).toEqual({ kind: 'stay-down' });
    expect(decisions([0, minute, 5 * minute]).at(-1)).toEqual({ kind: 'restart', after: 30_000 });
  });

  it('begins anew with the shortest wait after half an hour without a crash', () => {
    expect(decisions([0, 4 * minute, 34 * minute]).at(-1)).toEqual({ kind: 'restart', after: 1_000 });
  });

  it('never allows three crashes within five minutes, whatever their times', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40 * minute), { minLength: 3, maxLength: 20 }), (gaps) => {
        const times = gaps.map((_, index) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0));
        const made = decisions(times);
        const third = times.findIndex((time, index) => index >= 2 && time - (times[index - 2] ?? 0) < CRASH_WINDOW);
        expect(made.length).toBe(third === -1 ? times.length : third + 1);
        expect(made.at(-1)?.kind).toBe(third === -1 ? 'restart' : 'stay-down');
      }),
    );
  });
});
