/** What history, restores, checks and thaws answer, as plain values. Sizes are bytes, times ISO 8601 in UTC. */
import type { Failure } from './errors.ts';
import type { Restored, TreeEntry } from './models.ts';

export interface TreeChange {
  readonly kind: 'added' | 'changed' | 'gone' | 'moved';
  /** Of what is gone: where it was. */
  readonly path: string;
  readonly movedFrom: string | null;
  /** Null: gone. */
  readonly size: number | null;
  /** Null: added. */
  readonly sizeBefore: number | null;
  readonly versionId: string | null;
  readonly versionIdBefore: string | null;
}

export interface Differences {
  readonly from: string;
  /** Null: now. */
  readonly to: string | null;
  readonly changes: readonly TreeChange[];
  /** How many of each kind there are, all told. */
  readonly counts: Readonly<Record<TreeChange['kind'], number>>;
  /** Changes that are left out of the answer. */
  readonly more: number;
}

/** A folder at a time. */
export interface FolderTree {
  readonly entries: readonly TreeEntry[];
  /** Keys that were there then, and that no file can safely be called by. */
  readonly unsafeKeys: readonly string[];
  /** Entries that are left out of the answer. */
  readonly more: number;
}

/** How much happened in a stretch of time. */
export interface DensityBucket {
  readonly at: string;
  readonly saved: number;
  readonly gone: number;
}

export interface Density {
  readonly from: string;
  readonly to: string;
  readonly buckets: readonly DensityBucket[];
}

/** How far something long is. */
export interface Progress {
  readonly files: number;
  readonly filesTotal: number;
  readonly bytes: number;
  readonly bytesTotal: number;
}

/** One file of a restore of many. */
export interface FileRestored extends Restored {
  /** It was there and right already, from a restore that was broken off. */
  readonly wasThere: boolean;
  /** The name that it got, where its own cannot be had there; relative to the target. Null: it has its own. */
  readonly renamedTo: string | null;
}

export interface NotRestored {
  /** A path, or a key that cannot be one. */
  readonly path: string;
  readonly failure: Failure;
}

export interface TreeRestored {
  readonly to: string;
  readonly files: number;
  readonly restored: number;
  readonly bytes: number;
  /** Files that got another name, the first thousand. */
  readonly renamed: readonly { readonly path: string; readonly renamedTo: string }[];
  /** Files that are not there now, the first thousand. */
  readonly failures: readonly NotRestored[];
  readonly failed: number;
}
