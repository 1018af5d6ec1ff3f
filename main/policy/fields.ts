/**
 * Every field of PutObject's input: where its value comes from, or why Cairn leaves it out, and which other requests take it.
 * A test holds this table against the SDK's own types, so that a field which S3 adds cannot be forgotten.
 */

import type { Policy } from '../contract/policy.ts';

export type Operation =
  | 'PutObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'HeadObject'
  | 'GetObject'
  | 'CopyObject';

export type FieldSource =
  /** The field of the policy, as a dotted path; where there are more, what else has a say is in `also`. */
  | { readonly policy: string; readonly also?: string }
  /** Made by Cairn: from what. */
  | { readonly from: string }
  /** Never sent: why. */
  | { readonly leftOut: string };

export interface FieldRow {
  readonly source: FieldSource;
  readonly takenBy: readonly Operation[];
}

const EVERY = [
  'PutObject',
  'CreateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
  'HeadObject',
  'GetObject',
  'CopyObject',
] as const;
/** What says how an object shall be kept. */
const WRITES = ['PutObject', 'CreateMultipartUpload', 'CopyObject'] as const;
/** What carries bytes. */
const BODIES = ['PutObject', 'UploadPart'] as const;
const CHECKSUM_VALUES = ['PutObject', 'UploadPart', 'CompleteMultipartUpload'] as const;
const CONDITIONS = ['PutObject', 'CompleteMultipartUpload', 'HeadObject', 'GetObject', 'CopyObject'] as const;

const checksumValue = {
  source: { policy: 'checksum', also: 'the digest of the bytes, of the one algorithm that the policy names' },
  takenBy: CHECKSUM_VALUES,
} as const;
const eventHold = {
  source: { leftOut: 'an event hold is released by an event of another system, of which a folder knows nothing' },
  takenBy: WRITES,
} as const;

export const putObjectTable = {
  Bucket: { source: { from: 'the folder' }, takenBy: EVERY },
  Key: { source: { from: 'the folder’s prefix and the path of the file, NFC' }, takenBy: EVERY },
  Body: { source: { from: 'the bytes of the file' }, takenBy: BODIES },
  ContentLength: { source: { from: 'the bytes of the file' }, takenBy: BODIES },
  ContentMD5: { source: { policy: 'contentMd5', also: 'the digest of the bytes' }, takenBy: BODIES },
  ChecksumAlgorithm: {
    source: { policy: 'checksum' },
    takenBy: ['PutObject', 'CreateMultipartUpload', 'UploadPart', 'CopyObject'],
  },
  ChecksumCRC32: checksumValue,
  ChecksumCRC32C: checksumValue,
  ChecksumCRC64NVME: checksumValue,
  ChecksumSHA1: checksumValue,
  ChecksumSHA256: checksumValue,
  ChecksumSHA512: checksumValue,
  ChecksumMD5: checksumValue,
  ChecksumXXHASH64: checksumValue,
  ChecksumXXHASH3: checksumValue,
  ChecksumXXHASH128: checksumValue,

  StorageClass: { source: { policy: 'storageClass' }, takenBy: WRITES },
  ServerSideEncryption: { source: { policy: 'encryption.mode' }, takenBy: WRITES },
  SSEKMSKeyId: { source: { policy: 'encryption.keyId' }, takenBy: WRITES },
  SSEKMSEncryptionContext: { source: { policy: 'encryption.context' }, takenBy: WRITES },
  BucketKeyEnabled: { source: { policy: 'encryption.bucketKey' }, takenBy: WRITES },
  SSECustomerAlgorithm: { source: { policy: 'encryption.mode' }, takenBy: EVERY },
  SSECustomerKey: {
    source: { policy: 'encryption.keyFile', also: 'or encryption.keyRef; the key itself is read by the sender' },
    takenBy: EVERY,
  },
  SSECustomerKeyMD5: {
    source: { policy: 'encryption.keyFile', also: 'or encryption.keyRef; computed from the key' },
    takenBy: EVERY,
  },

  ACL: { source: { policy: 'acl' }, takenBy: WRITES },
  GrantFullControl: { source: { policy: 'grants.fullControl' }, takenBy: WRITES },
  GrantRead: { source: { policy: 'grants.read' }, takenBy: WRITES },
  GrantReadACP: { source: { policy: 'grants.readAcp' }, takenBy: WRITES },
  GrantWriteACP: { source: { policy: 'grants.writeAcp' }, takenBy: WRITES },

  Tagging: { source: { policy: 'tags' }, takenBy: WRITES },
  Metadata: {
    source: { policy: 'metadata', also: 'mtime, mode, exact name, attempt and digest of the file' },
    takenBy: WRITES,
  },
  CacheControl: { source: { policy: 'cacheControl' }, takenBy: WRITES },
  ContentDisposition: { source: { policy: 'contentDisposition' }, takenBy: WRITES },
  ContentEncoding: { source: { policy: 'contentEncoding' }, takenBy: WRITES },
  ContentLanguage: { source: { policy: 'contentLanguage' }, takenBy: WRITES },
  ContentType: { source: { policy: 'contentType', also: 'the ending of the name' }, takenBy: WRITES },
  Expires: { source: { policy: 'expires' }, takenBy: WRITES },
  WebsiteRedirectLocation: { source: { policy: 'redirect' }, takenBy: WRITES },

  ObjectLockMode: { source: { policy: 'lock.mode' }, takenBy: WRITES },
  ObjectLockRetainUntilDate: { source: { policy: 'lock.retainUntil', also: 'or lock.retainDays' }, takenBy: WRITES },
  ObjectLockLegalHoldStatus: { source: { policy: 'lock.legalHold' }, takenBy: WRITES },
  ObjectLockEventHold: eventHold,
  ObjectLockEventHoldDurationDays: eventHold,
  ObjectLockEventHoldDurationYears: eventHold,

  RequestPayer: { source: { policy: 'requesterPays' }, takenBy: EVERY },
  ExpectedBucketOwner: { source: { policy: 'expectedBucketOwner' }, takenBy: EVERY },
  IfMatch: { source: { policy: 'guardOverwrites', also: 'the ETag that Cairn wrote last' }, takenBy: CONDITIONS },
  IfNoneMatch: { source: { policy: 'guardOverwrites', also: '* where Cairn wrote nothing yet' }, takenBy: CONDITIONS },
  WriteOffsetBytes: {
    source: { leftOut: 'it appends to objects of directory buckets, and those keep no versions' },
    takenBy: ['PutObject'],
  },
} as const satisfies Readonly<Record<string, FieldRow>>;

/** What CreateMultipartUpload takes and PutObject does not. */
export const createMultipartOnlyTable = {
  ChecksumType: {
    source: { policy: 'checksum', also: 'whether its parts can be combined' },
    takenBy: ['CreateMultipartUpload', 'CompleteMultipartUpload'],
  },
} as const satisfies Readonly<Record<string, FieldRow>>;

type Table = typeof putObjectTable;

/** The names of PutObject's fields that the operation takes too. */
export type TakenBy<Name extends Operation> = {
  [Field in keyof Table]: Name extends Table[Field]['takenBy'][number] ? Field : never;
}[keyof Table];

/** Of a put's fields those that another request about the same object takes too, such as its owner and its payer. */
export function fieldsTakenBy<Name extends Operation, Fields extends object>(
  operation: Name,
  fields: Fields,
): Pick<Fields, Extract<keyof Fields, TakenBy<Name>>> {
  const rows: Readonly<Record<string, FieldRow>> = putObjectTable;
  const taken = Object.entries(fields).filter(([name]) => rows[name]?.takenBy.includes(operation) === true);
  return Object.fromEntries(taken) as Pick<Fields, Extract<keyof Fields, TakenBy<Name>>>;
}

/** The fields of S3's requests that a policy, base or rules, has a say in beyond their defaults. Metadata always counts. */
export function askedFields(policy: Policy): ReadonlySet<string> {
  const said = [policy, ...(policy.rules ?? []).map((rule) => rule.set)].flatMap((fields) =>
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === 'object' && !Array.isArray(value)
        ? [name, ...Object.keys(value).map((inner) => `${name}.${inner}`)]
        : [name],
    ),
  );
  const names = new Set(said);
  // Two ways to ask for one and the same.
  if (names.has('lock.retainDays')) names.add('lock.retainUntil');
  if (names.has('encryption.keyRef')) names.add('encryption.keyFile');
  const rows = Object.entries(putObjectTable as Readonly<Record<string, FieldRow>>);
  const asked = rows.filter(([, { source }]) => 'policy' in source && names.has(source.policy)).map(([name]) => name);
  return new Set([...asked, 'Metadata', 'ContentType']);
}
