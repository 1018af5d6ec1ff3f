/** Puts a bucket's versions on. In: a bucket. Out: done once the store itself says so. */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { StoreClient } from './client.ts';

/** Waits between looks, milliseconds: S3 may show the former setting for a while. */
const LOOKS = [0, 200, 500, 1_000, 2_000, 4_000] as const;

export function enableVersioningInput(bucket: string) {
  return { Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } } as const;
}

/** Fails with `not-supported` where the store takes the setting and does not keep it. */
export async function enableVersioning(client: StoreClient, bucket: string): Promise<Result<null>> {
  const written = await client.send('PutBucketVersioning', enableVersioningInput(bucket));
  if (!written.ok) return written;
  for (const wait of LOOKS) {
    await sleep(wait);
    const seen = await client.send('GetBucketVersioning', { Bucket: bucket });
    if (!seen.ok) return seen;
    if (seen.value.Status === 'Enabled') return success(null);
  }
  return failed(failure('not-supported', { answer: reason('still-no-versions') }));
}
