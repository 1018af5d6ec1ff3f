/** Copies a version over itself under new fields. In: the version that the journal knows. Out: its receipt; null: send the file. */
import type { Receipt } from '../contract/models.ts';
import type { Settlement } from '../queue/settlement.ts';
import { unquoted, type InputOf } from '../s3/index.ts';
import type { Job, JournalRow } from '../store/types.ts';
import { proveFields } from './prove.ts';
import { emptyAnswer, isAnswer, plainAnswer, seenAtOf, settleBrokenOff, stringOf } from './settle.ts';
import type { OpenFile } from './stable.ts';
import type { Fields, SecretFields, TransferPorts } from './types.ts';

/** CopyObject takes objects up to this, bytes; a larger one is sent again from disk. */
const COPY_LIMIT = 5 * 1024 ** 3;

/** What a store may answer that cannot copy this: then the file itself is sent. */
const CANNOT_COPY = new Set(['not-supported', 'archived', 'object-missing']);

export async function copyOver(
  job: Job,
  row: JournalRow,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement | null> {
  if (row.stat.size > COPY_LIMIT || row.versionId === null) return null;
  const { key, sha256 } = row;
  const now = ports.now();
  const attemptId = ports.newAttemptId();
  const prepared = ports.putRequest({ key, path: job.path, stat: file.stat, attemptId, now, sha256 });
  if (!prepared.ok) return { kind: 'failed', failure: prepared.failure };
  const { fields, secret } = prepared.value;
  const source = sourceSecret(row, ports);
  if (source === null) return null;

  const request: Fields = {
    ...fields,
    CopySource: `${ports.bucket}/${encodeURIComponent(key)}?versionId=${encodeURIComponent(row.versionId)}`,
    MetadataDirective: 'REPLACE',
    TaggingDirective: 'REPLACE',
  };
  const startedAt = now.toISOString();
  const seenAt = seenAtOf(job, file.stat, now);
  const { policyVersion } = ports;
  const identity = { folder: job.folder, path: job.path, key };
  await ports.commit(() => {
    const intent = { ...identity, attemptId, operation: 'put' as const, seen: file.stat, seenAt, sha256, request };
    ports.attempts.addIntent({ ...intent, policyVersion, startedAt });
  });
  ports.onStep('intent-committed');
  const input = { ...request, ...secret, ...copySourceFields(source) } as unknown as InputOf<'CopyObject'>;
  const answer = await ports.client.send('CopyObject', input, signal);
  if (!answer.ok) {
    const settled = await settleBrokenOff(answer.failure, attemptId, ports);
    return CANNOT_COPY.has(answer.failure.code) ? null : settled;
  }
  // The answer of some stores names neither VersionId nor ETag of the copy; a look at it does, and shows its size.
  const head = await ports.client.send('HeadObject', { Bucket: ports.bucket, Key: key, ...secret }, signal);
  if (!head.ok) return { kind: 'failed', failure: head.failure };
  const isOurs = head.value.Metadata?.['cairn-attempt'] === attemptId && head.value.ContentLength === row.stat.size;
  if (!isOurs && !isAnswer(plainAnswer(answer.value.CopyObjectResult ?? {}))) {
    return { kind: 'failed', failure: emptyAnswer(key) };
  }
  ports.onStep('put-answered');
  const versionId = answer.value.VersionId ?? (isOurs ? (head.value.VersionId ?? null) : null);
  const etag = unquoted(answer.value.CopyObjectResult?.ETag ?? (isOurs ? head.value.ETag : undefined));
  const { CopyObjectResult, ...rest } = plainAnswer(answer.value);
  const response: Fields = {
    ...rest,
    ...(CopyObjectResult as Fields | undefined),
    ...(versionId === null ? {} : { VersionId: versionId }),
  };
  const shown = await proveFields('copy', { job, key, request: fields, response, secret }, ports, signal);
  return {
    kind: 'stored',
    receipt: {
      ...identity,
      folder: ports.folderName,
      operation: 'copy',
      versionId,
      etag,
      size: row.stat.size,
      sha256,
      ...proofOfCopy(row, ports.receiptOf(row), etag, response),
      storageClass: stringOf(fields['StorageClass']),
      serverSideEncryption: answer.value.ServerSideEncryption ?? null,
      request,
      response,
      ...shown,
      policyVersion,
      seenAt,
      startedAt,
      finishedAt: ports.now().toISOString(),
    },
    journal: { ...identity, stat: file.stat, sha256, versionId, etag, policyVersion },
  };
}

/** The store made the copy itself: an equal checksum or MD5 ETag shows that its bytes are those of the version before. */
function proofOfCopy(
  row: JournalRow,
  before: Receipt | null,
  etag: string | null,
  response: Fields,
): Pick<Receipt, 'checksum' | 'proof'> {
  const checksum = before?.checksum ?? null;
  const isFullObject = checksum?.type === 'FULL_OBJECT';
  if (isFullObject && response[`Checksum${checksum.algorithm}`] === checksum.value)
    return { checksum, proof: 'checksum' };
  const isSameMd5 = etag !== null && etag === row.etag && /^[0-9a-f]{32}$/.test(etag);
  return { checksum: null, proof: isSameMd5 ? 'etag' : 'none' };
}

/** The key that the version lies under now; null where it is not to be had. */
function sourceSecret(row: JournalRow, ports: TransferPorts): SecretFields | null {
  const request = ports.receiptOf(row)?.request ?? {};
  if (request['SSECustomerAlgorithm'] === undefined) return {};
  const secret = ports.secretOf(request);
  return secret.ok ? secret.value : null;
}

function copySourceFields(secret: SecretFields): SecretFields {
  return Object.fromEntries(Object.entries(secret).map(([name, value]) => [`CopySource${name}`, value]));
}
