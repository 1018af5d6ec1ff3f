/** Runs that failed once, in the shortest form that was found, each with what was wrong. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { audit } from '../support/model/audit.ts';
import { Line } from '../support/model/line.ts';
import { play } from '../support/model/play.ts';
import { leadTo, Sessions } from '../support/model/sessions.ts';
import type { Step } from '../support/model/steps.ts';
import { Tree } from '../support/model/tree.ts';
import { openWorld } from '../support/world/world.ts';

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

/** Seed 20261122 of the model: what an engine had sent when it was stopped reached the store after the next one looked. */
test('a request that arrives after its engine was stopped is adopted, not sent twice', async () => {
  await using w = await openWorld();
  await using line = await Line.open(w.gate.endpoint);
  leadTo(w, line.endpoint);
  await using sessions = new Sessions(w);
  const tree = new Tree(w.disk, '20261122');
  await sessions.sync();
  tree.apply({ kind: 'create', directory: 1, name: 1, size: 500 });
  tree.apply({ kind: 'create', directory: 1, name: 2, size: 500 });
  line.trouble = { kind: 'late', ms: 1_000 };
  await sessions.open();
  await sleep(900);
  // One of them is gone when the next engine looks; it was sent all the same.
  await sessions.end();
  tree.apply({ kind: 'remove', file: 0 });
  await sleep(50);
  line.trouble = { kind: 'none' };

  await sessions.sync();

  const points = [{ at: new Date(), tree: tree.snapshot() }];
  expect(await audit(w, { ever: tree.ever, vanished: null, points })).toEqual([]);
  expect(
    w.receipts().filter(({ proof }) => proof === 'adopted'),
    'both had reached the store',
  ).toHaveLength(2);
});

test.each(kept)('seed $seed: $what', async ({ seed, steps }) => {
  expect((await play(steps, String(seed))).findings).toEqual([]);
});
