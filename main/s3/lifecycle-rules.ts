/**
 * Lifecycle rules as plain values. In: a bucket's rules and one of ours. Out: what they would be with it, in what they
 * would differ, and what each does in words. Pure.
 */
import type * as sdk from '@aws-sdk/client-s3';
import type { Difference, RuleAction, RuleSaid } from '../contract/findings.ts';
import type { Keep } from '../contract/policy-answers.ts';
import { inWords, ruleText } from './rule-words.ts';

export type LifecycleRule = sdk.LifecycleRule;

/** The whole of a bucket's lifecycle. */
export interface Lifecycle {
  readonly rules: readonly LifecycleRule[];
  /** A setting of the whole that a write without it would put back to its default. */
  readonly transitionDefault: sdk.TransitionDefaultMinimumObjectSize | null;
  /** Elements of the rules that the SDK did not read. */
  readonly unknownElements: readonly string[];
}

export type { Keep };
export { removedVersions } from './rule-words.ts';

/** S3's limit of NoncurrentDays. */
export { MOST_DAYS as MOST_KEEP_DAYS, MOST_NEWEST } from '../contract/policy-limits.ts';

const OURS = 'cairn-';
const KEEP = `${OURS}keep-`;
const ABORT = `${OURS}abort-`;

/** Longer than an upload that is still alive takes, even of a large file over a slow line. Days. */
export const STALE_UPLOAD_DAYS = 30;

/** What every key of the rule begins with, in whichever of its three places it stands. */
export function prefixOf(rule: LifecycleRule): string {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- rules of old, and radosgw's, still have it there
  return rule.Filter?.And?.Prefix ?? rule.Filter?.Prefix ?? rule.Prefix ?? '';
}

/** True where the rule looks at keys alone, so that it is meant for every object under its prefix. */
export function isForAll(rule: LifecycleRule): boolean {
  const { tags, greaterThan, lessThan } = normal(rule);
  return tags.length === 0 && greaterThan === null && lessThan === null;
}

/** True where some key under `prefix` may be one of the rule's. */
export function touches(rule: LifecycleRule, prefix: string): boolean {
  const own = prefixOf(rule);
  return own.startsWith(prefix) || prefix.startsWith(own);
}

/** The rule by which Cairn keeps versions of this prefix, where there is one. */
export function keepRuleFor(rules: readonly LifecycleRule[], prefix: string): LifecycleRule | null {
  return rules.find((rule) => rule.ID?.startsWith(KEEP) === true && prefixOf(rule) === prefix) ?? null;
}

/** A rule that is on, and removes every stale upload under the prefix. */
export function abortRuleFor(rules: readonly LifecycleRule[], prefix: string): LifecycleRule | null {
  const found = rules.find(
    (rule) =>
      rule.Status === 'Enabled' &&
      rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation !== undefined &&
      isForAll(rule) &&
      prefix.startsWith(prefixOf(rule)),
  );
  return found ?? null;
}

/** What a keep rule says. */
export function keepOf(rule: LifecycleRule): Keep {
  const { NoncurrentDays: days, NewerNoncurrentVersions: newer } = rule.NoncurrentVersionExpiration ?? {};
  return { days: days ?? null, newest: newer === undefined ? null : newer + 1 };
}

/**
 * The rule that keeps versions so long.
 *
 * S3 removes an earlier version once it is both older than the days and beyond the newest. So with the newest alone the
 * days are 1, the least that S3 takes; and of one newest there is no number of earlier ones to name.
 */
export function keepRule(rules: readonly LifecycleRule[], folder: string, prefix: string, keep: Keep): LifecycleRule {
  const newer = (keep.newest ?? 1) - 1;
  return {
    ID: keepRuleFor(rules, prefix)?.ID ?? freeId(rules, KEEP, folder),
    Status: 'Enabled',
    Filter: { Prefix: prefix },
    NoncurrentVersionExpiration: {
      NoncurrentDays: keep.days ?? 1,
      ...(newer > 0 ? { NewerNoncurrentVersions: newer } : {}),
    },
  };
}

/** The rule that frees what uploads left behind that nobody will end. */
export function abortRule(rules: readonly LifecycleRule[], folder: string, prefix: string): LifecycleRule {
  const own = rules.find((rule) => rule.ID?.startsWith(ABORT) === true && prefixOf(rule) === prefix);
  return {
    ID: own?.ID ?? freeId(rules, ABORT, folder),
    Status: 'Enabled',
    Filter: { Prefix: prefix },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: STALE_UPLOAD_DAYS },
  };
}

/** A rule of another folder, perhaps of another computer, may have the name: then a number is put behind. */
function freeId(rules: readonly LifecycleRule[], kind: string, folder: string): string {
  const stem = `${kind}${folder.replaceAll(/[^\w.-]+/g, '-').slice(0, 180)}`;
  const taken = new Set(rules.map((rule) => rule.ID));
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.has(id)) return id;
  }
}

/** The rules with this one in the place of the one of its name, or behind all. Those of others stay as they are. */
export function withRule(rules: readonly LifecycleRule[], rule: LifecycleRule): LifecycleRule[] {
  const place = rules.findIndex((one) => one.ID === rule.ID);
  return place < 0 ? [...rules, rule] : rules.map((one, index) => (index === place ? rule : one));
}

export function withoutRule(rules: readonly LifecycleRule[], id: string): LifecycleRule[] {
  return rules.filter((rule) => rule.ID !== id);
}

/** True where both say the same, in whatever order and form a store gives them back. */
export function sameRules(one: readonly LifecycleRule[], other: readonly LifecycleRule[]): boolean {
  return JSON.stringify(one.map(form).sort()) === JSON.stringify(other.map(form).sort());
}

const form = (rule: LifecycleRule): string => JSON.stringify(normal(rule));

/** One form for what S3 and its kin write in several ways. */
function normal(rule: LifecycleRule) {
  const { Filter: filter, Expiration: expiration } = rule;
  const tags = [...(filter?.And?.Tags ?? []), ...(filter?.Tag === undefined ? [] : [filter.Tag])];
  return {
    id: rule.ID ?? null,
    status: rule.Status,
    prefix: prefixOf(rule),
    tags: tags.map(({ Key, Value }) => `${Key ?? ''}=${Value ?? ''}`).sort(),
    greaterThan: filter?.And?.ObjectSizeGreaterThan ?? filter?.ObjectSizeGreaterThan ?? null,
    lessThan: filter?.And?.ObjectSizeLessThan ?? filter?.ObjectSizeLessThan ?? null,
    expiration: [
      expiration?.Days ?? null,
      expiration?.Date?.toISOString() ?? null,
      expiration?.ExpiredObjectDeleteMarker ?? false,
    ],
    transitions: (rule.Transitions ?? [])
      .map(({ Days, Date: date, StorageClass }) => [Days ?? null, date?.toISOString() ?? null, StorageClass].join())
      .sort(),
    earlierTransitions: (rule.NoncurrentVersionTransitions ?? [])
      .map((move) => [move.NoncurrentDays ?? null, move.NewerNoncurrentVersions ?? null, move.StorageClass].join())
      .sort(),
    earlier: [
      rule.NoncurrentVersionExpiration?.NoncurrentDays ?? null,
      rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions ?? null,
    ],
    abort: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? null,
  };
}

/** What would be other, a line each: what goes before what comes. Empty where nothing would. */
export function differenceOf(before: readonly LifecycleRule[], after: readonly LifecycleRule[]): Difference {
  const old = new Set(before.map(form));
  const next = new Set(after.map(form));
  const said = (sign: '+' | '-') => (rule: LifecycleRule) => ({ sign, kind: 'rule', rule: sayRule(rule) }) as const;
  return inWords([
    ...before.filter((rule) => !next.has(form(rule))).map(said('-')),
    ...after.filter((rule) => !old.has(form(rule))).map(said('+')),
  ]);
}

/** One rule in words, such as `cairn-keep-notes (notes/): removes earlier versions after 30 days`. */
export function describeRule(rule: LifecycleRule): string {
  return ruleText(sayRule(rule));
}

/** A rule without the forms that S3 has for it. */
export function sayRule(rule: LifecycleRule): RuleSaid {
  return {
    name: rule.ID ?? null,
    prefix: prefixOf(rule),
    isForAll: isForAll(rule),
    isOn: rule.Status === 'Enabled',
    does: actionsOf(rule),
  };
}

function actionsOf(rule: LifecycleRule): RuleAction[] {
  const { Expiration: expiration, AbortIncompleteMultipartUpload: abort } = rule;
  const actions: RuleAction[] = [];
  if (expiration?.Days !== undefined) actions.push({ kind: 'removes-present', days: expiration.Days });
  if (expiration?.Date !== undefined) actions.push({ kind: 'removes-present-from', date: dayOf(expiration.Date) });
  if (expiration?.ExpiredObjectDeleteMarker === true) actions.push({ kind: 'removes-markers' });
  for (const { Days, Date: date, StorageClass: to = null } of rule.Transitions ?? []) {
    actions.push(
      date === undefined
        ? { kind: 'moves-present', to, days: Days ?? 0 }
        : { kind: 'moves-present-from', to, date: dayOf(date) },
    );
  }
  for (const { NoncurrentDays, StorageClass: to = null } of rule.NoncurrentVersionTransitions ?? []) {
    actions.push({ kind: 'moves-earlier', to, days: NoncurrentDays ?? 0 });
  }
  if (rule.NoncurrentVersionExpiration !== undefined) actions.push({ kind: 'removes-earlier', keep: keepOf(rule) });
  if (abort !== undefined) actions.push({ kind: 'aborts-uploads', days: abort.DaysAfterInitiation ?? 0 });
  return actions;
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
