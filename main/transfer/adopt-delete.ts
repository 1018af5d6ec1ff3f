/**
 * Looks for the marker that a former attempt at a delete may have laid. In: such an attempt. Out: its receipt, where the
 * bucket has the marker; it is then never sent twice.
 *
 * A marker carries no attempt id. Right before the attempt no marker lay on the key, so the latest version that is one,
 * that no receipt explains and that is not older than the attempt, is taken for its own.
 */
import { success, type Result } from '../contract/result.ts';
import { versionsOfKey, type ListedVersion } from '../s3/index.ts';
import type { Intent, Job } from '../store/types.ts';
import { receiptOfEnd } from './gone.ts';
import type { TransferPorts } from './types.ts';

/** What keeps a listing back for good, and is no reason to keep a path back. */
const CANNOT_LIST: ReadonlySet<string> = new Set(['not-supported', 'permission']);

interface Patience {
  /** How far behind the store's clock may be. */
  readonly CLOCK_TOLERANCE_MS: number;
  /** A younger attempt may still arrive. */
  readonly MAY_STILL_COME_MS: number;
}

/** @returns after how many milliseconds it must be looked again, since the attempt may still arrive; 0: it is settled. */
export async function settleDelete(
  job: Job,
  intent: Intent,
  { CLOCK_TOLERANCE_MS, MAY_STILL_COME_MS }: Patience,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Result<number>> {
  const since = Date.parse(intent.startedAt) - CLOCK_TOLERANCE_MS;
  const found = await findMarker(intent, since, ports, signal);
  if (!found.ok) return found;
  if (found.value !== null) {
    await adopt(job, intent, found.value, ports);
    return success(0);
  }
  const age = ports.now().getTime() - Date.parse(intent.startedAt);
  // A clock that was set back says nothing, and must not keep the path waiting.
  if (age >= 0 && age < MAY_STILL_COME_MS) return success(MAY_STILL_COME_MS - age);
  await ports.commit(() => {
    ports.attempts.removeIntent(intent.attemptId);
  });
  return success(0);
}

interface Marker {
  readonly versionId: string | null;
  /** As the listing shows it; null where only the key's absence was seen. */
  readonly listed: ListedVersion | null;
}

async function findMarker(
  intent: Intent,
  since: number,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Result<Marker | null>> {
  const versions = await versionsOfKey(ports.client, ports.bucket, intent.key, signal);
  if (versions.ok) {
    const latest = versions.value.find((version) => version.isLatest);
    const isOurs =
      latest?.deleteMarker === true &&
      latest.lastModified.getTime() >= since &&
      !ports.deletes.isExplained(intent.path, latest.versionId);
    return success(isOurs ? { versionId: latest.versionId, listed: latest } : null);
  }
  if (!CANNOT_LIST.has(versions.failure.code)) return versions;
  // Without the right to list them, the key's absence decides: it was there right before the attempt.
  const head = await ports.client.send('HeadObject', { Bucket: ports.bucket, Key: intent.key }, signal);
  if (head.ok) return success(null);
  return head.failure.code === 'object-missing' ? success({ versionId: null, listed: null }) : head;
}

async function adopt(job: Job, intent: Intent, { versionId, listed }: Marker, ports: TransferPorts): Promise<void> {
  const shown = listed === null ? {} : { DeleteMarker: true, VersionId: versionId, LastModified: listed.lastModified };
  const end = receiptOfEnd(intent.path, { key: intent.key, stat: intent.seen }, ports);
  await ports.deletes.recordAdopted(
    {
      ...end,
      operation: 'delete',
      versionId,
      proof: 'adopted',
      request: intent.request,
      response: shown,
      policyVersion: intent.policyVersion,
      seenAt: intent.seenAt,
      startedAt: intent.startedAt,
      finishedAt: ports.now().toISOString(),
    },
    intent.path,
    job.operation !== 'delete' || job.reason === 'vanished',
  );
}
