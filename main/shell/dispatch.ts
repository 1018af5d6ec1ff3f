/** Sends a call of the window to who serves it. In: a name and an input of any shape. Out: a Result, whatever came in. */
import type { ShellCallName } from '../contract/calls.ts';
import { failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { isCallName, registrar, type Handlers } from '../contract/registrar.ts';
import { failed, type Result } from '../contract/result.ts';

/**
 * @param handlers the calls that the shell serves itself.
 * @param engine takes all others; it parses them once more, as it trusts nobody.
 * @param onBug gets what a handler threw, with the reference that the caller is shown.
 */
export function dispatcher(
  handlers: Handlers<ShellCallName>,
  engine: (name: string, input: unknown) => Promise<Result<unknown>>,
  onBug: (reference: string, error: unknown) => void,
): (name: unknown, input: unknown) => Promise<Result<unknown>> {
  const own = registrar<ShellCallName>(handlers, onBug);
  return async (name, input) => {
    if (!isCallName(name)) {
      return failed(failure('bad-input', { field: 'call', problem: reason('no-call') }));
    }
    return name.startsWith('app.') ? own(name, input) : engine(name, input);
  };
}
