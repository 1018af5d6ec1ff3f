/** What may go wrong on the way to a store, kind by kind. In: a proxy and a line. Out: faults set on them, counted. */
import type { Line } from '../support/model/line.ts';
import type { Interference } from '../support/proxy/faults.ts';
import type { Recorded, RecordingProxy } from '../support/proxy/recording.ts';

/** A number from 0 up to, but not including, `below`. */
export type Chance = (below: number) => number;

export interface Ground {
  readonly proxy: RecordingProxy;
  readonly line: Line;
  readonly chance: Chance;
  /** Counts what went wrong. */
  readonly struck: (times?: number) => void;
}

export interface Kind {
  readonly name: string;
  /** How many a round brings at most. */
  readonly perRound: number;
  /** One file of the round is sent in parts. */
  readonly large: boolean;
  /** It makes the store silent. */
  readonly isSilent?: boolean;
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

export const kinds: readonly Kind[] = [
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
    isSilent: true,
    // They come all at once, so that their silences run side by side.
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
