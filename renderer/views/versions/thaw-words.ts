/** How far an archived version is, and what it takes, in a few words. */
import type { Thaw, ThawOffer } from '../../../main/contract/thaw.ts';
import { codes, format, words } from '../../words/index.ts';

export function stateOfThaw(thaw: Thaw): string {
  if (thaw.failure !== null) return codes.failure(thaw.failure).message;
  if (thaw.readableUntil !== null) return words.back.thaw.until(format.said(thaw.readableUntil));
  return words.back.thaw.expected(format.said(thaw.expectedAt));
}

/** Two figures are as exact as a list price is; less than a hundredth is said so. */
export function priceOf({ price, currency }: ThawOffer): string {
  const money = new Intl.NumberFormat(format.locale, { style: 'currency', currency });
  return price > 0 && price < 0.01 ? `< ${money.format(0.01)}` : money.format(price);
}
