/**
 * Holds the bucket against what is known to be in it. In: a folder, how much of it and how closely. Out: counts, and each
 * file of which something is wrong. Nothing is changed but the note of when it was looked at last.
 */
import type { Progress, VerifiedFile, VerifyFinding, VerifyReport } from '../contract/history.ts';
import { failure, type FailureClass } from '../contract/errors.ts';
import type { Folder, Receipt } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { differencesOf, digestOfVersion, sampleOf, type KnownVersion } from '../history/index.ts';
import { commonFields } from '../policy/request.ts';
import { withCommonFields, type StoreClient } from '../s3/index.ts';
import type { WriteTables } from '../store/index.ts';
import type { JournalRow } from '../store/types.ts';
import { secretByMd5 } from './customer-keys.ts';
import { NO_RING, type Ring } from './ring.ts';

export interface VerifyWish {
  /** So many files, chosen at random; null: all. */
  readonly sample: number | null;
  /** Makes the choice. */
  readonly seed: number;
  readonly download: boolean;
}

export interface VerifyTools {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Left out: nobody handed customer keys over. */
  readonly ring?: Ring;
}

export const IN_FLIGHT = 16;
export const NAMED = 1000;
/** What would meet every file: the check ends with it. */
export const ENDING: ReadonlySet<FailureClass> = new Set<FailureClass>(['offline', 'credentials', 'clock', 'target']);

export async function verifyFolder(
  folder: Folder,
  plainClient: StoreClient,
  tables: WriteTables,
  { sample, seed, download }: VerifyWish,
  { signal, onProgress, ring = NO_RING }: VerifyTools,
): Promise<Result<VerifyReport>> {
  const client = withCommonFields(plainClient, commonFields(folder.policy));
  const all = tables.journal.paths(folder.id);
  const paths = sample === null ? all : sampleOf(all.length, sample, seed).flatMap((index) => all[index] ?? []);
  const at = new Date().toISOString();
  const counts = { checked: 0, ok: 0, missing: 0, different: 0, unread: 0 };
  const files: VerifiedFile[] = [];
  const progress = { files: 0, filesTotal: paths.length, bytes: 0, bytesTotal: 0 };
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  const ended: { trouble: Result<never> | null } = { trouble: null };

  const note = (row: JournalRow, findings: readonly VerifyFinding[]): void => {
    counts.checked += 1;
    if (findings.length === 0) counts.ok += 1;
    else if (findings.some(({ what }) => what === 'unread')) counts.unread += 1;
    else if (findings.some(({ what }) => what === 'missing')) counts.missing += 1;
    else counts.different += 1;
    if (findings.length > 0 && files.length < NAMED) {
      files.push({ path: row.path, versionId: row.versionId, findings });
    }
  };
  const look = async (path: JournalRow['path']): Promise<void> => {
    const row = tables.journal.find(folder.id, path);
    progress.files += 1;
    // It went from the disk since the paths were read.
    if (row === null) return;
    const findings = await findingsOf(
      folder,
      row,
      client,
      tables.receipts.find(row.receiptSeq),
      download,
      either,
      ring,
    );
    if (!findings.ok) {
      ended.trouble ??= findings;
      ending.abort();
      return;
    }
    // What was sent meanwhile is another version: that one is not the one that was looked at.
    if (tables.journal.find(folder.id, path)?.versionId !== row.versionId) return;
    note(row, findings.value);
    if (download) progress.bytes += row.stat.size;
    onProgress({ ...progress });
  };
  const queue = paths.values();
  const work = async (): Promise<void> => {
    for (const path of queue) {
      if (either.aborted) return;
      await look(path);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  if (signal.aborted) return failed(failure('cancelled'));
  if (ended.trouble !== null) return ended.trouble;
  const verification = { at, way: download ? ('download' as const) : ('head' as const), known: all.length, ...counts };
  tables.now(() => {
    tables.verifications.set(folder.id, verification);
  });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return success({ ...verification, against: 'receipts', seed: sample === null ? null : seed, files });
}

export async function findingsOf(
  folder: Folder,
  row: JournalRow,
  client: StoreClient,
  receipt: Receipt | null,
  download: boolean,
  signal: AbortSignal,
  ring: Ring,
): Promise<Result<readonly VerifyFinding[]>> {
  const secret = secretByMd5(folder.policy, receipt?.request['SSECustomerKeyMD5'], ring);
  if (!secret.ok) return success([unread(secret.failure.message)]);
  const version = row.versionId === null ? {} : { VersionId: row.versionId };
  const what = { Bucket: folder.bucket, Key: row.key, ...version, ...secret.value };
  const head = await client.send('HeadObject', { ...what, ChecksumMode: 'ENABLED' }, signal);
  if (!head.ok) {
    if (head.failure.code === 'object-missing') {
      return success([{ what: 'missing', expected: row.versionId ?? row.key, found: '' }]);
    }
    return ENDING.has(head.failure.class) ? head : success([unread(head.failure.message)]);
  }
  const findings = differencesOf(knownOf(row, receipt), head.value, new Date());
  if (!download || findings.length > 0) return success(findings);
  const digest = await digestOfVersion(client, what, () => undefined, signal);
  if (!digest.ok) return ENDING.has(digest.failure.class) ? digest : success([unread(digest.failure.message)]);
  if (digest.value === row.sha256) return success([]);
  return success([{ what: 'sha256', expected: row.sha256, found: digest.value }]);
}

export function unread(message: string): VerifyFinding {
  return { what: 'unread', expected: '', found: message };
}

function knownOf(row: JournalRow, receipt: Receipt | null): KnownVersion {
  const request = receipt?.request ?? {};
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = request;
  // What the store was seen to drop is told by the folder's status already.
  const isKept = (field: string): boolean => receipt?.dropped.includes(field) !== true;
  const isLocked = typeof mode === 'string' && typeof until === 'string' && isKept('ObjectLockMode');
  return {
    path: row.path,
    versionId: row.versionId,
    size: row.stat.size,
    etag: row.etag,
    checksum: receipt?.checksum ?? null,
    lock: isLocked ? { mode, until } : null,
    legalHold: request['ObjectLockLegalHoldStatus'] === 'ON' && isKept('ObjectLockLegalHoldStatus'),
  };
}
