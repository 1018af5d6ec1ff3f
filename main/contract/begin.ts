/** What can be known of a folder before it is kept: how much it is, what speaks against its place, how its bucket is. */
import type { DoctorReport } from './doctor.ts';
import type { Named } from './models.ts';

/**
 * `home`: it is a person's own folder, with all that programs keep there. `disk`: it is a whole disk. `inside`, `around`:
 * it lies in a folder that is kept, or holds one. `network`: its files lie on another computer.
 */
export type PlaceWarning =
  | { readonly kind: 'home' | 'disk' }
  | { readonly kind: 'inside' | 'around'; readonly folder: string }
  | { readonly kind: 'network'; readonly fileSystem: string };

/** What the files would cost under one policy, as they are: further versions come on top. */
export interface PlannedCost {
  readonly aMonth: number;
  /** The requests of sending them. */
  readonly once: number;
  /** False: a class has no price in the table and counts nothing here. */
  readonly isPriced: boolean;
}

/** A folder on disk, counted by the rules by which it would be kept. */
export interface Measured {
  readonly files: number;
  readonly bytes: number;
  readonly directories: number;
  readonly ignored: number;
  readonly links: number;
  /** Sockets, pipes and devices. */
  readonly special: number;
  /** Files and directories that cannot be read or kept, by name. */
  readonly unread: Named;
  /** Requests that sending them takes. */
  readonly requests: number;
  /** False: there is more than was counted. */
  readonly isWhole: boolean;
  readonly warnings: readonly PlaceWarning[];
  /** One for each policy that was asked about, in their order. */
  readonly costs: readonly PlannedCost[];
  /** Null: the person's own table cannot be read, so nothing is said of costs. */
  readonly prices: {
    readonly currency: string;
    /** A date. */
    readonly asOf: string;
    /** The table is the person's own; else it is that of Amazon S3. */
    readonly isOwn: boolean;
  } | null;
}

/** What templates stand on; null where the bucket does not tell. */
export interface BucketFacts {
  readonly versioning: 'enabled' | 'suspended' | 'off' | null;
  readonly lock: boolean | null;
  readonly acls: boolean | null;
  /** Uploads that make a file public are refused. */
  readonly blocksPublic: boolean | null;
}

/** A bucket looked over for a folder that is not kept yet. */
export interface BucketReport {
  readonly report: DoctorReport;
  readonly facts: BucketFacts;
}
