/** A cause's title. In: a cause. Out: what happened to all that it holds up, or to the one file where it is one. */
import type { Cause } from '../../state/causes.ts';
import { codes, format, words } from '../../words/index.ts';

export function titleOf(cause: Cause): string {
  if (cause.deletes > 0) return words.overview.vanished(cause.deletes, format.count(cause.deletes));
  // One that has no words of its own here is said by its message.
  return words.cause[cause.failure.code] ?? codes.failure(cause.failure).message;
}

/** What happens, and what to do about it. */
export function adviceOf(cause: Cause): string {
  const { message, hint } = codes.failure(cause.failure);
  if (cause.failure.code === 'sign-on-ended' && cause.profile !== null) return words.overview.signOn(cause.profile);
  const own = words.advice[cause.failure.code];
  if (own !== undefined) return own;
  return titleOf(cause) === message ? hint : `${message} ${hint}`;
}
