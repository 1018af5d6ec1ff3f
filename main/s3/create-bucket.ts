/**
 * Makes a bucket and sets what Cairn wants of it. In: a name that passed the rules. Out: what was set; once the bucket is
 * there, what else fails is told beside it and no reason to call the whole a failure.
 */
import type { CreateBucketConfiguration, BucketLocationConstraint } from '@aws-sdk/client-s3';
import type { CreatedBucket } from '../contract/credential-calls.ts';
import { failure, type Failure } from '../contract/errors.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { StoreClient } from './client.ts';
import { enableVersioning } from './versioning.ts';

/** The one region of Amazon S3 that must not be named. */
const UNNAMED = 'us-east-1';
const CLOSED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
} as const;

/** @param region of Amazon S3; null for another store, which has its own place for buckets. */
export async function createBucket(
  client: StoreClient,
  bucket: string,
  region: string | null,
  versioning: boolean,
): Promise<Result<CreatedBucket>> {
  // In its first region S3 answers a second creation of one's own bucket as if it had made it.
  const there = await client.send('HeadBucket', { Bucket: bucket });
  if (there.ok) return failed(failure('bucket-yours', { bucket }));
  const made = await client.send('CreateBucket', {
    Bucket: bucket,
    ...(region === null || region === UNNAMED ? {} : { CreateBucketConfiguration: placeOf(region) }),
  });
  if (!made.ok) return made;

  const problems: Failure[] = [];
  const closed = await client.send('PutPublicAccessBlock', {
    Bucket: bucket,
    PublicAccessBlockConfiguration: CLOSED,
  });
  const isUnknown = !closed.ok && knowsNot.has(closed.failure.code);
  if (!closed.ok && !isUnknown) problems.push(closed.failure);
  const kept = versioning ? await enableVersioning(client, bucket) : null;
  if (kept?.ok === false) problems.push(kept.failure);
  return success({
    bucket,
    publicAccess: closed.ok ? 'blocked' : isUnknown ? 'unknown' : 'failed',
    versioning: kept === null ? 'off' : kept.ok ? 'enabled' : 'failed',
    problems,
  });
}

/** How a store says that it does not know a setting. Some take the question for one about an object. */
const knowsNot: ReadonlySet<Failure['code']> = new Set(['not-supported', 'store-answer', 'object-missing'] as const);

/** The SDK knows a list of regions by name; which there are is S3's own affair. */
function placeOf(region: string): CreateBucketConfiguration {
  return { LocationConstraint: region as BucketLocationConstraint };
}
