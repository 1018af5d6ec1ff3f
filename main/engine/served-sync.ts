/**
 * A sync by an engine that goes on running. In: folders. Out: once all that was due of them is sent, or cannot be, what
 * is left. What was sent stands in the receipts, for whoever asked to read.
 */
import { foldersHere } from '../contract/attached.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Failure } from '../contract/errors.ts';
import type { Folder, ServedSync } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { Job } from '../store/types.ts';
import type { Engine } from './engine.ts';
import { count, noCounts } from './sync-counts.ts';
import { leftOf } from './sync.ts';

/** How often it is looked whether all is done, milliseconds. */
const LOOK_MS = 50;
/** Without any answer of a store for so long its folders are given up; their jobs stay. Milliseconds. */
const GIVE_UP_MS = 30_000;
/** A file that still changes after this is not waited for any more, milliseconds. */
const PATIENCE_MS = 30_000;
/** Of more open jobs than this it is not asked why they wait. */
const MANY = 50;

export async function syncServed(
  engine: Engine,
  folders: readonly Folder[],
  ending: AbortSignal,
): Promise<Result<Omit<ServedSync, 'underPolicy'>>> {
  const { receipts } = engine.home.tables;
  const counts = noCounts();
  const names = new Set(folders.map((folder) => folder.name));
  const before = engine.clients.requests;
  const unsubscribe = engine.onReceipt((receipt) => {
    if (names.has(receipt.folder)) count(counts, receipt);
  });
  const beganMs = performance.now();
  const waits = folders.map((folder) => new Wait(engine, folder, beganMs));
  try {
    engine.alsoSend(folders);
    for (const folder of folders) {
      engine.release(folder);
      engine.scan(folder, { kind: 'whole' });
    }
    while (!ending.aborted && waits.some((wait) => !wait.isOver())) {
      await sleep(LOOK_MS, undefined, { signal: ending }).catch(() => undefined);
    }
  } finally {
    unsubscribe();
  }
  if (ending.aborted) return failed(failure('engine-ended', { home: engine.home.path }));
  const { parked, waiting, failures, unread } = leftOf(engine, folders);
  const changing = waits.flatMap((wait) =>
    wait.changing === null ? [] : [{ folder: wait.folder.name, failure: wait.changing }],
  );
  const requests = engine.clients.requests - before;
  return success({
    summary: { ...counts, parked, waiting, requests },
    failures: [...failures, ...changing],
    unread,
    lastSeq: receipts.lastSeq(),
  });
}

/**
 * The end of one folder's sync. Saves go on meanwhile, so what counts is that the jobs are gone that were there when
 * the scan was over.
 */
class Wait {
  readonly #engine: Engine;
  readonly folder: Folder;
  readonly #beganMs: number;
  /** Why it ended with something left. */
  changing: Failure | null = null;
  #scanned: { readonly lastJob: number; readonly atMs: number } | null = null;

  constructor(engine: Engine, folder: Folder, beganMs: number) {
    this.#engine = engine;
    this.folder = folder;
    this.#beganMs = beganMs;
  }

  isOver(): boolean {
    const engine = this.#engine;
    const folder = foldersHere(engine.home.settings.folders).find((one) => one.id === this.folder.id);
    if (folder === undefined || folder.paused) return true;
    if (this.#scanned === null) {
      if (engine.isScanDue(folder)) return false;
      this.#scanned = { lastJob: engine.home.tables.jobs.lastId(), atMs: performance.now() };
    }
    if (this.#isGivenUp(folder)) return true;
    const { lastJob, atMs } = this.#scanned;
    if (!engine.home.tables.jobs.hasOpen(folder.id, lastJob)) return true;
    this.changing = performance.now() - atMs > PATIENCE_MS ? onlyChanging(engine, folder) : null;
    return this.changing !== null;
  }

  #isGivenUp(folder: Folder): boolean {
    const { clients } = this.#engine;
    if (this.#engine.holdOf(folder) !== null || clients.stateOf(folder.connection).state === 'credentials') return true;
    const downMs = clients.downFor(folder.connection) ?? 0;
    return Math.min(downMs, performance.now() - this.#beganMs) > GIVE_UP_MS;
  }
}

/** Files that do not come to rest, where nothing else is left to send. */
function onlyChanging(engine: Engine, folder: Folder): Failure | null {
  const open = engine.home.tables.jobs.someOpen(folder.id, MANY);
  const [first] = open;
  if (first === undefined || open.length === MANY) return null;
  const isChanging = (job: Job): boolean =>
    job.state === 'waiting' && job.notBeforeMs > 0 && (job.error === null || job.error.code === 'file-changing');
  return open.every(isChanging) ? failure('file-changing', { path: first.path }) : null;
}
