/**
 * A call of the contract, answered by an engine: the one that has the home, or one that lives for this command. In: the
 * call and its input. Out: what the command makes of the answer. Ctrl C ends the task and waits for its answer.
 */
import { randomBytes } from 'node:crypto';
import { foldersHere } from '../contract/attached.ts';
import type { CallInput, CallOutput, EngineCallName } from '../contract/calls.ts';
import type { ExitCode } from '../contract/errors.ts';
import type { Result } from '../contract/result.ts';
import { askEngine } from '../engine/ask.ts';
import { findFolder } from '../engine/manage.ts';
import type { Call } from '../engine/socket.ts';
import { ended, type Invocation } from './command.ts';
import { resultOf } from './change.ts';
import { withEngine } from './homes.ts';

/** A name for the task that no other command has. */
export function taskName(): string {
  return `cli-${String(process.pid)}-${randomBytes(4).toString('hex')}`;
}

/** @param mode `idle`: nothing of the folder goes out by the way. */
export function callEngine<Name extends EngineCallName>(
  invocation: Invocation,
  name: Name,
  input: CallInput<Name> & { readonly folder: string; readonly task?: string | undefined },
  show: (value: CallOutput<Name>) => ExitCode,
  mode: 'sending' | 'idle' = 'sending',
): Promise<ExitCode> {
  const { output, home, signal } = invocation;
  const conclude = (result: Result<CallOutput<Name>>): ExitCode =>
    result.ok ? show(result.value) : ended(output, result.failure);
  return withEngine(
    invocation,
    false,
    async (engine, call) => {
      const folder = findFolder(engine.home.settings.folders, input.folder);
      if (!folder.ok) return ended(output, folder.failure);
      if (mode === 'sending') engine.start(foldersHere([folder.value]));
      return conclude((await cancellable(call, name, input, signal)) as Result<CallOutput<Name>>);
    },
    async () => {
      const never = new AbortController().signal;
      const ask: Call = async (asked, value) => {
        const answer = await askEngine(home, asked as Name, value as CallInput<Name>, {
          patienceMs: null,
          signal: never,
        });
        if (answer.kind === 'nobody') throw new NobodyThere();
        return resultOf(answer, home);
      };
      try {
        return conclude((await cancellable(ask, name, input, signal)) as Result<CallOutput<Name>>);
      } catch (error) {
        if (error instanceof NobodyThere) return 'nobody';
        throw error;
      }
    },
  );
}

class NobodyThere extends Error {}

async function cancellable(
  call: Call,
  name: string,
  input: { readonly task?: string | undefined },
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const cancel = (): void => {
    // Where nobody is there any more, the call itself says so.
    if (input.task !== undefined) void call('task.cancel', { task: input.task }).catch(() => undefined);
  };
  signal.addEventListener('abort', cancel);
  try {
    return await call(name, input);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
