/** What stands under a stretch of time. In: its two ends, a locale. Out: a few marks, each with its place and its words. Pure. */

export interface Tick {
  /** Of the stretch, 0 to 1. */
  readonly place: number;
  readonly text: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A folder may be seconds old. */
const SECONDS = [1, 2, 5, 10, 15, 30].map((count) => count * SECOND);
const STEPS = [
  ...SECONDS,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
];
const MOST = 9;

/** @param timeZone an IANA name; left out: the zone of this computer. */
export function ticksOf(from: string, to: string, locale: string, timeZone?: string): readonly Tick[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const span = end - start;
  if (!(span > 0)) return [];
  const options = (fields: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...fields, hourCycle: 'h23', ...(timeZone === undefined ? {} : { timeZone }) });
  const step = STEPS.find((one) => span / one <= MOST);
  const times = step === undefined ? months(start, end) : multiples(start, end, step);
  const text =
    step === undefined
      ? options(span > 540 * DAY ? { month: 'short', year: 'numeric' } : { month: 'short' })
      : options(fieldsOf(step));
  return times.map((time) => ({ place: (time - start) / span, text: text.format(time) }));
}

function fieldsOf(step: number): Intl.DateTimeFormatOptions {
  if (step >= DAY) return { day: 'numeric', month: 'short' };
  return { hour: '2-digit', minute: '2-digit', ...(step < MINUTE ? { second: '2-digit' } : {}) };
}

/** By the clock of this computer, so that a day begins at midnight. */
function multiples(start: number, end: number, step: number): readonly number[] {
  const shift = new Date(start).getTimezoneOffset() * 60_000;
  const times: number[] = [];
  for (let time = Math.ceil((start - shift) / step) * step + shift; time <= end; time += step) times.push(time);
  return times;
}

function months(start: number, end: number): readonly number[] {
  const first = new Date(start);
  const times: number[] = [];
  for (let month = first.getMonth() + 1; ; month += 1) {
    const time = new Date(first.getFullYear(), month, 1).getTime();
    if (time > end) break;
    times.push(time);
  }
  const every = Math.ceil(times.length / MOST);
  return times.filter((_, index) => index % every === 0);
}
