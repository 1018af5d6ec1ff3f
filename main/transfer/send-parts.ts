/** The parts of one upload. In: an open file and what S3 has of it. Out: every part there, and the digests of the whole. */
import { createHash } from 'node:crypto';
import { failure, type Failure } from '../contract/errors.ts';
import type { Proof } from '../contract/models.ts';
import type { ObjectKey } from '../contract/names.ts';
import type { Job, Upload, UploadPart } from '../store/types.ts';
import { judgeAnswer } from './answer.ts';
import { compositeChecksum, isAlgorithm, openChecksum, type Algorithm, type Digests } from './digest.ts';
import { partsOf, type PartRange } from './parts.ts';
import { contentMd5Of, emptyAnswer, isAnswer, plainAnswer } from './settle.ts';
import type { OpenFile } from './stable.ts';
import type { PreparedRequest, TransferPorts } from './types.ts';

/** Parts of one file under way at once. */
const PARTS_IN_FLIGHT = 4;

/** All that belongs to one upload while it runs. */
export interface UploadRun {
  readonly job: Job;
  readonly key: ObjectKey;
  readonly file: OpenFile;
  readonly upload: Upload;
  /** Parts that S3 has from before. */
  readonly done: readonly UploadPart[];
  readonly prepared: Pick<PreparedRequest, 'secret' | 'contentMd5'>;
  readonly ports: TransferPorts;
  readonly signal: AbortSignal;
}

export interface WholeFile {
  readonly parts: readonly UploadPart[];
  readonly md5s: readonly Buffer[];
  /** Hex. */
  readonly sha256: string;
  /** Base64, of the upload's algorithm: of the whole, or composite. */
  readonly checksum: string;
}

/** Reads every part in order, sends those that S3 has not confirmed, a few at a time. */
export async function sendParts(run: UploadRun): Promise<WholeFile | { readonly failure: Failure }> {
  const { upload, file, ports, signal } = run;
  if (!isAlgorithm(upload.algorithm)) return { failure: failure('not-supported', { answer: upload.algorithm }) };
  const algorithm = upload.algorithm;
  const confirmed = new Map(run.done.map((part) => [part.number, part]));
  const parts: UploadPart[] = [];
  const md5s: Buffer[] = [];
  const whole = await openChecksum(algorithm);
  const sha256 = createHash('sha256');
  const inFlight = new Set<Promise<void>>();
  // Gathered in a box, since the first failure comes from another branch of the work.
  const broken: { cause: Failure | null } = { cause: null };
  const thrown: unknown[] = [];

  try {
    for (const range of partsOf(file.stat.size, upload.partSize)) {
      // What is under way ends and is written down, so that it need not be sent again.
      if (signal.aborted || ports.isEnding()) broken.cause ??= failure('cancelled');
      if (broken.cause !== null || thrown.length > 0) break;
      const room = await ports.memory.take(range.size);
      let isHandedOver = false;
      try {
        const read = await ports.reader.part(file.handle, range, algorithm, room);
        if (read.kind !== 'read') {
          broken.cause ??=
            read.kind === 'changing'
              ? failure('file-changing', { path: upload.path })
              : failure('file-unreadable', { path: upload.path, reason: read.reason });
          break;
        }
        const { bytes: body, digests } = read;
        whole.update(body);
        sha256.update(body);
        md5s.push(digests.md5);
        const former = confirmed.get(range.number);
        if (former !== undefined && former.sha256 === digests.sha256 && former.size === range.size) {
          parts.push(former);
          continue;
        }
        const sending = sendPart(run, algorithm, range, body, digests)
          .then((sent) => {
            if ('failure' in sent) broken.cause ??= sent.failure;
            else {
              parts.push(sent.part);
              // Where it failed, or nothing proves that the store has it all, its request may still read them.
              if (sent.proof !== 'none') room.giveBack(body.buffer);
            }
          })
          .catch((error: unknown) => {
            thrown.push(error);
          })
          .finally(() => {
            room.giveBack();
            inFlight.delete(sending);
          });
        isHandedOver = true;
        inFlight.add(sending);
        if (inFlight.size >= PARTS_IN_FLIGHT) await Promise.race(inFlight);
      } finally {
        if (!isHandedOver) room.giveBack();
      }
    }
  } finally {
    // Also where the reading failed: no part goes on for an upload that nobody waits for.
    await Promise.all(inFlight);
  }
  if (thrown.length > 0) throw thrown[0];
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
  { upload, prepared, ports, signal }: UploadRun,
  algorithm: Algorithm,
  range: PartRange,
  body: Buffer,
  { sha256, checksum, md5 }: Digests,
): Promise<{ readonly part: UploadPart; readonly proof: Proof } | { readonly failure: Failure }> {
  const answer = await ports.client.send(
    'UploadPart',
    {
      Bucket: ports.bucket,
      Key: upload.key,
      UploadId: upload.uploadId,
      PartNumber: range.number,
      ContentLength: range.size,
      [`Checksum${algorithm}`]: checksum,
      ...contentMd5Of(prepared, md5, ports),
      ...prepared.secret,
      Body: body,
    },
    signal,
    sha256,
  );
  if (!answer.ok) return { failure: answer.failure };
  if (!isAnswer(plainAnswer(answer.value))) return { failure: emptyAnswer(upload.key) };
  const sent = {
    key: upload.key,
    algorithm,
    checksumType: 'FULL_OBJECT' as const,
    checksum,
    etag: md5.toString('hex'),
  };
  const judged = judgeAnswer(sent, upload.request, plainAnswer(answer.value));
  if (!judged.ok) return { failure: judged.failure };
  ports.onBytes(range.size);
  const part: UploadPart = { number: range.number, size: range.size, etag: answer.value.ETag ?? '', checksum, sha256 };
  await ports.commit(() => {
    ports.attempts.addPart(upload.uploadId, part);
  });
  ports.onStep('part-answered');
  return { part, proof: judged.value.proof };
}
