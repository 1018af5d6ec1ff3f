/** What a person types about keeping. In: texts. Out: terms that can be asked for, or null where they cannot. Pure. */
import type { Keep } from '../../main/contract/policy-answers.ts';
import { MOST_DAYS, MOST_NEWEST } from '../../main/contract/policy-limits.ts';

export type IntervalUnit = 'seconds' | 'minutes' | 'hours';

/** Seconds in the largest unit that leaves no rest. */
export function spanOf(seconds: number): { readonly amount: string; readonly unit: IntervalUnit } {
  if (seconds > 0 && seconds % 3600 === 0) return { amount: String(seconds / 3600), unit: 'hours' };
  if (seconds > 0 && seconds % 60 === 0) return { amount: String(seconds / 60), unit: 'minutes' };
  return { amount: String(seconds), unit: 'seconds' };
}

/** Null: neither is given, or one is no number that S3 takes. */
export function keepIn(days: string, newest: string): Keep | null {
  const terms = { days: wholeIn(days, MOST_DAYS), newest: wholeIn(newest, MOST_NEWEST) };
  if (terms.days === undefined || terms.newest === undefined) return null;
  return terms.days === null && terms.newest === null ? null : { days: terms.days, newest: terms.newest };
}

/** Null: empty. Undefined: not a whole number from 1 to `most`. */
function wholeIn(text: string, most: number): number | null | undefined {
  const bare = text.trim();
  if (bare === '') return null;
  const value = /^\d{1,6}$/.test(bare) ? Number(bare) : 0;
  return value >= 1 && value <= most ? value : undefined;
}

/** Patterns one a line; empty lines say nothing. */
export function patternsIn(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
