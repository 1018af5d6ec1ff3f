import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure, FAILURE_CODES, type FailureClass, type FailureCode } from '../../../main/contract/errors.ts';
import { backoffMs, decide, LONGEST_BACKOFF_MS, type Decision } from '../../../main/queue/index.ts';

const attempt = fc.integer({ min: 1, max: 1_000_000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** What is decided on the first attempt, by class. */
const first: Readonly<Record<FailureClass, Decision['kind']>> = {
  busy: 'retry',
  offline: 'hold-connection',
  clock: 'retry',
  credentials: 'hold-connection',
  permission: 'park',
  policy: 'park',
  target: 'hold-folder',
  race: 'retry',
  conflict: 'park',
  'upload-gone': 'retry',
  archived: 'park',
  damaged: 'retry',
  file: 'park',
  deletes: 'stop-deletes',
  root: 'hold-folder',
  home: 'retry',
  usage: 'park',
  internal: 'park',
};
const apart: Readonly<Partial<Record<FailureCode, Decision['kind']>>> = { cancelled: 'retry' };

/** And on the hundredth: only what is nobody's fault here is tried for ever. */
const hundredth: Readonly<Record<FailureClass, Decision['kind']>> = {
  ...first,
  clock: 'hold-connection',
  race: 'park',
  'upload-gone': 'park',
  damaged: 'park',
};
const apartLater: Readonly<Partial<Record<FailureCode, Decision['kind']>>> = {
  cancelled: 'retry',
  'store-answer': 'park',
};

describe('every failure has its decision', () => {
  test.each(FAILURE_CODES.map((code) => [code]))('%s', (code) => {
    const cause = failure(code);
    expect(decide(cause, 1, 0.5).kind).toBe(apart[code] ?? first[cause.class]);
    expect(decide(cause, 100, 0.5).kind).toBe(apartLater[code] ?? hundredth[cause.class]);
  });

  test('a time to wait is never longer than the longest backoff nor below nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FAILURE_CODES), attempt, random, (code, attempts, chance) => {
        const decision = decide(failure(code), attempts, chance);
        if (decision.kind !== 'retry') return;
        expect(decision.afterMs).toBeGreaterThanOrEqual(0);
        expect(decision.afterMs).toBeLessThanOrEqual(LONGEST_BACKOFF_MS);
      }),
    );
  });

  test('damaged bytes are sent again twice, then somebody must look', () => {
    expect([1, 2, 3].map((attempts) => decide(failure('damaged'), attempts, 0).kind)).toEqual([
      'retry',
      'retry',
      'park',
    ]);
  });

  test('a wrong clock gets one more try at once, since the client corrects itself, and then holds all of its store', () => {
    expect(decide(failure('clock-skew'), 1, 0.9)).toEqual({ kind: 'retry', afterMs: 0 });
    expect(decide(failure('clock-skew'), 2, 0.9)).toEqual({ kind: 'hold-connection' });
  });

  test('a busy store is never given up; one that answers nonsense is, after eight times', () => {
    expect(decide(failure('busy'), 1_000_000, 0).kind).toBe('retry');
    expect(decide(failure('store-answer'), 7, 0).kind).toBe('retry');
    expect(decide(failure('store-answer'), 8, 0).kind).toBe('park');
  });
});

describe('backoff', () => {
  test('is spread over all of its limit, which doubles up to a minute', () => {
    fc.assert(
      fc.property(attempt, random, (attempts, chance) => {
        const limit = Math.min(LONGEST_BACKOFF_MS, 500 * 2 ** (attempts - 1));
        const wait = backoffMs(attempts, chance);
        expect(Number.isSafeInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(limit);
        expect(Math.abs(wait - limit * chance)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  test('its limits', () => {
    expect([1, 2, 3, 7, 8, 9, 100].map((attempts) => backoffMs(attempts, 1))).toEqual([
      500, 1000, 2000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });
});
