/**
 * How attempts ended, written down. In: a job and its settlement. Out: rows of the queue, the journal and the receipts, and
 * news of them once they are flushed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Failure, saidOf } from '../contract/errors.ts';
import type { Receipt } from '../contract/models.ts';
import { assertNever } from '../contract/result.ts';
import { databaseFailure, recordGone, recordStored, type WriteTables } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { decide, isThrottling } from './decide.ts';
import type { Settlement } from './settlement.ts';

export interface SettlingOptions {
  readonly tables: WriteTables;
  /** A file that is still changing is parked after this, milliseconds; null: it is waited for without end. */
  readonly patienceMs: number | null;
  readonly onReceipt: (folder: string, receipt: Receipt) => void;
  readonly onHold: (job: Job, cause: Failure, what: 'connection' | 'folder') => void;
  readonly onParked: (job: Job, cause: Failure) => void;
  /** The store asked for less. */
  readonly onThrottled: (job: Job) => void;
  readonly onBug: (error: unknown) => string;
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Nobody waits any more for a database that cannot be written. */
  readonly signal: AbortSignal;
}

/** How soon the database is tried again where it could not be written (a full disk, another program), milliseconds. */
export const DATABASE_PAUSE_MS = 5_000;

/** What listeners throw is theirs: what they are told of is written down already. */
export function tellSafely(listener: () => void, onBug: (error: unknown) => unknown): void {
  try {
    listener();
  } catch (error) {
    onBug(error);
  }
}

/** @returns what writes a settlement down; it does not fail. */
export function openSettling(options: SettlingOptions): (job: Job, settlement: Settlement) => Promise<void> {
  const { tables, now, monotonic } = options;
  const firstUnsettled = new Map<number, number>();
  const tell = (listener: () => void): void => {
    tellSafely(listener, options.onBug);
  };

  /**
   * [Note: writing down] How an attempt ended is kept in hand until the database takes it: what S3 stored must not be
   * forgotten since the disk is full for a while. After a stop it is found again by its attempt id.
   */
  const writeDown = async (job: Job, settlement: Settlement): Promise<void> => {
    let ended = settlement;
    for (;;) {
      try {
        await settle(job, ended);
        return;
      } catch (error) {
        const reference = options.onBug(error);
        if (databaseFailure(error, '') === null) {
          // A fault of ours would come again: it is parked, once.
          if (ended !== settlement) return;
          ended = { kind: 'failed', failure: failure('internal', { reference }) };
          continue;
        }
      }
      await sleep(DATABASE_PAUSE_MS, undefined, { signal: options.signal }).catch(() => undefined);
      if (options.signal.aborted) return;
    }
  };

  const settle = async (job: Job, settlement: Settlement): Promise<void> => {
    if (settlement.kind !== 'unsettled') firstUnsettled.delete(job.id);
    if (settlement.kind === 'failed' && isThrottling(settlement.failure)) options.onThrottled(job);
    switch (settlement.kind) {
      case 'stored': {
        const receipt = await tables.commit(() => {
          const written = recordStored(tables, settlement.receipt, settlement.journal, null);
          tables.jobs.finish(job.id);
          return written;
        });
        tell(() => {
          options.onReceipt(job.folder, receipt);
        });
        return;
      }
      case 'same':
        await tables.commit(() => {
          tables.journal.touch(job.folder, job.path, settlement.stat);
          tables.jobs.finish(job.id);
        });
        return;
      case 'applied':
        await tables.commit(() => {
          tables.journal.setPolicyVersion(job.folder, job.path, settlement.policyVersion);
          tables.activity.add({
            at: new Date(now()).toISOString(),
            folder: job.folder,
            kind: 'applied',
            code: 'policy',
            path: job.path,
            detail: { policyVersion: settlement.policyVersion, changed: settlement.changed.join(', ') },
          });
          tables.jobs.finish(job.id);
        });
        return;
      case 'gone': {
        const receipt = await tables.commit(() => {
          const counts = settlement.receipt.operation === 'delete' && job.reason === 'vanished';
          const written = recordGone(tables, job.folder, job.path, settlement.receipt, counts);
          tables.jobs.finish(job.id);
          return written;
        });
        tell(() => {
          options.onReceipt(job.folder, receipt);
        });
        return;
      }
      case 'dropped':
        await tables.commit(() => {
          if (settlement.superseded > 0) tables.folders.addSuperseded(job.folder, settlement.superseded);
          tables.jobs.finish(job.id);
        });
        return;
      case 'early':
        await tables.commit(() => {
          tables.jobs.waitEarly(job.id, now() + settlement.afterMs, settlement.intervalMs);
        });
        return;
      case 'unsettled':
        await settleUnsettled(job, settlement.afterMs, settlement.failure);
        return;
      case 'failed':
        await settleFailed(job, settlement.failure);
        return;
      default:
        assertNever(settlement);
    }
  };

  const settleUnsettled = async (job: Job, afterMs: number, cause: Failure | null): Promise<void> => {
    // By the clock that nobody sets: a file must not be given up for a change of the other one.
    const since = firstUnsettled.get(job.id) ?? monotonic();
    firstUnsettled.set(job.id, since);
    if (options.patienceMs !== null && monotonic() - since > options.patienceMs) {
      firstUnsettled.delete(job.id);
      await park(job, cause ?? failure('file-changing', { path: job.path }));
      return;
    }
    await tables.commit(() => {
      tables.jobs.retryAt(job.id, now() + afterMs, cause, false);
    });
  };

  const settleFailed = async (job: Job, cause: Failure): Promise<void> => {
    const decision = decide(cause, job.attempts, options.random());
    switch (decision.kind) {
      case 'park':
        await park(job, cause);
        return;
      case 'retry':
        await tables.commit(() => {
          tables.jobs.retryAt(job.id, now() + decision.afterMs, cause, true);
        });
        return;
      case 'hold-connection':
      case 'hold-folder':
        await tables.commit(() => {
          tables.jobs.retryAt(job.id, 0, cause, false);
        });
        tell(() => {
          options.onHold(job, cause, decision.kind === 'hold-connection' ? 'connection' : 'folder');
        });
        return;
      case 'stop-deletes':
        await tables.commit(() => {
          tables.jobs.retryAt(job.id, 0, cause, false);
          if (tables.deletes.find(job.folder).stopped !== null) return;
          tables.deletes.setStopped(job.folder, cause);
          tables.activity.add({
            at: new Date(now()).toISOString(),
            folder: job.folder,
            kind: 'problem',
            code: cause.code,
            path: job.path,
            detail: { message: cause.message },
            said: saidOf(cause),
          });
        });
        return;
      default:
        assertNever(decision);
    }
  };

  const park = async (job: Job, cause: Failure): Promise<void> => {
    const isParked = await tables.commit(() => {
      if (!tables.jobs.park(job.id, cause)) return false;
      tables.activity.add({
        at: new Date(now()).toISOString(),
        folder: job.folder,
        kind: 'parked',
        code: cause.code,
        path: job.path,
        detail: { message: cause.message },
        said: saidOf(cause),
      });
      return true;
    });
    if (!isParked) return;
    tell(() => {
      options.onParked(job, cause);
    });
  };

  return writeDown;
}
