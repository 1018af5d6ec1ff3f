/**
 * Pauses all folders, for an hour or until somebody resumes them. In: the wish. Out: calls to the engine. An hour that
 * ends while Cairn is not running, or while the computer sleeps, has ended all the same.
 */
import type { Folder } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';
import type { MemoryFile } from './memory.ts';

/** One hour in milliseconds. */
export const PAUSE_LENGTH = 60 * 60_000;
/** Where a folder could not be resumed just then (the engine was down), it is tried again after this time. */
const TRY_AGAIN = 30_000;

export interface PauseOptions {
  readonly memory: MemoryFile;
  readonly folders: () => Promise<Result<readonly Folder[]>>;
  readonly setPaused: (folder: string, paused: boolean) => Promise<Result<unknown>>;
  readonly log: (line: string) => void;
}

export interface Pause {
  readonly pause: (length: 'hour' | 'until-resumed') => Promise<void>;
  /** Lets every paused folder go on. */
  readonly resume: () => Promise<void>;
  /** When the hour ends, ISO 8601; null where none runs. */
  readonly until: () => string | null;
  /** Looks at the clock again: after a sleep, or when the engine is up. */
  readonly look: () => void;
  readonly stop: () => void;
}

export function startPause(options: PauseOptions): Pause {
  const { memory, folders, setPaused, log } = options;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const disarm = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };

  const endAfter = (milliseconds: number): void => {
    disarm();
    timer = setTimeout(() => {
      end().catch((error: unknown) => {
        log(`the end of the pause failed: ${String(error)}`);
      });
    }, milliseconds);
  };

  const look = (): void => {
    const pause = memory.read().pause;
    if (pause === null) return;
    const left = Date.parse(pause.until) - Date.now();
    // A clock that was set back must not make an hour longer than an hour.
    endAfter(Math.min(Math.max(0, left), PAUSE_LENGTH));
  };

  /** Lets go on what the hour had paused; folders that a person paused before stay as they are. */
  const end = async (): Promise<void> => {
    disarm();
    const pause = memory.read().pause;
    if (pause === null) return;
    const refused: string[] = [];
    for (const folder of pause.folders) {
      const result = await setPaused(folder, false);
      if (result.ok || result.failure.code === 'unknown-folder') continue;
      log(`${folder} could not be resumed: ${result.failure.code}`);
      refused.push(folder);
    }
    memory.change({ pause: refused.length === 0 ? null : { until: pause.until, folders: refused } });
    if (refused.length > 0) endAfter(TRY_AGAIN);
  };

  /** @returns names of the folders that were changed. */
  const setAll = async (paused: boolean): Promise<readonly string[]> => {
    const known = await folders();
    if (!known.ok) {
      log(`the folders could not be asked for: ${known.failure.code}`);
      return [];
    }
    const changed: string[] = [];
    for (const folder of known.value) {
      if (folder.paused === paused) continue;
      const result = await setPaused(folder.name, paused);
      if (result.ok) changed.push(folder.name);
      else log(`${folder.name} could not be ${paused ? 'paused' : 'resumed'}: ${result.failure.code}`);
    }
    return changed;
  };

  return {
    async pause(length) {
      disarm();
      const before = memory.read().pause?.folders ?? [];
      const changed = [...before, ...(await setAll(true))];
      if (length === 'until-resumed' || changed.length === 0) {
        memory.change({ pause: null });
      } else {
        const until = new Date(Date.now() + PAUSE_LENGTH).toISOString();
        memory.change({ pause: { until, folders: changed } });
        look();
      }
    },
    async resume() {
      disarm();
      memory.change({ pause: null });
      await setAll(false);
    },
    until: () => memory.read().pause?.until ?? null,
    look,
    stop: disarm,
  };
}
