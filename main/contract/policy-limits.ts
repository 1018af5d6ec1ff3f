/**
 * What the fields of a policy can be, as plain lists and numbers: for the schema that checks them, and for the window's form.
 * Limits are those of S3's documentation of PutObject and of object tags.
 */

export const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
  'OUTPOSTS',
  'SNOW',
] as const;

export const CHECKSUM_ALGORITHMS = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
  'SHA512',
  'MD5',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
] as const;

export const CANNED_ACLS = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
] as const;

export const ENCRYPTION_MODES = ['AES256', 'aws:kms', 'aws:kms:dsse', 'customer'] as const;

/** Metadata names that Cairn writes itself. */
export const OWN_METADATA = ['mtime', 'mode', 'cairn-name', 'cairn-attempt', 'cairn-sha256'] as const;

/** S3's limit of one object's metadata: names and values together, in bytes. */
export const METADATA_LIMIT = 2048;

/**
 * Kept free of it for Cairn's own: mtime (up to 26 bytes with its name), mode (10), cairn-attempt (49) and cairn-sha256
 * (76), with a little to spare. cairn-name has no bound, so it is measured for each file.
 */
export const METADATA_RESERVED = 192;

export const TAGS_LIMIT = 10;

/** Names and values in bytes, as S3 counts them. */
export function metadataBytes(metadata: Readonly<Record<string, string>>): number {
  const encoder = new TextEncoder();
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata)) {
    bytes += encoder.encode(name).length + encoder.encode(value).length;
  }
  return bytes;
}

/** Days of a retention, and until an expiry: a hundred years. */
export const MOST_DAYS = 36_500;

/** S3's limit of NewerNoncurrentVersions, and the present version, which it does not count. */
export const MOST_NEWEST = 101;
