/** What is known of a version's bytes before they come. In: the store's answer, our receipt. Out: digests to hold them against. Pure. */
import { failure, type Failure } from '../contract/errors.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { unquoted, type OutputOf } from '../s3/index.ts';

export interface Expected {
  readonly size: number | null;
  /** Hex: the receipt's, else the one in the metadata. */
  readonly sha256: string | null;
  /** Base64, of all the bytes. */
  readonly checksum: { readonly algorithm: string; readonly value: string } | null;
  /** Hex, where the ETag is one. */
  readonly md5: string | null;
}

/** What came: hex but for `checksum`, which is Base64; null: was not computed. */
export interface Digests {
  readonly bytes: number;
  readonly sha256: string;
  readonly checksum: string | null;
  readonly md5: string | null;
}

/** All of S3's: nobody else holds the bytes against them. */
const CHECKSUMS = [
  'CRC64NVME',
  'CRC32C',
  'CRC32',
  'SHA256',
  'SHA1',
  'SHA512',
  'XXHASH128',
  'XXHASH3',
  'XXHASH64',
  'MD5',
] as const;

type Answer = Pick<
  OutputOf<'HeadObject'>,
  | 'ETag'
  | 'Metadata'
  | 'ServerSideEncryption'
  | 'SSECustomerAlgorithm'
  | 'ChecksumType'
  | `Checksum${(typeof CHECKSUMS)[number]}`
>;

export function expectedOf(answer: Answer, size: number | undefined, receiptSha256: string | null): Expected {
  const name = CHECKSUMS.find((one) => answer[`Checksum${one}`] !== undefined);
  const value = name === undefined ? undefined : answer[`Checksum${name}`];
  // One of the parts' checksums has a number behind a dash, whatever the type that the store names.
  const isWhole = answer.ChecksumType !== 'COMPOSITE' && value?.includes('-') === false;
  const etag = unquoted(answer.ETag);
  const isMd5 =
    etag !== null &&
    /^[0-9a-f]{32}$/.test(etag) &&
    answer.SSECustomerAlgorithm === undefined &&
    answer.ServerSideEncryption?.startsWith('aws:kms') !== true;
  return {
    size: size ?? null,
    sha256: receiptSha256 ?? answer.Metadata?.['cairn-sha256'] ?? null,
    checksum: name === undefined || value === undefined || !isWhole ? null : { algorithm: name, value },
    md5: isMd5 ? etag : null,
  };
}

/** The MD5 is slow to compute: it is asked for only where nothing else is known. */
export function needsMd5({ sha256, checksum, md5 }: Expected): boolean {
  return sha256 === null && checksum === null && md5 !== null;
}

/** Null: nothing speaks against the bytes. */
export function damageOf(key: string, expected: Expected, found: Digests): Failure | null {
  const damaged = (what: string | Reason): Failure => failure('damaged', { key, answer: what });
  const { size, sha256, checksum, md5 } = expected;
  if (size !== null && size !== found.bytes) return damaged(reason('fewer-bytes', { bytes: found.bytes, size }));
  if (sha256 !== null && sha256 !== found.sha256) return damaged('SHA-256');
  if (checksum !== null && found.checksum !== null && checksum.value !== found.checksum) {
    return damaged(checksum.algorithm);
  }
  return md5 !== null && found.md5 !== null && md5 !== found.md5 ? damaged('ETag') : null;
}
