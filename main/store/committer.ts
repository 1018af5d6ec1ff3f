/** Group commit. In: small pieces of work. Out: a promise each, kept once the work is flushed to disk. */
import type { WritableDb } from './database.ts';

/** Work that comes within this time of a commit shares the next one. Milliseconds. */
const GAP = 4;
/** The same after a commit of so much: where so many are under way, nobody waits for one of them. */
const MANY = 8;
const GAP_OF_MANY = 20;
/** On a disk that takes long to flush the gap is so many times what the last commit took, but no longer than this. */
const GAP_TO_COST = 3;
const LONGEST_GAP = 20;

export interface Committer {
  /**
   * Runs `work` in a transaction shared with other work of the moment. Rejects alone if `work` throws.
   * @param work may be run twice, the second time on a database that knows nothing of the first: whatever else it touches
   * must bear that.
   */
  commit<T>(work: () => T): Promise<T>;
  /** Commits what waits, at once. */
  flush(): void;
}

interface Waiting {
  readonly run: () => void;
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

export function openCommitter(db: WritableDb): Committer {
  let waiting: Waiting[] = [];
  let scheduled = false;
  let lastCommit = 0;
  let gap = GAP;
  // Made once: better-sqlite3 builds four functions for each.
  const inTransaction = db.transaction((run: () => void) => {
    run();
  });

  /**
   * Savepoints around each piece took a tenth of a sync's processor time, and no piece throws but by a fault. So only
   * where one does, all are taken back and run again, each in a savepoint of its own.
   * @returns who is told what.
   */
  const together = (batch: readonly Waiting[]): readonly (() => void)[] => {
    let isOfOne = false as boolean;
    try {
      inTransaction.immediate(() => {
        for (const work of batch) {
          try {
            work.run();
          } catch (error) {
            // A full or failing disk makes SQLite take the whole transaction back by itself.
            isOfOne = db.inTransaction;
            throw error;
          }
        }
      });
    } catch (error) {
      if (!isOfOne) throw error;
      return apart(batch);
    }
    return batch.map((work) => work.settle);
  };

  const apart = (batch: readonly Waiting[]): readonly (() => void)[] => {
    const settled: (() => void)[] = [];
    inTransaction.immediate(() => {
      for (const work of batch) {
        try {
          // A nested transaction is a savepoint: one piece that fails takes only itself back.
          inTransaction(work.run);
          settled.push(work.settle);
        } catch (error) {
          if (!db.inTransaction) throw error;
          settled.push(() => {
            work.fail(error);
          });
        }
      }
    });
    return settled;
  };

  const flush = (): void => {
    scheduled = false;
    const batch = waiting;
    if (batch.length === 0) return;
    waiting = [];
    const began = performance.now();
    let settled: readonly (() => void)[];
    try {
      settled = together(batch);
    } catch (error) {
      for (const work of batch) work.fail(error);
      return;
    } finally {
      lastCommit = performance.now();
      const least = batch.length < MANY ? GAP : GAP_OF_MANY;
      gap = Math.min(LONGEST_GAP, Math.max(least, GAP_TO_COST * (lastCommit - began)));
    }
    for (const settle of settled) settle();
  };

  return {
    commit<T>(work: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        let value: T;
        waiting.push({
          run: () => {
            value = work();
          },
          settle: () => {
            resolve(value);
          },
          fail: reject,
        });
        if (scheduled) return;
        scheduled = true;
        const waitMs = lastCommit + gap - performance.now();
        if (waitMs <= 0) setImmediate(flush);
        else setTimeout(flush, waitMs);
      });
    },
    flush,
  };
}
