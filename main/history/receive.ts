/**
 * Brings a version's bytes into a file. In: a key and a version, an empty file. Out: the bytes there, flushed and held
 * against all that is known of them, or the reason against it.
 *
 * Small ones come in one piece and are digested as they come. Large ones come in ranges, several at once, each written
 * to its place; the file is then read once, so that what is digested is what lies on the disk.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { OutputOf, StoreClient } from '../s3/index.ts';
import { damageOf, expectedOf, needsMd5, type Digests, type Expected } from './expected.ts';
import type { Slots } from './slots.ts';

/** From this size on a version comes in ranges, bytes. */
const RANGED_FROM = 32 * 1024 * 1024;
const RANGE = 16 * 1024 * 1024;
const PIECE = 1024 * 1024;

export interface Source {
  readonly key: string;
  readonly versionId: string | null;
  /** Bytes, as listed; null: not known. */
  readonly size: number | null;
  /** Hex, where a receipt knows it. */
  readonly sha256: string | null;
  /** The fields of the customer key that the object lies under; empty where it has none. */
  readonly secret: Readonly<Record<string, string>>;
}

export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

export interface ReceivePorts {
  readonly client: StoreClient;
  readonly bucket: string;
  /** Requests at once, over all that is restored. */
  readonly slots: Slots;
  /** A checksum of S3's; null: it cannot be computed here. */
  readonly openChecksum: (algorithm: string) => Promise<RunningChecksum> | null;
  /** How long to wait before each further attempt at a request that met a passing trouble, milliseconds. */
  readonly pausesMs: readonly number[];
  readonly onBytes: (count: number) => void;
}

export interface Received {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @param path of a file that is made; where it fails, the file may be there and hold anything. */
export async function receive(
  source: Source,
  path: string,
  ports: ReceivePorts,
  signal?: AbortSignal,
): Promise<Result<Received>> {
  const handle = await open(path, 'wx+', 0o600);
  try {
    const received =
      source.size !== null && source.size >= RANGED_FROM
        ? await receiveRanges(source, handle, ports, signal)
        : await withPatience(ports, signal, async () => {
            // What an attempt before this one wrote is not to be seen behind a shorter one.
            await handle.truncate(0);
            return receiveWhole(source, fileSink(handle), ports, signal);
          });
    if (received.ok) await handle.sync();
    return received;
  } finally {
    await handle.close();
  }
}

/** A small version in memory, held against all that is known of it. */
export function receiveBytes(
  source: Source,
  ports: ReceivePorts,
  signal?: AbortSignal,
): Promise<Result<Received & { readonly content: Buffer }>> {
  return withPatience(ports, signal, async () => {
    const pieces: Buffer[] = [];
    const received = await receiveWhole(source, { put: (piece) => void pieces.push(piece) }, ports, signal);
    return received.ok ? success({ ...received.value, content: Buffer.concat(pieces) }) : received;
  });
}

/** Where the pieces of a body go, one after the other. */
interface Sink {
  put(piece: Buffer, at: number): Promise<void> | void;
}

async function receiveWhole(
  source: Source,
  sink: Sink,
  ports: ReceivePorts,
  signal: AbortSignal | undefined,
): Promise<Result<Received>> {
  const asked = { ...whatOf(source, ports), ChecksumMode: 'ENABLED' as const };
  const answer = await ports.client.send('GetObject', asked, signal);
  if (!answer.ok) return answer;
  const expected = expectedOf(answer.value, answer.value.ContentLength, source.sha256);
  const digests = await openDigests(expected, ports);
  const written = await takeBody(answer.value, sink, 0, ports, signal, digests.update);
  if (!written.ok) return written;
  return judged(source, expected, digests.end(written.value), answer.value.Metadata);
}

async function receiveRanges(
  source: Source,
  handle: FileHandle,
  ports: ReceivePorts,
  signal: AbortSignal | undefined,
): Promise<Result<Received>> {
  const asked = { ...whatOf(source, ports), ChecksumMode: 'ENABLED' as const };
  const head = await withPatience(ports, signal, () => ports.client.send('HeadObject', asked, signal));
  if (!head.ok) return head;
  const { ContentLength: size = 0, ETag, Metadata } = head.value;
  const expected = expectedOf(head.value, size, source.sha256);
  // One range that fails ends the others: their bytes would be for nothing.
  const ending = new AbortController();
  const either = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  let trouble: Failure | null = null;
  const range = async (start: number): Promise<void> => {
    const end = Math.min(start + RANGE, size) - 1;
    const input = {
      ...whatOf(source, ports),
      Range: `bytes=${String(start)}-${String(end)}`,
      // All of them must be of one state, where no VersionId says which.
      ...(source.versionId === null && ETag !== undefined ? { IfMatch: ETag } : {}),
    };
    const got = await withPatience(ports, either, async () => {
      const answer = await ports.client.send('GetObject', input, either);
      if (!answer.ok) return answer;
      const written = await takeBody(answer.value, fileSink(handle), start, ports, either);
      if (!written.ok || written.value === end - start + 1) return written;
      const answered = reason('fewer-bytes', { bytes: written.value, size: end - start + 1 });
      return failed(failure('damaged', { key: source.key, answer: answered }));
    });
    if (got.ok || trouble !== null) return;
    trouble = signal?.aborted === true ? failure('cancelled') : got.failure;
    ending.abort();
  };
  const starts = Array.from({ length: Math.ceil(size / RANGE) }, (_, index) => index * RANGE);
  const troubleOf = (): Failure | null => trouble;
  const thrown = await Promise.allSettled(starts.map((start) => range(start)));
  for (const one of thrown) if (one.status === 'rejected') throw one.reason;
  const met = troubleOf();
  if (met !== null) return failed(met);
  return judged(source, expected, await digestFile(handle, expected, ports), Metadata);
}

function judged(
  source: Source,
  expected: Expected,
  found: Digests,
  metadata: Readonly<Record<string, string>> | undefined,
): Result<Received> {
  const damage = damageOf(source.key, expected, found);
  if (damage !== null) return failed(damage);
  return success({ bytes: found.bytes, sha256: found.sha256, metadata: metadata ?? {} });
}

export function whatOf({ key, versionId, secret }: Source, { bucket }: Pick<ReceivePorts, 'bucket'>) {
  return { Bucket: bucket, Key: key, ...(versionId === null ? {} : { VersionId: versionId }), ...secret };
}

/** What passes by itself is tried again: reading twice does no harm. The pause holds no slot. */
async function withPatience<T>(
  { slots, pausesMs }: ReceivePorts,
  signal: AbortSignal | undefined,
  attempt: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const isCancelled = (): boolean => signal?.aborted === true;
  for (let number = 0; ; number += 1) {
    const result = await slots.hold(async () => {
      // It may have waited for long.
      if (isCancelled()) return failed(failure('cancelled'));
      const begunMs = performance.now();
      const ended = await attempt();
      if (!ended.ok && ended.failure.class === 'busy') slots.throttled(begunMs);
      return ended;
    });
    if (isCancelled() && !result.ok) return failed(failure('cancelled'));
    const pause = pausesMs[number];
    const passes = !result.ok && ['busy', 'offline', 'damaged'].includes(result.failure.class);
    if (!passes || pause === undefined) return result;
    await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

function fileSink(handle: FileHandle): Sink {
  return { put: (piece, at) => writeFully(handle, piece, at) };
}

/** @returns how many bytes there were. */
async function takeBody(
  answer: OutputOf<'GetObject'>,
  sink: Sink,
  start: number,
  { onBytes, slots }: ReceivePorts,
  signal: AbortSignal | undefined,
  onPiece: (piece: Buffer) => void = () => undefined,
): Promise<Result<number>> {
  const body = answer.Body as Readable | undefined;
  if (body === undefined) return failed(failure('store-answer', { answer: reason('no-body') }));
  // A body that does not come any more would never notice that nobody waits for it.
  const stop = (): void => {
    body.destroy();
  };
  signal?.addEventListener('abort', stop);
  let at = start;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      if (signal?.aborted === true) return failed(failure('cancelled'));
      onPiece(piece);
      await sink.put(piece, at);
      at += piece.length;
      onBytes(piece.length);
    }
  } catch (error) {
    if (isFileError(error)) throw error;
    if (signal?.aborted === true) return failed(failure('cancelled'));
    const why = error instanceof Error ? error.message : reason('broken-off');
    return failed(failure('offline', { endpoint: reason('the-store'), reason: why }));
  } finally {
    signal?.removeEventListener('abort', stop);
    // Where it was not read to its end, its connection would stay taken.
    body.destroy();
  }
  slots.answered(at - start);
  return success(at - start);
}

async function writeFully(handle: FileHandle, piece: Buffer, at: number): Promise<void> {
  let written = 0;
  while (written < piece.length) {
    const { bytesWritten } = await handle.write(piece, written, piece.length - written, at + written);
    written += bytesWritten;
  }
}

async function digestFile(handle: FileHandle, expected: Expected, ports: ReceivePorts): Promise<Digests> {
  const digests = await openDigests(expected, ports);
  const piece = Buffer.allocUnsafe(PIECE);
  let at = 0;
  for (;;) {
    const { bytesRead } = await handle.read(piece, 0, PIECE, at);
    if (bytesRead === 0) return digests.end(at);
    digests.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** Of all the bytes of a version, in the kinds that something is known of. */
export async function openDigests(expected: Expected, ports: Pick<ReceivePorts, 'openChecksum'>) {
  const sha256 = createHash('sha256');
  const md5 = needsMd5(expected) ? createHash('md5') : null;
  const checksum = expected.checksum === null ? null : await ports.openChecksum(expected.checksum.algorithm);
  return {
    update: (piece: Buffer): void => {
      sha256.update(piece);
      md5?.update(piece);
      checksum?.update(piece);
    },
    end: (bytes: number): Digests => ({
      bytes,
      sha256: sha256.digest('hex'),
      md5: md5?.digest('hex') ?? null,
      checksum: checksum?.digest().toString('base64') ?? null,
    }),
  };
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'write' || error.syscall === 'open');
}
