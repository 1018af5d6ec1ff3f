/** A request's method, path and parameters in; the operation that it means out, or NotImplemented. */
import type { Headers } from './authenticate.ts';
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
import { deleteObject, deleteObjects } from './delete-object.ts';
import { FIELD_HEADERS } from './fields.ts';
import { getObject, getObjectAttributes, headObject, OVERRIDE_PARAMETERS } from './get-object.ts';
import { listObjectsV1, listObjectsV2 } from './list-objects.ts';
import { listMultipartUploads, listParts } from './list-uploads.ts';
import { listObjectVersions } from './list-versions.ts';
import { abortMultipartUpload, createMultipartUpload, uploadPart, uploadPartCopy } from './multipart.ts';
import { putObject } from './put-object.ts';
import { notImplemented, Refusal } from './refusal.ts';
import type { Query, Target } from './request.ts';
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
const FIELDS = [...FIELD_HEADERS, 'x-amz-meta-'];
const CHECKSUMS = CHECKSUM_HEADERS;
const READ_PARAMETERS = ['versionId', ...OVERRIDE_PARAMETERS];
const COPY_HEADERS = [
  ...FIELDS,
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
  operation('GET', 'service', listBuckets),

  operation('PUT', 'bucket', createBucket, { headers: ['x-amz-acl', ...CHECKSUMS] }),
  operation('HEAD', 'bucket', headBucket),
  operation('DELETE', 'bucket', deleteBucket),
  operation('GET', 'bucket', getBucketLocation, { marks: ['location'] }),
  operation('GET', 'bucket', getBucketVersioning, { marks: ['versioning'] }),
  operation('PUT', 'bucket', putBucketVersioning, { marks: ['versioning'], headers: CHECKSUMS }),
  operation('GET', 'bucket', listObjectsV1, { parameters: [...PAGE, 'marker'] }),
  operation('GET', 'bucket', listObjectsV2, {
    marks: ['list-type'],
    parameters: [...PAGE, 'start-after', 'continuation-token', 'fetch-owner'],
  }),
  operation('GET', 'bucket', listObjectVersions, {
    marks: ['versions'],
    parameters: [...PAGE, 'key-marker', 'version-id-marker'],
  }),
  operation('GET', 'bucket', listMultipartUploads, {
    marks: ['uploads'],
    parameters: ['prefix', 'delimiter', 'encoding-type', 'max-uploads', 'key-marker', 'upload-id-marker'],
  }),
  operation('POST', 'bucket', deleteObjects, { marks: ['delete'], headers: CHECKSUMS }),

  operation('PUT', 'object', putObject, { headers: [...FIELDS, ...CHECKSUMS] }),
  operation('PUT', 'object', copyObject, { headers: COPY_HEADERS }),
  operation('GET', 'object', getObject, { parameters: READ_PARAMETERS, headers: ['x-amz-checksum-mode'] }),
  operation('HEAD', 'object', headObject, { parameters: READ_PARAMETERS, headers: ['x-amz-checksum-mode'] }),
  operation('DELETE', 'object', deleteObject, { parameters: ['versionId'] }),
  operation('GET', 'object', getObjectTagging, { marks: ['tagging'], parameters: ['versionId'] }),
  operation('PUT', 'object', putObjectTagging, { marks: ['tagging'], parameters: ['versionId'], headers: CHECKSUMS }),
  operation('DELETE', 'object', deleteObjectTagging, { marks: ['tagging'], parameters: ['versionId'] }),
  operation('GET', 'object', getObjectAttributes, {
    marks: ['attributes'],
    parameters: ['versionId'],
    headers: ['x-amz-object-attributes'],
  }),

  operation('POST', 'object', createMultipartUpload, {
    marks: ['uploads'],
    headers: [...FIELDS, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
  }),
  operation('PUT', 'object', uploadPart, { marks: ['partNumber', 'uploadId'], headers: CHECKSUMS }),
  operation('PUT', 'object', uploadPartCopy, {
    marks: ['partNumber', 'uploadId'],
    headers: [...COPY_SOURCE_HEADERS, 'x-amz-copy-source-range'],
  }),
  operation('GET', 'object', listParts, { marks: ['uploadId'], parameters: ['max-parts', 'part-number-marker'] }),
  operation('DELETE', 'object', abortMultipartUpload, { marks: ['uploadId'] }),
  operation('POST', 'object', completeMultipartUpload, {
    marks: ['uploadId'],
    headers: [...CHECKSUMS, 'x-amz-checksum-type', 'x-amz-mp-object-size'],
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
