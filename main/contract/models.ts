/**
 * What the window and the command line may know, as plain values. Times are ISO 8601 in UTC unless said otherwise,
 * sizes are bytes, paths are relative to their folder. The field names are those of the command line's JSON.
 */
import type { Failure } from './errors.ts';
import type { Policy } from './policy.ts';

export type FolderState = 'idle' | 'scanning' | 'syncing' | 'paused' | 'offline' | 'unavailable' | 'attention';

/** How a connection gets its credentials. No key is ever kept in the settings. */
export type CredentialSource =
  | { readonly kind: 'default' } // the AWS default chain: environment, shared files, SSO, instance
  | { readonly kind: 'profile'; readonly profile: string }
  | { readonly kind: 'practice'; readonly directory: string }; // the practice server's own folder

/** A store and how to sign in. */
export interface Connection {
  readonly name: string;
  /** Null: Amazon S3 itself. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly credentials: CredentialSource;
}

export type DeletesMode = 'keep' | 'mark';

/** A folder of this computer and the place in a bucket that keeps it. */
export interface Folder {
  /** Stable through a change of name. */
  readonly id: string;
  readonly name: string;
  /** Absolute path of the root. */
  readonly path: string;
  readonly connection: string;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  readonly deletes: DeletesMode;
  readonly paused: boolean;
  readonly policy: Policy;
  /** Counted from 1; a change of the policy makes the next. */
  readonly policyVersion: number;
  readonly addedAt: string;
}

export interface FolderStatus {
  readonly folder: string;
  readonly state: FolderState;
  readonly queued: number;
  readonly active: number;
  readonly parked: number;
  readonly bytesQueued: number;
  /** Files known to be in the bucket. */
  readonly files: number;
  readonly bytes: number;
  /** Contents that were replaced on disk before they could be read. */
  readonly superseded: number;
  readonly lastScanAt: string | null;
  readonly path: string;
  readonly connection: string;
  readonly bucket: string;
  readonly prefix: string;
  /** The bucket is the practice bucket on this disk: no backup. */
  readonly practice: boolean;
  /** Why the folder is offline, unavailable or needs attention. */
  readonly failure: Failure | null;
  /** What the policy asks for and the store was seen to drop without a word. */
  readonly problems: readonly Failure[];
  readonly lastSaved: { readonly path: string; readonly at: string; readonly versionId: string | null } | null;
}

export type ReceiptOperation = 'put' | 'multipart' | 'copy' | 'delete' | 'gone';
/** Which proof of the bytes was had. */
export type Proof = 'checksum' | 'etag' | 'adopted' | 'none';
/** Of a field of the request: shown by the answer, shown by a HEAD, or taken on trust. */
export type FieldProof = 'answered' | 'proved' | 'unproved';

export interface Checksum {
  readonly algorithm: string;
  /** Base64, as S3 writes it. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** One answer of S3, append-only and chained by hash. */
export interface Receipt {
  readonly seq: number;
  readonly folder: string;
  readonly path: string;
  readonly key: string;
  readonly operation: ReceiptOperation;
  /** Null: the store gave none. The string "null" is S3's null version. */
  readonly versionId: string | null;
  readonly etag: string | null;
  readonly size: number;
  readonly sha256: string | null;
  readonly checksum: Checksum | null;
  readonly proof: Proof;
  readonly storageClass: string | null;
  readonly serverSideEncryption: string | null;
  /** S3's own field names; customer keys left out. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, FieldProof>>;
  /** Fields that the store took without a word and does not keep. */
  readonly dropped: readonly string[];
  readonly policyVersion: number;
  /** When this content was seen on disk; for `gone`, the first absence. */
  readonly seenAt: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Hex SHA-256 of the receipt before; 64 zeros for the first. */
  readonly prevHash: string;
  readonly hash: string;
}

export interface Version {
  readonly key: string;
  readonly versionId: string | null;
  readonly isLatest: boolean;
  readonly deleteMarker: boolean;
  readonly size: number;
  readonly etag: string | null;
  readonly lastModified: string;
  readonly seenAt: string | null;
  readonly storageClass: string | null;
  readonly sha256: string | null;
  readonly proof: Proof | null;
  /** Null where Cairn did not write it. */
  readonly receiptSeq: number | null;
}

/** What would be sent for one file, and why. */
export interface PolicyExplanation {
  readonly path: string;
  readonly operation: 'put' | 'multipart';
  /** The SDK's input without Body; attempt id and digests as `<at upload>`, customer keys left out. */
  readonly input: Readonly<Record<string, unknown>>;
  /** For each field of the policy `base`, or the index of the rule that set it, counted from 0. */
  readonly because: Readonly<Record<string, 'base' | number>>;
  readonly awsCli: string;
}

export type JobOperation = 'put' | 'move' | 'delete' | 'gone';
export type JobState = 'waiting' | 'active' | 'parked';

export interface QueueEntry {
  readonly folder: string;
  readonly path: string;
  readonly operation: JobOperation;
  readonly state: JobState;
  readonly size: number;
  readonly attempts: number;
  readonly notBefore: string | null;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

/** What a sync came to. */
export interface SyncSummary {
  readonly puts: number;
  readonly moves: number;
  readonly deletes: number;
  readonly gone: number;
  readonly bytes: number;
  readonly parked: number;
  readonly requests: number;
}

export interface SyncReport {
  readonly summary: SyncSummary;
  /** What kept a folder from ending: its store, its bucket, its root. */
  readonly failures: readonly { readonly folder: string; readonly failure: Failure }[];
  /** Directories that could not be read, so that nothing of them was sent. */
  readonly unread: readonly Failure[];
}

/** A sync by an engine that goes on running. */
export interface ServedSync extends SyncReport {
  /** The newest receipt at its end. */
  readonly lastSeq: number;
}

export interface PlannedOperation {
  readonly path: string;
  readonly operation: JobOperation;
  /** Why, in a word: new, changed, vanished … */
  readonly reason: string;
  readonly size: number;
  /** Of a move: the path that the file had before. */
  readonly from?: string;
}

export type ActivityKind = 'saved' | 'applied' | 'gone' | 'parked' | 'restored' | 'folder' | 'problem' | 'recovered';

export interface Activity {
  readonly seq: number;
  readonly at: string;
  readonly folder: string | null;
  readonly kind: ActivityKind;
  /** A failure's code, or a word of ours such as `put`. */
  readonly code: string;
  readonly path: string | null;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

export interface TreeEntry {
  readonly path: string;
  readonly size: number;
  readonly versionId: string | null;
  readonly lastModified: string;
  readonly storageClass: string | null;
}

export interface Restored {
  readonly path: string;
  readonly versionId: string | null;
  readonly bytes: number;
  /** Absolute. */
  readonly to: string;
}

/** A file's state in the window. `sync`: its last seen content is in the bucket. */
export type FileState = 'sync' | 'waiting' | 'sending' | 'attention' | 'gone';

/** One row of a directory as Cairn knows it: the journal, the queue, and what is parked. */
export interface FileRow {
  readonly kind: 'file' | 'directory';
  readonly path: string;
  readonly name: string;
  readonly state: FileState;
  /** Of a directory: the sum of what is below. */
  readonly size: number;
  /** Time of the file on disk; of a directory, the newest below. */
  readonly modifiedAt: string | null;
  readonly versionId: string | null;
  /** Receipts with a version; of a directory null. */
  readonly versions: number | null;
  /** Of a directory: files below that wait or need attention. */
  readonly waiting: number;
  readonly attention: number;
  readonly failure: Failure | null;
}

/** What Cairn keeps in mind of a connection, for the window. */
export interface ConnectionStatus {
  readonly name: string;
  readonly endpoint: string | null;
  readonly region: string;
  readonly practice: boolean;
  readonly state: 'ok' | 'offline' | 'credentials' | 'unknown';
  readonly failure: Failure | null;
}

/** One point of the throughput chart. */
export interface ThroughputPoint {
  readonly at: string;
  readonly bytesPerSecond: number;
}

/** The whole of what the overview shows, numbered: a gap in the numbers asks for a fresh one. */
export interface Snapshot {
  readonly sequence: number;
  readonly at: string;
  readonly folders: readonly FolderStatus[];
  readonly connections: readonly ConnectionStatus[];
  readonly bytesPerSecond: number;
  /** Null while nothing is under way, or no rate is known. */
  readonly secondsLeft: number | null;
  readonly filesToGo: number;
  /** The last ten minutes, oldest first, a point every two seconds. */
  readonly throughput: readonly ThroughputPoint[];
  readonly lastSaved: readonly {
    readonly folder: string;
    readonly path: string;
    readonly at: string;
    readonly versionId: string | null;
  }[];
}
