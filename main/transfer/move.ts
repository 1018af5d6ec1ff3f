/**
 * A file that has come from another path: its version there is copied instead of sending the bytes again. In: a job with
 * the version that it may have come from. Out: how it ended; null: send the file.
 */
import { failure } from '../contract/errors.ts';
import type { ObjectKey } from '../contract/names.ts';
import type { Settlement } from '../queue/settlement.ts';
import type { Job } from '../store/types.ts';
import { copyVersion } from './copy.ts';
import { STILL_CHANGING_MS } from './settle.ts';
import { isStill, type OpenFile } from './stable.ts';
import type { TransferPorts } from './types.ts';
import { digestsOfFile } from './whole-file.ts';

/** A store that fails so often to copy, in whatever words, gets the file itself. */
const COPY_ATTEMPTS = 2;

export async function copyMoved(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement | null> {
  const { source } = job;
  if (source === null || source.size !== file.stat.size || job.attempts > COPY_ATTEMPTS) return null;
  // What another client wrote must not be overwritten, and few stores hold the condition of a copy that would see to it.
  if (ports.guardsOverwrites) return null;
  // The bytes are on their way already.
  if (ports.attempts.uploadOf(job.folder, job.path) !== null) return null;

  const draft = { key, path: job.path, stat: file.stat, attemptId: '', now: ports.now(), sha256: null };
  const prepared = ports.putRequest(draft);
  if (!prepared.ok) return { kind: 'failed', failure: prepared.failure };
  const digests = await digestsOfFile(file, prepared.value.algorithm, ports, signal);
  if (!(await isStill(file))) {
    return { kind: 'unsettled', afterMs: STILL_CHANGING_MS, failure: failure('file-changing', { path: job.path }) };
  }
  const known = ports.journalRow(job.path);
  if (known?.sha256 === digests.sha256 && known.key === key) return { kind: 'same', stat: file.stat };
  if (digests.sha256 !== source.sha256) return null;

  const settlement = await copyVersion(job, { original: source, key, file, digests }, ports, signal);
  // What the store refuses of a copy (the right to read, a field) it need not refuse of the file; if it does, it says so.
  const isRefused = settlement?.kind === 'failed' && REFUSALS.has(settlement.failure.class);
  return isRefused ? null : settlement;
}

const REFUSALS: ReadonlySet<string> = new Set(['permission', 'policy', 'archived']);
