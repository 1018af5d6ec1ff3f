/** GetObject and HeadObject: a version in; its headers and bytes out. */
import { bucketOf, type Call, emptyReply, httpTime, present, type Reply, type ReplyHeaders } from './call.ts';
import { readBody } from './cipher.ts';
import type { Checksum } from './checksums.ts';
import { checkCustomerKey, type CustomerKey, parseCustomerKey } from './customer-key.ts';
import { fieldHeaders } from './fields.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { lockHeaders } from './object-lock.ts';
import { type ByteRange, parseRange } from './ranges.ts';
import { Refusal } from './refusal.ts';
import { checkReadable, restoreHeader } from './restore.ts';
import { checksumHeaders, evaluateConditions, findObject, readConditions, versionHeader } from './versions.ts';

/** Parameters that replace a header of the answer. */
const OVERRIDES: Readonly<Record<string, string>> = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
};
export const OVERRIDE_PARAMETERS = Object.keys(OVERRIDES);

function overrides(call: Call): ReplyHeaders {
  const headers: Record<string, string> = {};
  for (const [parameter, name] of Object.entries(OVERRIDES)) {
    const value = call.query.get(parameter);
    if (value === undefined) continue;
    // eslint-disable-next-line no-control-regex -- a header cannot hold them
    if (/[\u0000-\u001f\u007f]/.test(value)) {
      throw new Refusal('InvalidArgument', 'A header cannot hold control characters.', {
        details: { ArgumentName: parameter },
      });
    }
    headers[name] = Buffer.from(value, 'utf8').toString('latin1');
  }
  return headers;
}

function identity(bucket: Bucket, version: ObjectVersion): ReplyHeaders {
  return {
    etag: `"${version.etag}"`,
    'last-modified': httpTime(version.modified),
    'accept-ranges': 'bytes',
    ...versionHeader(bucket, version),
  };
}

/** What of an object is read. */
interface Extent {
  /** Undefined for the whole, answered with 200. */
  readonly range: ByteRange | undefined;
  /** Of just these bytes. */
  readonly checksum: Checksum | undefined;
  /** Of how many parts the object is, where one of them is read. */
  readonly partsCount?: number | undefined;
}

/** The part of that number. An object that was put in one piece is its own part 1, and then no count is told. */
function partExtent(version: ObjectVersion, text: string): Extent {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 10_000) {
    throw new Refusal('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
      details: { ArgumentName: 'partNumber', ArgumentValue: text },
    });
  }
  const parts = version.parts ?? [{ number: 1, size: version.size, checksum: version.checksum }];
  const at = parts.findIndex((part) => part.number === number);
  const part = parts[at];
  if (part === undefined) {
    throw new Refusal('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      details: { PartNumberRequested: text, ActualPartCount: String(parts.length) },
    });
  }
  const start = parts.slice(0, at).reduce((sum, { size }) => sum + size, 0);
  // An empty part has no range that could be told.
  const range = part.size === 0 ? undefined : { start, end: start + part.size };
  return { range, checksum: part.checksum, partsCount: version.parts?.length };
}

function extentOf(call: Call, version: ObjectVersion): Extent {
  const partNumber = call.query.get('partNumber');
  const text = call.headers.get('range');
  if (partNumber !== undefined) {
    if (text !== undefined) {
      throw new Refusal('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter.');
    }
    return partExtent(version, partNumber);
  }
  const range = parseRange(text, version.size);
  const isWhole = range === undefined || (range.start === 0 && range.end === version.size);
  // A checksum of the whole would not fit a part of it, and clients check what they are told.
  return { range, checksum: isWhole ? version.checksum : undefined };
}

/** The key that comes with a read, which must be the one that the object was written with. */
function readingKey(call: Call, version: ObjectVersion): CustomerKey | undefined {
  const key = parseCustomerKey(call.headers);
  checkCustomerKey(version.fields.encryption, key);
  return key;
}

function read(call: Call, withBody: boolean): Reply {
  const bucket = bucketOf(call);
  const version = findObject(bucket, call.key, call.query.get('versionId'));
  const key = readingKey(call, version);
  if (evaluateConditions(version, readConditions(call.headers, '')) === 'unchanged') {
    return emptyReply(304, identity(bucket, version));
  }
  if (withBody) checkReadable(version, call.now);
  const { size } = version;
  const extent = extentOf(call, version);
  const { start, end } = extent.range ?? { start: 0, end: size };
  const tellsChecksum = call.headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const headers = present({
    ...fieldHeaders(version.fields),
    ...identity(bucket, version),
    ...lockHeaders(version.lock),
    ...restoreHeader(version, call.now),
    ...(tellsChecksum ? checksumHeaders(extent.checksum) : {}),
    'x-amz-mp-parts-count': extent.partsCount === undefined ? undefined : String(extent.partsCount),
    'x-amz-tagging-count': version.tags.length > 0 ? String(version.tags.length) : undefined,
    'content-range':
      extent.range === undefined ? undefined : `bytes ${String(start)}-${String(end - 1)}/${String(size)}`,
    ...overrides(call),
    'content-length': String(end - start),
  });
  const status = extent.range === undefined ? 200 : 206;
  if (!withBody) return { status, headers };
  const pieces = readBody(call.store.blobs, version.segments, start, end, key);
  return { status, headers, body: { length: end - start, pieces } };
}

export function getObject(call: Call): Reply {
  return read(call, true);
}

export function headObject(call: Call): Reply {
  return read(call, false);
}
