/** Looks at folders, plans, and applies the plans. In: a folder and which of its directories. Out: rows in the queue. */
import { lstat, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Failure, saidOf } from '../contract/errors.ts';
import type { Folder, Skipped } from '../contract/models.ts';
import { parentPath, ROOT, type RelPath } from '../contract/names.ts';
import { failed, success, type Result } from '../contract/result.ts';
import {
  digestListing,
  lostDirectories,
  MOVED,
  noteAbsence,
  planDirectory,
  planLostDirectory,
  planUnchanged,
  PROOF_GAP_MS,
  type Absence,
  type DirectoryPlan,
  type ListedDirectory,
} from '../plan/index.ts';
import { errorCode, isVanished } from '../scan/disk.ts';
import { FolderRules, type RulesLook } from '../scan/folder-rules.ts';
import { belowRoot, isBelow } from '../scan/links.ts';
import { checkRoot } from '../scan/root.ts';
import type { Listing, SkippedExample } from '../scan/types.ts';
import { EXAMPLES, listDirectory, walk } from '../scan/walk.ts';
import type { ReadTables, WriteTables } from '../store/index.ts';
import { findMoves, isElsewhere } from './moves.ts';
import { SeenMounts } from './seen-mounts.ts';
import type { Job, JournalRow } from '../store/types.ts';

/** The whole folder, or only some directories (and whatever is new below them). */
export type ScanScope =
  { readonly kind: 'whole' } | { readonly kind: 'directories'; readonly directories: readonly RelPath[] };

export interface ScanReport {
  readonly files: number;
  readonly skipped: Skipped;
  /** Directories that could not be read: nothing in them is judged. */
  readonly unknown: readonly Failure[];
  /** Directories that are ignored with all that is in them, as far as they were noted. */
  readonly leftOut: readonly RelPath[];
  /** The `.cairnignore` files; null: they are as they were at the look before. */
  readonly lists: readonly RelPath[] | null;
}

/** So many ignored directories are noted. */
const LEFT_OUT = 1000;

export interface ScanOptions {
  /** Absolute real paths never entered: Cairn's home, practice servers' data. */
  readonly forbidden: ReadonlySet<string>;
  readonly signal?: AbortSignal;
  readonly now: () => Date;
  /** Told of each directory that is seen under another name, since a link leads to it. */
  readonly onLinked?: (real: RelPath, seenAs: RelPath) => void;
  /** What earlier looks know of the lists of ignored files; left out: this is the first one. */
  readonly rules?: FolderRules;
}

type CompleteListing = Extract<Listing, { state: 'complete' }>;
type Tables = Pick<ReadTables, 'journal' | 'jobs' | 'folders' | 'forgotten'>;

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
  const allRules = options.rules ?? new FolderRules(folder.ignore);
  const rules = allRules.begin(folder.path);
  const leftOut: RelPath[] = [];
  const walkOptions = {
    enter: (directory: RelPath, hasList: boolean) => rules.enter(directory, hasList),
    ignores: (path: RelPath, isDirectory: boolean) => {
      const isIgnored = rules.ignores(path, isDirectory);
      if (isIgnored && isDirectory && leftOut.length < LEFT_OUT) leftOut.push(path);
      return isIgnored;
    },
    forbidden: options.forbidden,
    links: folder.links,
    onLinked: options.onLinked,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const listed = new Map<RelPath, ListedDirectory>();
  const unknown: Failure[] = [];
  const skipped = { ignored: 0, links: 0, special: 0 };
  const examples: SkippedExample[] = [];
  let files = 0;
  let areRulesOther = false;

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
    examples.push(...listing.examples.slice(0, EXAMPLES - examples.length));
    const seenAt = options.now().toISOString();
    await onPlan(planOf(listing, seenAt), seenAt);
  };
  const planOf = (listing: CompleteListing, seenAt: string): DirectoryPlan => {
    const { directory } = listing;
    const asked = askedIn(directory);
    if (asked.jobs.length === 0 && asked.forgotten.length === 0) {
      // What is not listed, since it is ignored or its disk is away, may have much below that is known.
      const isLeaf = listing.files.length > 0 && listing.files.length === listing.present.size;
      const unchanged = planUnchanged(listing, tables.journal.statsIn(folder.id, directory, isLeaf));
      // With no file new, none absent and no job there is no move to find, and nothing to heed.
      if (unchanged !== null) return unchanged;
    }
    const known = { ...asked, journal: tables.journal.inDirectory(folder.id, directory) };
    return heed(rules, findMoves(folder.id, planDirectory(listing, known, seenAt), tables), known.jobs);
  };
  const askedIn = (directory: RelPath) => ({
    folder: folder.id,
    jobs: tables.jobs.inDirectory(folder.id, directory),
    forgotten: tables.forgotten.inDirectory(folder.id, directory),
  });
  const knownIn = (directory: RelPath) => ({
    ...askedIn(directory),
    journal: tables.journal.inDirectory(folder.id, directory),
  });

  if (scope.kind === 'whole') {
    for await (const listing of walk(folder.path, ROOT, walkOptions)) await take(listing);
  } else {
    const wanted = [...scope.directories];
    for (const directory of wanted) {
      if (listed.has(directory)) continue;
      const way = await rules.approach(directory);
      if (way === true) await look(directory);
      else if (way !== false) await take({ state: 'unknown', directory, failure: way });
      // Another list counts for all that is below it.
      for (const changed of rules.takeChanged()) {
        areRulesOther = true;
        for await (const listing of walk(folder.path, changed, walkOptions)) await take(listing);
      }
    }
    async function look(directory: RelPath): Promise<void> {
      const listing = await listDirectory(folder.path, directory, walkOptions);
      if (directory !== ROOT && isGone(listing)) {
        // That a directory is gone is for the one above it to show: a listing of its own can only fail.
        wanted.push(parentPath(directory));
        return;
      }
      await take(listing);
      if (listing.state === 'unknown') return;
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
    if (rules.isLeftOut(directory, true)) continue;
    const known = knownIn(directory);
    await onPlan(heed(rules, planLostDirectory(directory, known), known.jobs), seenAt);
  }
  if (!rules.isPlain && (scope.kind === 'whole' || areRulesOther)) {
    for (const directory of tables.jobs.directories(folder.id)) {
      if (listed.has(directory) || !rules.isLeftOut(directory, true)) continue;
      const dropped = waitingIn(knownIn(directory).jobs).map((job) => job.path);
      if (dropped.length > 0) await onPlan({ ...NOTHING, directory, dropped }, seenAt);
    }
  }
  rules.end(scope.kind === 'whole');
  const lists = scope.kind === 'whole' || areRulesOther ? allRules.files : null;
  return success({ files, skipped: { ...skipped, examples }, unknown, leftOut, lists });
}

const NOTHING = { jobs: [], refreshed: [], refused: [], absent: [], leaving: [], present: [], superseded: 0 } as const;

/** Uploads that wait, or need attention. */
const waitingIn = (jobs: readonly Job[]): readonly Job[] =>
  jobs.filter((job) => job.operation === 'put' && job.state !== 'active');

/** What is ignored is not looked at: that it is not there says nothing, and it is not sent either. */
function heed(rules: RulesLook, plan: DirectoryPlan, jobs: readonly Job[]): DirectoryPlan {
  const absent = plan.absent.filter((row) => !rules.ignores(row.path, false));
  if (rules.isPlain || jobs.length === 0) return { ...plan, absent };
  const ignored = waitingIn(jobs).filter((job) => rules.ignores(job.path, false));
  return { ...plan, absent, dropped: [...new Set([...plan.dropped, ...ignored.map((job) => job.path)])] };
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
  /** Known files that were missed for the first time. */
  readonly missed: number;
  /** Directories with known files that were missed for the first time: they are due for a second look. */
  readonly secondLook: readonly RelPath[];
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
    const nothing =
      plan.jobs.length + plan.refreshed.length + plan.refused.length + plan.dropped.length + plan.superseded === 0;
    if (nothing && proven.length === 0) return { queued: 0, missed, secondLook: [...secondLook] };

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
          said: saidOf(cause),
        });
      }
      for (const path of plan.dropped) this.#drop(folder.id, path);
      const isMissed = (path: RelPath): boolean => this.#absences.has(keyOfAbsence(folder.id, path));
      for (const { row, seenAt: since } of proven) {
        const { path } = row;
        this.#absences.delete(keyOfAbsence(folder.id, path));
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
    });
    return { queued: plan.jobs.length + proven.length, missed, secondLook: [...secondLook] };
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
