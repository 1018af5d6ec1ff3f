/** Writes the plans of looks down. In: a plan a directory. Out: rows in the queue, and absences that are noted. */
import { lstat, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { saidOf } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import { parentPath, ROOT, type RelPath } from '../contract/names.ts';
import { MOVED, noteAbsence, PROOF_GAP_MS, type Absence, type DirectoryPlan } from '../plan/index.ts';
import { errorCode, isVanished } from '../scan/disk.ts';
import { belowRoot, isBelow } from '../scan/links.ts';
import type { WriteTables } from '../store/index.ts';
import type { JournalRow } from '../store/types.ts';
import { isElsewhere } from './moves.ts';
import { SeenMounts } from './seen-mounts.ts';

/** What applying a plan set off. */
export interface Applied {
  readonly queued: number;
  /** Known files that were missed for the first time. */
  readonly missed: number;
  /** Directories with known files that were missed for the first time: they are due for a second look. */
  readonly secondLook: readonly RelPath[];
  /** How many rows that writes. */
  readonly rows: number;
  /** Kept once all of it is on disk. Plans are written in the order in which they are applied. */
  readonly written: Promise<void>;
}

/** Writes plans into the queue, and keeps the absences that were noted in this process. */
export class PlanApplier {
  readonly #tables: WriteTables;
  readonly mounts: SeenMounts;
  readonly #absences = new Map<string, Absence>();

  readonly #proofGapMs: number;

  /** @param proofGapMs how far apart the two looks must be that prove a file gone. */
  constructor(tables: WriteTables, proofGapMs: number = PROOF_GAP_MS) {
    this.#tables = tables;
    this.#proofGapMs = proofGapMs;
    this.mounts = new SeenMounts(tables);
  }

  async apply(folder: Folder, plan: DirectoryPlan, seenAt: string): Promise<Applied> {
    const tables = this.#tables;
    const proven: { row: JournalRow; seenAt: string }[] = [];
    const secondLook = new Set<RelPath>();
    let missed = 0;
    if (plan.leaving.length > 0) secondLook.add(plan.directory);
    // Mostly nothing is missed, and then there is no need for a key of each file that is there.
    if (this.#absences.size > 0) {
      for (const path of plan.present) this.#absences.delete(keyOfAbsence(folder.id, path));
    }
    const changed = new Set(plan.jobs.map((job) => job.path));
    const isAsKnown = (path: RelPath): boolean => !changed.has(path) && tables.jobs.find(folder.id, path) === null;
    if (tables.folders.mounts(folder.id).length > 0 && plan.present.some(isAsKnown)) {
      await this.mounts.foundAgain(folder, plan.directory);
    }
    if (plan.absent.length > 0) {
      const isDroppedOut = await this.#isDroppedOut(folder, plan.directory);
      const device = isDroppedOut ? null : await deviceOf(folder, plan.directory);
      for (const row of plan.absent) {
        // A file that lay on another device than its directory does now: a disk that was mounted there is not there.
        // The same of a directory that was bound there.
        if (device === null || row.stat.dev !== device) continue;
        // It was proved already, and waits for its turn, for a person, or for the bucket.
        if (tables.jobs.find(folder.id, row.path)?.operation === 'delete') continue;
        const key = keyOfAbsence(folder.id, row.path);
        const verdict = noteAbsence(this.#absences.get(key) ?? null, performance.now(), seenAt, this.#proofGapMs);
        if (!this.#absences.has(key)) missed += 1;
        this.#absences.set(key, verdict.absence);
        if (verdict.kind === 'proven') {
          proven.push({ row, seenAt: verdict.absence.seenAt });
        } else {
          secondLook.add(plan.directory);
        }
      }
    }
    const queued = plan.jobs.length + proven.length;
    const rows = queued + plan.refreshed.length + plan.refused.length + plan.dropped.length;
    const applied = { queued, missed, secondLook: [...secondLook], rows };
    if (rows + plan.superseded === 0) return { ...applied, written: Promise.resolve() };

    const write = (): void => {
      for (const job of plan.jobs) tables.jobs.enqueue(job);
      for (const { path, stat } of plan.refreshed) tables.journal.touch(folder.id, path, stat);
      for (const { path, failure: cause } of plan.refused) {
        tables.jobs.parkPath(folder.id, path, 'refused', 0, seenAt, cause);
        tables.activity.add({
          at: seenAt,
          folder: folder.id,
          kind: 'parked',
          code: cause.code,
          path,
          detail: { message: cause.message },
          said: saidOf(cause),
        });
      }
      for (const path of plan.dropped) this.#drop(folder.id, path);
      const isMissed = (path: RelPath): boolean => this.#absences.has(keyOfAbsence(folder.id, path));
      for (const { row, seenAt: since } of proven) {
        const { path } = row;
        const known = tables.jobs.find(folder.id, path);
        if (known?.operation === 'gone' && known.state !== 'parked') continue;
        if (known?.operation === 'delete') continue;
        const job = {
          folder: folder.id,
          path,
          operation: folder.deletes === 'mark' ? ('delete' as const) : ('gone' as const),
          reason: isElsewhere(row, tables, isMissed) ? MOVED : 'vanished',
          size: row.stat.size,
          seen: null,
          seenAt: since,
        };
        tables.jobs.enqueue(job);
      }
      if (plan.superseded > 0) tables.folders.addSuperseded(folder.id, plan.superseded);
    };
    const written = tables.commit(write).then(() => {
      for (const { row } of proven) this.#absences.delete(keyOfAbsence(folder.id, row.path));
    });
    return { ...applied, written };
  }

  /** Files of a folder that one look has missed not long ago, and that may be gone. */
  missedOf(folder: string): number {
    const since = performance.now() - 2 * this.#proofGapMs - MISSED_MS;
    let count = 0;
    for (const [key, { sinceMs }] of this.#absences) if (sinceMs > since && key.startsWith(`${folder}\0`)) count += 1;
    return count;
  }

  /** Where a link leads to the directory, what is mounted at its real place counts as well. */
  async #isDroppedOut(folder: Folder, directory: RelPath): Promise<boolean> {
    if (await this.mounts.isDroppedOut(folder, directory)) return true;
    if (folder.links !== 'follow') return false;
    const real = await realPlaceOf(folder, directory);
    // Where it cannot be told, or is outside, nothing is proved of what is in it.
    return real === null || (real !== directory && (await this.mounts.isDroppedOut(folder, real)));
  }

  /** An attempt that may have reached S3 must be settled before its job can go. */
  #drop(folder: string, path: RelPath): void {
    const { attempts, jobs } = this.#tables;
    const isOpen = attempts.intentsOf(folder, path).length > 0 || attempts.uploadOf(folder, path) !== null;
    if (isOpen) jobs.retryPath(folder, path);
    else jobs.drop(folder, path);
  }
}

/** A second look comes after one gap; what is not proved so long after is not on its way. Milliseconds. */
const MISSED_MS = 20_000;

const keyOfAbsence = (folder: string, path: RelPath): string => `${folder}\0${path}`;

/** The directory, or the nearest one above it that is still there, by where it really is; null where that is outside. */
async function realPlaceOf(folder: Folder, directory: RelPath): Promise<RelPath | null> {
  for (let current = directory; current !== ROOT; current = parentPath(current)) {
    try {
      const [root, real] = await Promise.all([realpath(folder.path), realpath(join(folder.path, current))]);
      return isBelow(root, real) ? belowRoot(root, real) : null;
    } catch (error) {
      if (!isVanished(errorCode(error))) return null;
    }
  }
  return ROOT;
}

/** The device of a directory, or of the nearest one above it that is still there; null where that cannot be told. */
async function deviceOf(folder: Folder, directory: RelPath): Promise<string | null> {
  let current = directory;
  for (;;) {
    try {
      // A file may stand now where a directory was: then the one above decides.
      const stats =
        current === ROOT || folder.links === 'follow'
          ? await stat(join(folder.path, current), { bigint: true }) // the person may have chosen a link as the root
          : await lstat(join(folder.path, current), { bigint: true });
      if (stats.isDirectory() || current === ROOT) return String(stats.dev);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || current === ROOT) return null;
    }
    current = parentPath(current);
  }
}
