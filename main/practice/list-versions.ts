/** ListObjectVersions: every version and delete marker in pages, by key, newest first within a key. */
import { bucketOf, type Call, isoTime, ownerNode, type Reply, xmlReply } from './call.ts';
import {
  commonPrefix,
  isPast,
  listingParameters,
  type ListingParameters,
  prefixNodes,
  restoreNodes,
  startOf,
  tellsRestores,
} from './listing.ts';
import type { Bucket, KeyEntry, Version } from './model.ts';
import { Refusal } from './refusal.ts';
import { sequenceOf } from './store.ts';
import { checkVersionId } from './versions.ts';
import type { XmlNode } from './xml.ts';

interface Listed {
  readonly key: string;
  readonly version: Version;
  readonly isLatest: boolean;
}

interface Page {
  readonly versions: readonly Listed[];
  readonly prefixes: readonly string[];
  readonly next: { readonly key: string; readonly versionId: string | undefined } | undefined;
}

/** The versions of a key after a marker, which need not be there any more: VersionIds sort by their sequence. */
function versionsAfter(entry: KeyEntry, marker: string): readonly Version[] {
  const at = entry.versions.findIndex((version) => version.versionId === marker);
  if (at !== -1) return entry.versions.slice(at + 1);
  const sequence = sequenceOf(marker);
  // A null version that went leaves no trace of its place: the key is listed again rather than cut short.
  return sequence === undefined ? entry.versions : entry.versions.filter((version) => version.sequence < sequence);
}

function page(bucket: Bucket, parameters: ListingParameters, keyMarker: string, versionMarker: string): Page {
  const { prefix, delimiter, max } = parameters;
  const versions: Listed[] = [];
  const prefixes: string[] = [];
  let last: Page['next'];
  const afterKey = startOf(parameters, keyMarker);
  let start =
    versionMarker === ''
      ? afterKey
      : (key: string): boolean => afterKey(key) || (key === keyMarker && key.startsWith(prefix));
  for (let jump: string | undefined = ''; jump !== undefined;) {
    jump = undefined;
    for (const entry of bucket.keys.from(start)) {
      const { key } = entry;
      if (!key.startsWith(prefix)) break;
      const group = commonPrefix(key, prefix, delimiter);
      if (group !== undefined) {
        if (versions.length + prefixes.length === max) return { versions, prefixes, next: last };
        prefixes.push(group);
        last = { key: group, versionId: undefined };
        jump = group;
        break;
      }
      const rest = key === keyMarker && versionMarker !== '' ? versionsAfter(entry, versionMarker) : entry.versions;
      for (const version of rest) {
        if (versions.length + prefixes.length === max) return { versions, prefixes, next: last };
        versions.push({ key, version, isLatest: version === entry.versions[0] });
        last = { key, versionId: version.versionId };
      }
    }
    const past = jump;
    if (past !== undefined) start = (key) => isPast(key, past);
  }
  return { versions, prefixes, next: undefined };
}

function versionNode(call: Call, { key, version, isLatest }: Listed, encode: (text: string) => string): XmlNode {
  const common: XmlNode[] = [
    ['Key', encode(key)],
    ['VersionId', version.versionId],
    ['IsLatest', isLatest],
    ['LastModified', isoTime(version.modified)],
  ];
  if (version.kind === 'marker') return ['DeleteMarker', [...common, ownerNode('Owner')]];
  return [
    'Version',
    [
      ...common,
      ['ETag', `"${version.etag}"`],
      ['ChecksumAlgorithm', version.checksum?.algorithm],
      ['ChecksumType', version.checksum?.type],
      ['Size', version.size],
      ['StorageClass', version.fields.storageClass],
      ownerNode('Owner'),
      ...(tellsRestores(call) ? restoreNodes(version, call.now) : []),
    ],
  ];
}

export function listObjectVersions(call: Call): Reply {
  const parameters = listingParameters(call, 'max-keys');
  const { prefix, delimiter, max, encode, encodingType } = parameters;
  const keyMarker = call.query.get('key-marker') ?? '';
  const versionMarker = call.query.get('version-id-marker') ?? '';
  if (versionMarker !== '') {
    if (keyMarker === '') {
      throw new Refusal('InvalidArgument', 'A version-id marker cannot be specified without a key marker.', {
        details: { ArgumentName: 'version-id-marker', ArgumentValue: versionMarker },
      });
    }
    checkVersionId(versionMarker);
  }
  const found = page(bucketOf(call), parameters, keyMarker, versionMarker);
  return xmlReply('ListVersionsResult', [
    ['Name', call.bucketName],
    ['Prefix', encode(prefix)],
    ['KeyMarker', encode(keyMarker)],
    ['VersionIdMarker', versionMarker],
    ['NextKeyMarker', found.next === undefined ? undefined : encode(found.next.key)],
    ['NextVersionIdMarker', found.next?.versionId],
    ['MaxKeys', max],
    ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
    ['EncodingType', encodingType],
    ['IsTruncated', found.next !== undefined],
    ...found.versions.map((listed) => versionNode(call, listed, encode)),
    ...prefixNodes(found.prefixes, encode),
  ]);
}
