/**
 * What each folder is due for now and then: a look at its bucket, a proof that its files come back. In: a running engine's
 * clock. Out: looks, one after the other.
 */
import type { Failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';

/** Milliseconds. A start is a busy time. */
const FIRST_MS = 10 * 60_000;
/** Looked at so often, and not by a timer of a day: computers sleep. */
const LOOK_MS = 30 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** Computers that were started together should not all ask together. */
const JITTER = 0.1;

export interface DailyLooksOptions {
  readonly folders: () => readonly Folder[];
  /** When a folder's bucket was looked at last, ISO; null: never. */
  readonly lastAt?: (folder: Folder) => string | null;
  /** Left out: once a day. */
  readonly isDue?: (folder: Folder) => boolean;
  readonly look: (folder: Folder) => Promise<Result<unknown>>;
  readonly now: () => Date;
  readonly random: () => number;
  readonly onFailure: (folder: Folder, cause: Failure) => void;
  readonly onBug: (error: unknown) => void;
}

export interface DailyLooks {
  /** Waits for the look that is under way; whoever stops cancels it before. */
  stop(): Promise<void>;
}

export function openDailyLooks(options: DailyLooksOptions): DailyLooks {
  let isStopped = false;
  let looking: Promise<void> | null = null;
  let timer = setTimeout(begin, jittered(FIRST_MS)).unref();

  function jittered(ms: number): number {
    return ms * (1 - JITTER + 2 * JITTER * options.random());
  }

  function begin(): void {
    looking ??= lookAtAll()
      .catch(options.onBug)
      .finally(() => {
        looking = null;
      });
    timer = setTimeout(begin, jittered(LOOK_MS)).unref();
  }

  async function lookAtAll(): Promise<void> {
    for (const folder of options.folders()) {
      if (isStopped || !isDue(folder)) continue;
      const looked = await options.look(folder);
      if (!looked.ok && looked.failure.code !== 'cancelled') options.onFailure(folder, looked.failure);
    }
  }

  function isDue(folder: Folder): boolean {
    if (options.isDue !== undefined) return options.isDue(folder);
    const at = options.lastAt?.(folder) ?? null;
    if (at === null) return true;
    const age = options.now().getTime() - Date.parse(at);
    // A clock that was set back says nothing.
    return age < 0 || age >= DAY_MS - LOOK_MS * options.random();
  }

  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
