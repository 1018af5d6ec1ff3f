/**
 * Proves that files come back: a few are fetched whole and held against what was sent. In: a folder, what chooses the files.
 * Out: counts, written down. Nothing touches the disk: the bytes are digested as they come, and thrown away.
 */
import type { Folder } from '../contract/models.ts';
import { failure, saidOf } from '../contract/errors.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { Drill, DrillEvery } from '../contract/verification.ts';
import { digestOfVersion, sampleOf } from '../history/index.ts';
import { commonFields } from '../policy/request.ts';
import { withCommonFields, type StoreClient } from '../s3/index.ts';
import type { WriteTables } from '../store/index.ts';
import type { JournalRow } from '../store/types.ts';
import { secretByMd5 } from './customer-keys.ts';
import { NO_RING, type Ring } from './ring.ts';
import type { TaskTools } from './tasks.ts';

/** A drill ends with so many files, or before a file with which it would pass so many bytes. */
const FILES = 20;
const BYTES = 50 * 1024 * 1024;
/** What says nothing of the files: the drill ends, and is taken another time. */
const ENDING = new Set(['offline', 'credentials', 'clock', 'target', 'busy']);

const DAY_MS = 24 * 3_600_000;
const EVERY_MS: Readonly<Record<DrillEvery, number | null>> = { off: null, weekly: 7 * DAY_MS, monthly: 30 * DAY_MS };
/** So long a drill that is due waits for an hour in which nothing is limited. */
const PATIENCE_MS = 7 * DAY_MS;

/** Whether a folder's drill is due. @param isLimited a limit holds now, so that there is room for others. */
export function isDrillDue(
  { drill = 'monthly', addedAt }: Pick<Folder, 'drill' | 'addedAt'>,
  last: Drill | null,
  nowMs: number,
  isLimited: boolean,
): boolean {
  const everyMs = EVERY_MS[drill];
  if (everyMs === null) return false;
  // The first comes a day after the folder.
  const dueMs = last === null ? Date.parse(addedAt) + DAY_MS : Date.parse(last.at) + everyMs;
  const overdueMs = nowMs - dueMs;
  // A clock that was set back says nothing.
  if (last !== null && Date.parse(last.at) > nowMs) return !isLimited;
  return overdueMs >= 0 && (!isLimited || overdueMs >= PATIENCE_MS);
}

/** The files of a drill: where not even one is small enough, the smallest of those that were drawn. */
export function chosenFiles(rows: readonly JournalRow[]): readonly JournalRow[] {
  const chosen: JournalRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (bytes + row.stat.size > BYTES) continue;
    bytes += row.stat.size;
    chosen.push(row);
  }
  if (chosen.length > 0) return chosen;
  return [...rows].sort((a, b) => a.stat.size - b.stat.size).slice(0, 1);
}

export async function drillFolder(
  folder: Folder,
  plainClient: StoreClient,
  tables: WriteTables,
  seed: number,
  { signal, onProgress }: TaskTools,
  ring: Ring = NO_RING,
): Promise<Result<Drill>> {
  const client = withCommonFields(plainClient, commonFields(folder.policy));
  const paths = tables.journal.paths(folder.id);
  const drawn = sampleOf(paths.length, FILES, seed).flatMap((index) => paths[index] ?? []);
  const rows = chosenFiles(drawn.flatMap((path) => tables.journal.find(folder.id, path) ?? []));
  const bytesTotal = rows.reduce((sum, { stat }) => sum + stat.size, 0);
  const counts = { files: 0, bytes: 0, ok: 0, missing: 0, different: 0, unread: 0, archived: 0 };
  let wrong: string | null = null;
  let doubtful: string | null = null;
  for (const row of rows) {
    const found = await fetchOne(folder, row, client, tables, ring, signal);
    if (!found.ok) return found;
    // What was sent meanwhile is another version: that one is not the one that was fetched.
    if (tables.journal.find(folder.id, row.path)?.versionId !== row.versionId) continue;
    counts.files += 1;
    counts[found.value] += 1;
    if (found.value === 'ok') counts.bytes += row.stat.size;
    if (found.value === 'missing' || found.value === 'different') wrong ??= row.path;
    if (found.value === 'unread') doubtful ??= row.path;
    onProgress({ files: counts.files, filesTotal: rows.length, bytes: counts.bytes, bytesTotal });
  }
  const at = new Date().toISOString();
  const drill: Drill = { at, seed, known: paths.length, ...counts, example: wrong ?? doubtful };
  // Nothing is there yet: that proves nothing.
  if (counts.files === 0) return success(drill);
  tables.now(() => {
    tables.drills.set(folder.id, drill);
    if (wrong === null) return;
    const facts = { files: counts.files, wrong: counts.missing + counts.different, path: wrong, folder: folder.name };
    const cause = failure('drill-failed', facts);
    const told = { code: cause.code, detail: { message: cause.message }, said: saidOf(cause) };
    tables.activity.add({ at, folder: folder.id, kind: 'problem', path: wrong, ...told });
  });
  return success(drill);
}

async function fetchOne(
  folder: Folder,
  row: JournalRow,
  client: StoreClient,
  tables: WriteTables,
  ring: Ring,
  signal: AbortSignal,
): Promise<Result<'ok' | 'missing' | 'different' | 'unread' | 'archived'>> {
  const receipt = tables.receipts.find(row.receiptSeq);
  const secret = secretByMd5(folder.policy, receipt?.request['SSECustomerKeyMD5'], ring);
  if (!secret.ok) return success('unread');
  const version = row.versionId === null ? {} : { VersionId: row.versionId };
  const what = { Bucket: folder.bucket, Key: row.key, ...version, ...secret.value };
  const digest = await digestOfVersion(client, what, () => undefined, signal);
  if (digest.ok) return success(digest.value === row.sha256 ? 'ok' : 'different');
  if (signal.aborted) return failed(failure('cancelled'));
  if (ENDING.has(digest.failure.class)) return digest;
  if (digest.failure.code === 'object-missing') return success('missing');
  return success(digest.failure.class === 'archived' ? 'archived' : 'unread');
}
