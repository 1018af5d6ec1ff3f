/** Reads all of a version without keeping it. In: a key and a version. Out: digests of its bytes. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { InputOf, StoreClient } from '../s3/index.ts';
import type { FileDigests } from './match.ts';

interface Running {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** The SHA-256 alone, hex. */
export async function digestOfVersion(
  client: StoreClient,
  what: InputOf<'GetObject'>,
  onBytes: (count: number) => void,
  signal?: AbortSignal,
): Promise<Result<string>> {
  const sha256 = createHash('sha256');
  const read = await readVersion(client, what, [sha256], onBytes, signal);
  return read.ok ? success(sha256.digest('hex')) : read;
}

/** What a HEAD may be held against. @param checksums by their algorithms' names. */
export async function digestsOfVersion(
  client: StoreClient,
  what: InputOf<'GetObject'>,
  checksums: ReadonlyMap<string, Running>,
  signal?: AbortSignal,
): Promise<Result<FileDigests>> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  const read = await readVersion(client, what, [sha256, md5, ...checksums.values()], () => undefined, signal);
  if (!read.ok) return read;
  return success({
    sha256: sha256.digest('hex'),
    md5: md5.digest('hex'),
    etags: new Map(),
    checksums: new Map([...checksums].map(([name, running]) => [name, running.digest().toString('base64')])),
    composites: new Map(),
  });
}

async function readVersion(
  client: StoreClient,
  what: InputOf<'GetObject'>,
  digests: readonly { update(bytes: Uint8Array): unknown }[],
  onBytes: (count: number) => void,
  signal?: AbortSignal,
): Promise<Result<null>> {
  const answer = await client.send('GetObject', what, signal);
  if (!answer.ok) return answer;
  const body = answer.value.Body as Readable | undefined;
  if (body === undefined) return failed(failure('store-answer', { answer: reason('no-body') }));
  const stop = (): void => {
    body.destroy();
  };
  signal?.addEventListener('abort', stop);
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      for (const digest of digests) digest.update(piece);
      onBytes(piece.length);
    }
  } catch (error) {
    if (signal?.aborted === true) return failed(failure('cancelled'));
    const why = error instanceof Error ? error.message : reason('broken-off');
    return failed(failure('offline', { endpoint: client.endpoint, reason: why }));
  } finally {
    signal?.removeEventListener('abort', stop);
    body.destroy();
  }
  return success(null);
}
