/** A request's method, path and parameters in; the operation that it means out, or NotImplemented. */
import { ACL_HEADERS } from './acl.ts';
import {
  deleteBucketOwnershipControls,
  getBucketOwnershipControls,
  getObjectAcl,
  putBucketOwnershipControls,
  putObjectAcl,
} from './acl-operations.ts';
import type { Headers } from './authenticate.ts';
import { deleteBucketEncryption, getBucketEncryption, putBucketEncryption } from './bucket-encryption.ts';
import {
  deleteBucketPolicy,
  deletePublicAccessBlock,
  getBucketPolicy,
  getBucketPolicyStatus,
  getPublicAccessBlock,
  putBucketPolicy,
  putPublicAccessBlock,
} from './bucket-policy.ts';
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucketVersioning,
} from './buckets.ts';
import { type Call, OWNER_ACCOUNT, type Reply } from './call.ts';
import { CHECKSUM_HEADERS } from './checksums.ts';
import { completeMultipartUpload } from './complete-upload.ts';
import { copyObject } from './copy-object.ts';
import { COPY_SOURCE_HEADERS } from './copy-source.ts';
import { CUSTOMER_KEY_HEADERS } from './customer-key.ts';
import { deleteObject, deleteObjects } from './delete-object.ts';
import { getObject, headObject, OVERRIDE_PARAMETERS } from './get-object.ts';
import {
  deleteBucketLifecycle,
  getBucketLifecycleConfiguration,
  LIFECYCLE_HEADERS,
  putBucketLifecycleConfiguration,
} from './lifecycle.ts';
import { listObjectsV1, listObjectsV2 } from './list-objects.ts';
import { listMultipartUploads, listParts } from './list-uploads.ts';
import { listObjectVersions } from './list-versions.ts';
import {
  getObjectLegalHold,
  getObjectLockConfiguration,
  getObjectRetention,
  putObjectLegalHold,
  putObjectLockConfiguration,
  putObjectRetention,
} from './lock-operations.ts';
import { abortMultipartUpload, createMultipartUpload, uploadPart, uploadPartCopy } from './multipart.ts';
import { ATTRIBUTE_HEADERS, getObjectAttributes } from './object-attributes.ts';
import { BYPASS_HEADER } from './object-lock.ts';
import { PUT_HEADERS } from './put-facts.ts';
import { putObject } from './put-object.ts';
import { notImplemented, Refusal } from './refusal.ts';
import type { Query, Target } from './request.ts';
import { restoreObject } from './restore.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts';

type Level = 'service' | 'bucket' | 'object';

export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly level: Level;
  /** Parameters that must be there for this operation to be meant. */
  readonly marks: readonly string[];
  /** Further parameters that it understands. */
  readonly parameters: readonly string[];
  /** The x-amz headers that it understands beyond those of every request; `x-amz-meta-` stands for all metadata. */
  readonly headers: readonly string[];
  readonly run: (call: Call) => Reply | Promise<Reply>;
}

/** Headers that belong to signing, framing or the client itself. */
const COMMON_HEADERS = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expected-bucket-owner',
  'x-amz-request-payer',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-te',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

const PAGE = ['prefix', 'delimiter', 'encoding-type', 'max-keys'];
const CHECKSUMS = CHECKSUM_HEADERS;
const READ_PARAMETERS = ['versionId', 'partNumber', ...OVERRIDE_PARAMETERS];
const READ_HEADERS = ['x-amz-checksum-mode', ...CUSTOMER_KEY_HEADERS];
const VERSION = { parameters: ['versionId'] };
/** Of a request that brings a document: the SDK may send a checksum of it. */
const DOCUMENT = { headers: CHECKSUMS };
const LIST_HEADERS = ['x-amz-optional-object-attributes'];
const COPY_HEADERS = [
  ...PUT_HEADERS,
  ...COPY_SOURCE_HEADERS,
  'x-amz-metadata-directive',
  'x-amz-tagging-directive',
  'x-amz-checksum-algorithm',
];

type Details = Partial<Pick<Operation, 'marks' | 'parameters' | 'headers'>>;

function operation(method: string, level: Level, run: Operation['run'], details: Details = {}): Operation {
  return { name: run.name, method, level, run, marks: [], parameters: [], headers: [], ...details };
}

const OPERATIONS: readonly Operation[] = [
  operation('GET', 'service', listBuckets, {
    parameters: ['prefix', 'max-buckets', 'continuation-token', 'bucket-region'],
  }),

  operation('PUT', 'bucket', createBucket, {
    headers: ['x-amz-acl', 'x-amz-bucket-object-lock-enabled', 'x-amz-object-ownership', ...CHECKSUMS],
  }),
  operation('HEAD', 'bucket', headBucket),
  operation('DELETE', 'bucket', deleteBucket),
  operation('GET', 'bucket', getBucketLocation, { marks: ['location'] }),
  operation('GET', 'bucket', getBucketVersioning, { marks: ['versioning'] }),
  operation('PUT', 'bucket', putBucketVersioning, { marks: ['versioning'], headers: CHECKSUMS }),
  operation('GET', 'bucket', listObjectsV1, { parameters: [...PAGE, 'marker'], headers: LIST_HEADERS }),
  operation('GET', 'bucket', listObjectsV2, {
    marks: ['list-type'],
    parameters: [...PAGE, 'start-after', 'continuation-token', 'fetch-owner'],
    headers: LIST_HEADERS,
  }),
  operation('GET', 'bucket', listObjectVersions, {
    marks: ['versions'],
    parameters: [...PAGE, 'key-marker', 'version-id-marker'],
    headers: LIST_HEADERS,
  }),
  operation('GET', 'bucket', listMultipartUploads, {
    marks: ['uploads'],
    parameters: ['prefix', 'delimiter', 'encoding-type', 'max-uploads', 'key-marker', 'upload-id-marker'],
  }),
  operation('POST', 'bucket', deleteObjects, { marks: ['delete'], headers: [...CHECKSUMS, BYPASS_HEADER] }),

  operation('PUT', 'bucket', putObjectLockConfiguration, { ...DOCUMENT, marks: ['object-lock'] }),
  operation('GET', 'bucket', getObjectLockConfiguration, { marks: ['object-lock'] }),
  operation('PUT', 'bucket', putBucketOwnershipControls, { ...DOCUMENT, marks: ['ownershipControls'] }),
  operation('GET', 'bucket', getBucketOwnershipControls, { marks: ['ownershipControls'] }),
  operation('DELETE', 'bucket', deleteBucketOwnershipControls, { marks: ['ownershipControls'] }),
  operation('PUT', 'bucket', putBucketEncryption, { ...DOCUMENT, marks: ['encryption'] }),
  operation('GET', 'bucket', getBucketEncryption, { marks: ['encryption'] }),
  operation('DELETE', 'bucket', deleteBucketEncryption, { marks: ['encryption'] }),
  operation('PUT', 'bucket', putBucketLifecycleConfiguration, {
    marks: ['lifecycle'],
    headers: [...CHECKSUMS, ...LIFECYCLE_HEADERS],
  }),
  operation('GET', 'bucket', getBucketLifecycleConfiguration, { marks: ['lifecycle'] }),
  operation('DELETE', 'bucket', deleteBucketLifecycle, { marks: ['lifecycle'] }),
  operation('PUT', 'bucket', putBucketPolicy, {
    marks: ['policy'],
    headers: [...CHECKSUMS, 'x-amz-confirm-remove-self-bucket-access'],
  }),
  operation('GET', 'bucket', getBucketPolicy, { marks: ['policy'] }),
  operation('DELETE', 'bucket', deleteBucketPolicy, { marks: ['policy'] }),
  operation('GET', 'bucket', getBucketPolicyStatus, { marks: ['policyStatus'] }),
  operation('PUT', 'bucket', putPublicAccessBlock, { ...DOCUMENT, marks: ['publicAccessBlock'] }),
  operation('GET', 'bucket', getPublicAccessBlock, { marks: ['publicAccessBlock'] }),
  operation('DELETE', 'bucket', deletePublicAccessBlock, { marks: ['publicAccessBlock'] }),

  operation('PUT', 'object', putObject, { headers: [...PUT_HEADERS, ...CHECKSUMS] }),
  operation('PUT', 'object', copyObject, { headers: COPY_HEADERS }),
  operation('GET', 'object', getObject, { parameters: READ_PARAMETERS, headers: READ_HEADERS }),
  operation('HEAD', 'object', headObject, { parameters: READ_PARAMETERS, headers: READ_HEADERS }),
  operation('DELETE', 'object', deleteObject, { ...VERSION, headers: [BYPASS_HEADER] }),
  operation('GET', 'object', getObjectTagging, { ...VERSION, marks: ['tagging'] }),
  operation('PUT', 'object', putObjectTagging, { ...VERSION, ...DOCUMENT, marks: ['tagging'] }),
  operation('DELETE', 'object', deleteObjectTagging, { ...VERSION, marks: ['tagging'] }),
  operation('GET', 'object', getObjectAttributes, {
    ...VERSION,
    marks: ['attributes'],
    headers: [...ATTRIBUTE_HEADERS, ...CUSTOMER_KEY_HEADERS],
  }),
  operation('GET', 'object', getObjectAcl, { ...VERSION, marks: ['acl'] }),
  operation('PUT', 'object', putObjectAcl, { ...VERSION, marks: ['acl'], headers: [...ACL_HEADERS, ...CHECKSUMS] }),
  operation('GET', 'object', getObjectRetention, { ...VERSION, marks: ['retention'] }),
  operation('PUT', 'object', putObjectRetention, {
    ...VERSION,
    marks: ['retention'],
    headers: [BYPASS_HEADER, ...CHECKSUMS],
  }),
  operation('GET', 'object', getObjectLegalHold, { ...VERSION, marks: ['legal-hold'] }),
  operation('PUT', 'object', putObjectLegalHold, { ...VERSION, ...DOCUMENT, marks: ['legal-hold'] }),
  operation('POST', 'object', restoreObject, { ...VERSION, ...DOCUMENT, marks: ['restore'] }),

  operation('POST', 'object', createMultipartUpload, {
    marks: ['uploads'],
    headers: [...PUT_HEADERS, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
  }),
  operation('PUT', 'object', uploadPart, {
    marks: ['partNumber', 'uploadId'],
    headers: [...CHECKSUMS, ...CUSTOMER_KEY_HEADERS],
  }),
  operation('PUT', 'object', uploadPartCopy, {
    marks: ['partNumber', 'uploadId'],
    headers: [...COPY_SOURCE_HEADERS, 'x-amz-copy-source-range', ...CUSTOMER_KEY_HEADERS],
  }),
  operation('GET', 'object', listParts, {
    marks: ['uploadId'],
    parameters: ['max-parts', 'part-number-marker'],
    headers: CUSTOMER_KEY_HEADERS,
  }),
  operation('DELETE', 'object', abortMultipartUpload, { marks: ['uploadId'] }),
  operation('POST', 'object', completeMultipartUpload, {
    marks: ['uploadId'],
    headers: [...CHECKSUMS, 'x-amz-checksum-type', 'x-amz-mp-object-size', ...CUSTOMER_KEY_HEADERS],
  }),
];

function isCopy(candidate: Operation): boolean {
  return candidate.headers.includes('x-amz-copy-source');
}

/** Finds the operation that a request means. Any parameter or x-amz header that it does not know is refused. */
export function findOperation(method: string, target: Target, query: Query, headers: Headers): Operation {
  const level = target.bucket === '' ? 'service' : target.key === '' ? 'bucket' : 'object';
  const copies = headers.has('x-amz-copy-source');
  const found = OPERATIONS.filter((candidate) => candidate.method === method && candidate.level === level)
    .filter((candidate) => candidate.marks.every((mark) => query.has(mark)))
    .filter((candidate) => method !== 'PUT' || isCopy(candidate) === copies)
    .sort((a, b) => b.marks.length - a.marks.length)[0];
  if (found === undefined) throw notImplemented(`the method ${method} here`);
  for (const name of query.keys()) {
    if (name === 'x-id' || found.marks.includes(name) || found.parameters.includes(name)) continue;
    throw notImplemented(`the parameter ${name} with ${found.name}`);
  }
  if (found.marks.includes('list-type') && query.get('list-type') !== '2') throw notImplemented('this list-type');
  checkHeaders(found, headers);
  return found;
}

function checkHeaders(found: Operation, headers: Headers): void {
  for (const name of headers.keys()) {
    if (!name.startsWith('x-amz-') || COMMON_HEADERS.has(name) || found.headers.includes(name)) continue;
    if (name.startsWith('x-amz-meta-') && found.headers.includes('x-amz-meta-')) continue;
    throw notImplemented(`the header ${name} with ${found.name}`);
  }
  const payer = headers.get('x-amz-request-payer');
  if (payer !== undefined && payer !== 'requester') {
    throw new Refusal('InvalidArgument', 'The request payer can only be requester.');
  }
  const owner = headers.get('x-amz-expected-bucket-owner');
  if (owner !== undefined && owner !== OWNER_ACCOUNT) throw new Refusal('AccessDenied', 'Access Denied');
}
