/** A customer key as it stands in files, on paper and in streams. In: bytes. Out: the key as Base64. */
import { typedKeySchema } from '../contract/key-ring.ts';

export const KEY_BYTES = 32;
const HEX_LENGTH = KEY_BYTES * 2;

/** The line of a recovery copy that holds the key begins so. */
export const KEY_LINE = 'Key (Base64):';

/** In: Base64 or hexadecimal, which their lengths tell apart. */
export const bytesOfKey = (key: string): Buffer => Buffer.from(key, key.length === HEX_LENGTH ? 'hex' : 'base64');

/** The key in a recovery copy, in 32 bytes, or in their Base64 or hexadecimal; null: there is none. */
export function keyIn(bytes: Buffer): string | null {
  if (bytes.length === KEY_BYTES) return bytes.toString('base64');
  const text = bytes.toString('utf8');
  const line = text.split(/\r?\n/).find((one) => one.trim().startsWith(KEY_LINE));
  const word = line === undefined ? text.trim() : line.trim().slice(KEY_LINE.length).trim();
  // Written anew, since the last character of a Base64 holds bits that say nothing.
  return typedKeySchema.safeParse(word).success ? bytesOfKey(word).toString('base64') : null;
}
