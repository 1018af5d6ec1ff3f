/**
 * Brings what is in the bucket under the present policy. In: a folder. Out: a plan with counts; or rows in the queue.
 * Without this a policy counts from the next upload on.
 */
import type { Folder } from '../contract/models.ts';
import type { PolicyStep, PolicySummary } from '../contract/policy-answers.ts';
import { policyChanges, type PolicyChanges } from '../policy/changes.ts';
import { resolvePolicy } from '../policy/resolve.ts';
import type { ReadTables, WriteTables } from '../store/index.ts';
import type { JournalRow } from '../store/types.ts';
import { BY_POLICY } from '../transfer/index.ts';

export type { PolicyStep, PolicySummary };

interface Step {
  readonly row: JournalRow;
  readonly storageClass: string;
  readonly changes: PolicyChanges;
}

function* steps(folder: Folder, tables: Pick<ReadTables, 'journal' | 'folders'>, now: Date): Generator<Step> {
  for (const row of tables.journal.beforePolicy(folder.id, folder.policyVersion)) {
    const before = tables.folders.policy(folder.id, row.policyVersion) ?? {};
    const file = { path: row.path, size: row.stat.size };
    const { fields } = resolvePolicy(folder.policy, file);
    const changes = policyChanges(resolvePolicy(before, file).fields, fields, now);
    yield { row, changes, storageClass: fields.storageClass ?? 'STANDARD' };
  }
}

/** Looks through every file that was sent under an earlier policy; nothing is sent or written. */
export function planPolicy(
  folder: Folder,
  tables: Pick<ReadTables, 'journal' | 'folders'>,
  onStep: (step: PolicyStep) => void,
): PolicySummary {
  const counts = { files: 0, inPlace: 0, copies: 0, bytes: 0, requests: 0, loosened: 0 };
  for (const { row, changes, storageClass } of steps(folder, tables, new Date())) {
    const { copy, inPlace, loosens } = changes;
    if (loosens) counts.loosened += 1;
    if (!copy && inPlace.length === 0 && !loosens) continue;
    counts.files += 1;
    if (copy) {
      counts.copies += 1;
      counts.bytes += row.stat.size;
      counts.requests += 2; // the copy, and a look at it where its answer leaves something open
    } else if (inPlace.length > 0) {
      counts.inPlace += 1;
      counts.requests += inPlace.length;
    }
    onStep({ path: row.path, size: row.stat.size, changes: copy ? ['copy'] : inPlace, storageClass, loosens });
  }
  return counts;
}

/** Queues what the plan names; files that need no change only get the new version's number. */
export function queuePolicy(folder: Folder, tables: WriteTables): number {
  const seenAt = new Date().toISOString();
  const { id } = folder;
  const found = [...steps(folder, tables, new Date())];
  let queued = 0;
  tables.now(() => {
    for (const { row, changes } of found) {
      const { path, stat } = row;
      if (!changes.copy && changes.inPlace.length === 0) {
        // What would be loosened keeps the number of the policy that still holds it.
        if (!changes.loosens) tables.journal.setPolicyVersion(id, path, folder.policyVersion);
        continue;
      }
      if (tables.jobs.find(id, path) !== null) continue; // it is sent anyway, under the present policy
      tables.jobs.enqueue({
        folder: id,
        path,
        operation: 'put',
        reason: BY_POLICY,
        size: stat.size,
        seen: stat,
        seenAt,
      });
      queued += 1;
    }
  });
  return queued;
}

/** The same; answers how many files are to be changed now, those included that were queued for it before. */
export function bringUnderPolicy(folder: Folder, tables: WriteTables): number {
  queuePolicy(folder, tables);
  return tables.jobs.ofReason(folder.id, BY_POLICY).open;
}
