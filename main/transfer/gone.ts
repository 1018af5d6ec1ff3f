/** Paths that are not there any more. In: a job of one. Out: whether that still holds, and the receipt where nothing is sent. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { success, type Result } from '../contract/result.ts';
import type { Settlement } from '../queue/settlement.ts';
import type { Job, JournalRow, NewReceipt } from '../store/types.ts';
import type { TransferPorts } from './types.ts';
import { abortUpload } from './uploads.ts';

/** Gives up an upload of the path that was broken off, where what it was for is no longer to be sent that way. */
export async function endUpload(job: Job, ports: TransferPorts): Promise<Result<null>> {
  const upload = ports.attempts.uploadOf(job.folder, job.path);
  return upload === null ? success(null) : abortUpload(upload, ports);
}

/** The file went before it was read: an upload under way for it is given up, and what the journal knows is left to the next scan. */
export async function vanishedUnread(job: Job, ports: TransferPorts): Promise<Settlement> {
  const ended = await endUpload(job, ports);
  return ended.ok ? { kind: 'dropped', superseded: 1 } : { kind: 'failed', failure: ended.failure };
}

/** What the journal knows of a path that is gone; null: there is nothing to say of it, or it is there again. */
export async function stillGone(job: Job, ports: TransferPorts): Promise<JournalRow | null> {
  const row = ports.journalRow(job.path);
  return row === null || (await isThere(join(ports.root, job.path))) ? null : row;
}

/** Nothing is sent: the receipt says that the path was gone, for the time machine. */
export async function noteGone(job: Job, ports: TransferPorts): Promise<Settlement> {
  const ended = await endUpload(job, ports);
  if (!ended.ok) return { kind: 'failed', failure: ended.failure };
  const row = await stillGone(job, ports);
  return row === null ? { kind: 'dropped', superseded: 0 } : goneUnsent(job, row, ports);
}

export function goneUnsent(job: Job, row: JournalRow, ports: TransferPorts): Settlement {
  const now = ports.now().toISOString();
  const gone = { operation: 'gone', versionId: null, proof: 'none', request: {}, response: {} } as const;
  return {
    kind: 'gone',
    receipt: { ...receiptOfEnd(job.path, row, ports), ...gone, seenAt: job.seenAt, startedAt: now, finishedAt: now },
  };
}

/** What the receipts of an end have in common, with a marker or without one. */
export function receiptOfEnd(
  path: string,
  row: Pick<JournalRow, 'key' | 'stat'>,
  ports: Pick<TransferPorts, 'folderName' | 'policyVersion'>,
): Omit<
  NewReceipt,
  'operation' | 'versionId' | 'proof' | 'request' | 'response' | 'seenAt' | 'startedAt' | 'finishedAt'
> {
  return {
    folder: ports.folderName,
    path,
    key: row.key,
    etag: null,
    size: row.stat.size,
    sha256: null,
    checksum: null,
    dropped: [],
    storageClass: null,
    serverSideEncryption: null,
    fields: {},
    policyVersion: ports.policyVersion,
  };
}

/** A directory that stands in a file's place is not the file. */
async function isThere(absolute: string): Promise<boolean> {
  try {
    return !(await lstat(absolute)).isDirectory();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    // Any other error proves nothing: the file may well be there.
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}
