/**
 * One file above one part: part by part, each with its checksum, then completed and the answer held against our digests.
 * An upload that was broken off goes on where it was: its parts are read again from disk and compared, not sent again.
 */
import { failure } from '../contract/errors.ts';
import type { ObjectKey } from '../contract/names.ts';
import { reason } from '../contract/reasons.ts';
import type { Settlement } from '../queue/settlement.ts';
import type { InputOf } from '../s3/index.ts';
import type { Job, Upload, UploadPart } from '../store/types.ts';
import { BY_POLICY } from './apply.ts';
import { completeUpload } from './complete.ts';
import { partSizeOf } from './parts.ts';
import { sendParts, type UploadRun } from './send-parts.ts';
import { plainAnswer, seenAtOf, settleBrokenOff, STILL_CHANGING_MS } from './settle.ts';
import { isSameState, isStill, type OpenFile } from './stable.ts';
import type { PreparedRequest, TransferPorts } from './types.ts';
import { abortUpload, confirmedParts, forgetUpload } from './uploads.ts';
import { sha256OfFile } from './whole-file.ts';

export async function putLarge(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement> {
  const known = ports.journalRow(job.path);
  if (known?.stat.size === file.stat.size && known.key === key && job.reason !== BY_POLICY) {
    // The same size under another stat: reading it once is cheaper than a needless version.
    if ((await sha256OfFile(file, ports, signal)) === known.sha256) return { kind: 'same', stat: file.stat };
  }
  const begun = await beginOrResume(job, key, file, ports, signal);
  if ('kind' in begun) return begun;
  const run: UploadRun = { ...begun, job, key, file, ports, signal };

  const whole = await sendParts(run);
  if ('failure' in whole) {
    if (whole.failure.code === 'upload-gone') await forgetUpload(run.upload, ports);
    return whole.failure.code === 'file-changing' ? abandonChanged(run) : { kind: 'failed', failure: whole.failure };
  }
  if (!(await isStill(file))) return abandonChanged(run);
  return completeUpload(run, whole);
}

interface Begun {
  readonly upload: Upload;
  /** Parts that S3 has from before. */
  readonly done: readonly UploadPart[];
  readonly prepared: Pick<PreparedRequest, 'secret' | 'contentMd5'>;
}

async function beginOrResume(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Begun | Settlement> {
  const former = ports.attempts.uploadOf(job.folder, job.path);
  if (former !== null) {
    if (isSameState(former.seen, file.stat) && former.policyVersion === ports.policyVersion && former.key === key) {
      const secret = ports.secretOf(former.request);
      if (!secret.ok) return { kind: 'failed', failure: secret.failure };
      const done = await confirmedParts(former, secret.value, ports, signal);
      const prepared = { secret: secret.value, contentMd5: ports.contentMd5(job.path, file.stat.size) };
      if (done.ok) return { upload: former, done: done.value, prepared };
      if (done.failure.code !== 'upload-gone') return { kind: 'failed', failure: done.failure };
      await forgetUpload(former, ports);
    } else {
      const aborted = await abortUpload(former, ports);
      if (!aborted.ok) return { kind: 'failed', failure: aborted.failure };
    }
  }
  return begin(job, key, file, ports, signal);
}

async function begin(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Begun | Settlement> {
  const now = ports.now();
  const attemptId = ports.newAttemptId();
  const prepared = ports.multipartRequest({ key, path: job.path, stat: file.stat, attemptId, now, sha256: null });
  if (!prepared.ok) return { kind: 'failed', failure: prepared.failure };
  const { fields: request, algorithm, checksumType, secret } = prepared.value;
  await ports.commit(() => {
    ports.attempts.addIntent({
      attemptId,
      folder: job.folder,
      path: job.path,
      key,
      operation: 'multipart',
      seen: file.stat,
      seenAt: seenAtOf(job, file.stat, now),
      sha256: null,
      request,
      policyVersion: ports.policyVersion,
      startedAt: now.toISOString(),
    });
  });
  ports.onStep('intent-committed');
  const input = { ...request, ...secret } as unknown as InputOf<'CreateMultipartUpload'>;
  const created = await ports.client.send('CreateMultipartUpload', input, signal);
  if (!created.ok) return settleBrokenOff(created.failure, attemptId, ports);
  const { UploadId } = created.value;
  if (UploadId === undefined || UploadId === '') {
    return settleBrokenOff(failure('store-answer', { key, answer: reason('no-upload-id') }), attemptId, ports);
  }
  ports.onStep('multipart-created');
  const upload: Upload = {
    folder: job.folder,
    path: job.path,
    uploadId: UploadId,
    key,
    attemptId,
    seen: file.stat,
    partSize: partSizeOf(file.stat.size),
    policyVersion: ports.policyVersion,
    algorithm,
    checksumType,
    request,
    response: plainAnswer(created.value),
  };
  await ports.commit(() => {
    ports.attempts.addUpload(upload);
  });
  return { upload, done: [], prepared: prepared.value };
}

async function abandonChanged({ job, upload, ports }: UploadRun): Promise<Settlement> {
  const aborted = await abortUpload(upload, ports);
  if (!aborted.ok) return { kind: 'failed', failure: aborted.failure };
  return { kind: 'unsettled', afterMs: STILL_CHANGING_MS, failure: failure('file-changing', { path: job.path }) };
}
