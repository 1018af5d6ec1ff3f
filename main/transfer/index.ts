/** One operation to S3. In: a job and the ports of its folder. Out: how it ended, as a value, with the receipt. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, FailureError } from '../contract/errors.ts';
import { success, type Result } from '../contract/result.ts';
import type { Settlement } from '../queue/settlement.ts';
import type { Job } from '../store/types.ts';
import { settleFormerAttempts } from './adopt.ts';
import { applyPolicy, BY_POLICY } from './apply.ts';
import { copyMoved } from './move.ts';
import { putLarge } from './multipart.ts';
import { isTooLarge, LEAST_PART } from './parts.ts';
import { putSmall } from './put.ts';
import { openStable, youth, unreadable } from './stable.ts';
import type { TransferPorts } from './types.ts';
import { abortUpload } from './uploads.ts';

export { openMemoryGate, type MemoryGate } from './memory.ts';
export { BY_POLICY } from './apply.ts';
export { LEAST_PART } from './parts.ts';
export { isAlgorithm, openChecksum, type Algorithm } from './digest.ts';
export type { FieldProofs, PreparedRequest, RequestFacts, SecretFields, TransferPorts, TransferStep } from './types.ts';

export async function transfer(job: Job, ports: TransferPorts, signal: AbortSignal): Promise<Settlement> {
  const former = await settleFormerAttempts(job, ports, signal);
  if (!former.ok) return { kind: 'failed', failure: former.failure };
  if (former.value > 0) return { kind: 'unsettled', afterMs: former.value, failure: null };
  try {
    return job.operation === 'gone' ? await noteGone(job, ports) : await put(job, ports, signal);
  } catch (error) {
    if (error instanceof FailureError) return { kind: 'failed', failure: error.failure };
    // A disk that fails in the middle of a large file.
    if (isReadError(error)) return { kind: 'failed', failure: unreadable(error, job.path) };
    throw error;
  }
}

function isReadError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'read' || error.syscall === 'fstat');
}

async function put(job: Job, ports: TransferPorts, signal: AbortSignal): Promise<Settlement> {
  const key = ports.keyOf(job.path);
  if (!key.ok) return { kind: 'failed', failure: key.failure };
  const opened = await openStable(join(ports.root, job.path), job.path);
  if ('vanished' in opened) return vanishedUnread(job, ports);
  if (!opened.ok) return { kind: 'failed', failure: opened.failure };
  const file = opened.value;
  try {
    if (isTooLarge(file.stat.size)) return { kind: 'failed', failure: failure('file-too-large', { path: job.path }) };
    const young = youth(file.stat, ports.now().getTime(), ports.quietMs);
    if (young > 0) return { kind: 'unsettled', afterMs: young, failure: null };
    if (job.reason === BY_POLICY) {
      const applied = await applyPolicy(job, key.value, file, ports, signal);
      if (applied !== null) return applied;
    }
    const moved = await copyMoved(job, key.value, file, ports, signal);
    if (moved !== null) return moved;
    if (file.stat.size <= LEAST_PART) {
      const ended = await endUpload(job, ports);
      return ended.ok
        ? await putSmall(job, key.value, file, ports, signal)
        : { kind: 'failed', failure: ended.failure };
    }
    const settlement = await putLarge(job, key.value, file, ports, signal);
    const ended = settlement.kind === 'same' ? await endUpload(job, ports) : success(null);
    return ended.ok ? settlement : { kind: 'failed', failure: ended.failure };
  } finally {
    await file.handle.close();
  }
}

/** Gives up an upload of the path that was broken off, where what it was for is no longer to be sent that way. */
async function endUpload(job: Job, ports: TransferPorts): Promise<Result<null>> {
  const upload = ports.attempts.uploadOf(job.folder, job.path);
  return upload === null ? success(null) : abortUpload(upload, ports);
}

/** The file went before it was read: an upload under way for it is given up, and what the journal knows is left to the next scan. */
async function vanishedUnread(job: Job, ports: TransferPorts): Promise<Settlement> {
  const ended = await endUpload(job, ports);
  return ended.ok ? { kind: 'dropped', superseded: 1 } : { kind: 'failed', failure: ended.failure };
}

/** Nothing is sent: the receipt says that the path was gone, for the time machine. */
async function noteGone(job: Job, ports: TransferPorts): Promise<Settlement> {
  const ended = await endUpload(job, ports);
  if (!ended.ok) return { kind: 'failed', failure: ended.failure };
  const row = ports.journalRow(job.path);
  if (row === null || (await isThere(join(ports.root, job.path)))) return { kind: 'dropped', superseded: 0 };
  const now = ports.now().toISOString();
  return {
    kind: 'gone',
    receipt: {
      folder: ports.folderName,
      path: job.path,
      key: row.key,
      operation: 'gone',
      versionId: null,
      etag: null,
      size: row.stat.size,
      sha256: null,
      checksum: null,
      dropped: [],
      proof: 'none',
      storageClass: null,
      serverSideEncryption: null,
      request: {},
      response: {},
      fields: {},
      policyVersion: ports.policyVersion,
      seenAt: job.seenAt,
      startedAt: now,
      finishedAt: now,
    },
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
