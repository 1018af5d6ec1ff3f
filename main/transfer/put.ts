/** One file of up to one part: read whole, hashed, sent, and the answer held against the hash. */
import { failure } from '../contract/errors.ts';
import type { ObjectKey } from '../contract/names.ts';
import type { Settlement } from '../queue/settlement.ts';
import type { InputOf } from '../s3/index.ts';
import { unquoted } from '../s3/index.ts';
import type { Job } from '../store/types.ts';
import { judgeAnswer } from './answer.ts';
import { BY_POLICY } from './apply.ts';
import { digestOf } from './digest.ts';
import { checkGuard } from './guard.ts';
import { proveFields } from './prove.ts';
import { isStill, readFully, unreadable, type OpenFile } from './stable.ts';
import {
  contentMd5Of,
  emptyAnswer,
  isAnswer,
  plainAnswer,
  seenAtOf,
  settleBrokenOff,
  STILL_CHANGING_MS,
  stringOf,
} from './settle.ts';
import type { TransferPorts } from './types.ts';

export async function putSmall(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement> {
  const release = await ports.memory.take(file.stat.size);
  try {
    return await putHeld(job, key, file, ports, signal);
  } finally {
    release();
  }
}

async function putHeld(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement> {
  const body = Buffer.allocUnsafe(file.stat.size);
  try {
    const length = await readFully(file.handle, body, 0);
    if (length !== file.stat.size || !(await isStill(file))) {
      return { kind: 'unsettled', afterMs: STILL_CHANGING_MS, failure: failure('file-changing', { path: job.path }) };
    }
  } catch (error) {
    return { kind: 'failed', failure: unreadable(error, job.path) };
  }

  const now = ports.now();
  const attemptId = ports.newAttemptId();
  const facts = { key, path: job.path, stat: file.stat, attemptId, now };
  const draft = ports.putRequest({ ...facts, sha256: null });
  if (!draft.ok) return { kind: 'failed', failure: draft.failure };
  const digests = await digestOf(body, draft.value.algorithm);
  const known = ports.journalRow(job.path);
  if (known?.sha256 === digests.sha256 && known.stat.size === file.stat.size && job.reason !== BY_POLICY) {
    return { kind: 'same', stat: file.stat };
  }

  const prepared = ports.putRequest({ ...facts, sha256: digests.sha256 });
  if (!prepared.ok) return { kind: 'failed', failure: prepared.failure };
  const { fields, algorithm, checksumType, secret } = prepared.value;
  const guard = await checkGuard(job, key, secret, ports, signal);
  if (!guard.ok) return { kind: 'failed', failure: guard.failure };
  const request = {
    ...fields,
    ContentLength: file.stat.size,
    [`Checksum${algorithm}`]: digests.checksum,
    ...contentMd5Of(prepared.value, digests.md5, ports),
    ...guard.value,
  };
  if (ports.isEnding()) return { kind: 'failed', failure: failure('cancelled') };
  const startedAt = now.toISOString();
  const seenAt = seenAtOf(job, file.stat, now);
  await ports.commit(() => {
    ports.attempts.addIntent({
      attemptId,
      folder: job.folder,
      path: job.path,
      key,
      operation: 'put',
      seen: file.stat,
      seenAt,
      sha256: digests.sha256,
      request,
      policyVersion: ports.policyVersion,
      startedAt,
    });
  });
  ports.onStep('intent-committed');

  const input = { ...request, ...secret, Body: body } as InputOf<'PutObject'>;
  const sending = ports.client.send('PutObject', input, signal, digests.sha256);
  ports.onStep('put-sent');
  const answer = await sending;
  if (!answer.ok) return settleBrokenOff(answer.failure, attemptId, ports);
  ports.onStep('put-answered');
  ports.onBytes(file.stat.size);

  const response = plainAnswer(answer.value);
  if (!isAnswer(response)) return { kind: 'failed', failure: emptyAnswer(key) };
  const sent = { key, algorithm, checksumType, checksum: digests.checksum, etag: digests.md5.toString('hex') };
  const judged = judgeAnswer(sent, request, response);
  if (!judged.ok) return { kind: 'failed', failure: judged.failure };
  ports.learn({
    ...ports.capabilities(),
    checksums: judged.value.returnsChecksums ? 'returned' : 'silent',
  });
  const shown = await proveFields('put', { job, key, request, response, secret }, ports, signal);
  const versionId = answer.value.VersionId ?? null;
  const etag = unquoted(answer.value.ETag);
  return {
    kind: 'stored',
    receipt: {
      folder: ports.folderName,
      path: job.path,
      key,
      operation: 'put',
      versionId,
      etag,
      size: file.stat.size,
      sha256: digests.sha256,
      checksum: judged.value.checksum,
      proof: judged.value.proof,
      storageClass: stringOf(fields['StorageClass']),
      serverSideEncryption: answer.value.ServerSideEncryption ?? null,
      request,
      response,
      ...shown,
      policyVersion: ports.policyVersion,
      seenAt,
      startedAt,
      finishedAt: ports.now().toISOString(),
    },
    journal: {
      folder: job.folder,
      path: job.path,
      stat: file.stat,
      sha256: digests.sha256,
      key,
      versionId,
      etag,
      policyVersion: ports.policyVersion,
    },
  };
}
