/** Looks at folders, and plans. In: a folder and which of its directories. Out: a plan a directory, handed over as it is made. */
import { failure, type Failure } from '../contract/errors.ts';
import type { Folder, Skipped } from '../contract/models.ts';
import { parentPath, ROOT, type RelPath } from '../contract/names.ts';
import { failed, success, type Result } from '../contract/result.ts';
import {
  digestListing,
  lostDirectories,
  planDirectory,
  planLostDirectory,
  planUnchanged,
  type DirectoryPlan,
  type ListedDirectory,
} from '../plan/index.ts';
import { isVanished } from '../scan/disk.ts';
import { FolderRules, type RulesLook } from '../scan/folder-rules.ts';
import { checkRoot } from '../scan/root.ts';
import type { Listing, SkippedExample } from '../scan/types.ts';
import { EXAMPLES, listDirectory, walk } from '../scan/walk.ts';
import type { ReadTables } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { findMoves } from './moves.ts';

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
type Tables = Pick<ReadTables, 'journal' | 'agreement' | 'jobs' | 'folders' | 'forgotten'>;

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
  const isAnyKnown = tables.folders.find(folder.id).files > 0;
  const listed = new Map<RelPath, ListedDirectory>();
  const unknown: Failure[] = [];
  const skipped = { ignored: 0, links: 0, special: 0 };
  const examples: SkippedExample[] = [];
  let files = 0;
  let areRulesOther = false;
  /** An empty root is what a disk that is not there looks like: it proves nothing of the files that were in it. */
  let isEmptied = false as boolean;

  const take = async (listing: Listing): Promise<void> => {
    listed.set(listing.directory, digestListing(listing));
    if (listing.state === 'unknown') {
      unknown.push(listing.failure);
      return;
    }
    if (listing.directory === ROOT) {
      isEmptied = listing.present.size === 0 && tables.folders.find(folder.id).files > 0;
      if (isEmptied) return;
    }
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
    const plan = planDirectory(listing, known, seenAt);
    if (isAnyKnown) tables.agreement.expectUnknown(folder.id, pathsOf(plan, 'new'));
    const changed = new Set(pathsOf(plan, 'changed'));
    tables.agreement.expectReceipts(known.journal.filter(({ path }) => changed.has(path)));
    tables.agreement.expectReceipts(plan.absent);
    return heed(rules, findMoves(folder.id, plan, tables), known.jobs);
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
  if (isEmptied) {
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
    const plan = planLostDirectory(directory, known);
    tables.agreement.expectReceipts(plan.absent);
    await onPlan(heed(rules, plan, known.jobs), seenAt);
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

const pathsOf = ({ jobs }: DirectoryPlan, why: 'new' | 'changed'): readonly RelPath[] =>
  jobs.filter(({ reason }) => reason === why).map(({ path }) => path);

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
