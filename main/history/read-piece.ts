/** Reads a version, or its beginning, into memory. In: a key and a version, how much at most. Out: the bytes, proved where all were read. */
import type { Readable } from 'node:stream';
import { failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { damageOf, expectedOf } from './expected.ts';
import { openDigests, whatOf, type ReceivePorts, type Source } from './receive.ts';

export interface Piece {
  readonly bytes: Buffer;
  /** Of the whole version. */
  readonly size: number;
  /** The bytes are all of it, and were held against what is known of them. */
  readonly proved: boolean;
}

/** @param most bytes: a version of more gives so many from its beginning. */
export async function readPiece(
  source: Source & { readonly size: number },
  most: number,
  ports: Pick<ReceivePorts, 'client' | 'bucket' | 'openChecksum'>,
  signal?: AbortSignal,
): Promise<Result<Piece>> {
  const { key, size } = source;
  const isWhole = size <= most;
  const how = isWhole ? { ChecksumMode: 'ENABLED' as const } : { Range: `bytes=0-${String(most - 1)}` };
  const answer = await ports.client.send('GetObject', { ...whatOf(source, ports), ...how }, signal);
  if (!answer.ok) return answer;
  const bytes = await bodyOf(answer.value.Body as Readable | undefined, most, ports.client.endpoint, signal);
  if (!bytes.ok) return bytes;
  if (!isWhole) return success({ bytes: bytes.value, size, proved: false });
  const expected = expectedOf(answer.value, answer.value.ContentLength ?? size, source.sha256);
  const digests = await openDigests(expected, ports);
  digests.update(bytes.value);
  const damage = damageOf(key, expected, digests.end(bytes.value.length));
  if (damage !== null) return failed(damage);
  const proved = expected.sha256 !== null || expected.checksum !== null || expected.md5 !== null;
  return success({ bytes: bytes.value, size: bytes.value.length, proved });
}

/** What lies beyond `most` is not taken, whatever the store sends. */
async function bodyOf(
  body: Readable | undefined,
  most: number,
  endpoint: string,
  signal: AbortSignal | undefined,
): Promise<Result<Buffer>> {
  if (body === undefined) return failed(failure('store-answer', { answer: reason('no-body') }));
  const stop = (): void => {
    body.destroy();
  };
  signal?.addEventListener('abort', stop);
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (length >= most) break;
    }
  } catch (error) {
    if (signal?.aborted === true) return failed(failure('cancelled'));
    const why = error instanceof Error ? error.message : reason('broken-off');
    return failed(failure('offline', { endpoint, reason: why }));
  } finally {
    signal?.removeEventListener('abort', stop);
    body.destroy();
  }
  if (signal?.aborted === true) return failed(failure('cancelled'));
  return success(Buffer.concat(pieces).subarray(0, most));
}
