/** One sync to the end. In: folders. Out: every receipt as it comes, and in the end what was done and what was not. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Folder, Receipt, SyncReport, SyncSummary } from '../contract/models.ts';
import type { Engine } from './engine.ts';
import { deletesProblem } from './brakes.ts';
import { count, noCounts } from './sync-counts.ts';

export type { SyncReport, SyncSummary };

export interface SyncOptions {
  readonly onReceipt: (receipt: Receipt) => void;
  /**
   * A store that does not answer for so long, or takes nothing for so long though it answers questions, is given up with
   * its folders; their jobs stay. Milliseconds.
   */
  readonly giveUpMs: number;
  readonly signal?: AbortSignal;
}

/** How often it is looked whether all is done, milliseconds; receipts come at once. */
const LOOK_MS = 20;

/**
 * Scans the folders, sends all that is due, and waits for the second look where known files were missed.
 * Folders that are paused are left out by the caller.
 */
export async function syncFolders(
  engine: Engine,
  folders: readonly Folder[],
  options: SyncOptions,
): Promise<SyncReport> {
  const counts = noCounts();
  const names = new Set(folders.map((folder) => folder.name));
  const before = engine.clients.requests;
  const unsubscribe = engine.onReceipt((receipt) => {
    if (!names.has(receipt.folder)) return;
    count(counts, receipt);
    options.onReceipt(receipt);
  });
  try {
    engine.start(folders);
    for (const folder of folders) engine.scan(folder, { kind: 'whole' });
    await settled(engine, folders, options);
    // Asked to end: what is under way still ends, and is counted.
    if (options.signal?.aborted === true) await engine.drain();
  } finally {
    unsubscribe();
  }
  const { parked, waiting, ...left } = leftOf(engine, folders);
  return { summary: { ...counts, parked, waiting, requests: engine.clients.requests - before }, ...left };
}

/** What a sync could not send, and why. */
export function leftOf(
  engine: Engine,
  folders: readonly Folder[],
): Omit<SyncReport, 'summary'> & Pick<SyncSummary, 'parked' | 'waiting'> {
  engine.judgeReplaced();
  const counts = folders.map((folder) => engine.home.tables.jobs.counts(folder.id));
  const parked = counts.reduce((sum, one) => sum + one.parked, 0);
  const waiting = counts.reduce((sum, one) => sum + one.early, 0);
  const failures = folders.flatMap((folder) => {
    const failure = engine.clients.stateOf(folder.connection).failure ?? engine.holdOf(folder);
    const held = deletesProblem(folder, engine.home.tables);
    return [failure, held].flatMap((one) => (one === null ? [] : [{ folder: folder.name, failure: one }]));
  });
  return { parked, waiting, failures, unread: folders.flatMap((folder) => engine.unreadOf(folder)) };
}

async function settled(engine: Engine, folders: readonly Folder[], options: SyncOptions): Promise<void> {
  let writableAtMs = performance.now();
  for (;;) {
    if (options.signal?.aborted === true) return;
    // What S3 answered last is kept in hand until it can be written down; after this it is left to be found again.
    if (engine.homeProblem === null) writableAtMs = performance.now();
    else if (performance.now() - writableAtMs > options.giveUpMs) return;
    const going = folders.filter((folder) => !isGivenUp(engine, folder, options.giveUpMs));
    // Scans of a folder that was given up still end by themselves; its jobs wait for another day.
    // The quick question first: to count the jobs of a large folder fifty times a second would slow its sending.
    if (engine.isSettled(folders) && going.every((folder) => isDone(engine, folder))) return;
    await sleep(LOOK_MS);
  }
}

function isGivenUp(engine: Engine, folder: Folder, giveUpMs: number): boolean {
  if (engine.holdOf(folder) !== null) return true;
  const { state } = engine.clients.stateOf(folder.connection);
  if (state === 'credentials') return true;
  const downForMs = engine.clients.downFor(folder.connection) ?? 0;
  const barrenForMs = engine.clients.barrenFor(folder.connection) ?? 0;
  return Math.max(downForMs, barrenForMs) > giveUpMs;
}

function isDone(engine: Engine, folder: Folder): boolean {
  const { waiting, early, active } = engine.home.tables.jobs.counts(folder.id);
  return waiting === early && active === 0;
}
