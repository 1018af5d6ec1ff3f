/**
 * Looks for what a former attempt may have stored. In: the attempts of a path that were never settled. Out: their
 * receipts, where S3 has them; it is then never sent twice.
 *
 * [Note: adoption] Every write carries its attempt id in the object's metadata. After a crash, a lost answer or an error
 * of the server, the versions of the key that are not older than the attempt are asked for that id. Where a store cannot
 * list versions, the key's present object decides.
 */
import type { Result } from '../contract/result.ts';
import { success } from '../contract/result.ts';
import { unquoted, versionsOfKey } from '../s3/index.ts';
import type { Intent, Job } from '../store/types.ts';
import { settleDelete } from './adopt-delete.ts';
import { isOtherThanSent } from './answer.ts';
import { proveFields } from './prove.ts';
import { plainAnswer, stringOf } from './settle.ts';
import type { SecretFields, TransferPorts } from './types.ts';
import { abortUnrecorded } from './uploads.ts';

/** The store's clock may be this far behind ours without refusing us, milliseconds (S3 refuses more than 15 minutes). */
const CLOCK_TOLERANCE_MS = 15 * 60_000;

/**
 * A request that was broken off may still be under way to the store, or be worked on there: an attempt younger than
 * this, milliseconds, is not called absent yet. One that is looked for too soon would be stored twice.
 */
const MAY_STILL_COME_MS = 3_000;
/** A copy needs none of our bytes, so a store may work on a large one for long after we are gone: bytes in a millisecond. */
const COPIED_A_MS = 50_000;

/**
 * Settles every open attempt of the job's path: adopted, or forgotten since S3 does not have it.
 * @returns after how many milliseconds it must be looked again, since an attempt may still come; 0: all are settled.
 */
export async function settleFormerAttempts(
  job: Job,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Result<number>> {
  const intents = ports.attempts.intentsOf(job.folder, job.path);
  if (intents.length === 0) return success(0);
  const upload = ports.attempts.uploadOf(job.folder, job.path);
  let againInMs = 0;
  for (const intent of intents) {
    if (intent.operation === 'delete') {
      const laid = await settleDelete(job, intent, { CLOCK_TOLERANCE_MS, MAY_STILL_COME_MS }, ports, signal);
      if (!laid.ok) return laid;
      againInMs = Math.max(againInMs, laid.value);
      continue;
    }
    const found = await findStored(intent, ports, signal);
    if (!found.ok) return found;
    if (found.value !== null) {
      await adopt(job, intent, found.value, ports, signal);
      continue;
    }
    // An upload under way that has its row can be resumed: its attempt stays open.
    const isUnderWay = upload?.attemptId === intent.attemptId;
    const age = ports.now().getTime() - Date.parse(intent.startedAt);
    // A clock that was set back says nothing, and must not keep the file waiting.
    const copyingMs = 'CopySource' in intent.request ? Math.ceil(intent.seen.size / COPIED_A_MS) : 0;
    const mayComeMs = MAY_STILL_COME_MS + copyingMs;
    if (!isUnderWay && age >= 0 && age < mayComeMs) {
      againInMs = Math.max(againInMs, mayComeMs - age);
      continue;
    }
    if (intent.operation === 'multipart') {
      const since = new Date(Date.parse(intent.startedAt) - CLOCK_TOLERANCE_MS);
      const aborted = await abortUnrecorded(intent.key, since, upload?.uploadId ?? null, ports, signal);
      if (!aborted.ok) return aborted;
      if (isUnderWay) continue;
    }
    await ports.commit(() => {
      ports.attempts.removeIntent(intent.attemptId);
    });
  }
  return success(againInMs);
}

/** What keeps a listing back for good, and is no reason to keep a file back. */
const CANNOT_LIST: ReadonlySet<string> = new Set(['not-supported', 'permission']);

interface Stored {
  readonly head: Readonly<Record<string, unknown>>;
  readonly versionId: string | null;
  readonly etag: string | null;
  readonly secret: SecretFields;
}

async function findStored(intent: Intent, ports: TransferPorts, signal: AbortSignal): Promise<Result<Stored | null>> {
  const candidates = await versionsToAsk(intent, ports, signal);
  if (!candidates.ok) return candidates;
  const secret = ports.secretOf(intent.request);
  if (!secret.ok) return secret;
  for (const versionId of candidates.value) {
    const head = await ports.client.send(
      'HeadObject',
      {
        Bucket: ports.bucket,
        Key: intent.key,
        ChecksumMode: 'ENABLED',
        ...(versionId === null ? {} : { VersionId: versionId }),
        ...secret.value,
      },
      signal,
    );
    if (!head.ok) {
      if (head.failure.code === 'object-missing') continue;
      return head;
    }
    if (head.value.Metadata?.['cairn-attempt'] !== intent.attemptId) continue;
    // Stored, but not as it was read, by the store's own word: never to be taken for the file.
    if (isOtherThanSent(intent.seen.size, intent.request, plainAnswer(head.value))) continue;
    const { ETag, VersionId } = head.value;
    return success({
      head: plainAnswer(head.value),
      versionId: VersionId ?? versionId,
      etag: unquoted(ETag),
      secret: secret.value,
    });
  }
  return success(null);
}

async function versionsToAsk(
  intent: Intent,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Result<readonly (string | null)[]>> {
  const versions = await versionsOfKey(ports.client, ports.bucket, intent.key, signal);
  // Without versions, or without the right to list them, the key's present object decides.
  if (!versions.ok) return CANNOT_LIST.has(versions.failure.code) ? success([null]) : versions;
  const since = Date.parse(intent.startedAt) - CLOCK_TOLERANCE_MS;
  return success(
    versions.value
      .filter((version) => !version.deleteMarker && version.lastModified.getTime() >= since)
      .map((version) => version.versionId),
  );
}

async function adopt(
  job: Job,
  intent: Intent,
  stored: Stored,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<void> {
  const { sha256 } = intent;
  // Complete is only sent once the sha256 is written down, and a put is only sent with it.
  if (sha256 === null) throw new Error(`attempt ${intent.attemptId} is stored, but its sha256 was never written down`);
  const { head, versionId, etag } = stored;
  const upload = ports.attempts.uploadOf(intent.folder, intent.path);
  const way = intent.operation === 'multipart' ? 'multipart' : 'put';
  const operation = 'CopySource' in intent.request ? 'copy' : way;
  // What no HEAD shows is proved, and made up for, as after any other upload.
  const { CopySource: _, MetadataDirective: __, TaggingDirective: ___, ...asked } = intent.request;
  const written = { job, key: intent.key, request: asked, response: { ...head, VersionId: versionId } };
  const shown = await proveFields(operation, { ...written, secret: stored.secret }, ports, signal);
  await ports.recordAdopted(
    {
      folder: ports.folderName,
      path: intent.path,
      key: intent.key,
      operation,
      versionId,
      etag,
      size: intent.seen.size,
      sha256,
      checksum: null,
      proof: 'adopted',
      storageClass: stringOf(head['StorageClass']) ?? stringOf(intent.request['StorageClass']),
      serverSideEncryption: stringOf(head['ServerSideEncryption']),
      request: intent.request,
      response: head,
      ...shown,
      policyVersion: intent.policyVersion,
      seenAt: intent.seenAt,
      startedAt: intent.startedAt,
      finishedAt: ports.now().toISOString(),
    },
    {
      folder: intent.folder,
      path: intent.path,
      stat: intent.seen,
      sha256,
      key: intent.key,
      versionId,
      etag,
      policyVersion: intent.policyVersion,
    },
  );
  if (upload?.attemptId === intent.attemptId) {
    await ports.commit(() => {
      ports.attempts.removeUpload(upload.uploadId);
    });
  }
}
