/** Rows of the database as plain values, one type a table. */
import type { Failure } from '../contract/errors.ts';
import type { JobOperation, JobState, Receipt, Skipped } from '../contract/models.ts';
import type { ObjectKey, RelPath } from '../contract/names.ts';

/** A file's identity and state on disk. Numbers that pass 2^53 are decimal strings; times are nanoseconds since 1970. */
export interface FileStat {
  readonly dev: string;
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  readonly mode: number;
}

/** A row of the journal, as far as it tells whether the file is still as it was: many are read, so it is no object. */
export type KnownStat = readonly [
  path: RelPath,
  dev: string,
  ino: string,
  size: number,
  mtimeNs: string,
  ctimeNs: string,
];

/** What is known to be in the bucket under one path: our claim, which conditions and proofs keep honest. */
export interface JournalRow {
  readonly folder: string;
  readonly path: RelPath;
  readonly stat: FileStat;
  readonly sha256: string;
  readonly key: ObjectKey;
  readonly versionId: string | null;
  readonly etag: string | null;
  readonly policyVersion: number;
  readonly receiptSeq: number;
}

/** A path that is gone from disk: what was last known of it. */
export interface VanishedRow {
  readonly folder: string;
  readonly path: RelPath;
  readonly size: number;
  /** Null where it was not kept. */
  readonly mtimeNs: string | null;
  /** The newest version that we stored. */
  readonly versionId: string | null;
}

/** The version of another path that a file was found to have been moved from, frozen when that was seen. */
export interface MoveSource {
  readonly path: RelPath;
  readonly key: ObjectKey;
  readonly versionId: string;
  readonly size: number;
  readonly sha256: string;
  readonly etag: string | null;
  readonly receiptSeq: number;
}

/** An operation to be queued. */
export interface NewJob {
  readonly folder: string;
  readonly path: RelPath;
  readonly operation: JobOperation;
  readonly reason: string;
  readonly size: number;
  /** What the scan saw; null for a path that vanished. */
  readonly seen: FileStat | null;
  readonly seenAt: string;
  /** Of a file that was moved: what may be copied instead of sending it. A hint: the bytes decide. */
  readonly source?: MoveSource | null;
}

/** A path that a person took out of the queue. */
export interface ForgottenPath {
  readonly path: RelPath;
  /** The file as it was; null: a name that cannot be kept, or a path that was gone. */
  readonly seen: FileStat | null;
  /** Why the name cannot be kept. */
  readonly refused: string | null;
}

export interface Job extends NewJob {
  readonly source: MoveSource | null;
  readonly id: number;
  readonly state: JobState;
  /** A newer operation came while this one was active: it runs again. */
  readonly renewed: boolean;
  readonly attempts: number;
  /** Times that Cairn ended while this job was active. */
  readonly crashes: number;
  readonly notBeforeMs: number;
  /** A person pulled it forward. */
  readonly isFirst: boolean;
  /** Above zero while it waits since its newest version is too young: the folder's least interval. */
  readonly intervalMs: number;
  readonly error: Failure | null;
}

/** An attempt that may have reached S3. */
export interface Intent {
  readonly attemptId: string;
  readonly folder: string;
  readonly path: RelPath;
  readonly key: ObjectKey;
  readonly operation: 'put' | 'multipart' | 'delete';
  readonly seen: FileStat;
  readonly seenAt: string;
  /** Null for a multipart upload whose parts were not all read yet. */
  readonly sha256: string | null;
  readonly request: Readonly<Record<string, unknown>>;
  readonly policyVersion: number;
  readonly startedAt: string;
}

/** A multipart upload under way. */
export interface Upload {
  readonly folder: string;
  readonly path: RelPath;
  readonly uploadId: string;
  readonly key: ObjectKey;
  readonly attemptId: string;
  readonly seen: FileStat;
  readonly partSize: number;
  readonly policyVersion: number;
  readonly algorithm: string;
  readonly checksumType: 'FULL_OBJECT' | 'COMPOSITE';
  readonly request: Readonly<Record<string, unknown>>;
  /** The answer to Create, kept for the receipt. */
  readonly response: Readonly<Record<string, unknown>>;
}

/** A part that S3 has confirmed. */
export interface UploadPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  /** Base64, of the upload's algorithm. */
  readonly checksum: string;
  readonly sha256: string;
}

/** A receipt before it has its place in the chain. `folder` is the folder's name at the time. */
export type NewReceipt = Omit<Receipt, 'seq' | 'prevHash' | 'hash'>;

/** What the last look through a whole folder did not take in. */
export interface LookRow {
  readonly skipped: Skipped;
  readonly unread: readonly Failure[];
  /** Directories that are ignored with all that is in them, as far as they were noted. */
  readonly leftOut: readonly RelPath[];
  /** The `.cairnignore` files that were found. */
  readonly lists: readonly RelPath[];
}

/** What is known of a folder as a whole. */
export interface FolderRow {
  readonly folder: string;
  readonly root: { readonly dev: string; readonly ino: string } | null;
  readonly lastScanAt: string | null;
  readonly superseded: number;
  readonly files: number;
  readonly bytes: number;
  readonly problem: Failure | null;
  /** Null: it was never looked through. */
  readonly look: LookRow | null;
  /** Changes that a look found and that nothing had told of. */
  readonly onlyByScan: number;
  /** Directories on which a file system was seen mounted. */
  readonly mounts: readonly RelPath[];
}

export interface BucketCapabilities {
  readonly versioning: 'enabled' | 'suspended' | 'off' | 'unknown';
  /** Whether the store gives back the checksum that it was sent; unknown before the first upload. */
  readonly checksums: 'returned' | 'silent' | 'unknown';
  /** Whether conditions on a write are held: a right one passes and a wrong one fails. */
  readonly conditions: 'works' | 'broken' | 'unknown';
}
