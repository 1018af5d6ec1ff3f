/** A cause's title. In: a cause. Out: what happened to all that it holds up, or to the one file where it is one. */
import type { FailureCode } from '../../../main/contract/errors.ts';
import type { Cause } from '../../state/causes.ts';
import { format, words } from '../../words/index.ts';

export function titleOf(cause: Cause): string {
  if (cause.deletes > 0) return words.overview.vanished(cause.deletes, format.count(cause.deletes));
  // The queue carries a code as text; one that has no words of its own here is said by its message.
  return words.cause[cause.code as FailureCode] ?? cause.message;
}

/** What happens, and what to do about it. */
export function adviceOf(cause: Cause): string {
  if (cause.code === 'sign-on-ended' && cause.profile !== null) return words.overview.signOn(cause.profile);
  const own = words.advice[cause.code as FailureCode];
  if (own !== undefined) return own;
  return titleOf(cause) === cause.message ? cause.hint : `${cause.message} ${cause.hint}`;
}
