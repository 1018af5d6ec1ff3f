/** What to do about a failed attempt. In: the failure and how often it was tried. Out: a decision. Pure. */
import type { Failure } from '../contract/errors.ts';
import { assertNever } from '../contract/result.ts';

export type Decision =
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'park' }
  /** Not this file's fault: its whole connection waits; the job keeps its place. */
  | { readonly kind: 'hold-connection' }
  /** The bucket or the root is missing: the folder waits; the job keeps its place. */
  | { readonly kind: 'hold-folder' }
  /** The folder's deletes stop until a person has decided; its uploads go on. */
  | { readonly kind: 'stop-deletes' };

const FIRST_BACKOFF_MS = 500;
export const LONGEST_BACKOFF_MS = 60_000;
/** Damaged bytes are read and sent again twice; after that disk or memory may be failing. */
const DAMAGED_ATTEMPTS = 3;
/** A store that answers nonsense this often to one file gets no more of it until a person looks. */
const SENSELESS_ATTEMPTS = 8;

/**
 * Exponential backoff with full jitter: a time between nothing and the limit of this attempt, so that many waiting
 * files do not come back at the same moment.
 * @param attempts counted from 1. @param random from 0 up to but not including 1.
 */
export function backoffMs(attempts: number, random: number): number {
  const limit = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(limit * random);
}

/** The store has too much to do, and says so: every attempt of the connection is meant. */
export function isThrottling(failure: Failure): boolean {
  return failure.code === 'busy' && [429, 503].includes(Number(failure.facts['status']));
}

export function decide(failure: Failure, attempts: number, random: number): Decision {
  switch (failure.class) {
    case 'busy':
      if (failure.code === 'store-answer' && attempts >= SENSELESS_ATTEMPTS) return { kind: 'park' };
      return { kind: 'retry', afterMs: backoffMs(attempts, random) };
    case 'race':
    case 'upload-gone':
      return attempts >= SENSELESS_ATTEMPTS
        ? { kind: 'park' }
        : { kind: 'retry', afterMs: backoffMs(attempts, random) };
    case 'clock':
      // The client corrects itself from the answer's date; a second refusal means that it cannot.
      return attempts <= 1 ? { kind: 'retry', afterMs: 0 } : { kind: 'hold-connection' };
    case 'damaged':
      return attempts >= DAMAGED_ATTEMPTS ? { kind: 'park' } : { kind: 'retry', afterMs: backoffMs(attempts, random) };
    case 'offline':
    case 'credentials':
      return { kind: 'hold-connection' };
    case 'target':
    case 'root':
      return { kind: 'hold-folder' };
    case 'internal':
      return failure.code === 'cancelled' ? { kind: 'retry', afterMs: 0 } : { kind: 'park' };
    case 'home':
      return { kind: 'retry', afterMs: LONGEST_BACKOFF_MS };
    case 'deletes':
      return { kind: 'stop-deletes' };
    case 'permission':
    case 'policy':
    case 'conflict':
    case 'archived':
    case 'file':
    case 'usage':
      return { kind: 'park' };
    default:
      return assertNever(failure.class);
  }
}
