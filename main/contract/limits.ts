/**
 * How much may go out at which hour. In: rules of a person. Out: their schema, and the rate of a moment. Pure; local
 * time, as the clock on the wall shows it: an hour that summer time leaves out is no hour of any rule, and one that
 * comes twice counts twice.
 */
import { z } from 'zod';
import { messageOf } from './reasons.ts';

export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Day = (typeof DAYS)[number];

/** Below this a store would take a connection for dead. */
export const LEAST_RATE = 4096;

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, messageOf('no-time'));
const rate = z.number().int().min(LEAST_RATE).nullable();
const rule = z.strictObject({
  /** From here on, and up to, but not including, `to`; where that is not later it is the next day's. */
  from: time,
  to: time,
  /** The days on which it begins; left out: all. */
  days: z.array(z.enum(DAYS)).min(1).max(7).optional(),
  /** Null: no limit. */
  bytesPerSecond: rate,
});

export const limitsSchema = z.strictObject({
  /** The first that holds counts. */
  rules: z.array(rule).max(100),
  /** Where no rule holds. Null: no limit. */
  default: rate,
});

export type LimitRule = Readonly<z.output<typeof rule>>;
export interface Limits {
  readonly rules: readonly LimitRule[];
  readonly default: number | null;
}

export const NO_LIMITS: Limits = { rules: [], default: null };

/** Minutes of the local day, and which day it is, Sunday first. */
export interface LocalTime {
  readonly day: number;
  readonly minutes: number;
}

export function localTime(date: Date): LocalTime {
  return { day: date.getDay(), minutes: date.getHours() * 60 + date.getMinutes() };
}

/** Bytes a second; null: no limit. */
export function rateAt(limits: Limits, now: LocalTime): number | null {
  const found = limits.rules.find((one) => holds(one, now));
  return found === undefined ? limits.default : found.bytesPerSecond;
}

function holds({ from, to, days }: LimitRule, { day, minutes }: LocalTime): boolean {
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const isOn = (which: number): boolean => days?.some((one) => DAYS.indexOf(one) === which) ?? true;
  if (begin < end) return minutes >= begin && minutes < end && isOn(day);
  return (minutes >= begin && isOn(day)) || (minutes < end && isOn((day + 6) % 7));
}

function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}
