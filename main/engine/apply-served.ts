/**
 * Brings a folder under its policy by an engine that goes on running. In: a folder, and somebody who may end it. Out: once
 * all is sent, or cannot be for now, how far it came. What has not begun by a cancel stays as it was.
 */
import { foldersHere } from '../contract/attached.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import type { PolicyApplied } from '../contract/policy-answers.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { WriteTables } from '../store/index.ts';
import { BY_POLICY } from '../transfer/index.ts';
import { queuePolicy } from './apply.ts';
import type { Engine } from './engine.ts';
import type { TaskTools } from './tasks.ts';

const LOOK_MS = 200;
/** Without any answer of the store for so long nobody waits for it; what is queued stays. Milliseconds. */
const GIVE_UP_MS = 30_000;

/** @param ending aborts when the engine ends: then what is queued stays queued. */
export async function applyServed(
  engine: Engine,
  folder: Folder,
  { signal, onProgress }: TaskTools,
  ending: AbortSignal,
): Promise<Result<PolicyApplied>> {
  const { tables } = engine.home;
  const { jobs } = tables;
  queuePolicy(folder, tables);
  const all = jobs.ofReason(folder.id, BY_POLICY);
  const tell = (left: { readonly open: number; readonly bytes: number }): void => {
    onProgress({
      files: all.open - Math.min(all.open, left.open),
      filesTotal: all.open,
      bytes: all.bytes - Math.min(all.bytes, left.bytes),
      bytesTotal: all.bytes,
    });
  };
  tell(all);
  engine.alsoSend([folder]);
  engine.release(folder);
  let left = all;
  while (left.open > 0 && !signal.aborted && canSend(engine, folder)) {
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    left = jobs.ofReason(folder.id, BY_POLICY);
    tell(left);
  }
  if (ending.aborted) return failed(failure('engine-ended', { home: engine.home.path }));
  const cancelled = signal.aborted ? takeBack(folder, tables) : 0;
  if (cancelled > 0) engine.changed();
  const waiting = left.open - cancelled;
  const parked = left.parked - all.parked;
  return success({ files: all.open, done: all.open - left.open - parked, parked, cancelled, waiting });
}

/** Its files can go out now, or may in a moment. */
function canSend(engine: Engine, { id, connection }: Folder): boolean {
  const folder = foldersHere(engine.home.settings.folders).find((one) => one.id === id);
  if (folder === undefined || folder.paused || engine.holdOf(folder) !== null) return false;
  if (engine.clients.stateOf(connection).state === 'credentials') return false;
  return (engine.clients.downFor(connection) ?? 0) < GIVE_UP_MS;
}

/** Out of the queue, but for files of which an attempt may have reached the store: those end by themselves. */
function takeBack({ id }: Folder, { jobs, attempts, now }: WriteTables): number {
  return now(() => {
    const untouched = jobs
      .waitingOfReason(id, BY_POLICY)
      .filter((path) => attempts.intentsOf(id, path).length === 0 && attempts.uploadOf(id, path) === null);
    for (const path of untouched) jobs.drop(id, path);
    return untouched.length;
  });
}
