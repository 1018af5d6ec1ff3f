/** Refuses to overwrite what another client wrote. In: the key, and what Cairn wrote there last. Out: conditions, or `conflict`. */
import { failure } from '../contract/errors.ts';
import type { ObjectKey } from '../contract/names.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { unquoted } from '../s3/index.ts';
import type { Job } from '../store/types.ts';
import type { SecretFields, TransferPorts } from './types.ts';

export interface Conditions {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
}

/** The reason of a job that a person sent again after a conflict: theirs stays as the version before. */
export const OVER_THEIRS = 'over-theirs';

/**
 * Where the store was seen to hold conditions, the write itself carries one. Elsewhere the key is looked at first,
 * which leaves a moment between look and write in which another client may still come in between.
 */
export async function checkGuard(
  job: Job,
  key: ObjectKey,
  secret: SecretFields,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Result<Conditions>> {
  if (!ports.guardsOverwrites || job.reason === OVER_THEIRS) return success({});
  const ours = ports.journalRow(job.path)?.etag ?? null;
  if (ports.capabilities().conditions === 'works') {
    return success(ours === null ? { IfNoneMatch: '*' } : { IfMatch: `"${ours}"` });
  }
  const head = await ports.client.send('HeadObject', { Bucket: ports.bucket, Key: key, ...secret }, signal);
  if (!head.ok) return head.failure.code === 'object-missing' ? success({}) : head;
  return unquoted(head.value.ETag) === ours ? success({}) : failed(failure('conflict', { key }));
}
