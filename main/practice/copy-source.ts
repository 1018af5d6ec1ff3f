/** The x-amz-copy-source headers in; the version to copy out, readable and with its conditions met. */
import { bucketOf, type Call, OWNER_ACCOUNT } from './call.ts';
import { percentDecode } from './encoding.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { checkCustomerKey, type CustomerKey, parseSourceKey, SOURCE_KEY_HEADERS } from './customer-key.ts';
import { notImplemented, Refusal } from './refusal.ts';
import { isReadable } from './restore.ts';
import { evaluateConditions, findVersion, readConditions } from './versions.ts';

/** The x-amz headers that `findCopySource` reads. */
export const COPY_SOURCE_HEADERS: readonly string[] = [
  'x-amz-copy-source',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-source-expected-bucket-owner',
  ...SOURCE_KEY_HEADERS,
];

export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  /** Undefined where the latest was meant. */
  readonly versionId: string | undefined;
  readonly version: ObjectVersion;
  /** With which its bytes are read; undefined where they are not encrypted. */
  readonly customerKey: CustomerKey | undefined;
}

function invalid(message: string): Refusal {
  return new Refusal('InvalidArgument', message, { details: { ArgumentName: 'x-amz-copy-source' } });
}

/** Finds what is to be copied. Refuses delete markers, archived objects and unmet conditions. */
export function findCopySource(call: Call): CopySource {
  bucketOf(call);
  const header = call.headers.get('x-amz-copy-source') ?? '';
  if (header.startsWith('arn:')) throw notImplemented('a copy source given by ARN');
  const owner = call.headers.get('x-amz-source-expected-bucket-owner');
  if (owner !== undefined && owner !== OWNER_ACCOUNT) throw new Refusal('AccessDenied', 'Access Denied');
  const mark = header.lastIndexOf('?versionId=');
  const path = percentDecode(mark === -1 ? header : header.slice(0, mark), true)?.replace(/^\//, '');
  const versionId = mark === -1 ? undefined : percentDecode(header.slice(mark + '?versionId='.length), true);
  const slash = path?.indexOf('/') ?? -1;
  if (path === undefined || slash < 1 || slash === path.length - 1) {
    throw invalid('Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  const bucket = call.store.bucket(path.slice(0, slash));
  const key = path.slice(slash + 1);
  const version = findVersion(bucket, key, versionId);
  if (version.kind === 'marker') {
    if (versionId === undefined)
      throw new Refusal('NoSuchKey', 'The specified key does not exist.', { details: { Key: key } });
    throw new Refusal(
      'InvalidRequest',
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    );
  }
  if (evaluateConditions(version, readConditions(call.headers, 'x-amz-copy-source-')) === 'unchanged') {
    throw new Refusal('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  const customerKey = parseSourceKey(call.headers);
  checkCustomerKey(version.fields.encryption, customerKey);
  if (!isReadable(version, call.now)) {
    throw new Refusal(
      'ObjectNotInActiveTierError',
      'The source object of the COPY operation is not in the active tier.',
    );
  }
  return { bucket, key, versionId, version, customerKey };
}

/** The header that tells which version was copied. */
export function copySourceHeader(source: CopySource): Readonly<Record<string, string>> {
  return source.bucket.versioning === undefined ? {} : { 'x-amz-copy-source-version-id': source.version.versionId };
}
