/** Limits as they are typed. In: the limits that count, or what a person types. Out: a draft, or its limits and what is wrong with it. Pure. */
import { DAYS, LEAST_RATE, type Day, type LimitRule, type Limits } from '../../main/contract/limits.ts';

export type RateUnit = 'KB' | 'MB';
export const RATE_UNITS = ['KB', 'MB'] as const satisfies readonly RateUnit[];
const BYTES: Readonly<Record<RateUnit, number>> = { KB: 1024, MB: 1024 ** 2 };

/** Empty text: no limit. */
export interface RateDraft {
  readonly text: string;
  readonly unit: RateUnit;
}

export interface RuleDraft {
  /** Tells rules apart while they are edited. */
  readonly key: number;
  readonly from: string;
  readonly to: string;
  readonly days: readonly Day[];
  readonly rate: RateDraft;
}

export interface LimitsDraft {
  readonly rules: readonly RuleDraft[];
  readonly always: RateDraft;
}

export type RateProblem = 'no-number' | 'too-small';
export type RuleProblem = RateProblem | 'no-time' | 'no-day';

export interface CheckedDraft {
  /** Null while something is wrong. */
  readonly limits: Limits | null;
  readonly always: RateProblem | null;
  /** By the rule's key; those that are right have none. */
  readonly rules: ReadonlyMap<number, RuleProblem>;
}

const EVERY_DAY: readonly Day[] = DAYS;

function rateDraft(bytesPerSecond: number | null): RateDraft {
  if (bytesPerSecond === null) return { text: '', unit: 'KB' };
  const unit: RateUnit = bytesPerSecond >= BYTES.MB && (bytesPerSecond / BYTES.MB) % 0.25 === 0 ? 'MB' : 'KB';
  return { text: String(Number((bytesPerSecond / BYTES[unit]).toFixed(2))), unit };
}

export function draftOf({ rules, default: always }: Limits): LimitsDraft {
  return {
    rules: rules.map(({ from, to, days, bytesPerSecond }, key) => ({
      key,
      from,
      to,
      days: days ?? EVERY_DAY,
      rate: rateDraft(bytesPerSecond),
    })),
    always: rateDraft(always),
  };
}

/** Office hours, as a beginning. */
export function withRule(draft: LimitsDraft): LimitsDraft {
  const key = Math.max(-1, ...draft.rules.map((rule) => rule.key)) + 1;
  const rule: RuleDraft = {
    key,
    from: '08:00',
    to: '18:00',
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    rate: { text: '500', unit: 'KB' },
  };
  return { ...draft, rules: [...draft.rules, rule] };
}

/** Bytes a second, null for no limit, or what is wrong. A comma is a point, as many write it. */
export function rateOf({
  text,
  unit,
}: RateDraft): { readonly rate: number | null } | { readonly problem: RateProblem } {
  const typed = text.trim().replace(',', '.');
  if (typed === '') return { rate: null };
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(typed)) return { problem: 'no-number' };
  const rate = Math.round(Number(typed) * BYTES[unit]);
  return rate < LEAST_RATE ? { problem: 'too-small' } : { rate };
}

/** `8:00` as `08:00`; null where it is no time of a day. */
function timeOf(text: string): string | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  const [hours, minutes] = [Number(found?.[1]), Number(found?.[2])];
  if (found === null || hours > 23 || minutes > 59) return null;
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

function ruleOf({ from, to, days, rate }: RuleDraft): LimitRule | RuleProblem {
  const [begin, end] = [timeOf(from), timeOf(to)];
  if (begin === null || end === null) return 'no-time';
  if (days.length === 0) return 'no-day';
  const typed = rateOf(rate);
  if ('problem' in typed) return typed.problem;
  const some = DAYS.filter((day) => days.includes(day));
  return { from: begin, to: end, ...(some.length === DAYS.length ? {} : { days: some }), bytesPerSecond: typed.rate };
}

export function checkDraft(draft: LimitsDraft): CheckedDraft {
  const rules: LimitRule[] = [];
  const wrong = new Map<number, RuleProblem>();
  for (const rule of draft.rules) {
    const checked = ruleOf(rule);
    if (typeof checked === 'string') wrong.set(rule.key, checked);
    else rules.push(checked);
  }
  const always = rateOf(draft.always);
  if ('problem' in always) return { limits: null, always: always.problem, rules: wrong };
  return { limits: wrong.size > 0 ? null : { rules, default: always.rate }, always: null, rules: wrong };
}
