/** What belongs together is written together. Each runs inside a transaction of the caller. */
import type { Receipt } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import type { ActivityLog } from './activity.ts';
import type { Attempts } from './attempts.ts';
import type { Deletes } from './deletes.ts';
import type { Journal } from './journal.ts';
import type { Receipts } from './receipts.ts';
import type { JournalRow, NewReceipt } from './types.ts';
import type { Vanished } from './vanished.ts';

interface Tables {
  readonly receipts: Receipts;
  readonly journal: Journal;
  readonly attempts: Attempts;
  readonly activity: ActivityLog;
  readonly deletes: Deletes;
  readonly vanished: Vanished;
}

/** S3 has it: receipt, journal row, end of the attempts, and a line that a person reads. */
export function recordStored(
  tables: Tables,
  receipt: NewReceipt,
  journal: Omit<JournalRow, 'receiptSeq'>,
  attemptId: string | null,
): Receipt {
  const before = tables.journal.find(journal.folder, journal.path);
  const written = tables.receipts.append(journal.folder, receipt);
  if (before !== null && before.sha256 !== journal.sha256) {
    tables.deletes.note(journal.folder, 'replaced', journal.path, Date.parse(written.finishedAt));
  }
  tables.journal.put({ ...journal, receiptSeq: written.seq });
  if (attemptId === null) tables.attempts.removeIntents(journal.folder, journal.path);
  else tables.attempts.removeIntent(attemptId);
  tables.activity.add({
    at: written.finishedAt,
    folder: journal.folder,
    kind: 'saved',
    code: written.operation,
    path: written.path,
    detail: { versionId: written.versionId, size: written.size, seq: written.seq },
  });
  return written;
}

/**
 * The path is gone from disk, by proof, with a delete marker or without: the receipt says so, and the journal forgets the
 * path.
 * @param counts the brake counts it: nobody has said that it was meant.
 */
export function recordGone(
  tables: Tables,
  folder: string,
  path: RelPath,
  receipt: NewReceipt,
  counts = receipt.operation === 'delete',
): Receipt {
  const written = tables.receipts.append(folder, receipt);
  if (counts) tables.deletes.note(folder, 'deleted', path, Date.parse(written.finishedAt));
  tables.vanished.add(folder, path);
  tables.journal.remove(folder, path);
  tables.attempts.removeIntents(folder, path);
  tables.activity.add({
    at: written.finishedAt,
    folder,
    kind: 'gone',
    code: written.operation,
    path: written.path,
    detail: { versionId: written.versionId, size: written.size, seq: written.seq },
  });
  return written;
}
