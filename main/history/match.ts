/**
 * Whether a file on disk and an object in the bucket hold the same bytes. In: what a listing and a HEAD say of the object,
 * and digests of the file. Out: equal, by which proof; different; or what must be asked next. Pure.
 *
 * [Note: proofs of equality] In the order of what they cost: the size; an ETag that is the MD5 of the bytes; the ETag of
 * a multipart upload, where its parts have a size that programs use; then one HEAD, for a checksum that the store keeps
 * and for the sha256 that Cairn writes into the metadata. An ETag proves that bytes are equal, never alone that they
 * differ: under KMS or a customer key it is no MD5. What none of them proves counts as different.
 */
import type { Proof } from '../contract/models.ts';

const MIB = 1024 * 1024;
const MOST_PARTS = 10_000;
/** Sizes of parts that programs use by themselves: 5 rclone, 8 the AWS tools, 15 s3cmd, 16 Cairn, and round ones. MiB. */
const PART_SIZES_MIB = [5, 6, 7, 8, 10, 12, 15, 16, 20, 24, 25, 32, 48, 50, 64, 100, 128, 200, 256, 500, 512, 1024];
/** In millions of bytes. */
const PART_SIZES_MB = [5, 8, 10, 15, 16, 50, 64, 100];

/** What a listing says of an object. */
export interface ListedObject {
  readonly size: number;
  readonly etag: string | null;
  /** Names of the checksums that the store keeps of it; empty where it does not say. */
  readonly algorithms?: readonly string[];
}

/** What must be computed while the file is read. */
export interface WantedDigests {
  /** The ETag of an upload in parts of each of these sizes. */
  readonly partSizes: readonly number[];
  /** Checksums of the whole. */
  readonly algorithms: readonly string[];
  /** Checksums of checksums, for each of the part sizes. */
  readonly composites: readonly string[];
}

/** What was computed. Hex, checksums in Base64. */
export interface FileDigests {
  readonly sha256: string;
  readonly md5: string;
  /** By part size. */
  readonly etags: ReadonlyMap<number, string>;
  /** By algorithm. */
  readonly checksums: ReadonlyMap<string, string>;
  /** By algorithm: one for each of the part sizes, as S3 writes it. */
  readonly composites: ReadonlyMap<string, readonly string[]>;
}

/** What a HEAD says of an object. */
export interface HeadedObject {
  readonly etag: string | null;
  readonly checksums: readonly ObjectChecksum[];
  /** `cairn-sha256` of the metadata. */
  readonly sha256: string | null;
  /** Encrypted so that its ETag is no MD5: with KMS, or with a customer key. */
  readonly etagIsNoMd5: boolean;
}

export interface ObjectChecksum {
  readonly algorithm: string;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export type Verdict =
  | { readonly kind: 'equal'; readonly proof: Proof }
  | { readonly kind: 'different' }
  /** Neither is proved: the file is uploaded. */
  | { readonly kind: 'unproved' };

const DIFFERENT: Verdict = { kind: 'different' };
const UNPROVED: Verdict = { kind: 'unproved' };
const equalBy = (proof: Proof): Verdict => ({ kind: 'equal', proof });

const SINGLE = /^[0-9a-f]{32}$/;
const PARTS = /^[0-9a-f]{32}-([0-9]{1,5})$/;
const COMPOSITE = /-([0-9]{1,5})$/;

/** The sizes of parts that would give an object of this size so many parts; of those that split it alike, one. */
export function partSizesFor(size: number, parts: number): readonly number[] {
  if (parts < 1 || size === 0) return [];
  if (parts === 1) return [size];
  const least = Math.ceil(size / MOST_PARTS / MIB) * MIB;
  const even = Math.ceil(size / parts / MIB) * MIB;
  const known = [
    ...PART_SIZES_MIB.map((one) => one * MIB),
    ...PART_SIZES_MB.map((one) => one * 1_000_000),
    least,
    even,
  ];
  const fitting = known.filter((one) => one > 0 && Math.ceil(size / one) === parts);
  return [...new Set(fitting)].sort((a, b) => a - b);
}

/** What to compute in the one reading of a file of the same size. */
export function wantedDigests(listed: ListedObject): WantedDigests {
  const parts = Number(PARTS.exec(listed.etag ?? '')?.[1] ?? 0);
  return { partSizes: partSizesFor(listed.size, parts), algorithms: listed.algorithms ?? [], composites: [] };
}

/** By the listing alone; null: it proves nothing, and a HEAD must be asked. */
export function judgeByListing(listed: ListedObject, size: number, digests: FileDigests): Verdict | null {
  if (listed.size !== size) return DIFFERENT;
  // Nothing but the empty object is empty.
  if (size === 0) return equalBy('etag');
  const { etag } = listed;
  if (etag === null) return null;
  if (SINGLE.test(etag)) return etag === digests.md5 ? equalBy('etag') : null;
  return [...digests.etags.values()].includes(etag) ? equalBy('etag') : null;
}

/** What a HEAD names and was not computed yet: the file is read once more for it. Null: nothing. */
export function wantedAfterHead(size: number, headed: HeadedObject, digests: FileDigests): WantedDigests | null {
  const whole = headed.checksums.filter(({ type }) => type === 'FULL_OBJECT').map(({ algorithm }) => algorithm);
  const split = headed.checksums.filter(({ type }) => type === 'COMPOSITE');
  const algorithms = whole.filter((name) => !digests.checksums.has(name));
  const composites = split.filter(({ algorithm }) => !digests.composites.has(algorithm));
  const parts = new Set(composites.map(({ value }) => Number(COMPOSITE.exec(value)?.[1] ?? 0)));
  const partSizes = [...parts].flatMap((count) => partSizesFor(size, count));
  const isAny = algorithms.length > 0 || (composites.length > 0 && partSizes.length > 0);
  return isAny ? { algorithms, partSizes, composites: composites.map(({ algorithm }) => algorithm) } : null;
}

/** By what a HEAD says, once the listing proved nothing. */
export function judgeByHead(headed: HeadedObject, digests: FileDigests): Verdict {
  for (const { algorithm, value, type } of headed.checksums) {
    if (type === 'COMPOSITE') {
      if (digests.composites.get(algorithm)?.includes(value) === true) return equalBy('checksum');
      continue;
    }
    const own = digests.checksums.get(algorithm);
    if (own !== undefined) return own === value ? equalBy('checksum') : DIFFERENT;
  }
  if (headed.sha256 !== null) return headed.sha256 === digests.sha256 ? equalBy('adopted') : DIFFERENT;
  const isMd5 = headed.etag !== null && SINGLE.test(headed.etag) && !headed.etagIsNoMd5;
  if (isMd5) return headed.etag === digests.md5 ? equalBy('etag') : DIFFERENT;
  return UNPROVED;
}
