/** The end of a multipart upload. In: all its parts. Out: one object, its answer held against our digests, as a receipt. */
import type { Settlement } from '../queue/settlement.ts';
import { unquoted } from '../s3/index.ts';
import { judgeAnswer } from './answer.ts';
import { multipartEtag } from './digest.ts';
import { checkGuard } from './guard.ts';
import { proveFields } from './prove.ts';
import type { UploadRun, WholeFile } from './send-parts.ts';
import { emptyAnswer, isAnswer, plainAnswer, stringOf } from './settle.ts';
import type { Fields } from './types.ts';
import { forgetUpload } from './uploads.ts';

export async function completeUpload(run: UploadRun, whole: WholeFile): Promise<Settlement> {
  const { job, key, file, upload, ports, signal } = run;
  const { algorithm, checksumType } = upload;
  const { secret } = run.prepared;
  const guard = await checkGuard(job, key, secret, ports, signal);
  if (!guard.ok) return { kind: 'failed', failure: guard.failure };
  // From here on the object may be there without our knowing: what it would be is written down first.
  await ports.commit(() => {
    ports.attempts.setIntentSha256(upload.attemptId, whole.sha256);
  });
  const completion = {
    [`Checksum${algorithm}`]: whole.checksum,
    ChecksumType: checksumType,
    MpuObjectSize: file.stat.size,
    ...guard.value,
  };
  const Parts = whole.parts.map((part) => ({
    PartNumber: part.number,
    ETag: part.etag,
    [`Checksum${algorithm}`]: part.checksum,
  }));
  const place = { Bucket: ports.bucket, Key: key, UploadId: upload.uploadId };
  const input = { ...place, ...completion, ...secret, MultipartUpload: { Parts } };
  const sending = ports.client.send('CompleteMultipartUpload', input, signal);
  ports.onStep('complete-sent');
  const answer = await sending;
  if (!answer.ok) {
    if (answer.failure.code === 'upload-gone') await forgetUpload(upload, ports);
    return { kind: 'failed', failure: answer.failure };
  }
  ports.onStep('complete-answered');

  const completed = await withVersion(run, plainAnswer(answer.value));
  if (!isAnswer(completed)) return { kind: 'failed', failure: emptyAnswer(key) };
  const response = { ...upload.response, ...completed };
  const request: Fields = { ...upload.request, ...completion };
  const sent = { key, algorithm, checksumType, checksum: whole.checksum, etag: multipartEtag(whole.md5s) };
  const judged = judgeAnswer(sent, request, response);
  if (!judged.ok) return { kind: 'failed', failure: judged.failure };
  ports.learn({ ...ports.capabilities(), checksums: judged.value.returnsChecksums ? 'returned' : 'silent' });
  const shown = await proveFields('multipart', { job, key, request, response, secret }, ports, signal);
  const intent = ports.attempts.intentsOf(job.folder, job.path).find((one) => one.attemptId === upload.attemptId);
  const versionId = stringOf(response['VersionId']);
  const etag = unquoted(stringOf(response['ETag']) ?? undefined);
  await forgetUpload(upload, ports);
  const { policyVersion } = upload;
  const { sha256 } = whole;
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
      sha256,
      checksum: judged.value.checksum,
      proof: judged.value.proof,
      storageClass: stringOf(request['StorageClass']),
      serverSideEncryption: stringOf(response['ServerSideEncryption']),
      request,
      response,
      ...shown,
      policyVersion,
      seenAt: intent?.seenAt ?? job.seenAt,
      startedAt: intent?.startedAt ?? job.seenAt,
      finishedAt: ports.now().toISOString(),
    },
    journal: { folder: job.folder, path: job.path, stat: file.stat, sha256, key, versionId, etag, policyVersion },
  };
}

/** Some stores leave ETag or VersionId out of their answer to Complete; a HEAD has them, if it shows our own attempt. */
async function withVersion({ key, upload, prepared, ports, signal }: UploadRun, response: Fields): Promise<Fields> {
  const isMissing = (name: string): boolean =>
    response[name] === undefined || response[name] === '' || response[name] === '""';
  const wantsVersion = ports.capabilities().versioning === 'enabled' && isMissing('VersionId');
  if (!wantsVersion && !isMissing('ETag')) return response;
  const { VersionId: known } = response;
  const place = { Bucket: ports.bucket, Key: key, ...(typeof known === 'string' ? { VersionId: known } : {}) };
  const head = await ports.client.send('HeadObject', { ...place, ...prepared.secret }, signal);
  if (!head.ok || head.value.Metadata?.['cairn-attempt'] !== upload.attemptId) return response;
  const { ETag, VersionId } = head.value;
  return {
    ...response,
    ...(isMissing('ETag') && ETag !== undefined ? { ETag } : {}),
    ...(isMissing('VersionId') && VersionId !== undefined ? { VersionId } : {}),
  };
}
