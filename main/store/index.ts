/** The state of one home folder. In: the folder. Out: its tables, for reading, or for reading and writing. */
import { openActivity, openActivityReader } from './activity.ts';
import { openAttempts } from './attempts.ts';
import { openCommitter } from './committer.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { openFieldProofs, openFieldProofsReader } from './field-proofs.ts';
import { openFolders, openFoldersReader } from './folders.ts';
import { openJobs, openJobsReader } from './jobs.ts';
import { openJournal, openJournalReader } from './journal.ts';
import { openReceipts, openReceiptsReader } from './receipts.ts';

export { databaseFailure, openReadable, openWritable, type ReadableDb } from './database.ts';
export type { DroppedField } from './field-proofs.ts';
export { recordGone, recordStored } from './record.ts';
export { readSettings, writeSettings, EMPTY_SETTINGS, type Settings } from './config.ts';
export { lockHome, type HomeLock } from './lock.ts';

/** Tables for reading: what commands use that only report. */
export function readTables(db: ReadableDb) {
  return {
    journal: openJournalReader(db),
    jobs: openJobsReader(db),
    receipts: openReceiptsReader(db),
    activity: openActivityReader(db),
    folders: openFoldersReader(db),
    fieldProofs: openFieldProofsReader(db),
    close: (): void => {
      db.close();
    },
  };
}

/** Tables for the engine. */
export function writeTables(db: WritableDb) {
  return {
    journal: openJournal(db),
    jobs: openJobs(db),
    attempts: openAttempts(db),
    receipts: openReceipts(db),
    activity: openActivity(db),
    folders: openFolders(db),
    fieldProofs: openFieldProofs(db),
    ...openCommitter(db),
    /** Runs `work` in a transaction of its own, now. */
    now: <T>(work: () => T): T => db.transaction(work).immediate(),
    close: (): void => {
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}

export type ReadTables = ReturnType<typeof readTables>;
export type WriteTables = ReturnType<typeof writeTables>;
