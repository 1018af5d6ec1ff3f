/**
 * The tray's pauses. In: the wish. Out: calls to the engine, which keeps a pause and ends it by itself, whether the window
 * is there or not.
 */
import type { Snapshot } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';
import type { MemoryFile } from './memory.ts';

/** One hour in milliseconds. */
export const PAUSE_LENGTH = 60 * 60_000;

/** The hour at which a day begins, local time. */
const MORNING = 8;

export type PauseLength = 'hour' | 'until-tomorrow' | 'until-resumed';

/** ISO 8601; null: until somebody resumes it. */
export function pauseEnd(length: PauseLength, now: Date): string | null {
  if (length === 'until-resumed') return null;
  if (length === 'hour') return new Date(now.getTime() + PAUSE_LENGTH).toISOString();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING).toISOString();
}

export interface PauseOptions {
  readonly memory: MemoryFile;
  readonly pause: (input: { readonly folder?: string; readonly until?: string }) => Promise<Result<unknown>>;
  readonly resume: (input: { readonly folder?: string }) => Promise<Result<unknown>>;
  readonly log: (line: string) => void;
}

export interface Pause {
  /** All folders; those that are paused until somebody resumes them stay so through an hour. */
  readonly pause: (length: PauseLength) => Promise<void>;
  /** Lets every paused folder go on. */
  readonly resume: () => Promise<void>;
  /** An hour that an earlier release kept in the shell's memory becomes the engine's. */
  readonly handOver: () => void;
}

/** When the first of the pauses ends by itself, ISO 8601; null: none does. */
export function pausedUntil(snapshot: Snapshot | null): string | null {
  const times = (snapshot?.folders ?? []).flatMap((folder) => folder.pausedUntil ?? []);
  return times.sort()[0] ?? null;
}

export function startPause({ memory, pause, resume, log }: PauseOptions): Pause {
  const told = async (what: string, call: Promise<Result<unknown>>): Promise<boolean> => {
    const result = await call;
    if (!result.ok) log(`${what}: ${result.failure.code}`);
    return result.ok || result.failure.code === 'unknown-folder';
  };

  const handOver = async (): Promise<void> => {
    const former = memory.read().pause;
    if (former === null) return;
    const isOver = Date.parse(former.until) <= Date.now();
    for (const folder of former.folders) {
      const call = isOver ? resume({ folder }) : pause({ folder, until: former.until });
      if (!(await told(`the pause of ${folder}`, call))) return;
    }
    memory.change({ pause: null });
  };

  return {
    async pause(length) {
      const until = pauseEnd(length, new Date());
      await told('the folders could not be paused', pause(until === null ? {} : { until }));
    },
    async resume() {
      await told('the folders could not be resumed', resume({}));
    },
    handOver: () => {
      handOver().catch((error: unknown) => {
        log(`the pause of before could not be handed over: ${String(error)}`);
      });
    },
  };
}
