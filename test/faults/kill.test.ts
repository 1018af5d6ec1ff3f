/** SIGKILL of the whole process, at random times and at named steps, again and again, with edits before and meanwhile. */
import fc from 'fast-check';
import { test } from 'vitest';
import { play } from '../support/model/play.ts';
import { killSteps } from '../support/model/steps.ts';
import { playRuns } from './runs.ts';
import { plan, Tally } from './tally.ts';

const { runs, kills, milliseconds, seed, shift } = plan('kill', { runs: 2, kills: 6 }, { runs: 80, kills: 10 });

test(`${runs} runs with ${kills} kills each`, { timeout: milliseconds + 600_000 }, async () => {
  const tally = new Tally('kill', seed, shift);
  const until = performance.now() + milliseconds;
  try {
    await playRuns({
      ...{ gate: 'kill', seed, runs, until, shift, tally },
      of: fc.record({ list: killSteps(kills), deletes: fc.constantFrom('keep' as const, 'mark' as const) }),
      play: async ({ list, deletes }, count) => {
        const played = await play(list, String(seed), deletes);
        count('runs');
        count('kills', played.kills);
        count('operations', played.operations);
        count('versions', played.versions);
        return played.findings;
      },
    });
  } finally {
    tally.close();
  }
});
