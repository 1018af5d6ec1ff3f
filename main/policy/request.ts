/**
 * In: the fields that hold for one file, and its facts. Out: the fields of S3's request, under the SDK's names. Pure.
 * Left to the sender: Body, ContentLength, ContentMD5, the checksum's value, customer keys and conditions.
 */
import mime from 'mime';
import { failure } from '../contract/errors.ts';
import { baseName, type ObjectKey, type RelPath } from '../contract/names.ts';
import {
  METADATA_LIMIT,
  metadataBytes,
  TAGS_LIMIT,
  type ChecksumAlgorithm,
  type PolicyFields,
} from '../contract/policy.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { fieldsTakenBy } from './fields.ts';
import { objectMetadata, type MetadataFacts } from './metadata.ts';

export interface RequestFacts extends MetadataFacts {
  readonly bucket: string;
  readonly key: ObjectKey;
  readonly path: RelPath;
  /** What "in N days" counts from; frozen with the attempt, so that a retry asks for the same. */
  readonly now: Date;
}

/** What PutObject and CreateMultipartUpload have in common. */
export interface ObjectFields {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
  readonly Metadata: Readonly<Record<string, string>>;
  readonly ChecksumAlgorithm: ChecksumAlgorithm;
  readonly ACL?: NonNullable<PolicyFields['acl']>;
  readonly GrantFullControl?: string;
  readonly GrantRead?: string;
  readonly GrantReadACP?: string;
  readonly GrantWriteACP?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly Expires?: Date;
  readonly ServerSideEncryption?: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly SSEKMSKeyId?: string;
  readonly SSEKMSEncryptionContext?: string;
  readonly BucketKeyEnabled?: boolean;
  readonly SSECustomerAlgorithm?: 'AES256';
  readonly StorageClass?: NonNullable<PolicyFields['storageClass']>;
  readonly Tagging?: string;
  readonly ObjectLockMode?: 'GOVERNANCE' | 'COMPLIANCE';
  readonly ObjectLockRetainUntilDate?: Date;
  readonly ObjectLockLegalHoldStatus?: 'ON' | 'OFF';
  readonly WebsiteRedirectLocation?: string;
  readonly RequestPayer?: 'requester';
  readonly ExpectedBucketOwner?: string;
}
export type PutObjectFields = ObjectFields;
export interface CreateMultipartFields extends ObjectFields {
  readonly ChecksumType: 'FULL_OBJECT' | 'COMPOSITE';
}

/**
 * The fields of a single put.
 * Fails with `metadata-too-large`, and with `policy-refused` where the rules that met in this file ask for more tags
 * than S3 takes, or for a retention that has passed.
 */
export function putObjectFields(fields: PolicyFields, facts: RequestFacts): Result<PutObjectFields> {
  const tags = Object.keys(fields.tags ?? {}).length;
  if (tags > TAGS_LIMIT) {
    const answer = reason('tags-of-file', { tags, most: TAGS_LIMIT });
    return failed(failure('policy-refused', { field: 'tags', answer }));
  }
  const until = retainUntil(fields, facts.now);
  if (until !== undefined && !(until.getTime() > facts.now.getTime())) {
    return failed(failure('policy-refused', { field: 'lock.retainUntil', answer: reason('time-has-passed') }));
  }
  const Metadata = objectMetadata(fields, facts);
  const bytes = metadataBytes(Metadata);
  if (bytes > METADATA_LIMIT) return failed(failure('metadata-too-large', { path: facts.path, bytes }));

  return success({
    Bucket: facts.bucket,
    Key: facts.key,
    ContentType: contentTypeOf(fields, facts.path),
    Metadata,
    ChecksumAlgorithm: checksumOf(fields),
    ...given({
      ACL: fields.acl,
      GrantFullControl: grantText(fields.grants?.fullControl),
      GrantRead: grantText(fields.grants?.read),
      GrantReadACP: grantText(fields.grants?.readAcp),
      GrantWriteACP: grantText(fields.grants?.writeAcp),
      CacheControl: fields.cacheControl,
      ContentDisposition: fields.contentDisposition,
      ContentEncoding: fields.contentEncoding,
      ContentLanguage: fields.contentLanguage,
      Expires: dateOf(fields.expires?.at, fields.expires?.inDays, facts.now),
      StorageClass: fields.storageClass,
      Tagging: taggingText(fields.tags),
      ObjectLockMode: fields.lock?.mode,
      ObjectLockRetainUntilDate: until,
      ObjectLockLegalHoldStatus: legalHoldOf(fields),
      WebsiteRedirectLocation: fields.redirect,
    }),
    ...encryptionFields(fields),
    ...commonFields(fields),
  });
}

/** The fields that begin a multipart upload: those of a put, and how the checksums of its parts become one. */
export function createMultipartFields(fields: PolicyFields, facts: RequestFacts): Result<CreateMultipartFields> {
  const put = putObjectFields(fields, facts);
  if (!put.ok) return put;
  const taken = fieldsTakenBy('CreateMultipartUpload', put.value);
  return success({ ...taken, ChecksumType: checksumTypeOf(checksumOf(fields)) });
}

/** What goes with every request of the folder whose input has the field. */
export function commonFields(fields: PolicyFields): Pick<ObjectFields, 'RequestPayer' | 'ExpectedBucketOwner'> {
  return given({
    RequestPayer: fields.requesterPays === true ? ('requester' as const) : undefined,
    ExpectedBucketOwner: fields.expectedBucketOwner,
  });
}

/** CRC32 where the policy names none: every store that checks at all knows it, and it costs least. */
export function checksumOf(fields: PolicyFields): ChecksumAlgorithm {
  return fields.checksum ?? 'CRC32';
}

/** Only CRCs of parts can be combined into that of the whole; of the others S3 makes a digest of the parts' digests. */
export function checksumTypeOf(algorithm: ChecksumAlgorithm): 'FULL_OBJECT' | 'COMPOSITE' {
  return algorithm.startsWith('CRC') ? 'FULL_OBJECT' : 'COMPOSITE';
}

/** By the name's ending, without a guess at the charset of texts; `application/octet-stream` where it says nothing. */
export function contentTypeOf(fields: PolicyFields, path: RelPath): string {
  if (fields.contentType !== undefined && fields.contentType !== 'auto') return fields.contentType;
  // With a directory before it, a bare name such as `mp4` or `.html` is not taken for an ending.
  return mime.getType(`./${baseName(path)}`) ?? 'application/octet-stream';
}

function encryptionFields({ encryption }: PolicyFields): Partial<ObjectFields> {
  if (encryption === undefined) return {};
  if (encryption.mode === 'customer') return { SSECustomerAlgorithm: 'AES256' };
  return given({
    ServerSideEncryption: encryption.mode,
    SSEKMSKeyId: encryption.keyId,
    SSEKMSEncryptionContext: encryption.context === undefined ? undefined : base64Json(encryption.context),
    BucketKeyEnabled: encryption.bucketKey,
  });
}

/** S3 takes a KMS context as the Base64 of its JSON in UTF-8. */
function base64Json(value: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64');
}

function grantText(grantees: readonly string[] | undefined): string | undefined {
  return grantees === undefined || grantees.length === 0 ? undefined : grantees.join(', ');
}

function taggingText(tags: Readonly<Record<string, string>> | undefined): string | undefined {
  const entries = Object.entries(tags ?? {});
  if (entries.length === 0) return undefined;
  return entries.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
}

function retainUntil({ lock }: PolicyFields, now: Date): Date | undefined {
  return dateOf(lock?.retainUntil, lock?.retainDays, now);
}

function legalHoldOf({ lock }: PolicyFields): 'ON' | 'OFF' | undefined {
  if (lock?.legalHold === undefined) return undefined;
  return lock.legalHold ? 'ON' : 'OFF';
}

const DAY_MS = 86_400_000;

function dateOf(at: string | undefined, inDays: number | undefined, now: Date): Date | undefined {
  if (at !== undefined) return new Date(at);
  return inDays === undefined ? undefined : new Date(now.getTime() + inDays * DAY_MS);
}

type Given<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Leaves out what is undefined, so that the request, the receipt and `explain` show the fields that are really sent. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
