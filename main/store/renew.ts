/**
 * A database in place of one that was lost. In: a home whose lock is held. Out: a new `cairn.db` with what the newest good
 * backup knows; the former one, if there was any, lies beside it under another name.
 *
 * [Note: the break] The chain of receipts is never mended: what was lost stays lost, and the record says so. Where a
 * backup can be read and its chain holds, its receipts are taken over and the chain goes on behind them; else it begins
 * anew. Either way the first record that comes then has the operation `break`: why the database was lost, under which
 * name it lies aside, from which day the backup is and up to which receipt it knows. It belongs to no folder and no key.
 * Queue, open attempts and uploads of a backup are left out: what became of them since then is for the bucket to tell.
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Failure } from '../contract/errors.ts';
import type { Receipt } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { openActivity } from './activity.ts';
import { backupsOf, damageOf, type Backup } from './backup.ts';
import { DATABASE_FILE, databaseFailure, openWritable, type WritableDb } from './database.ts';
import { syncDirectory } from './files.ts';
import { removeListings } from './listing-file.ts';
import { openLooks } from './looks.ts';
import { markClosed } from './marks.ts';
import { openReceipts } from './receipts.ts';

export interface Renewed {
  /** Absolute path of the former database; null: there was none. */
  readonly aside: string | null;
  /** The day of the backup whose receipts were taken over; null: none could be. */
  readonly backupDay: string | null;
  /** Receipts that were taken over. */
  readonly receipts: number;
  /** The record that names the break. */
  readonly breakSeq: number;
}

/** Here the new database is made; it comes to its place whole. */
const WORKSHOP = 'renewing';
const BESIDE = ['', '-wal', '-shm', '-journal'] as const;

/**
 * @param reason why the former one is no good, for the record.
 * @param folders ids of all folders: each is to be compared with the bucket before anything of it is sent.
 */
export function renewDatabase(home: string, reason: string, folders: readonly string[], at: Date): Result<Renewed> {
  const workshop = join(home, WORKSHOP);
  const place = join(home, DATABASE_FILE);
  const aside = existsSync(place) ? `${place}.damaged-${stamp(at)}` : null;
  try {
    rmSync(workshop, { recursive: true, force: true });
    const begun = begin(home, workshop);
    if (!begun.ok) return begun;
    const { db, backup } = begun.value;
    const renewed = fill(db, { reason, folders, at, backup, aside });
    syncDirectory(workshop);
    if (aside !== null) {
      for (const end of BESIDE) if (existsSync(place + end)) renameSync(place + end, aside + end);
    }
    renameSync(join(workshop, DATABASE_FILE), place);
    // They count by the receipts of the former one.
    removeListings(home);
    syncDirectory(home);
    return success(renewed);
  } catch (error) {
    const cause = databaseFailure(error, home);
    if (cause === null) throw error;
    return failed(cause);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

interface Begun {
  readonly db: WritableDb;
  readonly backup: Backup | null;
}

/** The newest backup that can be read and whose chain holds, as a copy; else an empty database. */
function begin(home: string, workshop: string): Result<Begun> {
  for (const backup of backupsOf(home)) {
    rmSync(workshop, { recursive: true, force: true });
    mkdirSync(workshop, { mode: 0o700 });
    copyFileSync(backup.path, join(workshop, DATABASE_FILE));
    const db = openWritable(workshop);
    if (!db.ok) {
      if (isOfTheDisk(db.failure)) return db;
      continue;
    }
    if (isWhole(db.value)) return success({ db: db.value, backup });
    db.value.close();
  }
  rmSync(workshop, { recursive: true, force: true });
  const db = openWritable(workshop);
  return db.ok ? success({ db: db.value, backup: null }) : db;
}

/** A full disk says nothing of the backup. */
function isOfTheDisk({ code }: Failure): boolean {
  return code === 'disk-full' || code === 'home-busy';
}

function isWhole(db: WritableDb): boolean {
  try {
    return damageOf(db) === null && openReceipts(db).check().ok;
  } catch {
    return false; // tables that are not those of our schema
  }
}

function fill(
  db: WritableDb,
  facts: {
    readonly reason: string;
    readonly folders: readonly string[];
    readonly at: Date;
    readonly backup: Backup | null;
    readonly aside: string | null;
  },
): Renewed {
  const time = facts.at.toISOString();
  const receipts = openReceipts(db);
  const before = receipts.lastSeq();
  const aside = facts.aside === null ? null : basename(facts.aside);
  const backupDay = facts.backup?.day ?? null;
  const written = db
    .transaction((): Receipt => {
      for (const table of ['jobs', 'intents', 'upload_parts', 'uploads']) db.exec(`DELETE FROM ${table}`);
      const looks = openLooks(db);
      for (const folder of facts.folders) looks.setMatchDue(folder, 'lost');
      openActivity(db).add({
        at: time,
        folder: null,
        kind: 'matched',
        code: 'lost',
        path: null,
        detail: { message: `The database was made anew: ${facts.reason}`, aside, backupDay, receipts: before },
      });
      return receipts.append('', {
        folder: '',
        path: '',
        key: '',
        operation: 'break',
        versionId: null,
        etag: null,
        size: 0,
        sha256: null,
        checksum: null,
        proof: 'none',
        storageClass: null,
        serverSideEncryption: null,
        request: {},
        response: { reason: facts.reason, aside, backupDay, receiptsBefore: before },
        fields: {},
        dropped: [],
        policyVersion: 0,
        seenAt: time,
        startedAt: time,
        finishedAt: time,
      });
    })
    .immediate();
  markClosed(db);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return { aside: facts.aside, backupDay, receipts: before, breakSeq: written.seq };
}

/** A time that every file system takes as part of a name. */
function stamp(at: Date): string {
  return at.toISOString().replaceAll(':', '');
}

/** Why a database that opens is no good all the same; null: it is good. Reads all of it. */
export function hiddenDamage(db: WritableDb): string | null {
  const damage = damageOf(db);
  if (damage !== null) return damage;
  const { ok, brokenAtSeq } = openReceipts(db).check();
  return ok ? null : `the chain of receipts is broken at ${brokenAtSeq ?? 'its end'}`;
}
