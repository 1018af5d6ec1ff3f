/** A copy of the database a day. In: a running engine's clock. Out: copies, made a while after start and daily after. */
import type { Failure } from '../contract/errors.ts';
import type { Result } from '../contract/result.ts';

/** Milliseconds. A start is a busy time. */
const FIRST_MS = 120_000;
/** Looked at so often, and not by a timer of a day: computers sleep. */
const LOOK_MS = 1_800_000;

export interface BackupsOptions {
  readonly now: () => Date;
  /** Whether a day (YYYY-MM-DD) has its copy. */
  readonly has: (day: string) => boolean;
  readonly make: (day: string, signal: AbortSignal) => Promise<Result<unknown>>;
  /** What kept a copy from being made. Told once, until one is made again. */
  readonly onFailure: (cause: Failure) => void;
  readonly onBug: (error: unknown) => void;
}

export interface Backups {
  /** Ends a copy that is being made; nothing of it is left. */
  stop(): Promise<void>;
}

export function openBackups(options: BackupsOptions): Backups {
  const abort = new AbortController();
  let making: Promise<void> | null = null;
  let told: Failure['code'] | null = null;
  let timer = setTimeout(look, FIRST_MS).unref();

  function look(): void {
    const day = dayOf(options.now());
    if (!options.has(day)) {
      making ??= make(day).finally(() => {
        making = null;
      });
    }
    timer = setTimeout(look, LOOK_MS).unref();
  }

  async function make(day: string): Promise<void> {
    try {
      const made = await options.make(day, abort.signal);
      if (made.ok) told = null;
      else if (made.failure.code !== 'cancelled' && made.failure.code !== told) {
        told = made.failure.code;
        options.onFailure(made.failure);
      }
    } catch (error) {
      options.onBug(error);
    }
  }

  return {
    async stop() {
      abort.abort();
      clearTimeout(timer);
      await making;
    },
  };
}

/** The day where the computer stands. */
export function dayOf(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
