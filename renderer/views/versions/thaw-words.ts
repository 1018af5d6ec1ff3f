/** How far an archived version is, in a few words. */
import type { Thaw } from '../../../main/contract/thaw.ts';
import { format, words } from '../../words/index.ts';

export function stateOfThaw(thaw: Thaw): string {
  if (thaw.failure !== null) return thaw.failure.message;
  if (thaw.readableUntil !== null) return words.back.thaw.until(format.moment(thaw.readableUntil));
  return words.back.thaw.expected(format.moment(thaw.expectedAt));
}
