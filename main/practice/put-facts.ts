/** The headers of PutObject, CreateMultipartUpload or CopyObject in; all that they set besides the bytes out. */
import { ACL_HEADERS, checkGrants, parseAclHeaders } from './acl.ts';
import type { Call } from './call.ts';
import { CUSTOMER_KEY_HEADERS, type CustomerKey } from './customer-key.ts';
import { ENCRYPTION_HEADERS, parseEncryption } from './encryption.ts';
import { FIELD_HEADERS, parseFields } from './fields.ts';
import type { Bucket, Grant, ObjectFields, ObjectLock, Tags } from './model.ts';
import { LOCK_HEADERS, parseLockHeaders } from './object-lock.ts';
import { parseTagHeader } from './tags.ts';

/** The x-amz headers that `parsePutFacts` reads; `x-amz-meta-` stands for all metadata. */
export const PUT_HEADERS: readonly string[] = [
  ...FIELD_HEADERS,
  'x-amz-meta-',
  'x-amz-tagging',
  ...ENCRYPTION_HEADERS,
  ...CUSTOMER_KEY_HEADERS,
  ...LOCK_HEADERS,
  ...ACL_HEADERS,
];

export interface PutFacts {
  readonly fields: ObjectFields;
  readonly tags: Tags;
  /** As asked, without the bucket's default. */
  readonly lock: ObjectLock | undefined;
  readonly grants: readonly Grant[] | undefined;
  /** For the bytes of this request; never stored. */
  readonly customerKey: CustomerKey | undefined;
}

/** Reads and checks everything that can be refused before a byte of the body is read. */
export function parsePutFacts(call: Call, bucket: Bucket): PutFacts {
  const { headers } = call;
  const { encryption, customerKey } = parseEncryption(headers, bucket, call.region);
  const grants = parseAclHeaders(headers);
  checkGrants(bucket, grants, headers.get('x-amz-acl'));
  return {
    fields: parseFields(headers, encryption),
    tags: parseTagHeader(headers.get('x-amz-tagging')),
    lock: parseLockHeaders(headers, bucket, call.now),
    grants,
    customerKey,
  };
}
