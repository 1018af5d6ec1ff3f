/** One file of up to one part: read whole, hashed, sent, and the answer held against the hash. */
import { failure } from '../contract/errors.ts';
import type { ObjectKey } from '../contract/names.ts';
import { assertNever } from '../contract/result.ts';
import type { Settlement } from '../queue/settlement.ts';
import type { InputOf } from '../s3/index.ts';
import { unquoted } from '../s3/index.ts';
import type { Job } from '../store/types.ts';
import { judgeAnswer } from './answer.ts';
import { BY_POLICY } from './apply.ts';
import { checkGuard } from './guard.ts';
import { proveFields } from './prove.ts';
import { endUpload, vanishedUnread } from './gone.ts';
import type { Room } from './memory.ts';
import { LEAST_PART } from './parts.ts';
import type { WholeRead } from './reader.ts';
import { youth } from './stable.ts';
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

/** @param size that the file is thought to have, bytes. @returns null: it has outgrown a single put. */
export async function putSmall(
  job: Job,
  key: ObjectKey,
  size: number,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement | null> {
  const room = await ports.memory.take(size);
  let found: WholeRead;
  try {
    const place = { root: ports.root, path: job.path, links: ports.links };
    found = await ports.reader.whole(place, size, ports.algorithm(job.path, size), room);
    if (found.kind === 'read') return await putRead(job, key, found, room, ports, signal);
  } finally {
    room.giveBack();
  }
  switch (found.kind) {
    case 'vanished':
      return vanishedUnread(job, ports);
    case 'unreadable':
      return { kind: 'failed', failure: failure('file-unreadable', { path: job.path, reason: found.reason }) };
    case 'changing':
      return stillChanging(job);
    case 'other-size':
      // It has become another one since it was seen: once more, with room for that.
      return found.stat.size <= LEAST_PART ? putSmall(job, key, found.stat.size, ports, signal) : null;
    default:
      return assertNever(found);
  }
}

/** The file is tried again soon. */
export function stillChanging({ path }: Job): Settlement {
  return { kind: 'unsettled', afterMs: STILL_CHANGING_MS, failure: failure('file-changing', { path }) };
}

async function putRead(
  job: Job,
  key: ObjectKey,
  { stat, bytes, digests }: Extract<WholeRead, { kind: 'read' }>,
  room: Room,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement> {
  const now = ports.now();
  const young = youth(stat, now.getTime(), ports.quietMs);
  if (young > 0) return { kind: 'unsettled', afterMs: young, failure: null };
  const ended = await endUpload(job, ports);
  if (!ended.ok) return { kind: 'failed', failure: ended.failure };
  const attemptId = ports.newAttemptId();
  const facts = { key, path: job.path, stat, attemptId, now };
  const known = ports.journalRow(job.path);
  if (known?.sha256 === digests.sha256 && known.stat.size === stat.size && job.reason !== BY_POLICY) {
    return { kind: 'same', stat };
  }

  const prepared = ports.putRequest({ ...facts, sha256: digests.sha256 });
  if (!prepared.ok) return { kind: 'failed', failure: prepared.failure };
  const { fields, algorithm, checksumType, secret } = prepared.value;
  const guard = await checkGuard(job, key, secret, ports, signal);
  if (!guard.ok) return { kind: 'failed', failure: guard.failure };
  const request = {
    ...fields,
    ContentLength: stat.size,
    [`Checksum${algorithm}`]: digests.checksum,
    ...contentMd5Of(prepared.value, digests.md5, ports),
    ...guard.value,
  };
  if (ports.isEnding()) return { kind: 'failed', failure: failure('cancelled') };
  const startedAt = now.toISOString();
  const seenAt = seenAtOf(job, stat, now);
  await ports.commit(() => {
    ports.attempts.addIntent({
      attemptId,
      folder: job.folder,
      path: job.path,
      key,
      operation: 'put',
      seen: stat,
      seenAt,
      sha256: digests.sha256,
      request,
      policyVersion: ports.policyVersion,
      startedAt,
    });
  });
  ports.onStep('intent-committed');

  const input = { ...request, ...secret, Body: bytes } as InputOf<'PutObject'>;
  const sending = ports.client.send('PutObject', input, signal, digests.sha256);
  ports.onStep('put-sent');
  const answer = await sending;
  if (!answer.ok) return settleBrokenOff(answer.failure, attemptId, ports);
  ports.onStep('put-answered');
  ports.onBytes(stat.size);

  const response = plainAnswer(answer.value);
  if (!isAnswer(response)) return { kind: 'failed', failure: emptyAnswer(key) };
  const sent = { key, algorithm, checksumType, checksum: digests.checksum, etag: digests.md5.toString('hex') };
  const judged = judgeAnswer(sent, request, response);
  if (!judged.ok) return { kind: 'failed', failure: judged.failure };
  // Without a proof the request may not even have been read to its end.
  if (judged.value.proof !== 'none') room.giveBack(bytes.buffer);
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
      size: stat.size,
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
      stat: stat,
      sha256: digests.sha256,
      key,
      versionId,
      etag,
      policyVersion: ports.policyVersion,
    },
  };
}
