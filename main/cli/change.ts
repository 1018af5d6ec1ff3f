/**
 * A change of the settings or the queue. In: a call of the contract, and how it is done where no engine runs. Out: the
 * same answer either way: under the lock here, or by the engine that has it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallInput, CallOutput, EngineCallName } from '../contract/calls.ts';
import { failure } from '../contract/errors.ts';
import { failed, type Result } from '../contract/result.ts';
import { askEngine, type Asked } from '../engine/ask.ts';
import { openHome, type OpenHome } from '../engine/home.ts';
import type { Invocation } from './command.ts';

/** A command that holds the lock for a moment, or an engine that begins or ends, is waited for; milliseconds. */
export const LOCK_PATIENCE_MS = 2_000;
export const LOCK_LOOK_MS = 50;
/** An answer may need the bucket's own first. Milliseconds. */
export const ANSWER_MS = 120_000;
/** These may read every file, and a whole listing: they are waited for as long as the engine lives. */
const LONG: ReadonlySet<EngineCallName> = new Set(['folder.add', 'folder.rebuild', 'folder.inspect'] as const);

export async function change<Name extends EngineCallName>(
  { home, signal }: Invocation,
  name: Name,
  input: CallInput<Name>,
  here: (home: OpenHome) => Promise<Result<CallOutput<Name>>> | Result<CallOutput<Name>>,
): Promise<Result<CallOutput<Name>>> {
  const until = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    const opened = openHome(home);
    if (opened.ok) {
      try {
        return await here(opened.value);
      } finally {
        opened.value.close();
      }
    }
    if (opened.failure.code !== 'home-locked') return opened;
    const asked = await askEngine(home, name, input, { patienceMs: LONG.has(name) ? null : ANSWER_MS, signal });
    if (asked.kind !== 'nobody') return resultOf(asked, home);
    if (performance.now() > until) return opened;
    await sleep(LOCK_LOOK_MS);
  }
}

export function resultOf<T>(asked: Exclude<Asked<T>, { kind: 'nobody' }>, home: string): Result<T> {
  switch (asked.kind) {
    case 'answered':
      return asked.result;
    case 'lost':
      return failed(failure('engine-ended', { home }));
    case 'cancelled':
      return failed(failure('cancelled'));
  }
}
