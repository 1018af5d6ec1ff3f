/** A bucket's lifecycle in memory, with ways to go wrong. In: its rules. Out: a client that answers for it. */
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import type { LifecycleRule } from '../../../main/s3/lifecycle-rules.ts';
import type { StoreClient } from '../../../main/s3/client.ts';

export interface FakeBucket {
  readonly client: StoreClient;
  /** What is stored now. */
  rules: readonly LifecycleRule[];
  /** Every write, in order: the rules that were sent; null for a delete. */
  readonly writes: (readonly LifecycleRule[] | null)[];
  /** The setting of the whole that each write carried. */
  readonly transitionDefaults: (string | undefined)[];
}

export interface Misbehaviour {
  /** What the store makes of rules that are written. */
  readonly keeps?: (rules: readonly LifecycleRule[]) => readonly LifecycleRule[];
  /** So many reads after a write still show the former rules. */
  readonly lateBy?: number;
  readonly unknownElements?: readonly string[];
  readonly transitionDefault?: 'varies_by_storage_class';
}

export function fakeBucket(rules: readonly LifecycleRule[], wrong: Misbehaviour = {}): FakeBucket {
  let former = rules;
  let late = 0;
  const store = (next: readonly LifecycleRule[], sent: readonly LifecycleRule[] | null): void => {
    bucket.writes.push(sent);
    former = bucket.rules;
    late = wrong.lateBy ?? 0;
    bucket.rules = next;
  };
  const answer = (name: string, input: Readonly<Record<string, unknown>>) => {
    switch (name) {
      case 'GetBucketLifecycleConfiguration': {
        const shown = late > 0 ? former : bucket.rules;
        late -= 1;
        if (shown.length === 0) {
          return failed(failure('bucket-missing', { bucket: 'b', answer: '404 NoSuchLifecycleConfiguration' }));
        }
        return success({
          Rules: shown,
          unknownElements: wrong.unknownElements ?? [],
          TransitionDefaultMinimumObjectSize: wrong.transitionDefault,
        });
      }
      case 'PutBucketLifecycleConfiguration': {
        const sent = (input['LifecycleConfiguration'] as { Rules: readonly LifecycleRule[] }).Rules;
        if (sent.length === 0) throw new Error('S3 takes no lifecycle without rules.');
        bucket.transitionDefaults.push(input['TransitionDefaultMinimumObjectSize'] as string | undefined);
        store(wrong.keeps?.(sent) ?? sent, sent);
        return success({});
      }
      case 'DeleteBucketLifecycle':
        store([], null);
        return success({});
      default:
        throw new Error(`${name} is not expected here.`);
    }
  };
  const client = {
    connection: 'c',
    endpoint: 'http://store',
    requests: 0,
    clockOffsetMs: 0,
    wire: { clockOffset: 0, server: null, requestId: null },
    send: (name: string, input: object) => Promise.resolve(answer(name, input as Record<string, unknown>)),
    close: () => undefined,
  } as unknown as StoreClient;
  const bucket: FakeBucket = { client, rules, writes: [], transitionDefaults: [] };
  return bucket;
}
