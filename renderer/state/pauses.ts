/** How long a pause lasts that a person chooses. In: the clock on the wall. Out: its end, ISO 8601. Pure. */

/** The hour at which a day begins, local time. */
const MORNING = 8;

export function inAnHour(now: Date): string {
  return new Date(now.getTime() + 3_600_000).toISOString();
}

/** The next eight o'clock that is not today's: also where it is past midnight, today's morning is too near to be meant. */
export function tomorrowMorning(now: Date): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING).toISOString();
}
