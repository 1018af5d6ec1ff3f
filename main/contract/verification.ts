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
