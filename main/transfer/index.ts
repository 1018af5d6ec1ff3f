/** One operation to S3. In: a job and the ports of its folder. Out: how it ended, as a value, with the receipt. */
import { failure, FailureError } from '../contract/errors.ts';
import type { ObjectKey } from '../contract/names.ts';
import { success } from '../contract/result.ts';
import type { Settlement } from '../queue/settlement.ts';
import { FORGOTTEN } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { settleFormerAttempts } from './adopt.ts';
import { applyPolicy, BY_POLICY } from './apply.ts';
import { markDeleted } from './delete.ts';
import { endUpload, noteGone, vanishedUnread } from './gone.ts';
import { copyMoved } from './move.ts';
import { putLarge } from './multipart.ts';
import { isTooLarge, LEAST_PART } from './parts.ts';
import { putSmall, stillChanging } from './put.ts';
import { openStable, youth, unreadable, type OpenFile } from './stable.ts';
import type { TransferPorts } from './types.ts';

export { openBandwidth, type Bandwidth } from './bandwidth.ts';
export { openMemory, type Memory } from './memory.ts';
export { BY_POLICY } from './apply.ts';
export { copyVersion } from './copy.ts';
export { LEAST_PART } from './parts.ts';
export { digestFile, type DigestedFile } from './digest-file.ts';
export { openReader, type Reader } from './reader.ts';
export { openGrowingDigests } from './growing.ts';
export { isAlgorithm, openChecksum, type Algorithm } from './digest.ts';
export { openStable } from './stable.ts';
export type {
  DeletePorts,
  FieldProofs,
  PreparedRequest,
  RequestFacts,
  SecretFields,
  TransferPorts,
  TransferStep,
} from './types.ts';

export async function transfer(job: Job, ports: TransferPorts, signal: AbortSignal): Promise<Settlement> {
  const former = await settleFormerAttempts(job, ports, signal);
  if (!former.ok) return { kind: 'failed', failure: former.failure };
  if (former.value > 0) return { kind: 'unsettled', afterMs: former.value, failure: null };
  try {
    if (job.reason === FORGOTTEN) return await leaveAlone(job, ports);
    const early = job.operation === 'put' ? ports.tooEarly(job) : null;
    if (early !== null) return { kind: 'early', ...early };
    if (job.operation === 'gone') return await noteGone(job, ports);
    return job.operation === 'delete' ? await markDeleted(job, ports, signal) : await put(job, ports, signal);
  } catch (error) {
    if (error instanceof FailureError) return { kind: 'failed', failure: error.failure };
    // A disk that fails in the middle of a large file.
    if (isReadError(error)) return { kind: 'failed', failure: unreadable(error, job.path) };
    throw error;
  }
}

/** Taken out of the queue: what former attempts left is in order by now, and an upload that was broken off goes. */
async function leaveAlone(job: Job, ports: TransferPorts): Promise<Settlement> {
  const ended = await endUpload(job, ports);
  return ended.ok ? { kind: 'dropped', superseded: 0 } : { kind: 'failed', failure: ended.failure };
}

function isReadError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'read' || error.syscall === 'fstat');
}

async function put(job: Job, ports: TransferPorts, signal: AbortSignal): Promise<Settlement> {
  const key = ports.keyOf(job.path);
  if (!key.ok) return { kind: 'failed', failure: key.failure };
  // Nothing but its bytes can be sent of it: then it is opened, read and digested in one go elsewhere.
  if (job.reason !== BY_POLICY && job.source === null && job.size <= LEAST_PART) {
    const settlement = await putSmall(job, key.value, job.size, ports, signal);
    if (settlement !== null) return settlement;
  }
  const opened = await openStable({ root: ports.root, path: job.path, links: ports.links });
  if ('vanished' in opened) return vanishedUnread(job, ports);
  if (!opened.ok) return { kind: 'failed', failure: opened.failure };
  try {
    return await putOpen(job, key.value, opened.value, ports, signal);
  } finally {
    await opened.value.handle.close();
  }
}

async function putOpen(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement> {
  if (isTooLarge(file.stat.size)) return { kind: 'failed', failure: failure('file-too-large', { path: job.path }) };
  const young = youth(file.stat, ports.now().getTime(), ports.quietMs);
  if (young > 0) return { kind: 'unsettled', afterMs: young, failure: null };
  if (job.reason === BY_POLICY) {
    const applied = await applyPolicy(job, key, file, ports, signal);
    if (applied !== null) return applied;
  }
  const moved = await copyMoved(job, key, file, ports, signal);
  if (moved !== null) return moved;
  if (file.stat.size <= LEAST_PART) {
    return (await putSmall(job, key, file.stat.size, ports, signal)) ?? stillChanging(job);
  }
  const settlement = await putLarge(job, key, file, ports, signal);
  const ended = settlement.kind === 'same' ? await endUpload(job, ports) : success(null);
  return ended.ok ? settlement : { kind: 'failed', failure: ended.failure };
}
