/** The limit of the hour. In: the settings and the clock on the wall. Out: a bandwidth that all connections share. */
import { limitsSchema, localTime, NO_LIMITS, rateAt, type Limits } from '../contract/limits.ts';
import { failure } from '../contract/errors.ts';
import { problemOf } from '../contract/policy-words.ts';
import { reason, reasonOfMessage } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { Pacer } from '../s3/index.ts';
import { openBandwidth } from '../transfer/index.ts';
import type { OpenHome } from './home.ts';

const MINUTE_MS = 60_000;

export interface LimitClock {
  readonly pacer: Pacer;
  /** Bytes a second that hold now; null: no limit. */
  readonly rate: number | null;
  /** The settings have changed, or the clock may have. */
  look(): void;
  stop(): void;
}

/** Looks at the clock once a minute, and only where some rule could hold. */
export function openLimitClock(limits: () => Limits, now: () => Date): LimitClock {
  const bandwidth = openBandwidth();
  let timer: NodeJS.Timeout | null = null;
  const look = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const current = limits();
    const date = now();
    bandwidth.setRate(rateAt(current, localTime(date)));
    if (current.rules.length > 0) timer = setTimeout(look, MINUTE_MS - (date.getTime() % MINUTE_MS));
  };
  look();
  return {
    pacer: bandwidth,
    get rate() {
      return bandwidth.rate;
    },
    look,
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      // Whoever waits goes on, so that nothing is left waiting.
      bandwidth.setRate(null);
    },
  };
}

export function limitsOf({ settings }: Pick<OpenHome, 'settings'>): Limits {
  return settings.limits ?? NO_LIMITS;
}

/** @param wanted as a person gave it. */
export function setLimits(home: OpenHome, wanted: unknown): Result<Limits> {
  const parsed = limitsSchema.safeParse(wanted, { error: problemOf });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = ['limits', ...(issue?.path ?? [])].join('.');
    const problem = issue === undefined ? reason('wrong-shape') : reasonOfMessage(issue.message);
    return failed(failure('bad-input', { field, problem }));
  }
  const limits = parsed.data;
  const written = home.update({ ...home.settings, limits });
  return written.ok ? success(limits) : written;
}
