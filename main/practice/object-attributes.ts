/** GetObjectAttributes: a version in; the facts asked for, its parts in pages, out. */
import { bucketOf, type Call, httpTime, type Reply, xmlReply } from './call.ts';
import { checkCustomerKey, parseCustomerKey } from './customer-key.ts';
import { checksumNodes } from './listing.ts';
import type { ObjectVersion } from './model.ts';
import { Refusal } from './refusal.ts';
import { findObject, versionHeader } from './versions.ts';
import type { XmlNode } from './xml.ts';

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];
const MAX_PAGE = 1000;

export const ATTRIBUTE_HEADERS: readonly string[] = [
  'x-amz-object-attributes',
  'x-amz-max-parts',
  'x-amz-part-number-marker',
];

function numberHeader(call: Call, name: string, otherwise: number): number {
  const text = call.headers.get(name);
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Refusal('InvalidArgument', `${name} must be a number.`, {
    details: { ArgumentName: name, ArgumentValue: text },
  });
}

/** Of an upload without checksums of its own S3 tells the number of parts only. */
function partsNodes(call: Call, version: ObjectVersion): readonly XmlNode[] | undefined {
  const { parts } = version;
  if (parts === undefined) return undefined;
  const marker = numberHeader(call, 'x-amz-part-number-marker', 0);
  const max = Math.min(numberHeader(call, 'x-amz-max-parts', MAX_PAGE), MAX_PAGE);
  const rest = parts.filter((part) => part.checksum !== undefined && part.number > marker);
  if (!parts.some((part) => part.checksum !== undefined)) return [['PartsCount', parts.length]];
  const page = rest.slice(0, max);
  return [
    ['PartsCount', parts.length],
    ['PartNumberMarker', marker],
    ['NextPartNumberMarker', page.at(-1)?.number ?? marker],
    ['MaxParts', max],
    ['IsTruncated', rest.length > page.length],
    ...page.map((part): XmlNode => [
      'Part',
      [['PartNumber', part.number], ['Size', part.size], ...checksumNodes(part.checksum).slice(0, 1)],
    ]),
  ];
}

export function getObjectAttributes(call: Call): Reply {
  const bucket = bucketOf(call);
  const version = findObject(bucket, call.key, call.query.get('versionId'));
  checkCustomerKey(version.fields.encryption, parseCustomerKey(call.headers));
  const wanted = (call.headers.get('x-amz-object-attributes') ?? '').split(',').map((name) => name.trim());
  if (wanted.some((name) => !ATTRIBUTES.includes(name))) {
    throw new Refusal('InvalidArgument', 'Invalid attribute name specified.', {
      details: { ArgumentName: 'x-amz-object-attributes' },
    });
  }
  const all: readonly XmlNode[] = [
    ['ETag', version.etag],
    ['Checksum', version.checksum === undefined ? undefined : checksumNodes(version.checksum)],
    ['ObjectParts', partsNodes(call, version)],
    ['StorageClass', version.fields.storageClass],
    ['ObjectSize', version.size],
  ];
  const nodes = all.filter(([name]) => wanted.includes(name));
  return xmlReply('GetObjectAttributesResponse', nodes, {
    'last-modified': httpTime(version.modified),
    ...versionHeader(bucket, version),
  });
}
