/**
 * Brings a version's bytes into a file. In: a key and a version, an empty file. Out: the bytes there, flushed and held
 * against all that is known of them, or the reason against it.
 *
 * Small ones come in one piece and are digested as they come. Large ones come in ranges, several at once, each written
 * to its place; a thread reads what is there from the beginning, so that what is digested is what lies on the disk.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { InputOf, OutputOf, ReceivedBody, StoreClient } from '../s3/index.ts';
import { damageOf, expectedOf, needsMd5, type Digests, type Expected } from './expected.ts';
import type { GrowingDigests } from '../transfer/growing.ts';
import { fileSink, openTurns, type Sink } from './file-sink.ts';
import { Slots } from './slots.ts';

/** From this size on a version comes in ranges, bytes. */
const RANGED_FROM = 32 * 1024 * 1024;
const RANGE = 16 * 1024 * 1024;
/** Of one file: with more of them its beginning would be there late, and digested when all the rest has come. */
const RANGES_AT_ONCE = 8;
/** After so much the disk is asked to write it, bytes. */
const FLUSHED = 128 * 1024 * 1024;

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
  /** The digests of a file that grows from its beginning; `algorithm` as above, where something is known by it. */
  readonly openGrowing: (fd: number, md5: boolean, algorithm: string | null) => GrowingDigests;
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
            return receiveWhole(source, fileSink(handle, openTurns()), ports, signal);
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
  const { ContentLength: size = 0, Metadata } = head.value;
  const expected = expectedOf(head.value, size, source.sha256);
  const digests = ports.openGrowing(handle.fd, needsMd5(expected), expected.checksum?.algorithm ?? null);
  try {
    const met = await takeRanges(source, head.value, handle, ports, digests, signal);
    if (met !== null) return failed(met);
    const [found] = await Promise.all([digests.end(size), handle.datasync()]);
    return judged(source, expected, { bytes: size, ...found }, Metadata);
  } finally {
    await digests.stop();
  }
}

/** @returns the first trouble; null: all of them are there. */
async function takeRanges(
  source: Source,
  { ContentLength: size = 0, ETag }: OutputOf<'HeadObject'>,
  handle: FileHandle,
  ports: ReceivePorts,
  digests: GrowingDigests,
  signal: AbortSignal | undefined,
): Promise<Failure | null> {
  const turns = openTurns();
  // One range that fails ends the others: their bytes would be for nothing.
  const ending = new AbortController();
  const either = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  let trouble: Failure | null = null;
  const takeRange = async (input: InputOf<'GetObject'>, start: number): Promise<Result<number>> => {
    const answer = await ports.client.send('GetObject', input, either);
    return answer.ok ? takeBody(answer.value, fileSink(handle, turns), start, ports, either) : answer;
  };
  const range = async (start: number): Promise<void> => {
    const end = Math.min(start + RANGE, size) - 1;
    const input = {
      ...whatOf(source, ports),
      Range: `bytes=${String(start)}-${String(end)}`,
      // All of them must be of one state, where no VersionId says which.
      ...(source.versionId === null && ETag !== undefined ? { IfMatch: ETag } : {}),
    };
    const part = { fd: handle.fd, at: start, size: end - start + 1, onBytes: ports.onBytes };
    const got = await withPatience(ports, either, async () => {
      const beside = ports.client.receive?.(input, part, either) ?? null;
      const written = beside === null ? await takeRange(input, start) : await received(beside, ports, either);
      if (!written.ok || written.value === part.size) return written;
      const answered = reason('fewer-bytes', { bytes: written.value, size: part.size });
      return failed(failure('damaged', { key: source.key, answer: answered }));
    });
    if (got.ok) {
      noteGrowth(start);
      return;
    }
    if (trouble !== null) return;
    trouble = signal?.aborted === true ? failure('cancelled') : got.failure;
    ending.abort();
  };
  const starts = Array.from({ length: Math.ceil(size / RANGE) }, (_, index) => index * RANGE);
  const there = new Set<number>();
  let grownTo = 0;
  const noteGrowth = (start: number): void => {
    there.add(start);
    while (there.delete(grownTo)) grownTo += RANGE;
    digests.grown(Math.min(grownTo, size));
    flush();
  };
  // The disk writes while the network brings more; what it could not write is told once, and must be kept.
  let flushed = Promise.resolve();
  let unflushed = 0;
  const flush = (): void => {
    unflushed += RANGE;
    if (unflushed < FLUSHED) return;
    unflushed = 0;
    flushed = flushed.then(() => handle.datasync());
    flushed.catch(() => undefined); // thrown below
  };
  const places = new Slots(RANGES_AT_ONCE);
  const thrown = await Promise.allSettled(starts.map((start) => places.hold(() => range(start))));
  for (const one of thrown) if (one.status === 'rejected') throw one.reason;
  await flushed;
  return trouble;
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

/** A body that the client put into the file itself. @returns how many bytes there were. */
async function received(
  beside: Promise<Result<ReceivedBody>>,
  { slots }: ReceivePorts,
  signal: AbortSignal,
): Promise<Result<number>> {
  const answer = await beside;
  if (!answer.ok) return answer;
  const { bytes, broken } = answer.value;
  if (broken !== null || signal.aborted) return failed(brokenOff(broken, signal));
  slots.answered(bytes);
  return success(bytes);
}

function brokenOff(why: string | null, signal: AbortSignal | undefined): Failure {
  if (signal?.aborted === true) return failure('cancelled');
  return failure('offline', { endpoint: reason('the-store'), reason: why ?? reason('broken-off') });
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
      const written = sink.put(piece, at);
      if (written !== undefined) await written;
      at += piece.length;
      onBytes(piece.length);
    }
    await sink.end?.();
  } catch (error) {
    if (isFileError(error)) throw error;
    return failed(brokenOff(error instanceof Error ? error.message : null, signal));
  } finally {
    signal?.removeEventListener('abort', stop);
    // Where it was not read to its end, its connection would stay taken.
    body.destroy();
  }
  slots.answered(at - start);
  return success(at - start);
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
