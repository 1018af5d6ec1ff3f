/** A change of a bucket's settings in; the settings durably changed, one change after the other. */
import { bucketOf, type Call } from './call.ts';
import type { Bucket } from './model.ts';
import type { BucketSettings } from './settings-model.ts';

/** Refusals of `change` leave the settings as they are. */
export function changeSettings(
  call: Call,
  change: (settings: BucketSettings, bucket: Bucket) => BucketSettings,
): Promise<void> {
  bucketOf(call);
  // No object has the key '', so its lock is free for the bucket itself.
  return call.store.withKey(call.bucketName, '', async () => {
    const bucket = bucketOf(call);
    const settings = change(bucket.settings, bucket);
    await call.store.commit({ do: 'set-settings', bucket: call.bucketName, settings });
  });
}
