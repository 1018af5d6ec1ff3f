/** Versions that are brought back within reach from an archive class, as plain values. */
import type { Failure } from './errors.ts';

export type ThawTier = 'Expedited' | 'Standard' | 'Bulk';

export interface ThawOffer {
  readonly tier: ThawTier;
  /** The longest that is usual. */
  readonly minutes: number;
  /** Retrieval, request, and the copy for its days, in `currency`, by a price list as known at `asOf`. */
  readonly price: number;
  readonly currency: string;
  readonly asOf: string;
}

export type ThawState = 'waiting' | 'ready' | 'fetched' | 'failed';

export interface Thaw {
  readonly folder: string;
  readonly path: string;
  readonly versionId: string;
  readonly size: number;
  readonly tier: ThawTier;
  readonly days: number;
  readonly state: ThawState;
  readonly askedAt: string;
  readonly expectedAt: string;
  /** Until when it can be read; null: not known yet. */
  readonly readableUntil: string | null;
  /** Where it is written once it can be read; null: nowhere. */
  readonly target: string | null;
  readonly failure: Failure | null;
}
