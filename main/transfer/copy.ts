/**
 * Copies a version within the bucket, under new fields: over itself, or to the name that its file has now. In: the version,
 * by its id, and the file that has its bytes. Out: the copy's receipt; null: send the file.
 *
 * [Note: proof of a copy] The store makes the copy, so its word is held against what is known of the bytes: a checksum or
 * an MD5 ETag against the file's own digests where it was read, else against those of the version before. What the
 * answer leaves open, a look at the copy shows: its id, its size and whose attempt it is. So a copy costs one request
 * where the answer says all, which is no more than a put costs, and then it is the better way for small files too; it
 * costs two elsewhere.
 */
import type { Receipt } from '../contract/models.ts';
import type { ObjectKey } from '../contract/names.ts';
import type { Settlement } from '../queue/settlement.ts';
import { unquoted, type InputOf } from '../s3/index.ts';
import type { Job, JournalRow, MoveSource } from '../store/types.ts';
import { isDigestOfBytes } from './answer.ts';
import type { Digests } from './digest.ts';
import { proveFields } from './prove.ts';
import { emptyAnswer, isAnswer, plainAnswer, seenAtOf, settleBrokenOff, stringOf } from './settle.ts';
import type { OpenFile } from './stable.ts';
import type { Fields, SecretFields, TransferPorts } from './types.ts';

/** CopyObject takes objects up to this, bytes; a larger one is sent again from disk. */
const COPY_LIMIT = 5 * 1024 ** 3;

/** What a store may answer that cannot copy this: then the file itself is sent. */
const CANNOT_COPY = new Set(['not-supported', 'archived', 'object-missing']);

/** What is copied. */
type Original = Omit<MoveSource, 'path'>;

export interface Copying {
  readonly original: Original;
  readonly key: ObjectKey;
  readonly file: Pick<OpenFile, 'stat'>;
  /** Of the file, where it was read; null: it is known by its stat to be the one that was sent. */
  readonly digests: Digests | null;
}

/** A version over itself, which brings it under the present policy. */
export async function copyOver(
  job: Job,
  row: JournalRow,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement | null> {
  const { key, versionId, sha256, etag, receiptSeq } = row;
  if (versionId === null) return null;
  const original = { key, versionId, size: row.stat.size, sha256, etag, receiptSeq };
  return copyVersion(job, { original, key, file, digests: null }, ports, signal);
}

export async function copyVersion(
  job: Job,
  { original, key, file, digests }: Copying,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement | null> {
  if (original.size > COPY_LIMIT) return null;
  const { sha256 } = original;
  const now = ports.now();
  const attemptId = ports.newAttemptId();
  const prepared = ports.putRequest({ key, path: job.path, stat: file.stat, attemptId, now, sha256 });
  if (!prepared.ok) return { kind: 'failed', failure: prepared.failure };
  const { fields, secret, algorithm } = prepared.value;
  const before = ports.receiptOf(original);
  const source = sourceSecret(before, ports);
  if (source === null) return null;

  const request: Fields = {
    ...fields,
    CopySource: `${ports.bucket}/${encodeURIComponent(original.key)}?versionId=${encodeURIComponent(original.versionId)}`,
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
  const sending = ports.client.send('CopyObject', input, signal);
  ports.onStep('put-sent');
  const answer = await sending;
  if (!answer.ok) {
    const settled = await settleBrokenOff(answer.failure, attemptId, ports);
    return CANNOT_COPY.has(answer.failure.code) ? null : settled;
  }
  ports.onStep('put-answered');

  const { CopyObjectResult, ...rest } = plainAnswer(answer.value);
  const answered: Fields = { ...rest, ...(CopyObjectResult as Fields | undefined) };
  let response = answered;
  let judged = judgeCopy({ original, before, digests, algorithm }, request, response);
  if (stringOf(response['VersionId']) === null || judged.proof === 'none') {
    const looked = await lookAt(key, response, secret, ports, signal);
    if (!looked.ok) return { kind: 'failed', failure: looked.failure };
    const head = looked.value;
    const isOurs = head.Metadata?.['cairn-attempt'] === attemptId && head.ContentLength === original.size;
    // Without an id this may be a later version of somebody else: then the copy is looked for before the next attempt.
    const isKnown = digests === null ? isAnswer(response) : stringOf(response['VersionId']) !== null;
    if (!isOurs && !isKnown) return { kind: 'failed', failure: emptyAnswer(key) };
    if (isOurs) {
      response = { ...shownBy(plainAnswer(head)), ...answered };
      if (judged.proof === 'none') judged = judgeCopy({ original, before, digests, algorithm }, request, response);
    } else {
      judged = { isOther: true, checksum: null, proof: 'none' };
    }
  }
  // Whatever it is, it is never taken for the file.
  if (judged.isOther && digests !== null) return null;

  const versionId = stringOf(response['VersionId']);
  const etag = unquoted(stringOf(response['ETag']) ?? undefined);
  // What only the look has shown was not answered.
  const written = { job, key, request: fields, response: { ...answered, VersionId: versionId }, secret };
  const shown = await proveFields('copy', written, ports, signal);
  return {
    kind: 'stored',
    receipt: {
      ...identity,
      folder: ports.folderName,
      operation: 'copy',
      versionId,
      etag,
      size: original.size,
      sha256,
      checksum: judged.checksum,
      proof: judged.proof,
      storageClass: stringOf(fields['StorageClass']),
      serverSideEncryption: stringOf(response['ServerSideEncryption']),
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

/** A look at the copy: by its id where the answer named one, else at what is there now. */
function lookAt(
  key: ObjectKey,
  { VersionId }: Fields,
  secret: SecretFields,
  ports: TransferPorts,
  signal: AbortSignal,
) {
  const version = typeof VersionId === 'string' ? { VersionId } : {};
  const place = { Bucket: ports.bucket, Key: key, ...version };
  return ports.client.send('HeadObject', { ...place, ChecksumMode: 'ENABLED', ...secret }, signal);
}

/** What of a look belongs to the answer where that left it out. */
function shownBy(head: Fields): Fields {
  const names = /^(ETag|VersionId|ServerSideEncryption|Checksum\w+)$/;
  return Object.fromEntries(Object.entries(head).filter(([name]) => names.test(name)));
}

export interface KnownBytes {
  readonly original: Original;
  /** The receipt of the version that is copied. */
  readonly before: Receipt | null;
  readonly digests: Digests | null;
  /** Of the digests, and what was asked for. */
  readonly algorithm: string;
}

interface JudgedCopy extends Pick<Receipt, 'checksum' | 'proof'> {
  /** What the store says of the copy shows that it holds other bytes. */
  readonly isOther: boolean;
}

const PLAIN_MD5 = /^[0-9a-f]{32}$/;

/** What the answer, or a look, shows of the bytes. */
export function judgeCopy(known: KnownBytes, request: Fields, answer: Fields): JudgedCopy {
  const { original, before, digests, algorithm } = known;
  const returned = stringOf(answer[`Checksum${algorithm}`]);
  // A composite one, kept from parts of before, cannot be had from the bytes alone.
  if (digests !== null && returned !== null && !returned.includes('-')) {
    if (returned !== digests.checksum) return { isOther: true, checksum: null, proof: 'none' };
    return { isOther: false, checksum: { algorithm, value: returned, type: 'FULL_OBJECT' }, proof: 'checksum' };
  }
  const checksum = before?.checksum ?? null;
  if (checksum?.type === 'FULL_OBJECT' && answer[`Checksum${checksum.algorithm}`] === checksum.value) {
    return { isOther: false, checksum, proof: 'checksum' };
  }
  const etag = unquoted(stringOf(answer['ETag']) ?? undefined) ?? '';
  const isSame = etag === original.etag && (PLAIN_MD5.test(etag) || digests !== null);
  if (isSame && isDigestOfBytes(etag, request, answer)) return { isOther: false, checksum: null, proof: 'etag' };
  if (digests !== null && PLAIN_MD5.test(etag) && isDigestOfBytes(etag, request, answer)) {
    const isOurs = etag === digests.md5.toString('hex');
    return { isOther: !isOurs, checksum: null, proof: isOurs ? 'etag' : 'none' };
  }
  return { isOther: false, checksum: null, proof: 'none' };
}

/** The key that the version lies under now; null where it is not to be had. */
function sourceSecret(before: Receipt | null, ports: TransferPorts): SecretFields | null {
  const request = before?.request ?? {};
  if (request['SSECustomerAlgorithm'] === undefined) return {};
  const secret = ports.secretOf(request);
  return secret.ok ? secret.value : null;
}

function copySourceFields(secret: SecretFields): SecretFields {
  return Object.fromEntries(Object.entries(secret).map(([name, value]) => [`CopySource${name}`, value]));
}
