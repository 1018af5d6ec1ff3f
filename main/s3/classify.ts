/**
 * Turns whatever a request threw into one `Failure`. In: the error and what was asked. Out: code, sentence, way out.
 * It goes by code and status, never by message: stores write what they like there, some only "UnknownError".
 */
import { failure, FailureError, type Failure, type FailureCode } from '../contract/errors.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { iamActions, type OperationName } from './operations.ts';

/** What was asked, for the sentence. */
export interface Asked {
  readonly operation: OperationName;
  readonly connection: string;
  readonly endpoint: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** The names of all fields of the request's input. */
  readonly fields?: readonly string[];
}

interface Thrown {
  readonly name: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly region: string | undefined;
  readonly dateHeader: string | undefined;
}

const neverReached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
const brokenOff = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'EPROTO', 'ERR_STREAM_PREMATURE_CLOSE']);

const codes: Readonly<Record<string, FailureCode>> = {
  SlowDown: 'busy',
  InternalError: 'busy',
  ServiceUnavailable: 'busy',
  RequestTimeout: 'busy',
  TooManyRequests: 'busy',
  ThrottlingException: 'busy',
  RequestTimeTooSkewed: 'clock-skew',
  InvalidAccessKeyId: 'credentials-wrong',
  SignatureDoesNotMatch: 'credentials-wrong',
  ExpiredToken: 'session-ended',
  InvalidToken: 'credentials-wrong',
  TokenRefreshRequired: 'session-ended',
  BucketAlreadyOwnedByYou: 'bucket-yours',
  BucketAlreadyExists: 'bucket-taken',
  TooManyBuckets: 'too-many-buckets',
  PermanentRedirect: 'wrong-region',
  AuthorizationHeaderMalformed: 'wrong-region',
  IllegalLocationConstraintException: 'wrong-region',
  NoSuchBucket: 'bucket-missing',
  InvalidBucketName: 'bucket-missing',
  AccessDenied: 'permission',
  AllAccessDisabled: 'permission',
  AccountProblem: 'permission',
  QuotaExceeded: 'permission',
  InvalidStorageClass: 'policy-refused',
  AccessControlListNotSupported: 'policy-refused',
  InvalidTag: 'policy-refused',
  InvalidRedirectLocation: 'policy-refused',
  AmbiguousGrantByEmailAddress: 'policy-refused',
  UnresolvableGrantByEmailAddress: 'policy-refused',
  MetadataTooLarge: 'policy-refused',
  InvalidEncryptionAlgorithmError: 'policy-refused',
  'KMS.NotFoundException': 'policy-refused',
  'KMS.DisabledException': 'policy-refused',
  'KMS.KMSInvalidStateException': 'policy-refused',
  ConditionalRequestConflict: 'race',
  RestoreAlreadyInProgress: 'race',
  OperationAborted: 'race',
  PreconditionFailed: 'conflict',
  NoSuchUpload: 'upload-gone',
  InvalidPart: 'upload-gone',
  InvalidPartOrder: 'upload-gone',
  InvalidObjectState: 'archived',
  BadDigest: 'damaged',
  InvalidDigest: 'damaged',
  XAmzContentSHA256Mismatch: 'damaged',
  NotImplemented: 'not-supported',
  NoSuchKey: 'object-missing',
  NoSuchVersion: 'object-missing',
  MethodNotAllowed: 'object-missing',
};

const policyFields: Readonly<Record<string, string>> = {
  InvalidStorageClass: 'storageClass',
  AccessControlListNotSupported: 'acl',
  InvalidTag: 'tags',
  InvalidRedirectLocation: 'redirect',
  AmbiguousGrantByEmailAddress: 'grants',
  UnresolvableGrantByEmailAddress: 'grants',
  MetadataTooLarge: 'metadata',
  InvalidEncryptionAlgorithmError: 'encryption.mode',
  'KMS.NotFoundException': 'encryption.keyId',
  'KMS.DisabledException': 'encryption.keyId',
  'KMS.KMSInvalidStateException': 'encryption.keyId',
};

const uploads: ReadonlySet<OperationName> = new Set<OperationName>([
  'PutObject',
  'CreateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
]);
/** What carries fields of a policy. */
const writes: ReadonlySet<OperationName> = new Set<OperationName>([
  ...uploads,
  'CopyObject',
  'PutObjectAcl',
  'PutObjectLegalHold',
  'PutObjectRetention',
  'PutObjectTagging',
]);

/** Codes that say of a write no more than that something in it was not liked, and of anything else even less. */
const vague = new Set(['InvalidArgument', 'InvalidRequest']);

/** Fields of requests that only a policy asks for, by how they begin, and the policy's field that does. */
const asksFor: readonly (readonly [start: string, field: string])[] = [
  ['ObjectLock', 'lock'],
  ['Retention', 'lock'],
  ['LegalHold', 'lock'],
  ['SSE', 'encryption'],
  ['ServerSideEncryption', 'encryption'],
  ['BucketKeyEnabled', 'encryption'],
  ['StorageClass', 'storageClass'],
  ['Grant', 'grants'],
  ['ACL', 'acl'],
  ['Tagging', 'tags'],
  ['WebsiteRedirectLocation', 'redirect'],
  ['Expires', 'expires'],
  ['Cache', 'cacheControl'],
  ['ContentDisposition', 'contentDisposition'],
  ['ContentEncoding', 'contentEncoding'],
  ['ContentLanguage', 'contentLanguage'],
];

/** Makes a failure of an error that the SDK or the network threw. */
export function classify(error: unknown, asked: Asked): Failure {
  // The one who provides keys had none, and knows why.
  if (error instanceof FailureError) return error.failure;
  const thrown = read(error);
  const answer = [thrown.status, thrown.code ?? thrown.name].filter((part) => part !== undefined).join(' ');
  const facts = {
    answer,
    connection: asked.connection,
    endpoint: asked.endpoint,
    bucket: asked.bucket ?? '–',
    key: asked.key ?? '–',
    operation: asked.operation,
    ...(thrown.status === undefined ? {} : { status: thrown.status }),
  };
  if (thrown.name === 'AbortError') return failure('cancelled', facts);
  if (thrown.name === 'CredentialsProviderError' || thrown.name === 'TokenProviderError') {
    return failure('credentials-missing', facts);
  }
  // The SDK refused to send it, or met a fault of its own: one file's matter, and no reason to hold all of the store.
  if (thrown.status === undefined && isFault(error, thrown)) {
    return failure('internal', { ...facts, reference: thrown.code ?? thrown.name });
  }
  if (thrown.status === undefined) return failure('offline', { ...facts, reason: thrown.code ?? thrown.name });

  const code = codeFor(thrown, thrown.status, asked);
  switch (code) {
    case 'permission':
      return failure(code, { ...facts, action: iamActions[asked.operation], resource: resourceOf(asked) });
    case 'policy-refused':
      return failure(code, { ...facts, field: refusedField(thrown.code, asked.fields ?? []) });
    case 'wrong-region':
      return failure(code, { ...facts, region: thrown.region ?? reason('unknown') });
    case 'clock-skew':
      return failure(code, { ...facts, seconds: skewSeconds(thrown.dateHeader) });
    default:
      return failure(code, facts);
  }
}

function codeFor(thrown: Thrown, status: number, asked: Asked): FailureCode {
  const known = ownEntry(codes, thrown.code);
  if (thrown.code !== undefined && vague.has(thrown.code)) {
    return writes.has(asked.operation) ? 'policy-refused' : 'store-answer';
  }
  if (known === 'object-missing' && uploads.has(asked.operation)) {
    // What the condition of the upload names was removed by somebody else meanwhile.
    if (asked.fields?.includes('IfMatch') === true) return 'conflict';
    // Without one it needs no object to be there: some stores say so of a grantee whom they do not know.
    if (asked.fields?.some((name) => name.startsWith('Grant')) === true) return 'policy-refused';
  }
  // Of a bucket or of all buckets it means that the store does not know the question.
  if (thrown.code === 'MethodNotAllowed' && asked.key === undefined) return 'not-supported';
  if (known !== undefined) return known;
  if (thrown.code?.startsWith('KMS.') === true) return 'permission';
  if (status === 429 || status >= 500) return status === 501 ? 'not-supported' : 'busy';
  if (status === 301 || status === 307 || status === 308) return 'wrong-region';
  if (status === 404) return asked.key === undefined ? 'bucket-missing' : 'object-missing';
  if (status === 401 || status === 403) return 'permission';
  if (status === 412) return 'conflict';
  if (status === 409) return 'race';
  return 'store-answer';
}

/**
 * True where S3 may have stored what was sent although the request failed: no answer, a connection that broke off,
 * or an error of the server itself. False where the request never got there or was refused.
 */
export function mayHaveStored(cause: Failure): boolean {
  if (cause.code === 'offline') return !neverReached.has(String(cause.facts['reason']));
  if (cause.code === 'busy') {
    const status = Number(cause.facts['status'] ?? 0);
    return status >= 500 && status !== 503;
  }
  return cause.code === 'store-answer' || cause.code === 'cancelled' || cause.code === 'damaged';
}

/** The field of the policy that was refused: by the code, else all that this request asked for. */
function refusedField(code: string | undefined, asked: readonly string[]): string {
  const known = ownEntry(policyFields, code);
  if (known !== undefined) return known;
  const fields = asksFor.flatMap(([start, field]) => (asked.some((name) => name.startsWith(start)) ? [field] : []));
  return fields.length === 0 ? 'one of its fields' : [...new Set(fields)].join(' or ');
}

function resourceOf(asked: Asked): string {
  if (asked.bucket === undefined) return asked.endpoint;
  return asked.key === undefined ? asked.bucket : `${asked.bucket}/${asked.key}`;
}

function skewSeconds(dateHeader: string | undefined): number | Reason {
  const there = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
  return Number.isNaN(there) ? reason('more-than', { least: 900 }) : Math.round(Math.abs(Date.now() - there) / 1000);
}

/** A store may send any word as its code, `constructor` too: only what the table itself holds counts. */
function ownEntry<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

function isFault(error: unknown, thrown: Thrown): boolean {
  if (field(error, '$response') !== undefined) return false; // an answer came that could not be read
  return error instanceof TypeError || error instanceof RangeError || thrown.code?.startsWith('ERR_INVALID_') === true;
}

/** Reads the few facts that count out of an error of unknown shape. */
function read(error: unknown): Thrown {
  const name = stringAt(error, 'name') ?? 'Error';
  const network = stringAt(error, 'code') ?? stringAt(field(error, 'cause'), 'code') ?? firstOfAggregate(error);
  const response = field(error, '$response');
  const headers = field(response, 'headers');
  const status = numberAt(field(error, '$metadata'), 'httpStatusCode') ?? numberAt(response, 'statusCode');
  if (network !== undefined && (neverReached.has(network) || brokenOff.has(network) || status === undefined)) {
    return { name, code: network, status: undefined, region: undefined, dateHeader: undefined };
  }
  const stated = stringAt(error, 'Code') ?? stringAt(field(error, 'Error'), 'Code') ?? name;
  return {
    name,
    code: stated === 'UnknownError' || stated === 'Error' || stated === '' ? undefined : stated,
    status,
    region: stringAt(headers, 'x-amz-bucket-region') ?? stringAt(error, 'Region'),
    dateHeader: stringAt(headers, 'date'),
  };
}

function firstOfAggregate(error: unknown): string | undefined {
  const inner = field(error, 'errors');
  return Array.isArray(inner) ? stringAt(inner[0], 'code') : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function stringAt(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

function numberAt(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === 'number' ? found : undefined;
}
