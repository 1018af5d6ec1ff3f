/**
 * Files removed in one go or spread, and files replaced: what is too much waits until a person decides, over restarts,
 * while uploads go on; nothing waits for ever once it is decided, and what was replaced is told once.
 */
import { foldersHere } from '../../main/contract/attached.ts';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { FolderStatus } from '../../main/contract/models.ts';
import { openHome, openHomeForReading } from '../../main/engine/home.ts';
import { decideBrake } from '../../main/engine/brakes.ts';
import { folderStatus } from '../../main/engine/report.ts';
import { BRAKE_LIMITS, type BrakeLimits } from '../../main/plan/index.ts';
import type { Finding } from '../support/model/audit.ts';
import { openWorld, took, type World } from '../support/world/world.ts';
import { playRuns } from './runs.ts';
import { plan, Tally } from './tally.ts';

const { runs, milliseconds, seed, shift } = plan('brake', { runs: 3 }, { runs: 150 });
const tally = new Tally('brake', seed, shift);
const until = performance.now() + milliseconds;

afterAll(() => {
  tally.close();
});

/** Each is an engine of its own: what it decides by is in the database. */
const sync = (w: World, brake: BrakeLimits = BRAKE_LIMITS) => w.sync({ proofGapMs: 30, quietMs: 20, brake });

function status(w: World): FolderStatus {
  const home = took(openHomeForReading(w.home));
  try {
    const [folder] = foldersHere(home.settings.folders);
    if (folder === undefined) throw new Error('The home has no folder.');
    return folderStatus(folder, home.settings.connections, home.tables);
  } finally {
    home.close();
  }
}

function decide(w: World, decision: 'release' | 'discard'): number {
  const home = took(openHome(w.home));
  try {
    const [folder] = foldersHere(home.settings.folders);
    if (folder === undefined) throw new Error('The home has no folder.');
    return decideBrake(folder, decision, home.tables, new Date().toISOString()).deletes;
  } finally {
    home.close();
  }
}

function activities(w: World, code: string): number {
  const home = took(openHomeForReading(w.home));
  try {
    return home.tables?.activity.list(null, null, 500).filter((row) => row.code === code).length ?? 0;
  } finally {
    home.close();
  }
}

interface Story {
  readonly files: number;
  /** How many files vanish before each sync. */
  readonly steps: readonly number[];
  readonly decision: 'release' | 'discard';
}

const stories: fc.Arbitrary<Story> = fc.record({
  files: fc.integer({ min: 5, max: 60 }),
  steps: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
  decision: fc.constantFrom('release' as const, 'discard' as const),
});

/** Tells a story; the first word of what is wrong with it. */
async function tell({ files, steps, decision }: Story, limits: BrakeLimits): Promise<readonly Finding[]> {
  await using w = await openWorld({ deletes: 'mark' });
  const findings: Finding[] = [];
  const same = (what: string, found: unknown, wanted: unknown): void => {
    if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    findings.push({ kind: 'not-at-rest', text: `${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}` });
  };
  for (let at = 0; at < files; at += 1) await w.write(`d${at % 4}/${at}`, `${at}`);
  await w.write('stays', 'here');
  await sync(w, limits);
  const markers = async (): Promise<number> => (await w.bucket.markers()).length;

  let vanished = 0;
  let marked = 0;
  let known = files + 1;
  let isPulled = false;
  for (const [step, wanted] of steps.entries()) {
    const count = Math.min(wanted, files - vanished);
    for (let at = 0; at < count; at += 1) await w.remove(`d${(vanished + at) % 4}/${vanished + at}`);
    vanished += count;
    // Other bytes than any file before: else it might be one of those under a new name.
    await w.write(`new ${step}`, `new ${step}`);
    const { summary } = await sync(w, limits);
    same(`uploads go on, step ${step}`, summary.puts, 1);
    // What is uploaded meanwhile may be known when it is judged, or not yet: both are right, so a margin is left. Each
    // directory is judged as its files are proved gone, so it may also become known in between: some have gone out by then.
    const isMore = (before: number): boolean =>
      vanished > marked &&
      (vanished > limits.deletes || (before > limits.small && vanished > before * limits.deletedPart));
    const [least, most] = [isMore(known + 1), isMore(known)];
    known += 1;
    const isWaiting = status(w).brake !== null;
    const isSure = least === most || isPulled;
    if (isSure) same(`waits, step ${step}`, isWaiting, isPulled || most);
    isPulled = isWaiting;
    if (isPulled && !isSure) marked = Math.min(vanished - 1, Math.max(marked, await markers()));
    if (!isPulled) marked = vanished;
    same(`markers, step ${step}`, await markers(), marked);
    same(`deletes that wait, step ${step}`, status(w).brake?.deletes ?? 0, vanished - marked);
  }
  const waiting = vanished - marked;
  if (isPulled) same('state', status(w).state, 'attention');
  same('decided', decide(w, decision), waiting);
  const { summary, failures } = await sync(w, limits);
  same('failures', failures, []);
  same('sent', [summary.deletes, summary.gone], decision === 'release' ? [waiting, 0] : [0, waiting]);
  same('markers in the end', await markers(), decision === 'release' ? vanished : marked);
  const { state, queued, brake, failure } = status(w);
  same('at rest', { state, queued, brake, failure }, { state: 'idle', queued: 0, brake: null, failure: null });
  try {
    await w.expectNothingLost();
  } catch (error) {
    findings.push({ kind: 'unexplained', text: String(error) });
  }
  return findings;
}

const named: readonly (readonly [what: string, story: Story, limits: BrakeLimits])[] = [
  ['more than a quarter in one go', { files: 40, steps: [14], decision: 'release' }, BRAKE_LIMITS],
  ['all but one in one go', { files: 30, steps: [30], decision: 'discard' }, BRAKE_LIMITS],
  ['spread', { files: 47, steps: [4, 4, 4, 4, 4], decision: 'discard' }, BRAKE_LIMITS],
  ['more than so many', { files: 60, steps: [6, 3], decision: 'release' }, { ...BRAKE_LIMITS, deletes: 8 }],
  ['in a small folder, where nothing waits', { files: 15, steps: [10], decision: 'release' }, BRAKE_LIMITS],
];

test.each(named)('%s', { timeout: 60_000 }, async (_, story, limits) => {
  const findings = await tell(story, limits);
  tally.add('stories');
  tally.find(findings);
  expect(findings).toEqual([]);
});

test('spread so thinly that the window has passed each time, nothing waits', async () => {
  await using w = await openWorld({ deletes: 'mark' });
  for (let at = 0; at < 30; at += 1) await w.write(`${at}`, `${at}`);
  const limits = { ...BRAKE_LIMITS, windowMs: 1 };
  await sync(w, limits);
  for (let at = 0; at < 20; at += 5) {
    for (let next = at; next < at + 5; next += 1) await w.remove(`${next}`);
    expect((await sync(w, limits)).summary).toMatchObject({ deletes: 5 });
  }
  tally.add('stories');
});

test('every file rewritten: all go up, and a person is told once', async () => {
  await using w = await openWorld({ deletes: 'mark' });
  const rewrite = async (content: string): Promise<void> => {
    for (let at = 0; at < 25; at += 1) await w.write(`${at}`, `${content} ${at}`);
  };
  await rewrite('one');
  expect((await sync(w)).summary).toMatchObject({ puts: 25 });
  expect(status(w), 'new files are no replacement').toMatchObject({ state: 'idle', problems: [] });
  for (const content of ['two', 'three']) {
    await rewrite(content);
    expect(await sync(w)).toMatchObject({ summary: { puts: 25, parked: 0 }, failures: [] });
    expect(status(w)).toMatchObject({ state: 'attention', queued: 0, problems: [{ code: 'mass-replacement' }] });
  }
  expect(activities(w, 'mass-replacement'), 'told once').toBe(1);
  decide(w, 'release');
  expect(status(w)).toMatchObject({ state: 'idle', problems: [], failure: null });
  await w.touch('1');
  await sync(w);
  expect(status(w).problems).toEqual([]);
  await w.expectNothingLost();
  tally.add('stories');
});

test(`${runs} stories of chance`, { timeout: milliseconds + 600_000 }, async () => {
  await playRuns({
    ...{ gate: 'brake', seed, runs, until, shift, tally },
    of: stories,
    play: async (story, count) => {
      count('runs');
      return tell(story, BRAKE_LIMITS);
    },
  });
});
