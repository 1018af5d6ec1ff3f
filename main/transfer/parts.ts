/** Sizes of parts. Pure. */

const MIB = 1024 * 1024;
/** Files up to this go as a single put; the least that a part has. Bytes. */
export const LEAST_PART = 16 * MIB;
/** S3's limit of parts in an upload. */
const MOST_PARTS = 10_000;
/** The largest part that S3 takes, 5 GiB; with 10,000 of them a file ends at 48.8 TiB. */
const LARGEST_PART = 5 * 1024 * MIB;

/** The part size of an upload: 16 MiB, or so much more (in whole MiB) that 10,000 parts hold the file. */
export function partSizeOf(size: number): number {
  return Math.max(LEAST_PART, Math.ceil(size / MOST_PARTS / MIB) * MIB);
}

export function isTooLarge(size: number): boolean {
  return partSizeOf(size) > LARGEST_PART;
}

export interface PartRange {
  /** Counted from 1, as S3 does. */
  readonly number: number;
  readonly start: number;
  readonly size: number;
}

export function partsOf(size: number, partSize: number): PartRange[] {
  return Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
    number: index + 1,
    start: index * partSize,
    size: Math.min(partSize, size - index * partSize),
  }));
}
