/** What a look at the disk brings back. Never "empty" where it was not read: then it is "unknown", with the reason. */
import type { Failure } from '../contract/errors.ts';
import type { SkippedKind } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';

/** A regular file as `lstat` showed it. Times in nanoseconds since 1970, as decimal strings in the database. */
export interface DiskFile {
  readonly path: RelPath;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly mode: number;
}

/** An entry that cannot be kept, with the reason that a person reads. */
export interface RefusedEntry {
  readonly path: RelPath;
  readonly failure: Failure;
}

/** One directory, listed. */
export type Listing =
  | {
      readonly state: 'complete';
      readonly directory: RelPath;
      readonly files: readonly DiskFile[];
      readonly directories: readonly RelPath[];
      readonly refused: readonly RefusedEntry[];
      /** Every name that is there, kept or not: what is ignored or refused has not vanished. */
      readonly present: ReadonlySet<string>;
      readonly skipped: SkippedCounts;
      /** The first links, sockets, pipes and devices that were left out. */
      readonly examples: readonly SkippedExample[];
    }
  | { readonly state: 'unknown'; readonly directory: RelPath; readonly failure: Failure };

/** An entry that is neither file nor directory. */
export interface SkippedExample {
  readonly path: RelPath;
  readonly kind: SkippedKind;
}

export interface SkippedCounts {
  readonly ignored: number;
  readonly links: number;
  /** Sockets, pipes and devices. */
  readonly special: number;
}
