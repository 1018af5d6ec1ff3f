/** SIGKILL of the whole process, at random times and at named steps, again and again, with edits before and meanwhile. */
import fc from 'fast-check';
import { test } from 'vitest';
import { describeFindings, play } from '../support/model/play.ts';
import { killSteps } from '../support/model/steps.ts';
import { plan, Tally } from './tally.ts';

const { runs, kills, milliseconds, seed } = plan('kill', { runs: 2, kills: 6 }, { runs: 60, kills: 10 });

test(`${runs} runs with ${kills} kills each`, { timeout: milliseconds + 600_000 }, async () => {
  const tally = new Tally('kill', seed);
  const end = performance.now() + milliseconds;
  try {
    await fc.assert(
      fc.asyncProperty(killSteps(kills), async (list) => {
        // A run is never broken off in its middle: it would leave a child and its folders behind.
        if (performance.now() > end) return;
        const played = await play(list, String(seed));
        tally.add('runs');
        tally.add('kills', played.kills);
        tally.add('operations', played.operations);
        tally.add('versions', played.versions);
        tally.find(played.findings);
        if (played.findings.length > 0) throw new Error(describeFindings(played.findings));
      }),
      { seed, numRuns: runs },
    );
  } finally {
    tally.close();
  }
});
