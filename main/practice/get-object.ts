/** GetObject, HeadObject and GetObjectAttributes: a version in; its headers, bytes and facts out. */
import { bucketOf, type Call, emptyReply, httpTime, present, type Reply, type ReplyHeaders, xmlReply } from './call.ts';
import { fieldHeaders } from './fields.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { parseRange } from './ranges.ts';
import { Refusal } from './refusal.ts';
import { checksumHeaders, evaluateConditions, findObject, readConditions, versionHeader } from './versions.ts';
import { checksumNodes } from './listing.ts';
import type { XmlNode } from './xml.ts';

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

/** Classes whose objects must be restored before they can be read. */
const ARCHIVES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Refuses to read from an archive class. */
export function checkReadable(version: ObjectVersion): void {
  if (ARCHIVES.has(version.fields.storageClass)) {
    throw new Refusal('InvalidObjectState', "The operation is not valid for the object's storage class", {
      details: { StorageClass: version.fields.storageClass },
    });
  }
}

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

function read(call: Call, withBody: boolean): Reply {
  const bucket = bucketOf(call);
  const version = findObject(bucket, call.key, call.query.get('versionId'));
  if (evaluateConditions(version, readConditions(call.headers, '')) === 'unchanged') {
    return emptyReply(304, identity(bucket, version));
  }
  if (withBody) checkReadable(version);
  const { size } = version;
  const range = parseRange(call.headers.get('range'), size);
  const { start, end } = range ?? { start: 0, end: size };
  const whole = start === 0 && end === size;
  // A checksum of the whole would not fit a part of it, and clients check what they are told.
  const tellChecksum = call.headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && whole;
  const headers = present({
    ...fieldHeaders(version.fields),
    ...identity(bucket, version),
    ...(tellChecksum ? checksumHeaders(version.checksum) : {}),
    'x-amz-tagging-count': version.tags.length > 0 ? String(version.tags.length) : undefined,
    'content-range': range === undefined ? undefined : `bytes ${String(start)}-${String(end - 1)}/${String(size)}`,
    ...overrides(call),
    'content-length': String(end - start),
  });
  const status = range === undefined ? 200 : 206;
  if (!withBody) return { status, headers };
  return {
    status,
    headers,
    body: { length: end - start, pieces: call.store.blobs.read(version.segments, start, end) },
  };
}

export function getObject(call: Call): Reply {
  return read(call, true);
}

export function headObject(call: Call): Reply {
  return read(call, false);
}

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];

export function getObjectAttributes(call: Call): Reply {
  const bucket = bucketOf(call);
  const version = findObject(bucket, call.key, call.query.get('versionId'));
  const wanted = (call.headers.get('x-amz-object-attributes') ?? '').split(',').map((name) => name.trim());
  if (wanted.some((name) => !ATTRIBUTES.includes(name))) {
    throw new Refusal('InvalidArgument', 'Invalid attribute name specified.', {
      details: { ArgumentName: 'x-amz-object-attributes' },
    });
  }
  const parts = (version.parts ?? []).map((part): XmlNode => [
    'Part',
    [['PartNumber', part.number], ['Size', part.size], ...checksumNodes(part.checksum).slice(0, 1)],
  ]);
  const partList: readonly XmlNode[] = [['PartsCount', parts.length], ['IsTruncated', false], ...parts];
  const all: readonly XmlNode[] = [
    ['ETag', version.etag],
    ['Checksum', version.checksum === undefined ? undefined : checksumNodes(version.checksum)],
    ['ObjectParts', parts.length === 0 ? undefined : partList],
    ['StorageClass', version.fields.storageClass],
    ['ObjectSize', version.size],
  ];
  const nodes = all.filter(([name]) => wanted.includes(name));
  return xmlReply('GetObjectAttributesResponse', nodes, {
    'last-modified': httpTime(version.modified),
    ...versionHeader(bucket, version),
  });
}
