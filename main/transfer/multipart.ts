/**
 * One file above one part: part by part, each with its checksum, then completed and the answer held against our digests.
 * An upload that was broken off goes on where it was: its parts are read again from disk and compared, not sent again.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { failure, FailureError, type Failure } from '../contract/errors.ts';
import type { ObjectKey } from '../contract/names.ts';
import type { Settlement } from '../queue/settlement.ts';
import { unquoted, type InputOf } from '../s3/index.ts';
import type { Job, Upload, UploadPart } from '../store/types.ts';
import { judgeAnswer, judgeFields } from './answer.ts';
import { compositeChecksum, digestOf, isAlgorithm, multipartEtag, openChecksum, type Algorithm } from './digest.ts';
import { partSizeOf, partsOf, type PartRange } from './parts.ts';
import { stringOf } from './put.ts';
import { plainAnswer, seenAtOf, settleBrokenOff, STILL_CHANGING_MS } from './settle.ts';
import { isSameState, isStill, readFully, type OpenFile } from './stable.ts';
import type { TransferPorts } from './types.ts';
import { abortUpload, confirmedParts } from './uploads.ts';

/** Parts of one file under way at once. */
const PARTS_IN_FLIGHT = 4;

interface WholeFile {
  readonly parts: readonly UploadPart[];
  readonly md5s: readonly Buffer[];
  readonly sha256: string;
  /** Base64, of the upload's algorithm: of the whole, or composite. */
  readonly checksum: string;
}

export async function putLarge(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement> {
  const known = ports.journalRow(job.path);
  if (known !== null && known.stat.size === file.stat.size) {
    // The same size under another stat: reading it once is cheaper than a needless version.
    if ((await sha256OfFile(file, ports, signal)) === known.sha256) return { kind: 'same', stat: file.stat };
  }
  const begun = await beginOrResume(job, key, file, ports, signal);
  if ('kind' in begun) return begun;
  const { upload, done } = begun;

  const whole = await sendParts(upload, done, file, ports, signal);
  if ('failure' in whole) {
    if (whole.failure.code === 'upload-gone') await forget(upload, ports);
    return whole.failure.code === 'file-changing'
      ? abandonChanged(job, upload, ports)
      : { kind: 'failed', failure: whole.failure };
  }
  if (!(await isStill(file, join(ports.root, job.path)))) return abandonChanged(job, upload, ports);
  return complete(job, key, file, upload, whole, ports, signal);
}

async function beginOrResume(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<{ readonly upload: Upload; readonly done: readonly UploadPart[] } | Settlement> {
  const former = ports.attempts.uploadOf(job.folder, job.path);
  if (former !== null) {
    if (isSameState(former.seen, file.stat) && former.policyVersion === ports.policyVersion && former.key === key) {
      const done = await confirmedParts(former, ports, signal);
      if (done.ok) return { upload: former, done: done.value };
      if (done.failure.code !== 'upload-gone') return { kind: 'failed', failure: done.failure };
      await forget(former, ports);
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
): Promise<{ readonly upload: Upload; readonly done: readonly UploadPart[] } | Settlement> {
  const now = ports.now();
  const attemptId = ports.newAttemptId();
  const prepared = ports.multipartRequest({ key, path: job.path, stat: file.stat, attemptId, now, sha256: null });
  if (!prepared.ok) return { kind: 'failed', failure: prepared.failure };
  const { fields: request, algorithm, checksumType } = prepared.value;
  const intent = {
    attemptId,
    folder: job.folder,
    path: job.path,
    key,
    operation: 'multipart' as const,
    seen: file.stat,
    seenAt: seenAtOf(job, file.stat, now),
    sha256: null,
    request,
    policyVersion: ports.policyVersion,
    startedAt: now.toISOString(),
  };
  await ports.commit(() => {
    ports.attempts.addIntent(intent);
  });
  ports.onStep('intent-committed');
  const created = await ports.client.send(
    'CreateMultipartUpload',
    request as unknown as InputOf<'CreateMultipartUpload'>,
    signal,
  );
  if (!created.ok) return settleBrokenOff(created.failure, attemptId, ports);
  ports.onStep('multipart-created');
  const upload: Upload = {
    folder: job.folder,
    path: job.path,
    uploadId: created.value.UploadId ?? '',
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
  return { upload, done: [] };
}

/** Reads every part in order, sends those that S3 has not confirmed, a few at a time. */
async function sendParts(
  upload: Upload,
  done: readonly UploadPart[],
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<WholeFile | { readonly failure: Failure }> {
  if (!isAlgorithm(upload.algorithm)) return { failure: failure('not-supported', { answer: upload.algorithm }) };
  const algorithm = upload.algorithm;
  const confirmed = new Map(done.map((part) => [part.number, part]));
  const parts: UploadPart[] = [];
  const md5s: Buffer[] = [];
  const whole = await openChecksum(algorithm);
  const sha256 = createHash('sha256');
  const inFlight = new Set<Promise<void>>();
  // Gathered in a box, since the first failure comes from another branch of the work.
  const broken: { cause: Failure | null } = { cause: null };

  for (const range of partsOf(file.stat.size, upload.partSize)) {
    if (signal.aborted) broken.cause = failure('cancelled');
    if (broken.cause !== null) break;
    const release = await ports.memory.take(range.size);
    let isHandedOver = false;
    try {
      const body = Buffer.allocUnsafe(range.size);
      if ((await readFully(file.handle, body, range.start)) !== range.size) {
        broken.cause = failure('file-changing', { path: upload.path });
        break;
      }
      const digests = await digestOf(body, algorithm);
      whole.update(body);
      sha256.update(body);
      md5s.push(digests.md5);
      const former = confirmed.get(range.number);
      if (former !== undefined && former.sha256 === digests.sha256 && former.size === range.size) {
        parts.push(former);
        continue;
      }
      const sending = sendPart(
        upload,
        algorithm,
        range,
        body,
        digests.sha256,
        digests.checksum,
        digests.md5,
        ports,
        signal,
      )
        .then((part) => {
          if ('failure' in part) broken.cause ??= part.failure;
          else parts.push(part);
        })
        .finally(() => {
          release();
          inFlight.delete(sending);
        });
      isHandedOver = true;
      inFlight.add(sending);
      if (inFlight.size >= PARTS_IN_FLIGHT) await Promise.race(inFlight);
    } finally {
      if (!isHandedOver) release();
    }
  }
  await Promise.all(inFlight);
  if (broken.cause !== null) return { failure: broken.cause };
  parts.sort((a, b) => a.number - b.number);
  const checksum =
    upload.checksumType === 'FULL_OBJECT'
      ? whole.digest().toString('base64')
      : await compositeChecksum(
          algorithm,
          parts.map((part) => part.checksum),
        );
  return { parts, md5s, sha256: sha256.digest('hex'), checksum };
}

async function sendPart(
  upload: Upload,
  algorithm: Algorithm,
  range: PartRange,
  body: Buffer,
  sha256: string,
  checksum: string,
  md5: Buffer,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<UploadPart | { readonly failure: Failure }> {
  const contentMd5 = ports.capabilities().checksums === 'returned' ? {} : { ContentMD5: md5.toString('base64') };
  const answer = await ports.client.send(
    'UploadPart',
    {
      Bucket: ports.bucket,
      Key: upload.key,
      UploadId: upload.uploadId,
      PartNumber: range.number,
      ContentLength: range.size,
      [`Checksum${algorithm}`]: checksum,
      ...contentMd5,
      ...ports.common,
      Body: body,
    },
    signal,
  );
  if (!answer.ok) return { failure: answer.failure };
  const response = plainAnswer(answer.value);
  const judged = judgeAnswer(
    { key: upload.key, algorithm, checksumType: 'FULL_OBJECT', checksum, etag: md5.toString('hex') },
    upload.request,
    response,
  );
  if (!judged.ok) return { failure: judged.failure };
  ports.onBytes(range.size);
  const part: UploadPart = { number: range.number, size: range.size, etag: answer.value.ETag ?? '', checksum, sha256 };
  await ports.commit(() => {
    ports.attempts.addPart(upload.uploadId, part);
  });
  ports.onStep('part-answered');
  return part;
}

async function complete(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  upload: Upload,
  whole: WholeFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement> {
  const { algorithm, checksumType } = upload;
  // From here on the object may be there without our knowing: what it would be is written down first.
  await ports.commit(() => {
    ports.attempts.setIntentSha256(upload.attemptId, whole.sha256);
  });
  const completion = {
    [`Checksum${algorithm}`]: whole.checksum,
    ChecksumType: checksumType,
    MpuObjectSize: file.stat.size,
  };
  const sending = ports.client.send(
    'CompleteMultipartUpload',
    {
      Bucket: ports.bucket,
      Key: key,
      UploadId: upload.uploadId,
      ...completion,
      ...ports.common,
      MultipartUpload: {
        Parts: whole.parts.map((part) => ({
          PartNumber: part.number,
          ETag: part.etag,
          [`Checksum${algorithm}`]: part.checksum,
        })),
      },
    },
    signal,
  );
  ports.onStep('complete-sent');
  const answer = await sending;
  if (!answer.ok) {
    if (answer.failure.code === 'upload-gone') await forget(upload, ports);
    return { kind: 'failed', failure: answer.failure };
  }
  ports.onStep('complete-answered');

  const completed = await withVersion(key, plainAnswer(answer.value), ports, signal);
  const response = { ...upload.response, ...completed };
  const request = { ...upload.request, ...completion };
  const sent = { key, algorithm, checksumType, checksum: whole.checksum, etag: multipartEtag(whole.md5s) };
  const judged = judgeAnswer(sent, request, response);
  if (!judged.ok) return { kind: 'failed', failure: judged.failure };
  ports.learn({ ...ports.capabilities(), checksums: judged.value.returnsChecksums ? 'returned' : 'silent' });
  const intent = ports.attempts.intentsOf(job.folder, job.path).find((one) => one.attemptId === upload.attemptId);
  const versionId = stringOf(response['VersionId']);
  const etag = unquoted(stringOf(response['ETag']) ?? undefined);
  await ports.commit(() => {
    ports.attempts.removeUpload(upload.uploadId);
  });
  return {
    kind: 'stored',
    receipt: {
      folder: ports.folderName,
      path: job.path,
      key,
      operation: 'multipart',
      versionId,
      etag,
      size: file.stat.size,
      sha256: whole.sha256,
      checksum: judged.value.checksum,
      proof: judged.value.proof,
      storageClass: stringOf(request['StorageClass']),
      serverSideEncryption: stringOf(response['ServerSideEncryption']),
      request,
      response,
      fields: judgeFields(request, response),
      policyVersion: upload.policyVersion,
      seenAt: intent?.seenAt ?? job.seenAt,
      startedAt: intent?.startedAt ?? job.seenAt,
      finishedAt: ports.now().toISOString(),
    },
    journal: {
      folder: job.folder,
      path: job.path,
      stat: file.stat,
      sha256: whole.sha256,
      key,
      versionId,
      etag,
      policyVersion: upload.policyVersion,
    },
  };
}

/** Some stores leave ETag or VersionId out of their answer to Complete; a HEAD of the key has them. */
async function withVersion(
  key: ObjectKey,
  response: Readonly<Record<string, unknown>>,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const isMissing = (name: string): boolean =>
    response[name] === undefined || response[name] === '' || response[name] === '""';
  const wantsVersion = ports.capabilities().versioning === 'enabled' && isMissing('VersionId');
  if (!wantsVersion && !isMissing('ETag')) return response;
  const head = await ports.client.send('HeadObject', { Bucket: ports.bucket, Key: key, ...ports.common }, signal);
  if (!head.ok) return response;
  const { ETag, VersionId } = head.value;
  return {
    ...response,
    ...(isMissing('ETag') && ETag !== undefined ? { ETag } : {}),
    ...(isMissing('VersionId') && VersionId !== undefined ? { VersionId } : {}),
  };
}

async function abandonChanged(job: Job, upload: Upload, ports: TransferPorts): Promise<Settlement> {
  const aborted = await abortUpload(upload, ports);
  if (!aborted.ok) return { kind: 'failed', failure: aborted.failure };
  return { kind: 'unsettled', afterMs: STILL_CHANGING_MS, failure: failure('file-changing', { path: job.path }) };
}

async function forget(upload: Upload, ports: TransferPorts): Promise<void> {
  await ports.commit(() => {
    ports.attempts.removeUpload(upload.uploadId);
  });
}

async function sha256OfFile(file: OpenFile, ports: TransferPorts, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const size = 4 * 1024 * 1024;
  const release = await ports.memory.take(size);
  try {
    const buffer = Buffer.allocUnsafe(size);
    for (let position = 0; position < file.stat.size;) {
      if (signal.aborted) throw new FailureError(failure('cancelled'));
      const length = await readFully(file.handle, buffer, position);
      if (length === 0) break;
      hash.update(buffer.subarray(0, length));
      position += length;
    }
  } finally {
    release();
  }
  return hash.digest('hex');
}
