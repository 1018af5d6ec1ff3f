/**
 * Plain bytes in, segments out, and back; in between they lie encrypted where a customer's key is given.
 *
 * AES-256 in counter mode: a range can be read without what is before it. Every body has a random first counter block
 * of its own, so that no two share their key stream.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Blobs, Stored } from './blobs.ts';
import type { CustomerKey } from './customer-key.ts';
import type { Segment } from './model.ts';

const ALGORITHM = 'aes-256-ctr';
/** Bytes of a block, and of the counter. */
const BLOCK = 16;

/** Stores a body. `seen` gets every plain piece in order. */
export async function writeBody(
  blobs: Blobs,
  source: AsyncIterable<Buffer>,
  seen: (piece: Buffer) => void,
  key: CustomerKey | undefined,
): Promise<Stored> {
  if (key === undefined) return blobs.write(source, seen);
  const iv = randomBytes(BLOCK);
  const cipher = createCipheriv(ALGORITHM, key.key, iv);
  async function* encrypted(): AsyncGenerator<Buffer, void> {
    for await (const piece of source) {
      seen(piece);
      yield cipher.update(piece);
    }
  }
  const stored = await blobs.write(encrypted(), () => undefined);
  // A body is one segment, so its place in the key stream is its place in the segment.
  return { ...stored, segments: stored.segments.map((segment) => ({ ...segment, iv: iv.toString('base64') })) };
}

/** The counter block for the block of that number. */
function counterAt(iv: Buffer, block: number): Buffer {
  const sum = (BigInt(`0x${iv.toString('hex')}`) + BigInt(block)) % (1n << 128n);
  return Buffer.from(sum.toString(16).padStart(BLOCK * 2, '0'), 'hex');
}

/** Plain bytes of the segments from `start` up to, not including, `end`; offsets within the whole. */
export async function* readBody(
  blobs: Blobs,
  segments: readonly Segment[],
  start: number,
  end: number,
  key: CustomerKey | undefined,
): AsyncGenerator<Buffer, void> {
  if (key === undefined) {
    yield* blobs.read(segments, start, end);
    return;
  }
  // Each segment is read by itself, and the later ones must not go meanwhile.
  blobs.retain(segments);
  try {
    let before = 0;
    for (const segment of segments) {
      const from = Math.max(start - before, 0);
      const to = Math.min(end - before, segment.length);
      before += segment.length;
      if (from >= to) continue;
      const iv = Buffer.from(segment.iv ?? '', 'base64');
      const decipher = createDecipheriv(ALGORITHM, key.key, counterAt(iv, Math.floor(from / BLOCK)));
      decipher.update(Buffer.alloc(from % BLOCK));
      for await (const piece of blobs.read([segment], from, to)) yield decipher.update(piece);
    }
  } finally {
    blobs.release(segments);
  }
}
