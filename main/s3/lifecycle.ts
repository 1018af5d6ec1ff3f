/**
 * A bucket's lifecycle, read and changed. In: a bucket and one rule of ours. Out: the lifecycle as the store keeps it now.
 *
 * [Note: merging into a lifecycle] S3 takes a lifecycle as a whole, so one rule is added by writing all of them. Rules of
 * others must come out of that as they were, and a rule of ours must be kept word for word: radosgw 16.2 drops the number
 * of versions to keep in silence, and the rest of that rule would then remove every earlier version after a day. So the
 * rules are read again right before (nothing is written where they are not those that were shown); a document with
 * elements that the SDK does not read is left alone; the rule is first written switched off and read back; only where
 * the store gives all rules back as they were asked is it switched on. Else the former rules are written again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Failure } from '../contract/errors.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { StoreClient } from './client.ts';
import { sameRules, withoutRule, withRule, type Lifecycle, type LifecycleRule } from './lifecycle-rules.ts';

/** Waits between looks for a setting that was written; S3 itself may show the former one for a while. Milliseconds. */
const LOOKS = [0, 200, 500, 1_000, 2_000, 4_000] as const;
/** S3's limit of rules in a lifecycle. */
const MOST_RULES = 1000;

/** The code that the store gave with a failure, such as `NoSuchLifecycleConfiguration`. */
export function storeCode(cause: Failure): string {
  return (
    String(cause.facts['answer'] ?? '')
      .split(' ')
      .at(-1) ?? ''
  );
}

/** A bucket without any has no rules. */
export async function readLifecycle(
  client: StoreClient,
  bucket: string,
  signal?: AbortSignal,
): Promise<Result<Lifecycle>> {
  const answer = await client.send('GetBucketLifecycleConfiguration', { Bucket: bucket }, signal);
  if (!answer.ok) {
    if (storeCode(answer.failure) !== 'NoSuchLifecycleConfiguration') return answer;
    return success({ rules: [], transitionDefault: null, unknownElements: [] });
  }
  const {
    Rules = [],
    TransitionDefaultMinimumObjectSize: transitionDefault = null,
    unknownElements = [],
  } = answer.value;
  return success({ rules: Rules, transitionDefault, unknownElements });
}

/** The input that writes the rules; where none is left, the lifecycle is deleted instead, since S3 takes no empty one. */
export function writeInput(bucket: string, lifecycle: Lifecycle, rules: readonly LifecycleRule[]) {
  return {
    Bucket: bucket,
    LifecycleConfiguration: { Rules: [...rules] },
    ...(lifecycle.transitionDefault === null
      ? {}
      : { TransitionDefaultMinimumObjectSize: lifecycle.transitionDefault }),
  };
}

/** What to do with one rule: put it in the place of the one of its name, or take that one away. */
export type RuleChange =
  { readonly kind: 'put'; readonly rule: LifecycleRule } | { readonly kind: 'remove'; readonly id: string };

export function changedRules(rules: readonly LifecycleRule[], change: RuleChange): LifecycleRule[] {
  return change.kind === 'put' ? withRule(rules, change.rule) : withoutRule(rules, change.id);
}

/**
 * Changes one rule as the note above says. Answers the rules as the store keeps them after.
 * Fails with `bad-input` where the rules are not those that were shown or cannot be written back without loss, and with
 * `not-supported` where the store does not keep the rule as it was asked; then the former rules stand again.
 */
export async function changeLifecycle(
  client: StoreClient,
  bucket: string,
  shown: Lifecycle,
  change: RuleChange,
): Promise<Result<Lifecycle>> {
  const now = await readLifecycle(client, bucket);
  if (!now.ok) return now;
  const obstacle = obstacleTo(now.value, shown, change);
  if (obstacle !== null) return failed(obstacle);
  if (change.kind === 'put' && change.rule.Status === 'Enabled') {
    const off = changedRules(now.value.rules, { kind: 'put', rule: { ...change.rule, Status: 'Disabled' } });
    const tried = await writeAndRead(client, bucket, now.value, now.value.rules, off);
    if (!tried.ok) return tried;
    return writeAndRead(client, bucket, now.value, off, changedRules(now.value.rules, change));
  }
  return writeAndRead(client, bucket, now.value, now.value.rules, changedRules(now.value.rules, change));
}

function obstacleTo(now: Lifecycle, shown: Lifecycle, change: RuleChange): Failure | null {
  const refused = (problem: Reason): Failure => failure('bad-input', { field: 'lifecycle', problem });
  if (now.unknownElements.length > 0) {
    return refused(reason('rules-with-unknown', { elements: now.unknownElements.join(', ') }));
  }
  if (!sameRules(now.rules, shown.rules)) return refused(reason('rules-changed'));
  if (change.kind === 'put' && changedRules(now.rules, change).length > MOST_RULES) {
    return refused(reason('rules-full', { most: MOST_RULES }));
  }
  return null;
}

async function writeAndRead(
  client: StoreClient,
  bucket: string,
  former: Lifecycle,
  before: readonly LifecycleRule[],
  wanted: readonly LifecycleRule[],
): Promise<Result<Lifecycle>> {
  const written = await write(client, bucket, former, wanted);
  if (!written.ok) return written;
  let seen: Result<Lifecycle> | null = null;
  for (const wait of LOOKS) {
    await sleep(wait);
    seen = await readLifecycle(client, bucket);
    if (!seen.ok) break;
    if (sameRules(seen.value.rules, wanted)) return seen;
    // Neither the former rules nor the new ones: the store has made something else of them.
    if (!sameRules(seen.value.rules, before)) break;
  }
  const restored = await write(client, bucket, former, former.rules);
  if (seen?.ok === false) return seen;
  const answer = restored.ok
    ? reason('rule-not-kept')
    : reason('rule-not-kept-nor-former', {
        failure: String(restored.failure.facts['answer'] ?? restored.failure.code),
      });
  return failed(failure('not-supported', { answer }));
}

async function write(
  client: StoreClient,
  bucket: string,
  former: Lifecycle,
  rules: readonly LifecycleRule[],
): Promise<Result<null>> {
  const answer =
    rules.length === 0
      ? await client.send('DeleteBucketLifecycle', { Bucket: bucket })
      : await client.send('PutBucketLifecycleConfiguration', writeInput(bucket, former, rules));
  return answer.ok ? success(null) : answer;
}
