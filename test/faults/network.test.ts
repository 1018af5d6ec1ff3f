/**
 * The network between Cairn and the store goes wrong in each way that it can. In the end all is in sync, or parked with
 * a sentence and in sync once the network is well again; and nothing is stored twice.
 */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { audit } from '../support/model/audit.ts';
import { Line } from '../support/model/line.ts';
import { describeFindings } from '../support/model/play.ts';
import { leadTo, Sessions } from '../support/model/sessions.ts';
import { LARGE } from '../support/model/steps.ts';
import { Tree } from '../support/model/tree.ts';
import type { Interference } from '../support/proxy/faults.ts';
import { type Recorded, RecordingProxy } from '../support/proxy/recording.ts';
import { openWorld } from '../support/world/world.ts';
import { isSoak, PARKED, plan, Tally } from './tally.ts';

const { each, milliseconds, seed } = plan('network', { each: 4 }, { each: 200 });
const tally = new Tally('network', seed);

afterAll(() => {
  tally.close();
});

/** A number from 0 up to, but not including, `below`. */
type Chance = (below: number) => number;

interface Ground {
  readonly proxy: RecordingProxy;
  readonly line: Line;
  readonly chance: Chance;
  /** Counts what went wrong. */
  readonly struck: (times?: number) => void;
}

interface Kind {
  readonly name: string;
  /** How many a round brings at most. */
  readonly perRound: number;
  /** One file of the round is sent in parts. */
  readonly large: boolean;
  /** Sets so many faults; answers what must be asked in the end, such as how many truly came. */
  readonly set: (ground: Ground, times: number) => (() => void) | undefined;
}

const WRITES = new Set(['PutObject', 'CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload']);
const isWrite = ({ operation }: Recorded): boolean => WRITES.has(operation);
const hasBody = ({ operation }: Recorded): boolean => operation === 'PutObject' || operation === 'UploadPart';

/** Strikes every second or so of those that match, so that what comes after a fault is seen as well. */
function strike(
  { proxy, chance, struck }: Ground,
  matches: (request: Recorded) => boolean,
  how: () => Interference,
  times: number,
): undefined {
  for (let time = 0; time < times; time += 1) {
    let passes = chance(3);
    const isNext = (request: Recorded): boolean => {
      if (!matches(request)) return false;
      passes -= 1;
      if (passes >= 0) return false;
      struck();
      return true;
    };
    proxy.faults.set(isNext, how());
  }
}

const kinds: readonly Kind[] = [
  {
    name: 'latency',
    perRound: 60,
    large: true,
    set: (ground, times) =>
      strike(
        ground,
        () => true,
        () => ({ kind: 'delay', milliseconds: 20 + ground.chance(400) }),
        times,
      ),
  },
  {
    name: '503 bursts',
    perRound: 25,
    large: true,
    set: ({ proxy, struck }, times) => {
      const isStruck = (request: Recorded): boolean => {
        if (!isWrite(request)) return false;
        struck();
        return true;
      };
      proxy.faults.refuse(isStruck, 503, 'SlowDown', times);
      return undefined;
    },
  },
  {
    name: 'resets in mid-body',
    perRound: 10,
    large: true,
    set: (ground, times) =>
      strike(ground, hasBody, () => ({ kind: 'reset', afterBytes: ground.chance(60_000) }), times),
  },
  {
    name: 'answers cut off',
    perRound: 10,
    large: true,
    set: ({ line, chance, struck }, times) => {
      line.trouble = { kind: 'cut', afterBytes: () => chance(400), times };
      return () => {
        struck(line.cuts);
      };
    },
  },
  {
    name: 'answers lost after the store has stored',
    perRound: 10,
    large: true,
    set: (ground, times) =>
      strike(ground, isWrite, () => ({ kind: 'after', then: { kind: 'reset', afterBytes: 0 } }), times),
  },
  {
    name: 'errors after the store has stored',
    perRound: 10,
    large: true,
    set: (ground, times) =>
      strike(
        ground,
        isWrite,
        () => ({ kind: 'after', then: { kind: 'answer', status: 500, code: 'InternalError' } }),
        times,
      ),
  },
  {
    name: 'slow reads',
    perRound: 40,
    large: false,
    set: ({ line, proxy, struck }) => {
      line.trouble = { kind: 'slow', bytesPerSecond: 100_000 };
      return () => {
        struck(proxy.requests.filter(hasBody).length);
      };
    },
  },
  {
    name: 'black holes',
    perRound: 16,
    large: false,
    // Each costs its caller the whole time that a silent store is given, so they come all at once.
    set: ({ proxy, struck }, times) => {
      const isStruck = (request: Recorded): boolean => {
        if (!isWrite(request)) return false;
        struck();
        return true;
      };
      proxy.faults.set(isStruck, { kind: 'silence' }, times);
      return undefined;
    },
  },
];

test.each(kinds)('$name', { timeout: milliseconds + 600_000 }, async (kind) => {
  const end = performance.now() + milliseconds / kinds.length;
  const numbers = fc.sample(fc.nat({ max: 2 ** 30 }), { seed, numRuns: 5000 });
  let at = 0;
  const chance: Chance = (below) => {
    at += 1;
    return (numbers[at % numbers.length] ?? 0) % below;
  };
  let came = 0;
  while (came < each && performance.now() < end) {
    const before = came;
    await round(kind, Math.min(kind.perRound, each - came), chance, (times) => {
      came += times;
    });
    if (came === before) throw new Error('Nothing went wrong in a whole round: the faults do not reach Cairn.');
  }
  if (!isSoak) expect(came, 'so often it went wrong').toBeGreaterThanOrEqual(each);
});

async function round(kind: Kind, times: number, chance: Chance, count: (times: number) => void): Promise<void> {
  await using w = await openWorld();
  await using proxy = await RecordingProxy.open(w.gate.endpoint);
  await using line = await Line.open(proxy.endpoint);
  leadTo(w, line.endpoint);
  await using sessions = new Sessions(w);
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
  count(struck);
  const points = [{ at: new Date(), tree: tree.snapshot() }];
  const findings = await audit(w, { ever: tree.ever, vanished: tree.vanished, points });
  tally.add(kind.name, struck);
  tally.add(PARKED, first + second);
  tally.find(findings);
  expect(describeFindings(findings), `seed ${seed}`).toBe('');
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
