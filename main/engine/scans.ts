/** Looks at folders, plans, and applies the plans. In: a folder and which of its directories. Out: rows in the queue. */
import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import { parentPath, ROOT, type RelPath } from '../contract/names.ts';
import { failed, success, type Result } from '../contract/result.ts';
import {
  digestListing,
  lostDirectories,
  MOVED,
  noteAbsence,
  planDirectory,
  planLostDirectory,
  PROOF_GAP_MS,
  type Absence,
  type DirectoryPlan,
  type ListedDirectory,
} from '../plan/index.ts';
import { isVanished } from '../scan/disk.ts';
import { openIgnore } from '../scan/ignore.ts';
import { checkRoot } from '../scan/root.ts';
import type { Listing } from '../scan/types.ts';
import { listDirectory, walk } from '../scan/walk.ts';
import type { ReadTables, WriteTables } from '../store/index.ts';
import type { JournalRow } from '../store/types.ts';
import { findMoves, isElsewhere } from './moves.ts';

/** The whole folder, or only some directories (and whatever is new below them). */
export type ScanScope =
  { readonly kind: 'whole' } | { readonly kind: 'directories'; readonly directories: readonly RelPath[] };

export interface ScanReport {
  readonly files: number;
  readonly skipped: { readonly ignored: number; readonly links: number; readonly special: number };
  /** Directories that could not be read: nothing in them is judged. */
  readonly unknown: readonly Failure[];
}

export interface ScanOptions {
  /** Absolute real paths never entered: Cairn's home, practice servers' data. */
  readonly forbidden: ReadonlySet<string>;
  readonly signal?: AbortSignal;
  readonly now: () => Date;
}

type Tables = Pick<ReadTables, 'journal' | 'jobs' | 'folders'>;

/**
 * Walks a folder and hands over a plan a directory. A root that is missing, unreadable, another one than was added, or
 * empty though files of it are known, ends it before anything is planned.
 */
export async function scanFolder(
  folder: Folder,
  scope: ScanScope,
  tables: Tables,
  options: ScanOptions,
  onPlan: (plan: DirectoryPlan, seenAt: string) => Promise<void>,
): Promise<Result<ScanReport>> {
  const root = await checkFolderRoot(folder, tables);
  if (!root.ok) return root;
  const rules = openIgnore();
  const walkOptions = {
    ignores: rules.ignores,
    forbidden: options.forbidden,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const listed = new Map<RelPath, ListedDirectory>();
  const unknown: Failure[] = [];
  const skipped = { ignored: 0, links: 0, special: 0 };
  let files = 0;

  /** An empty root is what a disk that is not there looks like: it proves nothing of the files that were in it. */
  const isEmptied = (root: ListedDirectory | undefined): boolean =>
    root?.complete === true && root.present.size === 0 && tables.folders.find(folder.id).files > 0;
  const take = async (listing: Listing): Promise<void> => {
    listed.set(listing.directory, digestListing(listing));
    if (listing.state === 'unknown') {
      unknown.push(listing.failure);
      return;
    }
    if (listing.directory === ROOT && isEmptied(listed.get(ROOT))) return;
    files += listing.files.length;
    skipped.ignored += listing.skipped.ignored;
    skipped.links += listing.skipped.links;
    skipped.special += listing.skipped.special;
    const seenAt = options.now().toISOString();
    await onPlan(findMoves(folder.id, planDirectory(listing, knownIn(listing.directory), seenAt), tables), seenAt);
  };
  const knownIn = (directory: RelPath) => ({
    folder: folder.id,
    journal: tables.journal.inDirectory(folder.id, directory),
    jobs: tables.jobs.inDirectory(folder.id, directory),
  });

  if (scope.kind === 'whole') {
    for await (const listing of walk(folder.path, ROOT, walkOptions)) await take(listing);
  } else {
    const wanted = [...scope.directories];
    for (const directory of wanted) {
      if (listed.has(directory)) continue;
      const listing = await listDirectory(folder.path, directory, walkOptions);
      if (directory !== ROOT && isGone(listing)) {
        // That a directory is gone is for the one above it to show: a listing of its own can only fail.
        wanted.push(parentPath(directory));
        continue;
      }
      await take(listing);
      if (listing.state === 'unknown') continue;
      // A directory that nothing is known of may be new with all that is below it, and its events long gone.
      for (const child of listing.directories) {
        if (listed.has(child) || isKnown(child)) continue;
        for await (const below of walk(folder.path, child, walkOptions)) await take(below);
      }
    }
  }
  function isKnown(directory: RelPath): boolean {
    const { journal, jobs } = knownIn(directory);
    return journal.length > 0 || jobs.length > 0 || tables.journal.directoriesBelow(folder.id, directory).length > 0;
  }

  if (options.signal?.aborted === true) return failed(failure('cancelled'));
  if (isEmptied(listed.get(ROOT))) {
    const { files: known } = tables.folders.find(folder.id);
    return failed(failure('root-empty', { root: folder.path, files: known }));
  }
  // The root is checked again: had it gone in the middle, all that was not found would look as if it had vanished.
  const still = await checkFolderRoot(folder, tables);
  if (!still.ok) return still;
  const seenAt = options.now().toISOString();
  for (const directory of lostDirectories(knownDirectories(folder.id, scope, tables), listed)) {
    await onPlan(planLostDirectory(directory, knownIn(directory)), seenAt);
  }
  return success({ files, skipped, unknown });
}

function isGone(listing: Listing): boolean {
  return listing.state === 'unknown' && isVanished(String(listing.failure.facts['error']));
}

function knownDirectories(folder: string, scope: ScanScope, tables: Tables): RelPath[] {
  if (scope.kind === 'whole') {
    return [...new Set([...tables.journal.directories(folder), ...tables.jobs.directories(folder)])];
  }
  const found = new Set<RelPath>();
  for (const directory of scope.directories) {
    found.add(directory);
    for (const below of tables.journal.directoriesBelow(folder, directory)) found.add(below);
  }
  return [...found];
}

/** Whether the folder's root is there and still itself. */
export async function checkFolderRoot(folder: Folder, tables: Pick<Tables, 'folders'>): Promise<Result<unknown>> {
  const known = tables.folders.find(folder.id).root;
  return checkRoot(folder.path, known === null ? null : { dev: BigInt(known.dev), ino: BigInt(known.ino) });
}

/** What applying a plan set off. */
export interface Applied {
  readonly queued: number;
  /** Directories with known files that were missed for the first time: they are due for a second look. */
  readonly secondLook: readonly RelPath[];
}

/** Writes plans into the queue, and keeps the absences that were noted in this process. */
export class PlanApplier {
  readonly #tables: WriteTables;
  readonly #absences = new Map<string, Absence>();

  readonly #proofGapMs: number;

  /** @param proofGapMs how far apart the two looks must be that prove a file gone. */
  constructor(tables: WriteTables, proofGapMs: number = PROOF_GAP_MS) {
    this.#tables = tables;
    this.#proofGapMs = proofGapMs;
  }

  async apply(folder: Folder, plan: DirectoryPlan, seenAt: string): Promise<Applied> {
    const tables = this.#tables;
    const proven: { row: JournalRow; seenAt: string }[] = [];
    const secondLook = new Set<RelPath>();
    for (const path of plan.present) this.#absences.delete(keyOfAbsence(folder.id, path));
    if (plan.absent.length > 0) {
      const device = await deviceOf(folder, plan.directory);
      for (const row of plan.absent) {
        // A file that lay on another device than its directory does now: a disk that was mounted there is not there.
        if (device === null || row.stat.dev !== device) continue;
        const key = keyOfAbsence(folder.id, row.path);
        const verdict = noteAbsence(this.#absences.get(key) ?? null, performance.now(), seenAt, this.#proofGapMs);
        this.#absences.set(key, verdict.absence);
        if (verdict.kind === 'proven') {
          proven.push({ row, seenAt: verdict.absence.seenAt });
        } else {
          secondLook.add(plan.directory);
        }
      }
    }
    const nothing =
      plan.jobs.length + plan.refreshed.length + plan.refused.length + plan.dropped.length + plan.superseded === 0;
    if (nothing && proven.length === 0) return { queued: 0, secondLook: [...secondLook] };

    await tables.commit(() => {
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
        });
      }
      for (const path of plan.dropped) this.#drop(folder.id, path);
      const isMissed = (path: RelPath): boolean => this.#absences.has(keyOfAbsence(folder.id, path));
      for (const { row, seenAt: since } of proven) {
        const { path } = row;
        this.#absences.delete(keyOfAbsence(folder.id, path));
        const known = tables.jobs.find(folder.id, path);
        if (known?.operation === 'gone' && known.state !== 'parked') continue;
        const job = {
          folder: folder.id,
          path,
          operation: 'gone' as const,
          reason: isElsewhere(row, tables, isMissed) ? MOVED : 'vanished',
          size: row.stat.size,
          seen: null,
          seenAt: since,
        };
        tables.jobs.enqueue(job);
      }
      if (plan.superseded > 0) tables.folders.addSuperseded(folder.id, plan.superseded);
    });
    return { queued: plan.jobs.length + proven.length, secondLook: [...secondLook] };
  }

  /** An attempt that may have reached S3 must be settled before its job can go. */
  #drop(folder: string, path: RelPath): void {
    const { attempts, jobs } = this.#tables;
    const isOpen = attempts.intentsOf(folder, path).length > 0 || attempts.uploadOf(folder, path) !== null;
    if (isOpen) jobs.retryPath(folder, path);
    else jobs.drop(folder, path);
  }
}

const keyOfAbsence = (folder: string, path: RelPath): string => `${folder}\0${path}`;

/** The device of a directory, or of the nearest one above it that is still there; null where that cannot be told. */
async function deviceOf(folder: Folder, directory: RelPath): Promise<string | null> {
  let current = directory;
  for (;;) {
    try {
      // A file may stand now where a directory was: then the one above decides.
      const stats =
        current === ROOT
          ? await stat(folder.path, { bigint: true }) // the person may have chosen a link as the root
          : await lstat(join(folder.path, current), { bigint: true });
      if (stats.isDirectory() || current === ROOT) return String(stats.dev);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || current === ROOT) return null;
    }
    current = parentPath(current);
  }
}
