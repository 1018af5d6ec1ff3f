/** A cause's title. In: a cause. Out: what happened to all that it holds up, or to the one file where it is one. */
import type { FailureCode } from '../../../main/contract/errors.ts';
import type { Cause } from '../../state/causes.ts';
import { words } from '../../words/index.ts';

export function titleOf(cause: Cause): string {
  // The queue carries a code as text; one that has no words of its own here is said by its message.
  return words.cause[cause.code as FailureCode] ?? cause.message;
}
