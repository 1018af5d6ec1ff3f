/** What a sync would do, without doing it. In: a folder and its tables. Out: operations, one at a time. */
import type { Folder, PlannedOperation } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';
import { MOVED } from '../plan/index.ts';
import type { ReadTables } from '../store/index.ts';
import type { JournalRow, NewJob } from '../store/types.ts';
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
  const sources = new Set<string>();
  const absent: JournalRow[] = [];
  const tell = ({ path, operation, reason, size, source }: NewJob): void => {
    if (source === undefined || source === null) {
      onOperation({ path, operation, reason, size });
      return;
    }
    sources.add(source.path);
    onOperation({ path, operation: 'move', reason, size, from: source.path });
  };
  const result = await scanFolder(
    folder,
    { kind: 'whole' },
    tables,
    { forbidden, signal, now: () => new Date() },
    (plan) => {
      for (const job of plan.jobs) {
        replanned.add(job.path);
        tell(job);
      }
      for (const row of plan.absent) {
        replanned.add(row.path);
        absent.push(row);
      }
      for (const path of plan.dropped) dropped.add(path);
      return Promise.resolve();
    },
  );
  // What an earlier run left waiting is still to be done, unless this look changed its mind.
  for (const job of tables.jobs.ofFolder(folder.id)) {
    if (job.state === 'parked' || replanned.has(job.path) || dropped.has(job.path)) continue;
    tell(job);
  }
  // Gone only after a second look, ten seconds on; this is what the first one shows. Last, when all moves are known.
  for (const { path, stat } of absent) {
    const operation = folder.deletes === 'mark' ? 'delete' : 'gone';
    onOperation({ path, operation, reason: sources.has(path) ? MOVED : 'vanished', size: stat.size });
  }
  return result;
}
