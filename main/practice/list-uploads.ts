/** ListMultipartUploads and ListParts, in pages. */
import { bucketOf, type Call, isoTime, ownerNode, type Reply, xmlReply } from './call.ts';
import { checkCustomerKey, parseCustomerKey } from './customer-key.ts';
import { checksumNodes, commonPrefix, listingParameters, numberParameter, prefixNodes } from './listing.ts';
import { compareKeys } from './key-order.ts';
import type { UploadFacts } from './model.ts';
import { uploadOf } from './multipart.ts';
import type { XmlNode } from './xml.ts';

function byKeyThenTime(a: UploadFacts, b: UploadFacts): number {
  return compareKeys(a.key, b.key) || a.initiated - b.initiated || compareKeys(a.uploadId, b.uploadId);
}

export function listMultipartUploads(call: Call): Reply {
  const { prefix, delimiter, max, encode, encodingType } = listingParameters(call, 'max-uploads');
  const keyMarker = call.query.get('key-marker') ?? '';
  const idMarker = keyMarker === '' ? '' : (call.query.get('upload-id-marker') ?? '');
  const all = Array.from(bucketOf(call).uploads.values(), (upload) => upload.facts).sort(byKeyThenTime);
  const markerAt = all.findIndex((facts) => facts.key === keyMarker && facts.uploadId === idMarker);
  const uploads: UploadFacts[] = [];
  const prefixes = new Set<string>();
  let next: { readonly key: string; readonly uploadId: string } | undefined;
  let truncated = false;
  for (const [at, facts] of all.entries()) {
    const { key, uploadId } = facts;
    const past = compareKeys(key, keyMarker) > 0 || (markerAt !== -1 && key === keyMarker && at > markerAt);
    const group = commonPrefix(key, prefix, delimiter);
    if (!key.startsWith(prefix) || !past || (group !== undefined && (group === keyMarker || prefixes.has(group))))
      continue;
    if (uploads.length + prefixes.size === max) {
      truncated = max > 0;
      break;
    }
    if (group === undefined) uploads.push(facts);
    else prefixes.add(group);
    next = group === undefined ? { key, uploadId } : { key: group, uploadId: '' };
  }
  const nodes = uploads.map((facts): XmlNode => [
    'Upload',
    [
      ['Key', encode(facts.key)],
      ['UploadId', facts.uploadId],
      ownerNode('Initiator'),
      ownerNode('Owner'),
      ['StorageClass', facts.fields.storageClass],
      ['Initiated', isoTime(facts.initiated)],
      ['ChecksumAlgorithm', facts.algorithmAsked ? facts.algorithm : undefined],
      ['ChecksumType', facts.algorithmAsked ? facts.checksumType : undefined],
    ],
  ]);
  return xmlReply('ListMultipartUploadsResult', [
    ['Bucket', call.bucketName],
    ['KeyMarker', encode(keyMarker)],
    ['UploadIdMarker', idMarker],
    ['NextKeyMarker', truncated && next !== undefined ? encode(next.key) : undefined],
    ['NextUploadIdMarker', truncated ? next?.uploadId : undefined],
    ['Prefix', encode(prefix)],
    ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
    ['MaxUploads', max],
    ['EncodingType', encodingType],
    ['IsTruncated', truncated],
    ...nodes,
    ...prefixNodes(prefixes, encode),
  ]);
}

export function listParts(call: Call): Reply {
  const { facts, parts } = uploadOf(call);
  const key = parseCustomerKey(call.headers);
  if (key !== undefined) checkCustomerKey(facts.fields.encryption, key);
  const max = numberParameter(call, 'max-parts', 1000);
  const marker = Number(call.query.get('part-number-marker') ?? '0') || 0;
  const rest = [...parts.values()].filter((part) => part.number > marker).sort((a, b) => a.number - b.number);
  const listed = rest.slice(0, max);
  const truncated = rest.length > listed.length;
  return xmlReply('ListPartsResult', [
    ['Bucket', call.bucketName],
    ['Key', facts.key],
    ['UploadId', facts.uploadId],
    ownerNode('Initiator'),
    ownerNode('Owner'),
    ['StorageClass', facts.fields.storageClass],
    ['PartNumberMarker', marker],
    ['NextPartNumberMarker', truncated ? listed.at(-1)?.number : undefined],
    ['MaxParts', max],
    ['IsTruncated', truncated],
    ['ChecksumAlgorithm', facts.algorithmAsked ? facts.algorithm : undefined],
    ['ChecksumType', facts.algorithmAsked ? facts.checksumType : undefined],
    ...listed.map((part): XmlNode => [
      'Part',
      [
        ['PartNumber', part.number],
        ['LastModified', isoTime(part.modified)],
        ['ETag', `"${part.etag}"`],
        ['Size', part.size],
        ...checksumNodes(facts.algorithmAsked ? part.checksum : undefined).slice(0, 1),
      ],
    ]),
  ]);
}
