/** The headers of a put in; the fields that are stored with the object out, and headers again for whoever reads it. */
import type { Headers } from './authenticate.ts';
import { OWNER_ACCOUNT, present, type ReplyHeaders } from './call.ts';
import type { Encryption, ObjectFields } from './model.ts';
import { notImplemented, Refusal } from './refusal.ts';

const STORAGE_CLASSES = new Set([
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
]);

/** Headers that are kept with an object and given back as they came. */
const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'expires',
  'x-amz-website-redirect-location',
] as const;

/** Keys that may be named for aws:kms, by name or ARN. */
const KMS_KEYS = ['testkey-1', 'testkey-2'];
/** Stands for the key that AWS manages, used where none is named. */
const DEFAULT_KMS_KEY = 'aws-s3';

/** Most bytes of metadata, names and values together. */
const MAX_METADATA = 2048;
const META = 'x-amz-meta-';
const SSE = 'x-amz-server-side-encryption';

/** The x-amz headers, metadata apart, that `parseFields` and its callers read. */
export const FIELD_HEADERS: readonly string[] = [
  'x-amz-acl',
  'x-amz-storage-class',
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  SSE,
  `${SSE}-aws-kms-key-id`,
  `${SSE}-context`,
  `${SSE}-bucket-key-enabled`,
];

/** Refuses keys over 1,024 bytes of UTF-8. */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key, 'utf8');
  if (size > 1024) {
    throw new Refusal('KeyTooLongError', 'Your key is too long', {
      details: { Size: String(size), MaxSizeAllowed: '1024' },
    });
  }
}

/** Only the canned ACL that changes nothing is known. */
export function checkAcl(headers: Headers): void {
  const acl = headers.get('x-amz-acl');
  if (acl !== undefined && acl !== 'private') throw notImplemented(`the ACL ${acl}`);
}

/** The storage class asked for; STANDARD where none is. Refuses with InvalidStorageClass. */
export function parseStorageClass(headers: Headers): string {
  const storageClass = headers.get('x-amz-storage-class') ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(storageClass)) {
    throw new Refusal('InvalidStorageClass', 'The storage class you specified is not valid', {
      details: { StorageClassRequested: storageClass },
    });
  }
  return storageClass;
}

/** User metadata by name without prefix. Refuses what is not ASCII or more than 2 KB. */
export function parseMetadata(headers: Headers): Readonly<Record<string, string>> {
  const metadata: [string, string][] = [];
  let size = 0;
  for (const [name, value] of headers) {
    if (!name.startsWith(META)) continue;
    if (!/^[\x20-\x7e\t]*$/.test(value)) {
      throw new Refusal('InvalidArgument', 'Metadata values must be US-ASCII.', {
        details: { ArgumentName: name },
      });
    }
    metadata.push([name.slice(META.length), value]);
    size += name.length - META.length + value.length;
  }
  if (size > MAX_METADATA) {
    throw new Refusal('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
      details: { Size: String(size), MaxSizeAllowed: String(MAX_METADATA) },
    });
  }
  return Object.fromEntries(metadata);
}

function invalid(name: string, value: string, message: string): Refusal {
  return new Refusal('InvalidArgument', message, { details: { ArgumentName: name, ArgumentValue: value } });
}

function checkContext(context: string | undefined): void {
  if (context === undefined) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(context, 'base64').toString('utf8'));
  } catch {
    parsed = undefined;
  }
  const plain = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  if (!plain || !Object.values(parsed as object).every((value) => typeof value === 'string')) {
    throw invalid(`${SSE}-context`, context, 'The encryption context must be base64 of a JSON object of strings.');
  }
}

function kmsKeyArn(named: string | undefined, region: string): string {
  const start = `arn:aws:kms:${region}:${OWNER_ACCOUNT}:key/`;
  if (named === undefined) return start + DEFAULT_KMS_KEY;
  const name = named.startsWith(start) ? named.slice(start.length) : named;
  if (!KMS_KEYS.includes(name)) throw new Refusal('KMS.NotFoundException', `Key '${named}' does not exist`);
  return start + name;
}

/** The encryption asked for; undefined where none is. Nothing is really encrypted on this disk. */
export function parseEncryption(headers: Headers, region: string): Encryption | undefined {
  const mode = headers.get(SSE);
  const keyId = headers.get(`${SSE}-aws-kms-key-id`);
  const context = headers.get(`${SSE}-context`);
  const bucketKey = headers.get(`${SSE}-bucket-key-enabled`);
  if (bucketKey !== undefined && bucketKey !== 'true' && bucketKey !== 'false') {
    throw invalid(`${SSE}-bucket-key-enabled`, bucketKey, 'The bucket key is either true or false.');
  }
  const kms = mode === 'aws:kms' || mode === 'aws:kms:dsse';
  if (!kms && (keyId !== undefined || context !== undefined)) {
    throw invalid(SSE, mode ?? '', 'A KMS key or context needs server-side encryption with aws:kms.');
  }
  if (mode === undefined) return undefined;
  if (mode === 'AES256') return { mode };
  if (!kms) {
    throw new Refusal('InvalidEncryptionAlgorithmError', 'The encryption request you specified is not valid.');
  }
  if (mode === 'aws:kms:dsse' && bucketKey === 'true') {
    throw invalid(`${SSE}-bucket-key-enabled`, bucketKey, 'Bucket keys are not supported with aws:kms:dsse.');
  }
  checkContext(context);
  return { mode, keyId: kmsKeyArn(keyId, region), context, bucketKey: bucketKey === 'true' ? true : undefined };
}

/** The headers kept with an object; content-encoding is kept without the framing of the upload. */
export function parseKeptHeaders(headers: Headers): Readonly<Record<string, string>> {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of KEPT_HEADERS) {
    const value = headers.get(name);
    if (value !== undefined && value !== '') kept[name] = value;
  }
  const encodings = (headers.get('content-encoding') ?? '').split(',').map((item) => item.trim());
  const encoding = encodings.filter((item) => item !== '' && item !== 'aws-chunked').join(',');
  if (encoding !== '') kept['content-encoding'] = encoding;
  const redirect = kept['x-amz-website-redirect-location'];
  if (redirect !== undefined && !/^(\/|https?:\/\/)/.test(redirect)) {
    throw new Refusal('InvalidArgument', 'The website redirect location must start with / or http:// or https://.');
  }
  return kept;
}

/** All fields of a put or of CreateMultipartUpload. */
export function parseFields(headers: Headers, region: string): ObjectFields {
  checkAcl(headers);
  return {
    storageClass: parseStorageClass(headers),
    headers: parseKeptHeaders(headers),
    metadata: parseMetadata(headers),
    encryption: parseEncryption(headers, region),
  };
}

/** The headers that tell of an object's encryption. The context is told only in the answers of writes. */
export function encryptionHeaders(encryption: Encryption | undefined, withContext: boolean): ReplyHeaders {
  if (encryption === undefined) return {};
  if (encryption.mode === 'AES256') return { [SSE]: 'AES256' };
  return present({
    [SSE]: encryption.mode,
    [`${SSE}-aws-kms-key-id`]: encryption.keyId,
    [`${SSE}-context`]: withContext ? encryption.context : undefined,
    [`${SSE}-bucket-key-enabled`]: encryption.bucketKey === true ? 'true' : undefined,
  });
}

/** The headers of GET and HEAD that come from an object's fields. */
export function fieldHeaders(fields: ObjectFields): ReplyHeaders {
  return {
    ...fields.headers,
    ...Object.fromEntries(Object.entries(fields.metadata).map(([name, value]) => [META + name, value])),
    ...encryptionHeaders(fields.encryption, false),
    ...(fields.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': fields.storageClass }),
  };
}
