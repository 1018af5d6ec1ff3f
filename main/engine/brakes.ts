/**
 * Which deletes may go out. In: the queue, what was deleted and replaced of late. Out: deletes that are held back or let
 * go, a brake that stays pulled over restarts until a person decides, and a word where much was replaced at once.
 */
import { failure, type Failure, saidOf } from '../contract/errors.ts';
import type { BrakeDecided, BrakeDecision, BrakeReport, Folder, FolderStatus } from '../contract/models.ts';
import { isMassReplacement, judgeDeletes, type BrakeLimits } from '../plan/index.ts';
import type { ReadTables, WriteTables } from '../store/index.ts';

export interface BrakesOptions {
  readonly tables: WriteTables;
  readonly folders: () => readonly Folder[];
  /** Null: nothing is ever held back, and nothing told. */
  readonly limits: BrakeLimits | null;
  /** Files of a folder that one look has missed and that may be gone. */
  readonly missedOf: (folder: string) => number;
  /** How soon it shows whether they are, milliseconds. */
  readonly missedMs: number;
  readonly now: () => Date;
  /** Deletes may be due now. */
  readonly onDue: () => void;
  readonly onChange: () => void;
  readonly onBug: (error: unknown) => void;
}

/** Replacements are judged so soon after one, milliseconds: not each time, where thousands come at once. */
const JUDGE_MS = 250;
/** Paths that a report names. */
const EXAMPLES = 1_000;

export class Brakes {
  readonly #options: BrakesOptions;
  readonly #stored = new Set<string>();
  #again: NodeJS.Timeout | null = null;
  #judging: NodeJS.Timeout | null = null;

  constructor(options: BrakesOptions) {
    this.#options = options;
  }

  /** Comes before each look for what is due. */
  admit(): void {
    const { tables, folders } = this.#options;
    for (const folder of folders()) {
      const known = tables.deletes.find(folder.id);
      if (known.brakeSince === null && !tables.jobs.hasDeletes(folder.id)) continue;
      this.#admitOf(folder, known.stopped, known.brakeSince);
    }
  }

  #admitOf(folder: Folder, stopped: Failure | null, brakeSince: string | null): void {
    const { tables, limits, now, onChange } = this.#options;
    const { jobs, deletes } = tables;
    const verdict = this.#verdict(folder, brakeSince !== null);
    if (verdict === 'pull' && brakeSince === null) {
      const at = now().toISOString();
      tables.now(() => {
        deletes.setBrake(folder.id, at);
        const count = jobs.undecidedDeletes(folder.id);
        const cause = failure('deletes-braked', { folder: folder.name, deletes: count });
        const detail = { message: cause.message, deletes: count };
        const said = saidOf(cause);
        tables.activity.add({ at, folder: folder.id, kind: 'problem', code: cause.code, path: null, detail, said });
      });
      onChange();
    }
    if (brakeSince !== null && verdict === 'go') {
      // What waited for a decision came back, or its folder is tried without a brake.
      tables.now(() => {
        deletes.setBrake(folder.id, null);
      });
      onChange();
    }
    if (verdict === 'wait' && limits !== null) this.#lookAgain();
    tables.now(() => {
      if (stopped !== null) jobs.holdDeletes(folder.id, 'all');
      else if (verdict === 'go') jobs.letDeletesGo(folder.id);
      else jobs.holdDeletes(folder.id, 'undecided');
    });
  }

  #verdict(folder: Folder, isPulled: boolean) {
    const { tables, limits, missedOf, now } = this.#options;
    if (limits === null) return 'go';
    const nowMs = now().getTime();
    const waiting = tables.jobs.undecidedDeletes(folder.id);
    if (waiting === 0) return 'go';
    tables.deletes.clampTo(folder.id, nowMs);
    tables.deletes.forget(folder.id, 'deleted', nowMs - limits.windowMs);
    const sent = tables.deletes.countSince(folder.id, 'deleted', nowMs - limits.windowMs);
    const files = tables.folders.find(folder.id).files - tables.jobs.decidedDeletes(folder.id);
    return judgeDeletes({ sent, waiting, missed: missedOf(folder.id), files, isPulled }, limits);
  }

  #lookAgain(): void {
    this.#again ??= setTimeout(() => {
      this.#again = null;
      this.#options.onDue();
    }, this.#options.missedMs);
  }

  /** Some content of the folder was stored. */
  noteStored(folder: string): void {
    if (this.#options.limits === null) return;
    this.#stored.add(folder);
    this.#judging ??= setTimeout(() => {
      try {
        this.judgeReplaced();
      } catch (error) {
        this.#options.onBug(error);
      }
    }, JUDGE_MS);
  }

  /** Tells once where much of a folder was replaced, until a person says that it was meant. */
  judgeReplaced(): void {
    if (this.#judging !== null) clearTimeout(this.#judging);
    this.#judging = null;
    const { tables, limits, now, folders, onChange } = this.#options;
    const stored = [...this.#stored];
    this.#stored.clear();
    if (limits === null) return;
    const at = now();
    for (const id of stored) {
      const folder = folders().find((one) => one.id === id);
      if (folder === undefined || tables.deletes.find(id).replaced !== null) continue;
      const since = at.getTime() - limits.windowMs;
      const replaced = tables.deletes.countSince(id, 'replaced', since);
      if (!isMassReplacement(replaced, tables.folders.find(id).files, limits)) continue;
      tables.now(() => {
        tables.deletes.forget(id, 'replaced', since);
        tables.deletes.setReplaced(id, { at: at.toISOString(), files: replaced });
        const cause = failure('mass-replacement', { folder: folder.name, files: replaced });
        const detail = { message: cause.message, files: replaced };
        tables.activity.add({
          at: at.toISOString(),
          folder: id,
          kind: 'problem',
          code: cause.code,
          path: null,
          detail,
          said: saidOf(cause),
        });
      });
      onChange();
    }
  }

  stop(): void {
    if (this.#again !== null) clearTimeout(this.#again);
    this.#again = null;
    this.judgeReplaced();
  }
}

/** Why deletes of a folder do not go out, if they do not. */
export function deletesProblem(folder: Folder, tables: Pick<ReadTables, 'deletes' | 'jobs'>): Failure | null {
  const { stopped } = tables.deletes.find(folder.id);
  if (stopped !== null) return stopped;
  const brake = brakeOf(folder, tables);
  return brake === null ? null : failure('deletes-braked', { folder: folder.name, deletes: brake.deletes });
}

/** That much of a folder was replaced at once, where nobody has said that it was meant. */
export function replacedProblem(folder: Folder, tables: Pick<ReadTables, 'deletes'>): Failure | null {
  const { replaced } = tables.deletes.find(folder.id);
  return replaced === null ? null : failure('mass-replacement', { folder: folder.name, files: replaced.files });
}

/** How many deletes wait for a person; null: none. */
export function brakeOf(folder: Folder, tables: Pick<ReadTables, 'deletes' | 'jobs'>): FolderStatus['brake'] {
  const { brakeSince } = tables.deletes.find(folder.id);
  if (brakeSince === null) return null;
  const deletes = tables.jobs.undecidedDeletes(folder.id);
  return deletes === 0 ? null : { deletes, since: brakeSince };
}

export function brakeReport(folder: Folder, tables: Pick<ReadTables, 'deletes' | 'jobs'> | null): BrakeReport {
  const brake = tables === null ? null : brakeOf(folder, tables);
  return {
    folder: folder.name,
    deletes: brake?.deletes ?? 0,
    since: brake?.since ?? null,
    paths: brake === null ? [] : (tables?.jobs.undecidedPaths(folder.id, EXAMPLES) ?? []),
    replaced: tables?.deletes.find(folder.id).replaced ?? null,
  };
}

/** A person decides about what waits now; what vanishes later is counted anew. Either way the notice of a replacement goes. */
export function decideBrake(folder: Folder, decision: BrakeDecision, tables: WriteTables, at: string): BrakeDecided {
  return tables.now(() => {
    const { jobs, deletes } = tables;
    const known = deletes.find(folder.id);
    const isPulled = known.brakeSince !== null;
    if (!isPulled && known.replaced === null) return { folder: folder.name, decision, deletes: 0 };
    let count = 0;
    if (isPulled) {
      count = decision === 'release' ? jobs.releaseDeletes(folder.id) : jobs.keepInstead(folder.id, 'undecided');
      deletes.setBrake(folder.id, null);
      deletes.forget(folder.id, 'deleted', Number.MAX_SAFE_INTEGER);
    }
    if (known.replaced !== null) {
      deletes.setReplaced(folder.id, null);
      deletes.forget(folder.id, 'replaced', Number.MAX_SAFE_INTEGER);
    }
    const detail = { decision, deletes: count };
    tables.activity.add({ at, folder: folder.id, kind: 'recovered', code: 'brake', path: null, detail });
    return { folder: folder.name, decision, deletes: count };
  });
}
