/** What all listings share: their parameters, grouping by a delimiter, and the elements of an object. */
import { type Call, isoTime } from './call.ts';
import { type Checksum, checksumHeader } from './checksums.ts';
import { listingEncode } from './encoding.ts';
import { compareKeys } from './key-order.ts';
import type { ObjectVersion } from './model.ts';
import { Refusal } from './refusal.ts';
import { thawState } from './restore.ts';
import type { XmlNode } from './xml.ts';

export interface ListingParameters {
  readonly prefix: string;
  /** '' for none. */
  readonly delimiter: string;
  readonly max: number;
  readonly encode: (text: string) => string;
  readonly encodingType: string | undefined;
}

/** Reads the parameters that listings share; `maxName` is the name of that of the page's size. */
export function listingParameters(call: Call, maxName: string): ListingParameters {
  const encodingType = call.query.get('encoding-type');
  if (encodingType !== undefined && encodingType !== 'url') {
    throw new Refusal('InvalidArgument', 'Invalid Encoding Method specified in Request', {
      details: { ArgumentName: 'encoding-type', ArgumentValue: encodingType },
    });
  }
  return {
    prefix: call.query.get('prefix') ?? '',
    delimiter: call.query.get('delimiter') ?? '',
    max: numberParameter(call, maxName, 1000),
    encodingType,
    encode: encodingType === undefined ? (text) => text : listingEncode,
  };
}

/** A parameter that is a number from 0 to 1,000; greater ones count as 1,000. */
export function numberParameter(call: Call, name: string, otherwise: number): number {
  const text = call.query.get(name);
  if (text === undefined || text === '') return otherwise;
  if (!/^\d{1,9}$/.test(text)) {
    throw new Refusal('InvalidArgument', `Provided ${name} not an integer or within integer range`, {
      details: { ArgumentName: name, ArgumentValue: text },
    });
  }
  return Math.min(Number(text), 1000);
}

/** The common prefix under which a key is grouped, or undefined where it stands for itself. */
export function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}

/** Whether a key comes after all keys that begin with `prefix`. */
export function isPast(key: string, prefix: string): boolean {
  return compareKeys(key, prefix) > 0 && !key.startsWith(prefix);
}

/**
 * Where a listing begins: at its prefix, and after `marker`. A marker that is a common prefix (or lies in one) is
 * skipped with all keys below it, since that group was listed before.
 */
export function startOf(parameters: ListingParameters, marker: string): (key: string) => boolean {
  const { prefix, delimiter } = parameters;
  const group = marker.startsWith(prefix) ? commonPrefix(marker, prefix, delimiter) : undefined;
  const skipped = group === marker ? group : undefined;
  return (key) => {
    if (compareKeys(key, prefix) < 0) return false;
    if (skipped !== undefined) return isPast(key, skipped);
    return marker === '' || compareKeys(key, marker) > 0;
  };
}

/** The elements of a checksum. */
export function checksumNodes(checksum: Checksum | undefined): XmlNode[] {
  if (checksum === undefined) return [];
  return [
    [checksumElement(checksum), checksum.value],
    ['ChecksumType', checksum.type],
  ];
}

/** `ChecksumCRC32` and so on. */
export function checksumElement(checksum: Pick<Checksum, 'algorithm'>): string {
  return `Checksum${checksumHeader(checksum.algorithm).slice('x-amz-checksum-'.length).toUpperCase()}`;
}

/** The groups of a listing as elements. */
export function prefixNodes(prefixes: Iterable<string>, encode: (text: string) => string): XmlNode[] {
  return Array.from(prefixes, (prefix): XmlNode => ['CommonPrefixes', [['Prefix', encode(prefix)]]]);
}

/** A token from which a listing goes on after `marker`. */
export function encodeToken(marker: string): string {
  return Buffer.from(`1:${marker}`, 'utf8').toString('base64url');
}

/** The marker of a token; refuses what is none. */
export function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('1:')) {
    throw new Refusal('InvalidArgument', 'The continuation token provided is incorrect', {
      details: { ArgumentName: 'continuation-token' },
    });
  }
  return text.slice(2);
}

/** Whether a listing is asked to tell how far restores are. Refuses to tell anything else. */
export function tellsRestores(call: Call): boolean {
  const wanted = call.headers.get('x-amz-optional-object-attributes');
  if (wanted === undefined) return false;
  if (wanted === 'RestoreStatus') return true;
  throw new Refusal('InvalidArgument', 'Invalid attribute name specified.', {
    details: { ArgumentName: 'x-amz-optional-object-attributes', ArgumentValue: wanted },
  });
}

/** The element that tells how far the restore of a version is; none where there is no restore. */
export function restoreNodes({ thaw }: ObjectVersion, now: number): XmlNode[] {
  const state = thawState(thaw, now);
  if (thaw === undefined || state === 'none') return [];
  const expiry = state === 'thawed' ? isoTime(thaw.expires) : undefined;
  return [
    [
      'RestoreStatus',
      [
        ['IsRestoreInProgress', state === 'ongoing'],
        ['RestoreExpiryDate', expiry],
      ],
    ],
  ];
}
