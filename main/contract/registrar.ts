/**
 * The one way in for calls of the window. In: a name and a value of any shape. Out: a Result.
 * An unknown name or a wrong shape is refused before any handler runs; an unexpected throw becomes an opaque reference.
 */
import { calls, type CallName, type CallOutput, type CallParsed } from './calls.ts';
import { failure } from './errors.ts';
import { problemOf } from './policy-words.ts';
import { reason, reasonOfMessage } from './reasons.ts';
import { failed, type Result } from './result.ts';

export type Handlers<Names extends CallName> = {
  readonly [Name in Names]: (input: CallParsed<Name>) => Promise<Result<CallOutput<Name>>> | Result<CallOutput<Name>>;
};

export function isCallName(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(calls, name);
}

/**
 * Joins handlers to the table of calls.
 * @param onBug gets what a handler threw, with the reference that the caller is shown.
 */
export function registrar<Names extends CallName>(
  handlers: Handlers<Names>,
  onBug: (reference: string, error: unknown) => void,
): (name: unknown, input: unknown) => Promise<Result<unknown>> {
  return async (name, input) => {
    if (!isCallName(name) || !Object.hasOwn(handlers, name)) {
      return failed(failure('bad-input', { field: 'call', problem: reason('no-call') }));
    }
    if (!isPlain(input)) {
      return failed(failure('bad-input', { field: 'input', problem: reason('no-plain-object') }));
    }
    const parsed = calls[name].input.safeParse(input ?? {}, { error: problemOf });
    if (!parsed.success) {
      const first = parsed.error.issues[0];
      const field = first === undefined || first.path.length === 0 ? 'input' : first.path.join('.');
      const problem = first === undefined ? reason('wrong-shape') : reasonOfMessage(first.message);
      return failed(failure('bad-input', { field, problem }));
    }
    try {
      const handler = handlers[name as Names] as (value: unknown) => Promise<Result<unknown>>;
      return await handler(parsed.data);
    } catch (error) {
      const reference = `E-${Math.random().toString(16).slice(2, 10).toUpperCase()}`;
      onBug(reference, error);
      return failed(failure('internal', { reference }));
    }
  };
}

/** An object of a class would bring fields of its prototype along: an error has a name. What is no object is the schema's affair. */
function isPlain(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return true;
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
