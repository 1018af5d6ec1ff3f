/** The state of one home folder. In: the folder. Out: its tables, for reading, or for reading and writing. */
import { openAgreement } from './agreement.ts';
import { openActivity, openActivityReader } from './activity.ts';
import { openAttempts } from './attempts.ts';
import { openCommitter } from './committer.ts';
import { failed, type Result } from '../contract/result.ts';
import { makeBackup, type Backup } from './backup.ts';
import { BUSY_MS, databaseFailure, type ReadableDb, type WritableDb } from './database.ts';
import { markClosed, writeProbe } from './marks.ts';
import { openThaws, openThawsReader } from './thaws.ts';
import { openVerifications, openVerificationsReader } from './verifications.ts';
import { openDensity } from './density.ts';
import { openDrills, openDrillsReader } from './drills.ts';
import { openDeletes, openDeletesReader } from './deletes.ts';
import { hiddenDamage } from './renew.ts';
import { openLooks, openLooksReader } from './looks.ts';
import { openFieldProofs, openFieldProofsReader } from './field-proofs.ts';
import { openFolders, openFoldersReader } from './folders.ts';
import { openForgotten, openForgottenReader } from './forgotten.ts';
import { openJobOrder } from './job-order.ts';
import { openJobs, openJobsReader } from './jobs.ts';
import { openJournal, openJournalReader } from './journal.ts';
import { openReceipts, openReceiptsReader } from './receipts.ts';
import { openVanished, openVanishedReader } from './vanished.ts';

export { FORGOTTEN } from './jobs.ts';
export type { JobOrder } from './job-order.ts';
export { JOB_CLASS, JOB_CLASSES } from './rank.ts';
export { backupsOf, freeBytes, type Backup } from './backup.ts';
export { databaseFailure, openReadable, openWritable, type ReadableDb } from './database.ts';
export type { SubdirectorySummary } from './journal.ts';
export type { ThawRow } from './thaws.ts';
export type { DroppedField } from './field-proofs.ts';
export { recordGone, recordStored } from './record.ts';
export { idOfVersion, type MatchWhy, type VersionBefore } from './looks.ts';
export { openListing, openListingForReading, removeListing } from './listing-file.ts';
export type { KeptListing, KeptReceipt, KeptRow, KeyRange, ListedRange } from './listing.ts';
export { openScratch, type Scratch, type ScratchVersion } from './scratch.ts';
export { readSettings, writeSettings, EMPTY_SETTINGS, type Settings } from './config.ts';
export { renewDatabase, type Renewed } from './renew.ts';
export { lockHome, type HomeLock } from './lock.ts';

/** Tables for reading: what commands use that only report. */
export function readTables(db: ReadableDb) {
  const journal = openJournalReader(db);
  const receipts = openReceiptsReader(db);
  return {
    journal,
    receipts,
    agreement: openAgreement(db, journal, receipts),
    jobs: openJobsReader(db),
    activity: openActivityReader(db),
    folders: openFoldersReader(db),
    looks: openLooksReader(db),
    density: openDensity(db),
    verifications: openVerificationsReader(db),
    drills: openDrillsReader(db),
    thaws: openThawsReader(db),
    fieldProofs: openFieldProofsReader(db),
    forgotten: openForgottenReader(db),
    deletes: openDeletesReader(db),
    vanished: openVanishedReader(db),
    close: (): void => {
      db.close();
    },
  };
}

/** Tables for the engine. */
export function writeTables(db: WritableDb) {
  const journal = openJournal(db);
  const receipts = openReceipts(db);
  return {
    journal,
    receipts,
    agreement: openAgreement(db, journal, receipts),
    jobs: openJobs(db),
    order: openJobOrder(db),
    attempts: openAttempts(db),
    activity: openActivity(db),
    folders: openFolders(db),
    looks: openLooks(db),
    density: openDensity(db),
    verifications: openVerifications(db),
    drills: openDrills(db),
    thaws: openThaws(db),
    fieldProofs: openFieldProofs(db),
    forgotten: openForgotten(db),
    deletes: openDeletes(db),
    vanished: openVanished(db),
    ...openCommitter(db),
    /** Runs `work` in a transaction of its own, now. */
    now: <T>(work: () => T): T => db.transaction(work).immediate(),
    /** Throws where no row can be written just now; it does not wait for another program. */
    probe: (text: string): void => {
      db.pragma('busy_timeout = 0');
      try {
        // On a small disk the write-ahead log itself may be what fills it; emptied, it makes room.
        db.pragma('wal_checkpoint(TRUNCATE)');
        writeProbe(db, text);
      } finally {
        db.pragma(`busy_timeout = ${BUSY_MS}`);
      }
    },
    /** Why the database is no good, though it was opened; null: it is good. Reads all of it. */
    damage: (): string | null => hiddenDamage(db),
    /** A copy of the whole, for a day (YYYY-MM-DD); everything else goes on meanwhile. */
    backup: async (home: string, day: string, signal: AbortSignal): Promise<Result<Backup>> => {
      try {
        return await makeBackup(db, home, day, signal);
      } catch (error) {
        const cause = databaseFailure(error, home);
        if (cause === null) throw error;
        return failed(cause);
      }
    },
    /** What the disk does not take any more is not missed: it was a mark, and a tidying up. */
    close: (): void => {
      try {
        markClosed(db);
        db.pragma('wal_checkpoint(TRUNCATE)');
      } catch (error) {
        if (databaseFailure(error, '') === null) throw error;
      } finally {
        db.close();
      }
    },
  };
}

export type ReadTables = ReturnType<typeof readTables>;
export type WriteTables = ReturnType<typeof writeTables>;
