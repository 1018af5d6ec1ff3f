/** What a person changes in the queue, one path at a time. In: folder and path. Out: what became of it, or why nothing did. */
import { failure } from '../contract/errors.ts';
import type { Folder, ForgottenEntry, QueueEntry } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { WriteTables } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { queueEntry } from './report.ts';

/** The job of a path that is not under way. */
function waitingJob(folder: Folder, path: RelPath, tables: WriteTables): Result<Job> {
  const job = tables.jobs.find(folder.id, path);
  if (job === null) return failed(failure('not-queued', { path, folder: folder.name }));
  return job.state === 'active' ? failed(failure('under-way', { path })) : success(job);
}

/** Before all others, at once, whatever it waits for; what needs attention is tried again. */
export function sendFirst(folder: Folder, path: RelPath, tables: WriteTables): Result<QueueEntry> {
  const job = waitingJob(folder, path, tables);
  if (!job.ok) return job;
  return tables.now(() => {
    if (job.value.state === 'parked') tables.jobs.retryPath(folder.id, path);
    tables.order.pullForward(folder.id, path);
    const changed = tables.jobs.find(folder.id, path);
    return success(queueEntry(changed ?? job.value, folder.name));
  });
}

/**
 * Out of the queue; the file is not looked for again until it changes. An attempt that may have reached S3 is settled
 * first: what is stored must be known, and a broken upload must not stay there.
 */
export function forgetPath(folder: Folder, path: RelPath, tables: WriteTables): Result<ForgottenEntry> {
  const job = waitingJob(folder, path, tables);
  if (!job.ok) return job;
  const { seen, error } = job.value;
  return tables.now(() => {
    const { attempts, jobs, forgotten } = tables;
    const isOpen = attempts.intentsOf(folder.id, path).length > 0 || attempts.uploadOf(folder.id, path) !== null;
    forgotten.add(folder.id, { path, seen, refused: seen === null ? (error?.code ?? null) : null });
    if (isOpen) jobs.settleOnly(folder.id, path);
    else jobs.drop(folder.id, path);
    return success({ folder: folder.name, path, settling: isOpen });
  });
}
