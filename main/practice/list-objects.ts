/** ListObjectsV2 and ListObjects: the latest objects of a bucket in pages. */
import { bucketOf, type Call, isoTime, ownerNode, type Reply, xmlReply } from './call.ts';
import {
  commonPrefix,
  decodeToken,
  encodeToken,
  isPast,
  listingParameters,
  type ListingParameters,
  prefixNodes,
  restoreNodes,
  startOf,
  tellsRestores,
} from './listing.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import type { XmlNode } from './xml.ts';

interface Page {
  readonly objects: readonly { readonly key: string; readonly version: ObjectVersion }[];
  readonly prefixes: readonly string[];
  /** The last key or group of the page, where there are more. */
  readonly next: string | undefined;
}

function page(bucket: Bucket, parameters: ListingParameters, marker: string): Page {
  const { prefix, delimiter, max } = parameters;
  const objects: { readonly key: string; readonly version: ObjectVersion }[] = [];
  const prefixes: string[] = [];
  let last = '';
  let start = startOf(parameters, marker);
  // Each round ends where a group begins, whose keys are then jumped over instead of walked.
  for (let jump: string | undefined = ''; jump !== undefined;) {
    jump = undefined;
    for (const { key, versions } of bucket.keys.from(start)) {
      if (!key.startsWith(prefix)) break;
      const version = versions[0];
      if (version?.kind !== 'object') continue;
      if (objects.length + prefixes.length === max) return { objects, prefixes, next: max === 0 ? undefined : last };
      const group = commonPrefix(key, prefix, delimiter);
      last = group ?? key;
      if (group === undefined) objects.push({ key, version });
      else {
        // The marker may lie inside a group, which is then listed again only if a key after the marker is in it.
        prefixes.push(group);
        jump = group;
        break;
      }
    }
    const past = jump;
    if (past !== undefined) start = (key) => isPast(key, past);
  }
  return { objects, prefixes, next: undefined };
}

function contents(call: Call, found: Page, encode: (text: string) => string, withOwner: boolean): XmlNode[] {
  const withRestore = tellsRestores(call);
  return found.objects.map(({ key, version }): XmlNode => [
    'Contents',
    [
      ['Key', encode(key)],
      ['LastModified', isoTime(version.modified)],
      ['ETag', `"${version.etag}"`],
      ['ChecksumAlgorithm', version.checksum?.algorithm],
      ['ChecksumType', version.checksum?.type],
      ['Size', version.size],
      ['StorageClass', version.fields.storageClass],
      ...(withOwner ? [ownerNode('Owner')] : []),
      ...(withRestore ? restoreNodes(version, call.now) : []),
    ],
  ]);
}

export function listObjectsV2(call: Call): Reply {
  const parameters = listingParameters(call, 'max-keys');
  const { prefix, delimiter, max, encode, encodingType } = parameters;
  const token = call.query.get('continuation-token');
  const startAfter = call.query.get('start-after');
  const found = page(bucketOf(call), parameters, token === undefined ? (startAfter ?? '') : decodeToken(token));
  return xmlReply('ListBucketResult', [
    ['Name', call.bucketName],
    ['Prefix', encode(prefix)],
    ['StartAfter', startAfter === undefined ? undefined : encode(startAfter)],
    ['ContinuationToken', token],
    ['NextContinuationToken', found.next === undefined ? undefined : encodeToken(found.next)],
    ['KeyCount', found.objects.length + found.prefixes.length],
    ['MaxKeys', max],
    ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
    ['EncodingType', encodingType],
    ['IsTruncated', found.next !== undefined],
    ...contents(call, found, encode, call.query.get('fetch-owner') === 'true'),
    ...prefixNodes(found.prefixes, encode),
  ]);
}

export function listObjectsV1(call: Call): Reply {
  const parameters = listingParameters(call, 'max-keys');
  const { prefix, delimiter, max, encode, encodingType } = parameters;
  const marker = call.query.get('marker') ?? '';
  const found = page(bucketOf(call), parameters, marker);
  // Without a delimiter the last key of the page is the marker of the next.
  const nextMarker = found.next === undefined || delimiter === '' ? undefined : encode(found.next);
  return xmlReply('ListBucketResult', [
    ['Name', call.bucketName],
    ['Prefix', encode(prefix)],
    ['Marker', encode(marker)],
    ['NextMarker', nextMarker],
    ['MaxKeys', max],
    ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
    ['EncodingType', encodingType],
    ['IsTruncated', found.next !== undefined],
    ...contents(call, found, encode, true),
    ...prefixNodes(found.prefixes, encode),
  ]);
}
