/** The digest that requests are signed by. In: bytes, and a secret where it is a keyed one. Out: 32 bytes. */
import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

/** The SDK keeps the key of a day, so that each request brings the same bytes. */
const keys = new WeakMap<object, KeyObject>();

/**
 * As the SDK's own, but for what it hands to Node: a key of bytes has Node find out each time, by two errors thrown and
 * caught, that it is no object of its own; that took five times as long as the digest.
 */
export class Sha256 implements Checksum {
  readonly #secret: SourceData | undefined;
  #hash: ReturnType<typeof createHash | typeof createHmac>;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = this.#begin();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin(): ReturnType<typeof createHash | typeof createHmac> {
    if (this.#secret === undefined) return createHash('sha256');
    return createHmac('sha256', typeof this.#secret === 'string' ? this.#secret : keyOf(this.#secret));
  }
}

function keyOf(secret: Exclude<SourceData, string>): KeyObject {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const bytes = ArrayBuffer.isView(secret)
    ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    : Buffer.from(secret);
  const key = createSecretKey(bytes);
  keys.set(secret, key);
  return key;
}
