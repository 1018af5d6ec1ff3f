/**
 * What an engine does by itself as the days go by. In: an open home, and what each duty takes. Out: a copy of the database
 * a day, and of each watched folder a look at its bucket and a proof that its files come back, when they are due.
 */
import { foldersHere } from '../contract/attached.ts';
import type { Failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';
import { backupsOf } from '../store/index.ts';
import { openBackups } from './backups.ts';
import { openDailyLooks, type DailyLooks } from './daily-looks.ts';
import { isDrillDue } from './drill.ts';
import type { OpenHome } from './home.ts';

export interface DutiesOptions {
  readonly home: OpenHome;
  /** Without, only the database is copied: everything else is done when it is asked for. */
  readonly isWatching: boolean;
  /** What its bucket has already is known. */
  readonly isMatched: (folder: Folder) => boolean;
  readonly isRateLimited: () => boolean;
  readonly look: (folder: Folder) => Promise<Result<unknown>>;
  readonly drill: (folder: Folder, seed: number) => Promise<Result<unknown>>;
  readonly onBug: (error: unknown) => void;
  readonly log: (line: string) => void;
}

export interface Duties {
  /** Waits for what is under way; whoever stops cancels it before. */
  stop(): Promise<void>;
}

const MOST_SEED = 1_000_000;

export function openDuties(options: DutiesOptions): Duties {
  const { home, onBug, log } = options;
  const { tables } = home;
  const active = (): readonly Folder[] => foldersHere(home.settings.folders).filter(({ paused }) => !paused);
  const clock = { now: () => new Date(), random: Math.random, onBug };
  const ofFolders: readonly DailyLooks[] = !options.isWatching
    ? []
    : [
        openDailyLooks({
          ...clock,
          folders: () => active().filter(options.isMatched),
          lastAt: (folder) => tables.looks.last(folder.id)?.at ?? null,
          look: options.look,
          onFailure: (folder, cause) => {
            log(`the daily look at the bucket of ${folder.name} came to nothing: ${cause.message}`);
          },
        }),
        openDailyLooks({
          ...clock,
          folders: () => active().filter(({ id }) => tables.folders.find(id).files > 0),
          isDue: (folder) => isDrillDue(folder, tables.drills.find(folder.id), Date.now(), options.isRateLimited()),
          look: (folder) => options.drill(folder, 1 + Math.floor(Math.random() * MOST_SEED)),
          onFailure: (folder, cause) => {
            log(`no file of ${folder.name} was fetched to prove that it comes back: ${cause.message}`);
          },
        }),
      ];
  const backups = openBackups({
    now: clock.now,
    has: (day) => backupsOf(home.path).some((backup) => backup.day === day),
    make: (day, signal) => tables.backup(home.path, day, signal),
    onFailure: (cause: Failure) => {
      log(`today’s copy of the database was not made: ${cause.message}`);
    },
    onBug,
  });
  return {
    async stop() {
      for (const one of [...ofFolders, backups]) await one.stop();
    },
  };
}
