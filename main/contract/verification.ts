/** How the last look at a bucket went, as a plain value. */
/** How a check of the bucket went. */
export interface Verification {
  readonly at: string;
  /** By a look at each version, or by reading all of its bytes. */
  readonly way: 'head' | 'download';
  /** Files that are known, and how many of them were looked at. */
  readonly known: number;
  readonly checked: number;
  readonly ok: number;
  readonly missing: number;
  readonly different: number;
  /** Could not be looked at: a right that is not there, an archive, a store that did not answer. */
  readonly unread: number;
}

/** How often a folder proves by itself that its files come back. */
export type DrillEvery = 'off' | 'weekly' | 'monthly';

/** A few files of a folder, fetched whole and held against what was sent. */
export interface Drill {
  readonly at: string;
  /** What chose the files. */
  readonly seed: number;
  /** Files that are known, and how many of them were chosen. */
  readonly known: number;
  readonly files: number;
  /** That were fetched. */
  readonly bytes: number;
  readonly ok: number;
  readonly missing: number;
  readonly different: number;
  /** Could not be fetched: a right that is not there, a store that did not answer. */
  readonly unread: number;
  /** Left out: an archive class gives nothing at once. */
  readonly archived: number;
  /** Of those that are missing, different or not read: the first. */
  readonly example: string | null;
}
