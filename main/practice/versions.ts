/** Keys and VersionIds in; the versions that they mean out, with the conditions of reads and writes. */
import { randomBytes } from 'node:crypto';
import type { Headers } from './authenticate.ts';
import { httpTime } from './call.ts';
import { type Checksum, checksumHeader } from './checksums.ts';
import type { Bucket, ObjectFields, ObjectVersion, Version } from './model.ts';
import { Refusal } from './refusal.ts';
import { makeVersionId, sequenceOf, type Store } from './store.ts';

/** Refuses a VersionId that this server cannot have given. */
export function checkVersionId(versionId: string): void {
  if (versionId !== 'null' && sequenceOf(versionId) === undefined) {
    throw new Refusal('InvalidArgument', 'Invalid version id specified', {
      details: { ArgumentName: 'versionId', ArgumentValue: versionId },
    });
  }
}

function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): Refusal {
  return new Refusal('NoSuchKey', 'The specified key does not exist.', { details: { Key: key }, headers });
}

/** The version meant by a key and perhaps a VersionId, be it an object or a marker. */
export function findVersion(bucket: Bucket, key: string, versionId: string | undefined): Version {
  if (versionId !== undefined) checkVersionId(versionId);
  const versions = bucket.keys.get(key)?.versions ?? [];
  const found = versionId === undefined ? versions[0] : versions.find((version) => version.versionId === versionId);
  if (found !== undefined) return found;
  if (versionId === undefined) throw noSuchKey(key);
  throw new Refusal('NoSuchVersion', 'The specified version does not exist.', {
    details: { Key: key, VersionId: versionId },
  });
}

/** The object meant by a key and perhaps a VersionId; a delete marker is refused as S3 does. */
export function findObject(bucket: Bucket, key: string, versionId: string | undefined): ObjectVersion {
  const version = findVersion(bucket, key, versionId);
  if (version.kind === 'object') return version;
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId };
  if (versionId === undefined) throw noSuchKey(key, headers);
  throw new Refusal('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    details: { Method: 'GET', ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE', 'last-modified': httpTime(version.modified) },
  });
}

/** The VersionId for a new version: 'null' unless the bucket has versioning on. */
export function nextVersion(store: Store, bucket: Bucket): { readonly versionId: string; readonly sequence: number } {
  const sequence = store.state.nextSequence();
  return { sequence, versionId: bucket.versioning === 'Enabled' ? makeVersionId(sequence) : 'null' };
}

/** The header that tells a VersionId; a bucket that never had versioning tells none. */
export function versionHeader(bucket: Bucket, version: Version): Readonly<Record<string, string>> {
  return bucket.versioning === undefined ? {} : { 'x-amz-version-id': version.versionId };
}

/** The ETag of bytes: their MD5, but for KMS, where S3 promises no digest and clients must not rely on one. */
export function etagOf(md5: Buffer, fields: ObjectFields): string {
  const kms = fields.encryption !== undefined && fields.encryption.mode !== 'AES256';
  return (kms ? randomBytes(16) : md5).toString('hex');
}

/** The headers that tell a checksum. */
export function checksumHeaders(checksum: Checksum | undefined): Readonly<Record<string, string>> {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** An ETag or a list of them, quoted or not, as conditions carry them. */
export function etagMatches(condition: string, etag: string): boolean {
  return condition.split(',').some((item) => {
    const text = item.trim().replace(/^W\//, '');
    return text === '*' || text.replace(/^"(.*)"$/, '$1') === etag;
  });
}

function failed(condition: string): Refusal {
  return new Refusal('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    details: { Condition: condition },
  });
}

/** Refuses a write whose If-Match or If-None-Match does not hold for the latest version. To be asked under the key's lock. */
export function checkWriteConditions(bucket: Bucket, key: string, headers: Headers): void {
  const ifMatch = headers.get('if-match');
  const ifNoneMatch = headers.get('if-none-match');
  const latest = bucket.keys.get(key)?.versions[0];
  const current = latest?.kind === 'object' ? latest : undefined;
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') {
      throw new Refusal('NotImplemented', 'A header you provided implies functionality that is not implemented', {
        details: { Header: 'If-None-Match' },
      });
    }
    if (current !== undefined) throw failed('If-None-Match');
  }
  if (ifMatch !== undefined) {
    if (current === undefined) throw noSuchKey(key);
    if (!etagMatches(ifMatch, current.etag)) throw failed('If-Match');
  }
}

/** Names of the four conditions of a read. */
export interface ReadConditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
}

/** Reads conditions from headers whose names begin with `prefix`. */
export function readConditions(headers: Headers, prefix: '' | 'x-amz-copy-source-'): ReadConditions {
  return {
    ifMatch: headers.get(`${prefix}if-match`),
    ifNoneMatch: headers.get(`${prefix}if-none-match`),
    ifModifiedSince: headers.get(`${prefix}if-modified-since`),
    ifUnmodifiedSince: headers.get(`${prefix}if-unmodified-since`),
  };
}

/**
 * What the conditions of a read say: 'go', 'unchanged' (304 for a GET, 412 for a copy), or a refusal with 412.
 * An ETag condition outweighs the date condition of its kind, as in RFC 9110. Dates count in whole seconds.
 */
export function evaluateConditions(version: ObjectVersion, conditions: ReadConditions): 'go' | 'unchanged' {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  const modified = Math.floor(version.modified / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!etagMatches(ifMatch, version.etag)) throw failed('If-Match');
  } else if (ifUnmodifiedSince !== undefined && modified > Date.parse(ifUnmodifiedSince)) {
    throw failed('If-Unmodified-Since');
  }
  if (ifNoneMatch !== undefined) return etagMatches(ifNoneMatch, version.etag) ? 'unchanged' : 'go';
  if (ifModifiedSince !== undefined && modified <= Date.parse(ifModifiedSince)) return 'unchanged';
  return 'go';
}
