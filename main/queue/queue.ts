/**
 * Operations in, attempts out. It claims what is due, hands it to workers, and has written down how each attempt ended.
 * The rows live in the database, so a crash at any moment leaves them to be claimed again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Failure } from '../contract/errors.ts';
import type { Receipt } from '../contract/models.ts';
import type { WriteTables } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { LONGEST_BACKOFF_MS } from './decide.ts';
import { Lanes, type Lane } from './lanes.ts';
import type { Pace } from './pace.ts';
import type { Settlement } from './settlement.ts';
import { DATABASE_PAUSE_MS, openSettling, tellSafely } from './settling.ts';
import type { Turn } from './turns.ts';

export interface QueueOptions {
  readonly tables: WriteTables;
  /** The connections and their folders whose jobs may go out now. */
  readonly lanes: () => readonly Lane[];
  /** How many attempts of one connection go out at once; left out: it adapts. */
  readonly newPace?: () => Pace;
  /** So many bytes of small files may be read before their requests can go out; left out: none. */
  readonly aheadBytes?: number;
  /** Cairn ended in peace the last time: what is still marked as under way was no crash. Default: it did not. */
  readonly hasEndedInPeace?: boolean;
  /** @param turn of small files is to be taken before a request goes out; others have it. */
  readonly attempt: (job: Job, signal: AbortSignal, turn: Turn) => Promise<Settlement>;
  /** Comes before each look for what is due: which deletes may go out is decided there. */
  readonly beforeClaim?: () => void;
  /** A file that is still changing is parked after this, milliseconds; null: it is waited for without end. */
  readonly patienceMs: number | null;
  readonly onReceipt: (folder: string, receipt: Receipt) => void;
  readonly onHold: (job: Job, cause: Failure, what: 'connection' | 'folder') => void;
  readonly onParked: (job: Job, cause: Failure) => void;
  /** Some count changed. */
  readonly onChange: () => void;
  readonly onBug: (error: unknown) => string;
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forward; default: this process's. */
  readonly monotonic?: () => number;
  readonly random: () => number;
}

export interface Queue {
  /** Something may be due: rows were added, a folder resumed, a connection came back. */
  kick(): void;
  /** Jobs under way. */
  readonly active: readonly Job[];
  /** Nothing is under way and nothing waits but for its least interval, in those folders that may send. */
  readonly isIdle: boolean;
  /** A request of a folder, with so many bytes in its body, was answered. */
  answered(folder: string, bytes: number): void;
  /**
   * Begins nothing more, and lets end what is under way, for so long at most.
   * @param hurry cuts the waiting short.
   */
  drain(patienceMs: number, hurry?: AbortSignal): Promise<void>;
  /** Aborts what is still under way and writes down how it ended. */
  stop(): Promise<void>;
}

/** A job that was active in this many crashes is parked. */
const MAX_CRASHES = 3;

export function openQueue(options: QueueOptions): Queue {
  const { tables } = options;
  const active = new Map<number, { readonly job: Job; readonly done: Promise<void> }>();
  const abort = new AbortController();
  const { now, random, monotonic = () => performance.now(), newPace, aheadBytes = 0 } = options;
  const places = { order: tables.order, monotonic, random, aheadBytes };
  const lanes = new Lanes({ ...places, ...(newPace === undefined ? {} : { newPace }) });
  const writeDown = openSettling({
    ...options,
    monotonic,
    onThrottled: (job) => {
      lanes.throttled(job);
    },
    signal: abort.signal,
  });
  let timer: NodeJS.Timeout | null = null;
  let kicked = false;
  /** Jobs were chosen that are not begun yet. */
  let isTaking = false;
  let isDraining = false;

  tables.now(() => {
    tables.jobs.recover(now(), options.hasEndedInPeace !== true);
    tables.jobs.clampNotBefore(now(), LONGEST_BACKOFF_MS);
  });

  const kick = (): void => {
    if (kicked || isDraining) return;
    kicked = true;
    void claim();
  };

  /**
   * [Note: claims] What goes out is chosen in the transaction that writes down how others ended: each flush to the disk
   * keeps the engine's thread waiting, and a claim of its own doubled their number.
   */
  const claim = async (): Promise<void> => {
    const taken: Job[] = [];
    try {
      const ready = await tables.commit(() => {
        kicked = false;
        if (isDraining) return null;
        isTaking = true;
        options.beforeClaim?.();
        const open = options.lanes();
        taken.push(...lanes.take(open, now()));
        for (const job of taken) tables.jobs.activate(job.id);
        return open;
      });
      isTaking = false;
      if (ready === null) return;
      const begun = taken.splice(0);
      for (const job of begun) begin({ ...job, state: 'active', attempts: job.attempts + 1 });
      if (begun.length > 0) options.onChange();
      waitForNext(ready);
    } catch (error) {
      kicked = false;
      isTaking = false;
      for (const job of taken) lanes.ended(job);
      options.onBug(error);
      lookAgainIn(DATABASE_PAUSE_MS);
    }
  };

  const lookAgainIn = (milliseconds: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = isDraining ? null : setTimeout(kick, milliseconds);
  };

  const waitForNext = (ready: readonly Lane[]): void => {
    const waitMs = lanes.nextInMs(ready, now());
    if (waitMs === null) return;
    // The wall clock was set back: what would be due in an hour is due now, as at a start.
    if (waitMs > LONGEST_BACKOFF_MS) tables.jobs.clampNotBefore(now(), LONGEST_BACKOFF_MS);
    lookAgainIn(Math.min(LONGEST_BACKOFF_MS, waitMs));
  };

  const begin = (job: Job): void => {
    const done = run(job).finally(() => {
      active.delete(job.id);
      lanes.ended(job);
      tellSafely(options.onChange, options.onBug);
      kick();
    });
    active.set(job.id, { job, done });
  };

  const run = async (job: Job): Promise<void> => {
    let settlement: Settlement;
    try {
      const turn = lanes.turnOf(job);
      // First of all: whoever has a turn may wait for somebody else who must not wait for one.
      if (!lanes.isAhead(job)) await turn.take();
      settlement =
        job.crashes >= MAX_CRASHES
          ? { kind: 'failed', failure: failure('crashed-thrice', { path: job.path }) }
          : await options.attempt(job, abort.signal, turn);
    } catch (error) {
      settlement = { kind: 'failed', failure: failure('internal', { reference: options.onBug(error) }) };
    }
    await writeDown(job, settlement);
  };

  const ended = (): Promise<unknown> => Promise.all([...active.values()].map((entry) => entry.done));

  const drain = async (patienceMs: number, hurry?: AbortSignal): Promise<void> => {
    isDraining = true;
    if (timer !== null) clearTimeout(timer);
    if (active.size === 0 || patienceMs === 0 || hurry?.aborted === true) return;
    const enough = new AbortController();
    const signal = hurry === undefined ? enough.signal : AbortSignal.any([enough.signal, hurry]);
    await Promise.race([ended(), sleep(patienceMs, undefined, { signal }).catch(() => undefined)]);
    enough.abort();
  };

  return {
    kick,
    get active() {
      return [...active.values()].map((entry) => entry.job);
    },
    get isIdle() {
      if (active.size > 0 || kicked || isTaking) return false;
      return !tables.order.isAnyOpen(options.lanes().flatMap((lane) => lane.folders));
    },
    answered(folder, bytes) {
      lanes.answered(folder, bytes);
    },
    drain,
    async stop() {
      abort.abort();
      lanes.stop();
      await drain(0);
      await ended();
      tables.flush();
    },
  };
}
