/** What a sync would do, without doing it. In: a folder and its tables. Out: operations, one at a time. */
import type { Folder, PlannedOperation } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';
import type { ReadTables } from '../store/index.ts';
import { scanFolder, type ScanReport } from './scans.ts';

export async function planFolder(
  folder: Folder,
  tables: ReadTables,
  forbidden: ReadonlySet<string>,
  onOperation: (operation: PlannedOperation) => void,
  signal: AbortSignal,
): Promise<Result<ScanReport>> {
  const replanned = new Set<string>();
  const dropped = new Set<string>();
  const result = await scanFolder(
    folder,
    { kind: 'whole' },
    tables,
    { forbidden, signal, now: () => new Date() },
    (plan) => {
      for (const { path, operation, reason, size } of plan.jobs) {
        replanned.add(path);
        onOperation({ path, operation, reason, size });
      }
      // Gone only after a second look, ten seconds on; this is what the first one shows.
      for (const row of plan.absent) {
        replanned.add(row.path);
        onOperation({ path: row.path, operation: 'gone', reason: 'vanished', size: row.stat.size });
      }
      for (const path of plan.dropped) dropped.add(path);
      return Promise.resolve();
    },
  );
  // What an earlier run left waiting is still to be done, unless this look changed its mind.
  for (const job of tables.jobs.ofFolder(folder.id)) {
    if (job.state === 'parked' || replanned.has(job.path) || dropped.has(job.path)) continue;
    onOperation({ path: job.path, operation: job.operation, reason: job.reason, size: job.size });
  }
  return result;
}
