/** What history, restores, checks and thaws answer, as plain values. Sizes are bytes, times ISO 8601 in UTC. */
import type { Failure } from './errors.ts';
import type { Restored, TreeEntry } from './models.ts';
import type { Verification } from './verification.ts';

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
  /** When the bucket was listed; what others wrote since is not in it, what we wrote is. */
  readonly asOf: string;
  readonly changes: readonly TreeChange[];
  /** How many of each kind there are, all told. */
  readonly counts: Readonly<Record<TreeChange['kind'], number>>;
  /** Changes that are left out of the answer. */
  readonly more: number;
}

/** What all that lies below a directory comes to: then, and against now. A file that moved is gone here, and added there. */
export interface ThenSum {
  readonly files: number;
  readonly bytes: number;
  readonly filesNow: number;
  readonly bytesNow: number;
  readonly counts: Readonly<Record<Exclude<TreeChange['kind'], 'moved'>, number>>;
  /** The first files of then that are other now. */
  readonly first: readonly string[];
}

export interface ThenFile {
  readonly kind: 'file';
  readonly path: string;
  readonly mark: 'same' | Exclude<TreeChange['kind'], 'moved'>;
  /** Bytes; null: not there. */
  readonly then: number | null;
  readonly now: number | null;
  /** When the version of then was saved; null: none was there. */
  readonly savedAt: string | null;
  readonly versionId: string | null;
}

export interface ThenDirectory {
  readonly kind: 'directory';
  readonly path: string;
  /** A file was there then; null: not known, since only the first files were looked at. */
  readonly wasThere: boolean | null;
  /** Null: so much lies below that it was not counted. */
  readonly sum: ThenSum | null;
}

/** Some of what lies directly in a directory, then or now. */
export interface DirectoryThen {
  /** When the bucket was listed; what others wrote since is not in it, what we wrote is. */
  readonly asOf: string;
  /** In the order of the keys. */
  readonly entries: readonly (ThenFile | ThenDirectory)[];
  /** Where to go on; null: that was all. */
  readonly next: string | null;
}

/** What directories come to. */
export interface DirectorySums {
  /** Of the first of those that were asked for, in their order. */
  readonly sums: readonly ThenSum[];
  /** Where to go on in the last of them, of which the sum is only a part; null: all of them are whole. */
  readonly next: string | null;
}

/** A folder at a time. */
export interface FolderTree {
  /** When the bucket was listed; what others wrote since is not in it, what we wrote is. */
  readonly asOf: string;
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

/** One file restored over the present one. */
export interface InPlace extends Restored {
  /** The name, in the same directory, under which the former file is now; null: there was none, or the bucket has it. */
  readonly setAside: string | null;
  /** How the bucket followed: by a copy within it, by sending the file, not at all since it had it, or not yet. */
  readonly current: 'copied' | 'sent' | 'same' | 'queued';
  /** Null: not yet known. */
  readonly currentVersionId: string | null;
}

export interface TreeInPlace {
  readonly files: number;
  readonly restored: number;
  /** Files that stood just so, on disk and in the bucket: nothing was read or written. */
  readonly leftAlone: number;
  readonly bytes: number;
  /** Former files that were set aside, the first thousand, relative to the folder. */
  readonly setAside: readonly string[];
  /** Of those restored, how many the bucket does not have as its current version yet. */
  readonly queued: number;
  readonly failures: readonly NotRestored[];
  readonly failed: number;
}

/** An earlier version that was made the current one. */
export interface MadeCurrent {
  readonly path: string;
  /** The earlier one. */
  readonly from: string;
  /** The new one, with the same bytes; null: the store gives none. */
  readonly versionId: string | null;
  /** It was the current one already: nothing was sent. */
  readonly wasCurrent: boolean;
}

export interface VerifyFinding {
  /** `unproved`: all of it was read, and nothing that the object says of itself tells what its bytes should be. */
  readonly what:
    'missing' | 'size' | 'etag' | 'checksum' | 'sha256' | 'bytes' | 'unproved' | 'lock' | 'legal-hold' | 'unread';
  readonly expected: string;
  readonly found: string;
}

/** A file of which the bucket does not have what it should, or of which that cannot be told. */
export interface VerifiedFile {
  readonly path: string;
  readonly versionId: string | null;
  readonly findings: readonly VerifyFinding[];
}

/**
 * What a bucket was held against: our receipts; or, of an attached place, the bucket's own listing and what its objects
 * say of themselves, since nothing else is known of it here.
 */
export type VerifiedAgainst = 'receipts' | 'itself';

export interface VerifyReport extends Verification {
  readonly against: VerifiedAgainst;
  /** What chose the sample; null: all were looked at. */
  readonly seed: number | null;
  /** The first thousand. */
  readonly files: readonly VerifiedFile[];
}
