/** The headers of a put in; the fields that are stored with the object out, and headers again for whoever reads it. */
import type { Headers } from './authenticate.ts';
import type { ReplyHeaders } from './call.ts';
import { encryptionHeaders } from './encryption.ts';
import type { Encryption, ObjectFields } from './model.ts';
import { Refusal } from './refusal.ts';

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

/** Most bytes of metadata, names and values together. */
const MAX_METADATA = 2048;
const META = 'x-amz-meta-';

/** The x-amz headers, metadata apart, that `parseFields` reads. */
export const FIELD_HEADERS: readonly string[] = ['x-amz-storage-class', 'x-amz-website-redirect-location'];

/** Refuses keys over 1,024 bytes of UTF-8. */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key, 'utf8');
  if (size > 1024) {
    throw new Refusal('KeyTooLongError', 'Your key is too long', {
      details: { Size: String(size), MaxSizeAllowed: '1024' },
    });
  }
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

/** The fields of a put, its encryption decided already. */
export function parseFields(headers: Headers, encryption: Encryption | undefined): ObjectFields {
  return {
    storageClass: parseStorageClass(headers),
    headers: parseKeptHeaders(headers),
    metadata: parseMetadata(headers),
    encryption,
  };
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
