/**
 * A path that is gone, marked as deleted in the bucket. In: a job of one. Out: the receipt of its delete marker, or why
 * there is none.
 *
 * [Note: delete markers] DELETE goes out without a VersionId, so that on a bucket with versions it removes nothing: it
 * lays a marker on top. That this bucket has versions is asked once in each run, and shown again by each answer: one
 * without a marker, or with a marker that has no VersionId of its own, stops all deletes of the folder, since the next
 * might be for good. Until the first good answer only one is under way at a time. What lies under the key must be the
 * version that the journal knows, by a look right before; another program's is not ours to delete.
 */
import { failure } from '../contract/errors.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { success, type Result } from '../contract/result.ts';
import type { Settlement } from '../queue/settlement.ts';
import { unquoted, versionsOfKey } from '../s3/index.ts';
import type { Intent, Job, JournalRow } from '../store/types.ts';
import { endUpload, goneUnsent, noteGone, receiptOfEnd, stillGone } from './gone.ts';
import { plainAnswer, settleBrokenOff } from './settle.ts';
import type { TransferPorts } from './types.ts';

export async function markDeleted(job: Job, ports: TransferPorts, signal: AbortSignal): Promise<Settlement> {
  // The folder's way was changed while this waited.
  if (ports.deletes.mode === 'keep') return noteGone(job, ports);
  const ended = await endUpload(job, ports);
  if (!ended.ok) return { kind: 'failed', failure: ended.failure };
  const row = await stillGone(job, ports);
  if (row === null) return { kind: 'dropped', superseded: 0 };

  const versioning = await ports.deletes.versioning(signal);
  if (!versioning.ok) return { kind: 'failed', failure: versioning.failure };
  if (versioning.value !== 'enabled') return stop(ports, reason(`versioning-${versioning.value}`));
  return ports.deletes.inTurn(() => mark(job, row, ports, signal));
}

async function mark(job: Job, row: JournalRow, ports: TransferPorts, signal: AbortSignal): Promise<Settlement> {
  const newest = await newestOf(row, ports, signal);
  if (!newest.ok) return { kind: 'failed', failure: newest.failure };
  // Another program deleted it already: there is nothing left to mark.
  if (newest.value === 'nothing') return goneUnsent(job, row, ports);
  if (newest.value === 'foreign') {
    return { kind: 'failed', failure: failure('foreign-version', { path: job.path, folder: ports.folderName }) };
  }

  const attemptId = ports.newAttemptId();
  const startedAt = ports.now().toISOString();
  const request = { Bucket: ports.bucket, Key: row.key };
  const intent: Intent = {
    attemptId,
    folder: job.folder,
    path: job.path,
    key: row.key,
    operation: 'delete',
    seen: row.stat,
    seenAt: job.seenAt,
    sha256: row.sha256,
    request,
    policyVersion: ports.policyVersion,
    startedAt,
  };
  await ports.commit(() => {
    ports.attempts.addIntent(intent);
  });
  ports.onStep('intent-committed');

  const forget = () =>
    ports.commit(() => {
      ports.attempts.removeIntent(attemptId);
    });
  const root = await ports.deletes.checkRoot();
  const isGone = (await stillGone(job, ports)) !== null;
  const stopped = ports.deletes.stopped();
  if (!root.ok || !isGone || stopped !== null) {
    await forget();
    if (!root.ok) return { kind: 'failed', failure: root.failure };
    return stopped === null ? { kind: 'dropped', superseded: 0 } : { kind: 'failed', failure: stopped };
  }
  const sending = ports.client.send('DeleteObject', request, signal);
  ports.onStep('delete-sent');
  const answer = await sending;
  if (!answer.ok) return settleBrokenOff(answer.failure, attemptId, ports);
  ports.onStep('delete-answered');

  const { DeleteMarker, VersionId } = answer.value;
  // The attempt stays open: what it left in the bucket is looked for before anything else is done with the path.
  if (DeleteMarker !== true) return stop(ports, reason('no-marker'));
  if (VersionId === undefined || VersionId === 'null') {
    return stop(ports, reason('marker-without-version'));
  }
  ports.deletes.sawMarker();
  return {
    kind: 'gone',
    receipt: {
      ...receiptOfEnd(job.path, row, ports),
      operation: 'delete',
      versionId: VersionId,
      proof: 'none',
      request,
      response: plainAnswer(answer.value),
      seenAt: job.seenAt,
      startedAt,
      finishedAt: ports.now().toISOString(),
    },
  };
}

/** All deletes of the folder stop, those too that are about to go out. */
function stop(ports: TransferPorts, why: Reason): Settlement {
  const cause = failure('deletes-stopped', { folder: ports.folderName, bucket: ports.bucket, reason: why });
  ports.deletes.stop(cause);
  return { kind: 'failed', failure: cause };
}

/** What lies under the key now: the version that the journal knows, another one, or none. */
async function newestOf(
  row: JournalRow,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Result<'ours' | 'foreign' | 'nothing'>> {
  // Where it lies under a customer key a HEAD needs that key, which may be gone; a listing does not.
  const isSealed = ports.receiptOf(row)?.request['SSECustomerAlgorithm'] !== undefined;
  if (isSealed) {
    const versions = await versionsOfKey(ports.client, ports.bucket, row.key, signal);
    if (!versions.ok) return versions;
    const latest = versions.value.find((version) => version.isLatest);
    if (latest === undefined || latest.deleteMarker) return success('nothing');
    return success(isOurs(row, latest.versionId, latest.etag) ? 'ours' : 'foreign');
  }
  const head = await ports.client.send('HeadObject', { Bucket: ports.bucket, Key: row.key }, signal);
  if (!head.ok) return head.failure.code === 'object-missing' ? success('nothing') : head;
  return success(isOurs(row, head.value.VersionId ?? null, unquoted(head.value.ETag)) ? 'ours' : 'foreign');
}

/** A version of the time before the bucket had any goes by its ETag. */
function isOurs(row: JournalRow, versionId: string | null, etag: string | null): boolean {
  const isPlain = row.versionId === null || row.versionId === 'null';
  if (isPlain && (versionId === null || versionId === 'null')) return row.etag !== null && row.etag === etag;
  return row.versionId === versionId;
}
