/** Multipart uploads that were begun before: which parts S3 really has, and how one is given up. */
import { failure } from '../contract/errors.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { unquoted } from '../s3/index.ts';
import type { Upload, UploadPart } from '../store/types.ts';
import type { SecretFields, TransferPorts } from './types.ts';

/**
 * The parts that both sides know alike: our row and S3's list agree in number, size and ETag.
 * Whether the bytes on disk are still those is for the caller to see, by reading them again.
 */
export async function confirmedParts(
  upload: Upload,
  secret: SecretFields,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Result<readonly UploadPart[]>> {
  const ours = new Map(ports.attempts.partsOf(upload.uploadId).map((part) => [part.number, part]));
  const confirmed: UploadPart[] = [];
  let marker: string | undefined;
  do {
    const answer = await ports.client.send(
      'ListParts',
      {
        Bucket: ports.bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
        ...(marker === undefined ? {} : { PartNumberMarker: marker }),
        ...secret,
      },
      signal,
    );
    if (!answer.ok) {
      const isGone = answer.failure.code === 'object-missing';
      return isGone ? failed(failure('upload-gone', { key: upload.key })) : answer;
    }
    for (const part of answer.value.Parts ?? []) {
      const known = ours.get(part.PartNumber ?? 0);
      const agrees = known !== undefined && known.size === part.Size && unquoted(known.etag) === unquoted(part.ETag);
      if (agrees) confirmed.push(known);
    }
    marker = answer.value.IsTruncated === true ? answer.value.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return success(confirmed);
}

/** Gives an upload up, so that none of its parts is paid for, and forgets it and its attempt. */
export async function abortUpload(upload: Upload, ports: TransferPorts): Promise<Result<null>> {
  const aborted = await abortById(upload.key, upload.uploadId, ports);
  if (!aborted.ok) return aborted;
  await ports.commit(() => {
    ports.attempts.removeUpload(upload.uploadId);
    ports.attempts.removeIntent(upload.attemptId);
  });
  return success(null);
}

async function abortById(
  key: string,
  uploadId: string,
  ports: TransferPorts,
  signal?: AbortSignal,
): Promise<Result<null>> {
  const place = { Bucket: ports.bucket, Key: key, UploadId: uploadId };
  const answer = await ports.client.send('AbortMultipartUpload', place, signal);
  const isGone = !answer.ok && (answer.failure.code === 'upload-gone' || answer.failure.code === 'object-missing');
  return answer.ok || isGone ? success(null) : answer;
}

/**
 * Aborts uploads of `key` that began at or after `since` and that we have no row of: Create went through, and Cairn
 * ended before it could write the id down. Uploads of other keys, or older ones, may be another program's.
 */
export async function abortUnrecorded(
  key: string,
  since: Date,
  known: string | null,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Result<null>> {
  let keyMarker: string | undefined;
  let idMarker: string | undefined;
  do {
    const page = {
      Bucket: ports.bucket,
      Prefix: key,
      ...(keyMarker === undefined ? {} : { KeyMarker: keyMarker }),
      ...(idMarker === undefined ? {} : { UploadIdMarker: idMarker }),
    };
    const answer = await ports.client.send('ListMultipartUploads', page, signal);
    // What cannot be listed cannot be cleared away either; the file itself is not kept back for that.
    if (!answer.ok) {
      return ['not-supported', 'permission'].includes(answer.failure.code) ? success(null) : answer;
    }
    for (const upload of answer.value.Uploads ?? []) {
      const { Key, UploadId, Initiated } = upload;
      if (Key !== key || UploadId === undefined || UploadId === known) continue;
      if ((Initiated ?? new Date(0)).getTime() < since.getTime()) continue;
      const aborted = await abortById(key, UploadId, ports, signal);
      if (!aborted.ok) return aborted;
    }
    keyMarker = answer.value.IsTruncated === true ? answer.value.NextKeyMarker : undefined;
    idMarker = answer.value.NextUploadIdMarker;
  } while (keyMarker !== undefined);
  return success(null);
}

/** Its rows go; the object that it became, or the next attempt, stands for it. */
export async function forgetUpload(upload: Upload, ports: TransferPorts): Promise<void> {
  await ports.commit(() => {
    ports.attempts.removeUpload(upload.uploadId);
  });
}
