/** Random trees, edits, pauses, syncs, restarts and kills, against a model that knows what the bucket must hold. */
import fc from 'fast-check';
import { test } from 'vitest';
import { play } from '../support/model/play.ts';
import { steps } from '../support/model/steps.ts';
import { playRuns } from './runs.ts';
import { plan, Tally } from './tally.ts';

/** One edit of eight finds no place in its tree, so 57 of them are 50 operations. */
const { runs, edits, milliseconds, seed, shift } = plan('model', { runs: 25, edits: 20 }, { runs: 2000, edits: 57 });

test(`${runs} runs of ${edits} edits`, { timeout: milliseconds + 600_000 }, async () => {
  const tally = new Tally('model', seed, shift);
  const until = performance.now() + milliseconds;
  try {
    await playRuns({
      ...{ gate: 'model', seed, runs, until, shift, tally },
      // Removed files are marked as deleted in every other run.
      of: fc.record({
        list: steps(edits, { large: 2, children: 3 }),
        deletes: fc.constantFrom('keep' as const, 'mark' as const),
      }),
      play: async ({ list, deletes }, count) => {
        const played = await play(list, String(seed), deletes);
        count('runs');
        count('operations', played.operations);
        count('syncs', played.syncs);
        count('restarts', played.restarts);
        count('kills', played.kills);
        count('versions', played.versions);
        count('delete markers', played.markers);
        return played.findings;
      },
    });
  } finally {
    tally.close();
  }
});
