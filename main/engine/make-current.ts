/**
 * Makes an earlier version the current one, by a copy within the bucket. In: a running engine, a path, a version. Out: the
 * new version. Nothing on disk changes, and no version or marker is ever removed: what a marker hid is there again.
 */
import { failure } from '../contract/errors.ts';
import type { MadeCurrent } from '../contract/history.ts';
import type { Folder } from '../contract/models.ts';
import type { ObjectKey, RelPath } from '../contract/names.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { parseMtime } from '../policy/metadata.ts';
import type { Settlement } from '../queue/index.ts';
import type { FileStat, Job } from '../store/types.ts';
import { copyVersion, type TransferPorts } from '../transfer/index.ts';
import type { Engine } from './engine.ts';
import type { FolderHistory } from './history-ports.ts';

export async function makeCurrent(
  engine: Engine,
  folder: Folder,
  history: FolderHistory,
  path: string,
  versionId: string,
  signal: AbortSignal,
): Promise<Result<MadeCurrent>> {
  const found = await history.entryOf(path, versionId);
  if (!found.ok) return found;
  const { entry, version } = found.value;
  if (version.isLatest) return success({ path, from: versionId, versionId, wasCurrent: true });
  // What waits for this path would lie over the copy a moment later.
  if (engine.home.tables.jobs.find(folder.id, entry.path as RelPath) !== null) {
    return failed(failure('path-busy', { path, folder: folder.name }));
  }
  const ports = await engine.transferPortsOf(folder);
  if (!ports.ok) return ports;
  const secret = history.secretOf(entry);
  if (!secret.ok) return secret;
  const place = { Bucket: folder.bucket, Key: entry.key, VersionId: versionId };
  const head = await ports.value.client.send('HeadObject', { ...place, ...secret.value }, signal);
  if (!head.ok) return head;
  const metadata = head.value.Metadata ?? {};
  const sha256 = entry.sha256 ?? metadata['cairn-sha256'];
  if (sha256 === undefined) return failed(failure('bytes-unknown', { path }));

  const stat = statOf(entry.size, metadata, head.value.LastModified);
  const job = jobOf(folder, entry.path as RelPath, stat);
  const original = { key: entry.key as ObjectKey, versionId, size: entry.size, sha256, etag: entry.etag };
  const copying = {
    original: { ...original, receiptSeq: entry.receiptSeq ?? 0 },
    key: original.key,
    file: { stat },
    digests: null,
  };
  const settlement = await copyVersion(job, copying, ports.value, signal);
  if (settlement === null) return failed(failure('copy-refused', { path }));
  if (settlement.kind === 'failed') return failed(settlement.failure);
  if (settlement.kind !== 'stored') throw new Error(`a copy ended as ${settlement.kind}`);
  record(engine, folder, settlement, ports.value);
  return success({ path, from: versionId, versionId: settlement.receipt.versionId, wasCurrent: false });
}

/** The journal tells of the disk: only where that has these very bytes does it hear of their new version. */
function record(
  engine: Engine,
  folder: Folder,
  { receipt, journal }: Extract<Settlement, { kind: 'stored' }>,
  { attempts }: TransferPorts,
): void {
  const { tables } = engine.home;
  const attemptId = (receipt.request['Metadata'] as Readonly<Record<string, string>> | undefined)?.['cairn-attempt'];
  const seq = tables.now(() => {
    const isOpen = attempts.intentsOf(folder.id, journal.path).some((intent) => intent.attemptId === attemptId);
    // A change of the file came in between, whose transfer has found the copy and written it down.
    if (attemptId === undefined || !isOpen) return null;
    const written = tables.receipts.append(folder.id, receipt);
    attempts.removeIntent(attemptId);
    const row = tables.journal.find(folder.id, journal.path);
    if (row !== null && row.sha256 === journal.sha256) {
      const { versionId, etag, policyVersion } = journal;
      tables.journal.put({ ...row, versionId, etag, policyVersion, receiptSeq: written.seq });
    }
    const detail = { versionId: receipt.versionId, size: receipt.size, seq: written.seq };
    tables.activity.add({
      at: written.finishedAt,
      folder: folder.id,
      kind: 'restored',
      code: 'current',
      path: journal.path,
      detail,
    });
    return written.seq;
  });
  if (seq !== null) engine.emit('saved', { folder: folder.name, path: journal.path, seq });
  engine.changed();
}

/** What the version says of the file that it was made of. */
function statOf(size: number, metadata: Readonly<Record<string, string>>, modified: Date | undefined): FileStat {
  const mtimeNs = String(parseMtime(metadata['mtime'] ?? '') ?? BigInt(modified?.getTime() ?? 0) * 1_000_000n);
  const mode = Number.parseInt(metadata['mode'] ?? '', 8);
  return { dev: '0', ino: '0', size, mtimeNs, ctimeNs: mtimeNs, mode: Number.isNaN(mode) ? 0o100644 : mode };
}

/** What a copy asks of a job; it never enters the queue. */
function jobOf(folder: Folder, path: RelPath, stat: FileStat): Job {
  return {
    folder: folder.id,
    path,
    operation: 'put',
    reason: 'current',
    size: stat.size,
    seen: stat,
    seenAt: new Date().toISOString(),
    source: null,
    id: 0,
    state: 'active',
    renewed: false,
    attempts: 1,
    crashes: 0,
    notBeforeMs: 0,
    isFirst: false,
    intervalMs: 0,
    error: null,
  };
}
