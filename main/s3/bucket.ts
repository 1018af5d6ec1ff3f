/** Questions about a bucket, page by page where there are many answers. */
import type { Result } from '../contract/result.ts';
import { failed, success } from '../contract/result.ts';
import type { StoreClient } from './client.ts';
import { compareKeys } from './key-order.ts';

export type Versioning = 'enabled' | 'suspended' | 'off';

/** What a listing says of one version or delete marker. */
export interface ListedVersion {
  readonly key: string;
  readonly versionId: string | null;
  readonly isLatest: boolean;
  readonly deleteMarker: boolean;
  readonly size: number;
  readonly etag: string | null;
  readonly lastModified: Date;
  readonly storageClass: string | null;
  /** Names of the checksums that the store keeps of it; missing or empty where it does not say. */
  readonly algorithms?: readonly string[];
}

/** The smallest look at a bucket: it answers, and whether it keeps versions. */
export async function probeVersioning(
  client: StoreClient,
  bucket: string,
  signal?: AbortSignal,
): Promise<Result<Versioning>> {
  const answer = await client.send('GetBucketVersioning', { Bucket: bucket }, signal);
  if (!answer.ok) {
    // A store without versions (or a key without the right to ask) still has to show that the bucket is there.
    if (answer.failure.code !== 'not-supported' && answer.failure.code !== 'permission') return answer;
    const head = await client.send('HeadBucket', { Bucket: bucket }, signal);
    return head.ok ? success('off') : head;
  }
  const status = answer.value.Status;
  return success(status === 'Enabled' ? 'enabled' : status === 'Suspended' ? 'suspended' : 'off');
}

/** What the bucket itself says of its versions; unlike the look above, a refusal to say it is a failure. */
export async function askVersioning(
  client: StoreClient,
  bucket: string,
  signal?: AbortSignal,
): Promise<Result<Versioning>> {
  const answer = await client.send('GetBucketVersioning', { Bucket: bucket }, signal);
  if (!answer.ok) return answer.failure.code === 'not-supported' ? success('off') : answer;
  const { Status } = answer.value;
  return success(Status === 'Enabled' ? 'enabled' : Status === 'Suspended' ? 'suspended' : 'off');
}

/** True where nothing lies under the prefix, earlier versions and delete markers included where the store lists them. */
export async function isPrefixEmpty(client: StoreClient, bucket: string, prefix: string): Promise<Result<boolean>> {
  const versions = await client.send('ListObjectVersions', { Bucket: bucket, Prefix: prefix, MaxKeys: 1 });
  if (versions.ok) {
    return success((versions.value.Versions ?? []).length === 0 && (versions.value.DeleteMarkers ?? []).length === 0);
  }
  if (versions.failure.code !== 'not-supported') return versions;
  const objects = await client.send('ListObjectsV2', { Bucket: bucket, Prefix: prefix, MaxKeys: 1 });
  return objects.ok ? success((objects.value.KeyCount ?? objects.value.Contents?.length ?? 0) === 0) : objects;
}

/**
 * Every version and delete marker under a prefix, in the order of the listing: by key, newest first within a key.
 * A page that fails ends the walk with its failure.
 * @param after only keys behind this one; left out: all.
 */
export async function* listVersions(
  client: StoreClient,
  bucket: string,
  prefix: string,
  signal?: AbortSignal,
  after?: string,
): AsyncGenerator<Result<readonly ListedVersion[]>> {
  let keyMarker = after;
  let versionMarker: string | undefined;
  for (;;) {
    const answer = await client.send(
      'ListObjectVersions',
      {
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        ...(keyMarker === undefined ? {} : { KeyMarker: keyMarker }),
        ...(versionMarker === undefined ? {} : { VersionIdMarker: versionMarker }),
      },
      signal,
    );
    if (!answer.ok) {
      yield answer;
      return;
    }
    const page = answer.value;
    // A store that does not encode says so by leaving the word out: then `+` and `%` are what they are.
    const decode = page.EncodingType === 'url' ? decodeKey : (key: string): string => key;
    const versions = (page.Versions ?? []).map((version) =>
      listed(decode(version.Key ?? ''), version, {
        deleteMarker: false,
        size: version.Size,
        etag: version.ETag,
        storageClass: version.StorageClass,
        algorithms: version.ChecksumAlgorithm,
      }),
    );
    const markers = (page.DeleteMarkers ?? []).map((marker) =>
      listed(decode(marker.Key ?? ''), marker, {
        deleteMarker: true,
        size: 0,
        etag: undefined,
        storageClass: undefined,
        algorithms: undefined,
      }),
    );
    const merged = interleave(versions, markers);
    yield success(merged);
    if (page.IsTruncated !== true) return;
    // The last entry's own key: some stores do not encode the marker as they encode keys.
    keyMarker = merged.at(-1)?.key ?? (page.NextKeyMarker === undefined ? undefined : decode(page.NextKeyMarker));
    versionMarker = page.NextVersionIdMarker;
    if (keyMarker === undefined) return;
  }
}

/** The present objects under a prefix, of a store that cannot list versions: each as its only version. */
export async function* listObjects(
  client: StoreClient,
  bucket: string,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<Result<readonly ListedVersion[]>> {
  let token: string | undefined;
  do {
    const answer = await client.send(
      'ListObjectsV2',
      {
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        ...(token === undefined ? {} : { ContinuationToken: token }),
      },
      signal,
    );
    if (!answer.ok) {
      yield answer;
      return;
    }
    const page = answer.value;
    const decode = page.EncodingType === 'url' ? decodeKey : (key: string): string => key;
    const objects = (page.Contents ?? []).map((object) =>
      listed(
        decode(object.Key ?? ''),
        { LastModified: object.LastModified, IsLatest: true },
        {
          deleteMarker: false,
          size: object.Size,
          etag: object.ETag,
          storageClass: object.StorageClass,
          algorithms: object.ChecksumAlgorithm,
        },
      ),
    );
    yield success(objects);
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** Every version under a prefix; of a store that cannot list versions, its present objects. */
export async function* listPrefix(
  client: StoreClient,
  bucket: string,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<Result<readonly ListedVersion[]>> {
  for await (const page of listVersions(client, bucket, prefix, signal)) {
    if (!page.ok && page.failure.code === 'not-supported') {
      yield* listObjects(client, bucket, prefix, signal);
      return;
    }
    yield page;
  }
}

/** All versions of one key, newest first. */
export async function versionsOfKey(
  client: StoreClient,
  bucket: string,
  key: string,
  signal?: AbortSignal,
): Promise<Result<readonly ListedVersion[]>> {
  const found: ListedVersion[] = [];
  for await (const page of listVersions(client, bucket, key, signal)) {
    if (!page.ok) return page;
    found.push(...page.value.filter((version) => version.key === key));
    // Keys come in order: once one that sorts after ours is there, no more of ours will come.
    if (page.value.some((version) => version.key !== key && version.key.startsWith(key))) break;
  }
  return success(found);
}

function listed(
  key: string,
  raw: {
    VersionId?: string | undefined;
    IsLatest?: boolean | undefined;
    LastModified?: Date | undefined;
  },
  own: {
    readonly deleteMarker: boolean;
    readonly size: number | undefined;
    readonly etag: string | undefined;
    readonly storageClass: string | undefined;
    readonly algorithms: readonly string[] | undefined;
  },
): ListedVersion {
  return {
    key,
    versionId: raw.VersionId ?? null,
    isLatest: raw.IsLatest ?? false,
    deleteMarker: own.deleteMarker,
    size: own.size ?? 0,
    etag: unquoted(own.etag),
    lastModified: raw.LastModified ?? new Date(0),
    storageClass: own.storageClass ?? null,
    algorithms: own.algorithms ?? [],
  };
}

/**
 * The SDK hands versions and markers over apart. Within a key the newest is first in both; between the two, the time
 * decides, and the one that is the latest goes first whatever its time.
 */
function interleave(versions: readonly ListedVersion[], markers: readonly ListedVersion[]): ListedVersion[] {
  if (markers.length === 0) return [...versions];
  const merged: ListedVersion[] = [];
  let v = 0;
  let m = 0;
  while (v < versions.length || m < markers.length) {
    const version = versions[v];
    const marker = markers[m];
    if (marker === undefined || (version !== undefined && goesFirst(version, marker))) {
      if (version !== undefined) merged.push(version);
      v += 1;
    } else {
      merged.push(marker);
      m += 1;
    }
  }
  return merged;
}

function goesFirst(version: ListedVersion, marker: ListedVersion): boolean {
  if (version.key !== marker.key) return compareKeys(version.key, marker.key) < 0;
  if (version.isLatest || marker.isLatest) return version.isLatest;
  return version.lastModified.getTime() >= marker.lastModified.getTime();
}

/** Keys are asked for with url encoding, since XML cannot carry some characters; `+` stands for a space there. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

export function unquoted(etag: string | undefined): string | null {
  if (etag === undefined || etag === '' || etag === '""') return null;
  return etag.replaceAll('"', '');
}

/** The names of all buckets that the credentials may see. */
export async function listBuckets(client: StoreClient): Promise<Result<readonly string[]>> {
  const answer = await client.send('ListBuckets', {});
  if (!answer.ok) return failed(answer.failure);
  return success((answer.value.Buckets ?? []).flatMap((bucket) => (bucket.Name === undefined ? [] : [bucket.Name])));
}
