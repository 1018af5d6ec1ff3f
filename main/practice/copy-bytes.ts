/** A stored version and a range in; segments with the same plain bytes out, shared where nothing keeps them apart. */
import type { Blobs, Stored } from './blobs.ts';
import { readBody, writeBody } from './cipher.ts';
import type { CopySource } from './copy-source.ts';
import type { CustomerKey } from './customer-key.ts';
import type { Segment } from './model.ts';

/** The part of the segments from `start` up to, not including, `end`. */
export function sliceSegments(segments: readonly Segment[], start: number, end: number): Segment[] {
  const slices: Segment[] = [];
  let before = 0;
  for (const { file, offset, length } of segments) {
    const from = Math.max(start - before, 0);
    const to = Math.min(end - before, length);
    if (from < to) slices.push({ file, offset: offset + from, length: to - from });
    before += length;
  }
  return slices;
}

/**
 * Takes the bytes from `start` up to, not including, `end` for a copy that is encrypted with `key`, if any. Plain bytes
 * are used by both from then on; bytes that are or will be encrypted with a customer's key are written anew.
 */
export async function copyBytes(
  blobs: Blobs,
  source: CopySource,
  start: number,
  end: number,
  key: CustomerKey | undefined,
): Promise<Stored> {
  const { segments } = source.version;
  if (key !== undefined || source.customerKey !== undefined) {
    return writeBody(blobs, readBody(blobs, segments, start, end, source.customerKey), () => undefined, key);
  }
  const slices = sliceSegments(segments, start, end);
  return blobs.hold(slices, end - start);
}
