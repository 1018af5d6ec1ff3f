/**
 * The network between Cairn and the store goes wrong in each way that it can. In the end all is in sync, or parked with
 * a sentence and in sync once the network is well again; and nothing is stored twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Failure } from '../../main/contract/errors.ts';
import { audit } from '../support/model/audit.ts';
import { Line } from '../support/model/line.ts';
import { describeFindings } from '../support/model/play.ts';
import { leadTo, Sessions } from '../support/model/sessions.ts';
import { LARGE } from '../support/model/steps.ts';
import { Tree } from '../support/model/tree.ts';
import { RecordingProxy } from '../support/proxy/recording.ts';
import { certificateOutage, nameOutage, type Outage, refusal } from '../support/proxy/outage.ts';
import { openWorld } from '../support/world/world.ts';
import { type Chance, type Kind, kinds } from './network-kinds.ts';
import { isSoak, PARKED, plan, Tally } from './tally.ts';

const { each, milliseconds, seed, shift } = plan('network', { each: 4 }, { each: 200 });
const tally = new Tally('network', seed, shift);
/** A black hole costs its caller the whole time that a silent store is given, milliseconds. */
const SILENCE = 1_500;
/** A store that cannot be reached is given up after this, milliseconds; longer than until the first probe. */
const GIVE_UP = 1_300;

afterAll(() => {
  tally.close();
});

const outages = [
  { name: 'names that do not resolve', open: nameOutage },
  { name: 'wrong certificates', open: certificateOutage },
  { name: 'connections refused', open: refusal },
] as const;

const mine = <T>(all: readonly T[]): readonly T[] => all.filter((_, at) => at % shift.workers === shift.worker);
const myKinds = mine(kinds);
const myOutages = mine(outages.toReversed());
const share = milliseconds / Math.max(1, myKinds.length + myOutages.length);

/** Plays rounds until the fault came often enough, or time is up. */
async function oftenEnough(name: string, play: (chance: Chance, came: number) => Promise<number>): Promise<void> {
  const end = performance.now() + share;
  const numbers = fc.sample(fc.nat({ max: 2 ** 30 }), { seed, numRuns: 5000 });
  let at = 0;
  const chance: Chance = (below) => {
    at += 1;
    return (numbers[at % numbers.length] ?? 0) % below;
  };
  tally.aim(name, each);
  let came = 0;
  while (came < each && performance.now() < end) {
    const times = await play(chance, came);
    if (times === 0) throw new Error('Nothing went wrong in a whole round: the faults do not reach Cairn.');
    came += times;
  }
  if (!isSoak) expect(came, 'so often it went wrong').toBeGreaterThanOrEqual(each);
}

describe.skipIf(myKinds.length === 0)('on the way', () => {
  test.each(myKinds)('$name', { timeout: milliseconds + 600_000 }, (kind) =>
    oftenEnough(kind.name, (chance, came) => round(kind, Math.min(kind.perRound, each - came), chance)),
  );
});

describe.skipIf(myOutages.length === 0)('no way at all', () => {
  test.each(myOutages)('$name', { timeout: milliseconds + 600_000 }, ({ name, open }) =>
    oftenEnough(name, (chance) => roundWithout(name, open, chance)),
  );
});

/** The store cannot be reached when a sync begins, and later again from the middle of one on. */
async function roundWithout(name: string, open: (to: string) => Promise<Outage>, chance: Chance): Promise<number> {
  await using w = await openWorld();
  await using outage = await open(w.gate.endpoint);
  leadTo(w, outage.endpoint);
  await using sessions = new Sessions(w);
  const tree = new Tree(w.disk, `${seed} ${chance(1_000_000)}`);
  const edit = (): void => {
    for (let file = 0; file < 20; file += 1) {
      tree.apply({ kind: 'create', directory: file % 7, name: chance(6), size: 1 + chance(9_000) });
    }
  };
  edit();
  await outage.begin();
  const { failures } = await sessions.tried(GIVE_UP);
  expect(failures, 'it says why it did not end').not.toEqual([]);
  for (const failure of failures) expectWhy(failure, outage);
  await outage.end();
  await sessions.sync();

  edit();
  const passing = 1 + chance(12);
  const before = w.gate.passed.length;
  const isUnderWay = new AbortController();
  const broken = (async () => {
    while (!isUnderWay.signal.aborted && w.gate.passed.length - before < passing) await sleep(1);
    await outage.begin();
  })();
  const second = await sessions.tried(GIVE_UP);
  isUnderWay.abort();
  await broken;
  for (const failure of second.failures) expectWhy(failure, outage);
  await outage.end();
  await sessions.sync();
  const points = [{ at: new Date(), tree: tree.snapshot() }];
  const findings = await audit(w, { ever: tree.ever, vanished: tree.vanished, points });
  tally.add(name, outage.times);
  tally.find(findings);
  expect(describeFindings(findings), `seed ${seed}`).toBe('');
  return outage.times;
}

/** It waits, and the sentence says for what. */
function expectWhy(failure: Failure, { reason }: Outage): void {
  expect(failure).toMatchObject({ class: 'offline' });
  expect(failure.message, 'a sentence').toMatch(/^.{20,}\.$/s);
  expect(failure.hint, 'a way out').not.toBe('');
  // What was cut in its middle says so; all that was tried afterwards names the reason.
  expect(String(failure.facts['reason'])).toMatch(reason);
}

async function round(kind: Kind, times: number, chance: Chance): Promise<number> {
  await using w = await openWorld();
  await using proxy = await RecordingProxy.open(w.gate.endpoint);
  await using line = await Line.open(proxy.endpoint);
  leadTo(w, line.endpoint);
  await using sessions = new Sessions(w);
  if (kind.isSilent === true) sessions.silenceMs = SILENCE;
  const tree = new Tree(w.disk, `${seed} ${chance(1_000_000)}`);
  const edit = (): void => {
    for (let file = 0; file < 14; file += 1) {
      tree.apply({
        kind: 'create',
        directory: file % 7,
        name: chance(6),
        size: 1 + chance(file === 0 ? 200_000 : 9_000),
      });
    }
    if (kind.large) tree.apply({ kind: 'change', file: chance(9), size: LARGE, atOnce: true });
  };
  let struck = 0;
  const strikes = (many = 1): void => {
    struck += many;
  };
  const atEnd = kind.set({ proxy, line, chance, struck: strikes }, times);

  edit();
  const first = await endOf(sessions);
  edit();
  const second = await endOf(sessions);
  proxy.faults.clear();
  line.trouble = { kind: 'none' };
  await sessions.sync();
  atEnd?.();
  const points = [{ at: new Date(), tree: tree.snapshot() }];
  const findings = await audit(w, { ever: tree.ever, vanished: tree.vanished, points });
  tally.add(kind.name, struck);
  tally.add(PARKED, first + second);
  tally.find(findings);
  expect(describeFindings(findings), `seed ${seed}`).toBe('');
  return struck;
}

/** A sync through the trouble; answers how many files it parked, each with its sentence. */
async function endOf(sessions: Sessions): Promise<number> {
  const { failures } = await sessions.tried();
  for (const failure of failures) expect(failure.message, 'a sentence').toMatch(/^.{20,}\.$/s);
  const parked = sessions.parked();
  for (const { message, hint } of parked) {
    expect(message, 'a sentence').toMatch(/^.{20,}\.$/s);
    expect(hint, 'a way out').not.toBe('');
  }
  return parked.length;
}
