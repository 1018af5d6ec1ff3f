/** Reads all of a version without keeping it. In: a key and a version. Out: the SHA-256 of its bytes. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { failure } from '../contract/errors.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { InputOf, StoreClient } from '../s3/index.ts';

export async function digestOfVersion(
  client: StoreClient,
  what: InputOf<'GetObject'>,
  onBytes: (count: number) => void,
  signal?: AbortSignal,
): Promise<Result<string>> {
  const answer = await client.send('GetObject', what, signal);
  if (!answer.ok) return answer;
  const body = answer.value.Body as Readable | undefined;
  if (body === undefined) return failed(failure('store-answer', { answer: 'an object without a body' }));
  const stop = (): void => {
    body.destroy();
  };
  signal?.addEventListener('abort', stop);
  const sha256 = createHash('sha256');
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      sha256.update(piece);
      onBytes(piece.length);
    }
  } catch (error) {
    if (signal?.aborted === true) return failed(failure('cancelled'));
    const reason = error instanceof Error ? error.message : 'broken off';
    return failed(failure('offline', { endpoint: client.endpoint, reason }));
  } finally {
    signal?.removeEventListener('abort', stop);
    body.destroy();
  }
  return success(sha256.digest('hex'));
}
