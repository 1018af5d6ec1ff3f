/** Runs that failed once, in the shortest form that was found, each with what was wrong. */
import { expect, test } from 'vitest';
import { play } from '../support/model/play.ts';
import type { Step } from '../support/model/steps.ts';

interface Kept {
  readonly seed: number;
  readonly what: string;
  readonly steps: readonly Step[];
}

const kept: readonly Kept[] = [
  {
    seed: 1733373427,
    what: 'a file whose place a directory took was never gone in the record',
    steps: [
      { kind: 'create', directory: 0, name: 0, size: 0 },
      { kind: 'sync' },
      { kind: 'file-to-folder', file: 0, name: 0, size: 1 },
    ],
  },
];

test.each(kept)('seed $seed: $what', async ({ seed, steps }) => {
  expect((await play(steps, String(seed))).findings).toEqual([]);
});
