/**
 * Operations in, attempts out. It claims what is due, hands it to workers, and writes down how each attempt ended.
 * The rows live in the database, so a crash at any moment leaves them to be claimed again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Failure } from '../contract/errors.ts';
import type { Receipt } from '../contract/models.ts';
import { assertNever } from '../contract/result.ts';
import { databaseFailure, recordGone, recordStored, type WriteTables } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { decide, LONGEST_BACKOFF_MS } from './decide.ts';
import type { Settlement } from './settlement.ts';

export interface QueueOptions {
  readonly tables: WriteTables;
  /** Attempts at once. */
  readonly inFlight: number;
  /** Ids of the folders whose jobs may go out now. */
  readonly eligible: () => readonly string[];
  readonly attempt: (job: Job, signal: AbortSignal) => Promise<Settlement>;
  /** A file that is still changing is parked after this, milliseconds; null: it is waited for without end. */
  readonly patienceMs: number | null;
  readonly onReceipt: (folder: string, receipt: Receipt) => void;
  readonly onHold: (job: Job, cause: Failure, what: 'connection' | 'folder') => void;
  readonly onParked: (job: Job, cause: Failure) => void;
  /** Some count changed. */
  readonly onChange: () => void;
  readonly onBug: (error: unknown) => string;
  readonly now: () => number;
  readonly random: () => number;
}

export interface Queue {
  /** Something may be due: rows were added, a folder resumed, a connection came back. */
  kick(): void;
  /** Jobs under way. */
  readonly active: readonly Job[];
  /** Nothing is under way and nothing waits, in those folders that may send. */
  readonly isIdle: boolean;
  /** Ends attempts under way and writes down how they ended. */
  stop(): Promise<void>;
}

/** A job that was active in this many crashes is parked. */
const MAX_CRASHES = 3;
/** How soon the database is tried again where it could not be written (a full disk, another program), milliseconds. */
const DATABASE_PAUSE_MS = 5_000;

export function openQueue(options: QueueOptions): Queue {
  const { tables } = options;
  const active = new Map<number, { readonly job: Job; readonly done: Promise<void> }>();
  const firstUnsettled = new Map<number, number>();
  const abort = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  let kicked = false;

  const nowMs = options.now();
  tables.now(() => {
    tables.jobs.recover(nowMs);
    tables.jobs.clampNotBefore(nowMs + LONGEST_BACKOFF_MS);
  });

  const kick = (): void => {
    if (kicked || abort.signal.aborted) return;
    kicked = true;
    setImmediate(claim);
  };

  const claim = (): void => {
    kicked = false;
    if (abort.signal.aborted) return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    try {
      claimDue();
    } catch (error) {
      options.onBug(error);
      timer = setTimeout(kick, DATABASE_PAUSE_MS);
    }
  };

  const claimDue = (): void => {
    const free = options.inFlight - active.size;
    const folders = options.eligible();
    if (free > 0 && folders.length > 0) {
      const jobs = tables.jobs.due(options.now(), folders, free);
      if (jobs.length > 0) {
        tables.now(() => {
          for (const job of jobs) tables.jobs.activate(job.id);
        });
        for (const job of jobs) begin({ ...job, state: 'active', attempts: job.attempts + 1 });
        options.onChange();
      }
    }
    if (active.size < options.inFlight) waitForNext(folders);
  };

  const waitForNext = (folders: readonly string[]): void => {
    const next = folders.length === 0 ? null : tables.jobs.nextDue(folders);
    if (next === null) return;
    const now = options.now();
    // The wall clock was set back: what would be due in an hour is due now, as at a start.
    if (next > now + LONGEST_BACKOFF_MS) tables.jobs.clampNotBefore(now + LONGEST_BACKOFF_MS);
    const delay = Math.min(LONGEST_BACKOFF_MS, Math.max(0, next - now));
    if (delay === 0 && active.size >= options.inFlight) return;
    timer = setTimeout(kick, delay);
  };

  const begin = (job: Job): void => {
    const done = run(job).finally(() => {
      active.delete(job.id);
      tell(options.onChange);
      kick();
    });
    active.set(job.id, { job, done });
  };

  const run = async (job: Job): Promise<void> => {
    let settlement: Settlement;
    try {
      settlement =
        job.crashes >= MAX_CRASHES
          ? { kind: 'failed', failure: failure('crashed-thrice', { path: job.path }) }
          : await options.attempt(job, abort.signal);
    } catch (error) {
      settlement = { kind: 'failed', failure: failure('internal', { reference: options.onBug(error) }) };
    }
    await writeDown(job, settlement);
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
      await sleep(DATABASE_PAUSE_MS, undefined, { signal: abort.signal }).catch(() => undefined);
      if (abort.signal.aborted) return;
    }
  };

  /** What listeners throw is theirs: the attempt is written down already. */
  const tell = (listener: () => void): void => {
    try {
      listener();
    } catch (error) {
      options.onBug(error);
    }
  };

  const settle = async (job: Job, settlement: Settlement): Promise<void> => {
    if (settlement.kind !== 'unsettled') firstUnsettled.delete(job.id);
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
            at: new Date(options.now()).toISOString(),
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
          const written = recordGone(tables, job.folder, job.path, settlement.receipt);
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
    const since = firstUnsettled.get(job.id) ?? options.now();
    firstUnsettled.set(job.id, since);
    if (options.patienceMs !== null && options.now() - since > options.patienceMs) {
      firstUnsettled.delete(job.id);
      await park(job, cause ?? failure('file-changing', { path: job.path }));
      return;
    }
    await tables.commit(() => {
      tables.jobs.retryAt(job.id, options.now() + afterMs, cause, false);
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
          tables.jobs.retryAt(job.id, options.now() + decision.afterMs, cause, true);
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
      default:
        assertNever(decision);
    }
  };

  const park = async (job: Job, cause: Failure): Promise<void> => {
    const isParked = await tables.commit(() => {
      if (!tables.jobs.park(job.id, cause)) return false;
      tables.activity.add({
        at: new Date(options.now()).toISOString(),
        folder: job.folder,
        kind: 'parked',
        code: cause.code,
        path: job.path,
        detail: { message: cause.message },
      });
      return true;
    });
    if (!isParked) return;
    tell(() => {
      options.onParked(job, cause);
    });
  };

  return {
    kick,
    get active() {
      return [...active.values()].map((entry) => entry.job);
    },
    get isIdle() {
      return active.size === 0 && !kicked && tables.jobs.nextDue(options.eligible()) === null;
    },
    async stop() {
      abort.abort();
      if (timer !== null) clearTimeout(timer);
      await Promise.all([...active.values()].map((entry) => entry.done));
      tables.flush();
    },
  };
}
