/**
 * What it takes to bring a version back within reach: tiers, waiting times, prices. In: class, size, days, prices. Out: an
 * offer a tier; and when to look whether it is there. Pure.
 */
import type { ThawOffer, ThawTier } from '../contract/thaw.ts';
import type { Prices } from './prices.ts';

interface Tier {
  readonly tier: ThawTier;
  /** The longest time that S3 names as usual. */
  readonly minutes: number;
  /** Of the class's own price for a GB brought back, which is that of the tier Standard. */
  readonly factor: number;
  /** For 1,000 requests, as S3's list prices of us-east-1 have it. */
  readonly requests: number;
}

const HOUR = 60;
const TIERS: Readonly<Record<string, readonly Tier[]>> = {
  GLACIER: [
    { tier: 'Expedited', minutes: 5, factor: 3, requests: 10 },
    { tier: 'Standard', minutes: 5 * HOUR, factor: 1, requests: 0.05 },
    { tier: 'Bulk', minutes: 12 * HOUR, factor: 0, requests: 0 },
  ],
  DEEP_ARCHIVE: [
    { tier: 'Standard', minutes: 12 * HOUR, factor: 1, requests: 0.1 },
    { tier: 'Bulk', minutes: 48 * HOUR, factor: 0.125, requests: 0.025 },
  ],
};

const GB = 2 ** 30;
const DAYS_A_MONTH = 30;

/** Empty: the class needs no waiting. The quickest first. */
export function thawOffers(
  storageClass: string | null,
  size: number,
  days: number,
  prices: Prices,
): readonly ThawOffer[] {
  if (storageClass === null || !Object.hasOwn(TIERS, storageClass)) return [];
  const own = storageClass === 'GLACIER' ? prices.classes.GLACIER : prices.classes.DEEP_ARCHIVE;
  const gigabytes = size / GB;
  // The copy that can be read lies in STANDARD until its days are over.
  const copy = (gigabytes * (prices.classes.STANDARD?.storage ?? 0) * days) / DAYS_A_MONTH;
  return (TIERS[storageClass] ?? []).map(({ tier, minutes, factor, requests }) => ({
    tier,
    minutes,
    price: gigabytes * (own?.retrieval ?? 0) * factor + requests / 1000 + copy,
    currency: prices.currency,
    asOf: prices.asOf,
  }));
}

/** The tier that is taken where none is named. */
export const DEFAULT_TIER: ThawTier = 'Standard';

const LEAST_MS = 60_000;
const MOST_MS = 60 * 60_000;

/** When to look next: half of what is left of the expected time, later seldom, and never more often than once a minute. */
export function nextLookMs(nowMs: number, expectedMs: number): number {
  const left = Math.abs(expectedMs - nowMs) / 2;
  return nowMs + Math.min(MOST_MS, Math.max(LEAST_MS, left));
}

/** What `x-amz-restore` says. */
export type RestoreState =
  { readonly kind: 'none' } | { readonly kind: 'ongoing' } | { readonly kind: 'ready'; readonly until: string | null };

export function readRestore(header: string | undefined): RestoreState {
  const ongoing = /ongoing-request="(true|false)"/.exec(header ?? '')?.[1];
  if (ongoing === undefined) return { kind: 'none' };
  if (ongoing === 'true') return { kind: 'ongoing' };
  const until = Date.parse(/expiry-date="([^"]+)"/.exec(header ?? '')?.[1] ?? '');
  return { kind: 'ready', until: Number.isNaN(until) ? null : new Date(until).toISOString() };
}
