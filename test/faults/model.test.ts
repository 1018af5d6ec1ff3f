/** Random trees, edits, pauses, syncs, restarts and kills, against a model that knows what the bucket must hold. */
import fc from 'fast-check';
import { test } from 'vitest';
import { describeFindings, play } from '../support/model/play.ts';
import { steps } from '../support/model/steps.ts';
import { plan, Tally } from './tally.ts';

const { runs, operations, milliseconds, seed } = plan(
  'model',
  { runs: 25, operations: 20 },
  { runs: 2000, operations: 50 },
);

test(`${runs} runs of ${operations} operations`, { timeout: milliseconds + 600_000 }, async () => {
  const tally = new Tally('model', seed);
  const end = performance.now() + milliseconds;
  try {
    await fc.assert(
      fc.asyncProperty(steps(operations, { large: 2, children: 3 }), async (list) => {
        // A run is never broken off in its middle: it would leave a child and its folders behind.
        if (performance.now() > end) return;
        const played = await play(list, String(seed));
        tally.add('runs');
        tally.add('operations', played.operations);
        tally.add('syncs', played.syncs);
        tally.add('restarts', played.restarts);
        tally.add('kills', played.kills);
        tally.find(played.findings);
        if (played.findings.length > 0) throw new Error(describeFindings(played.findings));
      }),
      { seed, numRuns: runs },
    );
  } finally {
    tally.close();
  }
});
