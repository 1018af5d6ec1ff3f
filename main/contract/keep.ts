/** How long the earlier versions of a folder stay, as a plain value. */

/** How long earlier versions are kept; at least one of the two. */
export interface Keep {
  /** Days after a newer version took a version's place. */
  readonly days: number | null;
  /** The newest versions of a file, the present one included, are never removed. */
  readonly newest: number | null;
}
