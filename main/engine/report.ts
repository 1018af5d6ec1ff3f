/** What commands and the window show, read from settings and tables. No lock, no request. */
import type {
  FolderState,
  FolderStatus,
  WatcherStatus,
  QueueEntry,
  FileRow,
  FileState,
  AnyFolder,
  Connection,
  Folder,
} from '../contract/models.ts';
import { failure, toldOf, type Failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import type { Drill } from '../contract/verification.ts';
import { askedFields } from '../policy/fields.ts';
import { baseName, type RelPath } from '../contract/names.ts';
import type { ReadTables, SubdirectorySummary } from '../store/index.ts';
import { brakeOf, deletesProblem, replacedProblem } from './brakes.ts';
import type { ForgottenPath, Job, JournalRow, VanishedRow } from '../store/types.ts';

/** What only a running engine knows. */
export interface Live {
  readonly isScanning: boolean;
  readonly watcher: WatcherStatus;
  /** How far the store's clock is ahead of this computer's, milliseconds. */
  readonly clockOffsetMs: number;
  readonly connection: {
    readonly state: 'ok' | 'offline' | 'credentials' | 'unknown';
    readonly failure: Failure | null;
  };
}

/** Nothing watches the folder. */
export const UNWATCHED: WatcherStatus = { state: 'off', watches: 0, allowed: null, problem: null };

const AT_REST: Live = {
  isScanning: false,
  watcher: UNWATCHED,
  clockOffsetMs: 0,
  connection: { state: 'unknown', failure: null },
};

export function folderStatus(
  folder: AnyFolder,
  connections: readonly Connection[],
  tables: ReadTables | null,
  live: Live = AT_REST,
): FolderStatus {
  const counts = tables?.jobs.counts(folder.id) ?? { waiting: 0, held: 0, early: 0, active: 0, parked: 0, bytes: 0 };
  const row = tables?.folders.find(folder.id);
  const lastSaved = tables?.receipts.lastSavedOf(folder.id) ?? null;
  const problem = live.connection.failure ?? row?.problem ?? null;
  const connection = connections.find((one) => one.name === folder.connection);
  const drill = tables?.drills.find(folder.id) ?? null;
  const problems = [
    ...clockProblem(live.clockOffsetMs),
    ...(folder.path === null ? [] : [...deletesProblems(folder, tables), ...drillProblems(folder, drill)]),
    ...(folder.path === null ? [] : droppedFields(folder, tables)),
  ];
  const look = tables?.looks.last(folder.id) ?? null;
  return {
    folder: folder.name,
    state: stateOf(folder, counts, problem ?? problems[0] ?? null, live),
    queued: counts.waiting,
    active: counts.active,
    parked: counts.parked,
    bytesQueued: counts.bytes,
    files: row?.files ?? 0,
    bytes: row?.bytes ?? 0,
    early: counts.early,
    forgotten: tables?.forgotten.count(folder.id) ?? 0,
    pausedUntil: folder.path !== null && folder.paused ? (folder.pausedUntil ?? null) : null,
    superseded: row?.superseded ?? 0,
    lastScanAt: row?.lastScanAt ?? null,
    skipped: row?.look?.skipped ?? null,
    unread: row?.look?.unread ?? [],
    onlyByScan: row?.onlyByScan ?? 0,
    watcher: live.watcher,
    path: folder.path,
    bringingBack: folder.path === null ? folder.bringingBack : null,
    connection: folder.connection,
    bucket: folder.bucket,
    prefix: folder.prefix,
    practice: connection?.credentials.kind === 'practice',
    problems,
    brake: tables === null || folder.path === null ? null : brakeOf(folder, tables),
    failure: problem ?? problems[0] ?? tables?.jobs.firstParked(folder.id)?.error ?? null,
    unexplained: look === null || look.unexplained.count === 0 ? null : { ...look.unexplained, at: look.at },
    missing: look?.missing.count ?? 0,
    lastVerified: tables?.verifications.find(folder.id) ?? null,
    lastDrill: drill,
    lastSaved: lastSaved === null ? null : { path: lastSaved.path, at: lastSaved.at, versionId: lastSaved.versionId },
  };
}

/** Signatures are refused beyond 15 minutes, but for the correction; half of the way there a person should know. */
const CLOCK_OFF_MS = 450_000;

function clockProblem(offsetMs: number): Failure[] {
  if (Math.abs(offsetMs) < CLOCK_OFF_MS) return [];
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  return [failure('clock-off', { minutes, direction: reason(offsetMs > 0 ? 'behind' : 'ahead') })];
}

/** What stands against deletes, and that much was replaced at once. */
function deletesProblems(folder: Folder, tables: ReadTables | null): Failure[] {
  if (tables === null) return [];
  return [deletesProblem(folder, tables), replacedProblem(folder, tables)].filter((one) => one !== null);
}

/** Until a drill finds all as it should be, or none is wanted any more. */
function drillProblems({ name, drill: every }: Folder, drill: Drill | null): Failure[] {
  if (drill === null || every === 'off') return [];
  const wrong = drill.missing + drill.different;
  if (wrong === 0) return [];
  return [failure('drill-failed', { files: drill.files, wrong, path: drill.example ?? '', folder: name })];
}

/** Only of fields that the policy asks for today: what is not asked for cannot be missed. */
function droppedFields(folder: Folder, tables: ReadTables | null): Failure[] {
  if (tables === null) return [];
  const asked = askedFields(folder.policy);
  return tables.fieldProofs
    .dropped(folder.connection, folder.bucket)
    .filter(({ field }) => asked.has(field))
    .map(({ field, path, way }) => failure('dropped-in-silence', { field, path, way }));
}

function stateOf(
  folder: AnyFolder,
  counts: { readonly waiting: number; readonly early: number; readonly active: number; readonly parked: number },
  problem: Failure | null,
  live: Live,
): FolderState {
  if (folder.path !== null && folder.paused) return 'paused';
  if (problem !== null) {
    if (problem.class === 'offline') return 'offline';
    if (problem.class === 'root' || problem.class === 'target') return 'unavailable';
    return 'attention';
  }
  if (folder.path === null) return 'attached';
  if (live.isScanning) return 'scanning';
  if (counts.active > 0 || counts.waiting > counts.early) return 'syncing';
  return counts.parked > 0 ? 'attention' : 'idle';
}

export function queueEntry(job: Job, folderName: string): QueueEntry {
  return {
    folder: folderName,
    path: job.path,
    operation: job.operation,
    state: job.state,
    size: job.size,
    attempts: job.attempts,
    waitsFor: job.state === 'waiting' && job.intervalMs > 0 ? 'interval' : null,
    notBefore: job.notBeforeMs === 0 ? null : new Date(job.notBeforeMs).toISOString(),
    error: job.error === null ? null : toldOf(job.error),
  };
}

export interface FilesQuery {
  readonly directory: string;
  readonly search?: string | undefined;
  readonly limit: number;
}

/** The rows of one directory, directories first; or all paths that hold the text. */
export function fileRows(
  folder: Folder,
  tables: ReadTables,
  query: FilesQuery,
): { readonly rows: readonly FileRow[]; readonly more: number } {
  const rows =
    query.search === undefined || query.search === ''
      ? directoryRows(folder.id, query.directory as RelPath, tables)
      : searchRows(folder.id, query.search, query.limit, tables);
  return { rows: rows.slice(0, query.limit), more: Math.max(0, rows.length - query.limit) };
}

function directoryRows(folder: string, directory: RelPath, tables: ReadTables): FileRow[] {
  const files = mergeRows(folder, tables, {
    known: tables.journal.inDirectory(folder, directory),
    jobs: tables.jobs.inDirectory(folder, directory),
    vanished: tables.vanished.inDirectory(folder, directory),
    forgotten: tables.forgotten.inDirectory(folder, directory),
  });
  const directories = tables.journal.subdirectories(folder, directory).map((summary): FileRow => ({
    kind: 'directory',
    path: summary.path,
    name: baseName(summary.path),
    state: directoryState(summary),
    size: summary.bytes,
    modifiedAt: summary.newest === null ? null : timeOf(summary.newest),
    versionId: null,
    versions: null,
    waiting: summary.waiting,
    attention: summary.attention,
    forgotten: summary.forgotten,
    failure: null,
  }));
  const byName = (a: FileRow, b: FileRow): number => a.name.localeCompare(b.name, undefined, { numeric: true });
  return [...directories.sort(byName), ...files.sort(byName)];
}

/** The one of those below that a person should know of most. */
function directoryState({ attention, waiting, forgotten, present }: SubdirectorySummary): FileState {
  if (attention > 0) return 'attention';
  if (waiting > 0) return 'waiting';
  if (forgotten > 0) return 'forgotten';
  return present > 0 ? 'sync' : 'gone';
}

function searchRows(folder: string, text: string, limit: number, tables: ReadTables): FileRow[] {
  const found = tables.journal.search(folder, text, limit + 1);
  const jobs = found.flatMap((row) => tables.jobs.find(folder, row.path) ?? []);
  // New files that still wait are in the queue alone.
  const listed = new Set(jobs.map((job) => job.path));
  const queued = tables.jobs.search(folder, text, limit + 1).filter((job) => !listed.has(job.path));
  return mergeRows(folder, tables, {
    known: found,
    jobs: [...jobs, ...queued],
    vanished: tables.vanished.search(folder, text, limit + 1),
    forgotten: tables.forgotten.search(folder, text, limit + 1),
  });
}

interface KnownPaths {
  readonly known: readonly JournalRow[];
  readonly jobs: readonly Job[];
  readonly vanished: readonly VanishedRow[];
  readonly forgotten: readonly ForgottenPath[];
}

function mergeRows(folder: string, tables: ReadTables, { known, jobs, vanished, forgotten }: KnownPaths): FileRow[] {
  const byPath = new Map(jobs.map((job) => [job.path, job]));
  const left = new Set(forgotten.map(({ path }) => path));
  const rows = known.map((row) => fileRow(folder, row, byPath.get(row.path) ?? null, left.has(row.path), tables));
  const inJournal = new Set(known.map((row) => row.path));
  const onlyQueued = jobs.filter((job) => !inJournal.has(job.path));
  // A path that waits to be sent again is no longer gone, and neither is one that came back and was left out.
  const gone = vanished.filter((row) => !byPath.has(row.path) && !left.has(row.path));
  const onlyLeft = forgotten.filter(({ path }) => !inJournal.has(path) && !byPath.has(path));
  return [
    ...rows,
    ...onlyQueued.map((job) => queuedRow(job)),
    ...gone.map((row) => goneRow(folder, row, tables)),
    ...onlyLeft.map((one) => forgottenRow(folder, one, tables)),
  ];
}

function fileRow(folder: string, row: JournalRow, job: Job | null, isForgotten: boolean, tables: ReadTables): FileRow {
  return {
    kind: 'file',
    path: row.path,
    name: baseName(row.path),
    state: job === null ? (isForgotten ? 'forgotten' : 'sync') : fileState(job),
    size: row.stat.size,
    modifiedAt: timeOf(row.stat.mtimeNs),
    versionId: row.versionId,
    versions: tables.receipts.countVersions(folder, row.path),
    waiting: 0,
    attention: 0,
    failure: job?.error ?? null,
  };
}

function goneRow(folder: string, row: VanishedRow, tables: ReadTables): FileRow {
  return {
    kind: 'file',
    path: row.path,
    name: baseName(row.path),
    state: 'gone',
    size: row.size,
    modifiedAt: row.mtimeNs === null ? null : timeOf(row.mtimeNs),
    versionId: row.versionId,
    versions: tables.receipts.countVersions(folder, row.path),
    waiting: 0,
    attention: 0,
    failure: null,
  };
}

/** One that never came into the bucket, or that was gone from it. */
function forgottenRow(folder: string, { path, seen }: ForgottenPath, tables: ReadTables): FileRow {
  return {
    kind: 'file',
    path,
    name: baseName(path),
    state: 'forgotten',
    size: seen?.size ?? 0,
    modifiedAt: seen === null ? null : timeOf(seen.mtimeNs),
    versionId: null,
    versions: tables.receipts.countVersions(folder, path),
    waiting: 0,
    attention: 0,
    failure: null,
  };
}

function queuedRow(job: Job): FileRow {
  return {
    kind: 'file',
    path: job.path,
    name: baseName(job.path),
    state: fileState(job),
    size: job.size,
    modifiedAt: job.seen === null ? null : timeOf(job.seen.mtimeNs),
    versionId: null,
    versions: 0,
    waiting: 0,
    attention: 0,
    failure: job.error,
  };
}

function fileState(job: Job): FileState {
  if (job.state === 'parked') return 'attention';
  if (job.operation === 'gone' || job.operation === 'delete') return 'gone';
  return job.state === 'active' ? 'sending' : 'waiting';
}

function timeOf(ns: string): string | null {
  const date = new Date(Number(BigInt(ns) / 1_000_000n));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
