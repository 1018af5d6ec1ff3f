/**
 * Looks an attached place over, of which this computer has no receipts. In: the place, how much of it and how closely.
 * Out: counts, and each file of which something is wrong. A version is held against the listing; what is read, against
 * what the object says of itself: the sha256 that Cairn wrote down with it, a checksum that the store keeps, an MD5.
 */
import { failure } from '../contract/errors.ts';
import type { VerifiedFile, VerifyFinding, VerifyReport } from '../contract/history.ts';
import type { AttachedFolder } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { differencesOf, digestsOfVersion, sampleOf, type PlacedEntry, type TreeItem } from '../history/index.ts';
import { judgeByHead } from '../history/match.ts';
import { commonFields } from '../policy/request.ts';
import { withCommonFields, type StoreClient } from '../s3/index.ts';
import type { WriteTables } from '../store/index.ts';
import { isAlgorithm, openChecksum } from '../transfer/index.ts';
import type { FolderHistory, PresentItems } from './history-ports.ts';
import { toHeaded } from './matching.ts';
import { ENDING, IN_FLIGHT, NAMED, unread, type VerifyTools, type VerifyWish } from './verify.ts';

export async function verifyAttached(
  folder: AttachedFolder,
  plainClient: StoreClient,
  history: FolderHistory,
  tables: Pick<WriteTables, 'now' | 'verifications'>,
  { sample, seed, download }: VerifyWish,
  { signal, onProgress }: VerifyTools,
): Promise<Result<VerifyReport>> {
  const client = withCommonFields(plainClient, commonFields(folder.policy));
  const present = await history.presentItems(signal);
  if (!present.ok) return present;
  const { items } = present.value;
  const chosen = sample === null ? items : sampleOf(items.length, sample, seed).flatMap((index) => items[index] ?? []);
  const at = new Date().toISOString();
  const counts = { checked: 0, ok: 0, missing: 0, different: 0, unread: 0 };
  const files: VerifiedFile[] = [];
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  const ended: { trouble: Result<never> | null } = { trouble: null };
  const bytesTotal = download ? chosen.reduce((sum, { entry }) => sum + entry.size, 0) : 0;
  const progress = { files: 0, filesTotal: chosen.length, bytes: 0, bytesTotal };

  const look = async ({ entry, item }: PresentItems['items'][number]): Promise<void> => {
    const findings = item.ok
      ? await findingsOf(folder.bucket, entry, item.value, client, download, either)
      : success([unread(item.failure.message)]);
    if (!findings.ok) {
      ended.trouble ??= findings;
      ending.abort();
      return;
    }
    counts.checked += 1;
    counts[kindOf(findings.value)] += 1;
    const { path, versionId } = entry;
    if (findings.value.length > 0 && files.length < NAMED) files.push({ path, versionId, findings: findings.value });
    progress.files += 1;
    if (download) progress.bytes += entry.size;
    onProgress({ ...progress });
  };
  const queue = chosen.values();
  const work = async (): Promise<void> => {
    for (const one of queue) {
      if (either.aborted) return;
      await look(one);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  if (signal.aborted) return failed(failure('cancelled'));
  if (ended.trouble !== null) return ended.trouble;
  const verification = {
    at,
    way: download ? ('download' as const) : ('head' as const),
    known: items.length,
    ...counts,
  };
  tables.now(() => {
    tables.verifications.set(folder.id, verification);
  });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return success({ ...verification, against: 'itself', seed: sample === null ? null : seed, files });
}

function kindOf(findings: readonly VerifyFinding[]): 'ok' | 'missing' | 'different' | 'unread' {
  if (findings.length === 0) return 'ok';
  if (findings.some(({ what }) => what === 'unread' || what === 'unproved')) return 'unread';
  return findings.some(({ what }) => what === 'missing') ? 'missing' : 'different';
}

async function findingsOf(
  bucket: string,
  entry: PlacedEntry,
  { secret }: TreeItem,
  client: StoreClient,
  download: boolean,
  signal: AbortSignal,
): Promise<Result<readonly VerifyFinding[]>> {
  const { key, path, versionId, size, etag } = entry;
  const what = { Bucket: bucket, Key: key, ...(versionId === null ? {} : { VersionId: versionId }), ...secret };
  const head = await client.send('HeadObject', { ...what, ChecksumMode: 'ENABLED' }, signal);
  if (!head.ok) {
    if (head.failure.code === 'object-missing') {
      return success([{ what: 'missing', expected: versionId ?? key, found: '' }]);
    }
    return ENDING.has(head.failure.class) ? head : success([unread(head.failure.message)]);
  }
  const known = { path, versionId, size, etag, checksum: null, lock: null, legalHold: false };
  const findings = differencesOf(known, head.value, new Date());
  if (!download || findings.length > 0) return success(findings);
  const headed = toHeaded(head.value);
  const running = new Map<string, Awaited<ReturnType<typeof openChecksum>>>();
  for (const { algorithm, type } of headed.checksums) {
    if (type === 'FULL_OBJECT' && isAlgorithm(algorithm)) running.set(algorithm, await openChecksum(algorithm));
  }
  const digests = await digestsOfVersion(client, what, running, signal);
  if (!digests.ok) return ENDING.has(digests.failure.class) ? digests : success([unread(digests.failure.message)]);
  const verdict = judgeByHead(headed, digests.value);
  if (verdict.kind === 'equal') return success([]);
  const found = digests.value.sha256;
  return success([{ what: verdict.kind === 'different' ? 'bytes' : 'unproved', expected: '', found }]);
}
