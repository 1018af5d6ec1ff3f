/**
 * What the window and the command line may know, as plain values. Times are ISO 8601 in UTC unless said otherwise,
 * sizes are bytes, paths are relative to their folder. The field names are those of the command line's JSON.
 */
import type { Failure, FailureSaid, FailureTold } from './errors.ts';
import type { Policy } from './policy.ts';
import type { Drill, DrillEvery, Verification } from './verification.ts';

/** `attached`: it is only browsed and restored from, and has no folder on this computer. */
export type FolderState =
  'idle' | 'scanning' | 'syncing' | 'paused' | 'offline' | 'unavailable' | 'attention' | 'attached';

/** How a connection gets its credentials. No key is ever kept in the settings. */
export type CredentialSource =
  | { readonly kind: 'default' } // the AWS default chain: environment, shared files, SSO, instance
  | { readonly kind: 'profile'; readonly profile: string }
  | { readonly kind: 'practice'; readonly directory: string } // the practice server's own folder
  | { readonly kind: 'app' } // the app keeps the keys with the system's keychain, under the connection's name
  | { readonly kind: 'ask' }; // a person types them into the app at each start

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

/** How changes are noticed: by the system's events, or by looking; `auto` looks where events do not come. */
export type WatchMode = 'auto' | 'events' | 'polling';

/** Links are left out and counted, or followed where they lead to something inside the folder. */
export type LinksMode = 'skip' | 'follow';

/** A place in a bucket that is known here by a name. */
export interface FolderPlace {
  /** Stable through a change of name, and through its way from attached to kept here. */
  readonly id: string;
  readonly name: string;
  readonly connection: string;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  /** Of one that is attached: what reading needs, such as who pays and customer keys; and what holds once it is kept here. */
  readonly policy: Policy;
  /** Counted from 1; a change of the policy makes the next. */
  readonly policyVersion: number;
  readonly addedAt: string;
}

/** A folder of this computer and the place in a bucket that keeps it. */
export interface Folder extends FolderPlace {
  /** Absolute path of the root. */
  readonly path: string;
  readonly deletes: DeletesMode;
  readonly paused: boolean;
  /** When it goes on by itself, ISO 8601; null, or left out: when somebody resumes it. */
  readonly pausedUntil?: string | null | undefined;
  /** Between two versions of one file at least so long; 0, or left out: every saved content becomes one. */
  readonly leastIntervalSeconds?: number | undefined;
  /** Patterns of files that are not kept, in the sense of gitignore, relative to the root. */
  readonly ignore: readonly string[];
  readonly watching: WatchMode;
  /** Left out: `skip`. */
  readonly links?: LinksMode | undefined;
  /** How often a few files are fetched to prove that they come back; left out: monthly. */
  readonly drill?: DrillEvery | undefined;
}

/** A place in a bucket without a folder on this computer: to browse and to restore from. Nothing is ever sent to it. */
export interface AttachedFolder extends FolderPlace {
  readonly path: null;
  /** Where its files are being brought back to, so that it becomes a folder of this computer; null: nowhere. */
  readonly bringingBack: BringingBack | null;
}

/** Files on their way back to this computer. Until all are there the place stays attached, and nothing is sent. */
export interface BringingBack {
  /** Absolute. */
  readonly to: string;
  readonly since: string;
}

export type AnyFolder = Folder | AttachedFolder;

/** The kinds of entries that are never kept. */
export type SkippedKind = 'link' | 'socket' | 'pipe' | 'device' | 'other';

/** What the last look through the whole folder left out, the first of it by name. */
export interface Skipped {
  readonly ignored: number;
  readonly links: number;
  /** Sockets, pipes and devices. */
  readonly special: number;
  readonly examples: readonly { readonly path: string; readonly kind: SkippedKind }[];
}

export type WatcherState = 'watching' | 'polling' | 'limited' | 'failed' | 'off';

/** How well changes of a folder are seen. */
export interface WatcherStatus {
  /** `off`: nothing runs that would watch it, or it is paused. `limited`, `failed`: it is looked through often instead. */
  readonly state: WatcherState;
  /** Directories under watch. */
  readonly watches: number;
  /** How many the system allows all programs of this user together; null where it has no such number. */
  readonly allowed: number | null;
  readonly problem: Failure | null;
}

/** The lists by which a folder ignores files. */
export interface IgnoreLists {
  readonly folder: string;
  /** The folder's own. */
  readonly ignore: readonly string[];
  /** The `.cairnignore` files that were found. */
  readonly files: readonly string[];
}

/** Why a path is not kept, or that it is. */
export interface IgnoreReason {
  readonly path: string;
  /** `kept`: nothing speaks against it. `missing`: there is nothing at this path, and no rule against it either. */
  readonly reason: 'kept' | 'missing' | 'ignored' | 'home folder' | 'symlink' | 'socket' | 'pipe' | 'device' | 'other';
  /** The directory above that is left out with all that is in it; null where it is the path itself. */
  readonly because: string | null;
  /** The rule, where it is one: the list (`default`, `folder`, or the file), and its line, counted from 1. */
  readonly rule: { readonly pattern: string; readonly list: string; readonly line: number | null } | null;
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
  /** Of those queued: files whose newest version is too young for another one. */
  readonly early?: number;
  /** Paths that a person took out of the queue, and that have not changed since. */
  readonly forgotten?: number;
  /** Of a folder that is paused: when it goes on by itself. */
  readonly pausedUntil?: string | null;
  /** Contents that were replaced on disk before they could be read. */
  readonly superseded: number;
  readonly lastScanAt: string | null;
  /** Of the last whole look; null: there was none yet. */
  readonly skipped: Skipped | null;
  /** Directories that the last whole look could not read: nothing in them is judged. */
  readonly unread: readonly Failure[];
  /** Changes that a look found and that nothing had told of. */
  readonly onlyByScan: number;
  readonly watcher: WatcherStatus;
  /** Null: the place is attached, and has no folder on this computer. */
  readonly path: string | null;
  /** Of an attached one: where its files are being brought back to. */
  readonly bringingBack?: BringingBack | null;
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
  /** The last check of the bucket against what is known to be in it; null: there was none. */
  readonly lastVerified: Verification | null;
  /** The last proof that files come back; null: there was none. */
  readonly lastDrill: Drill | null;
  /** So many files vanished at once that their deletes wait until a person decides; null: none wait for that. */
  readonly brake: { readonly deletes: number; readonly since: string } | null;
  /** Versions in the bucket that no receipt explains, by the last look at it; null: nobody looked yet. */
  readonly unexplained: { readonly count: number; readonly examples: readonly string[]; readonly at: string } | null;
  /** Versions that receipts know and that the last look did not find. */
  readonly missing: number;
}

/** Files, and their bytes. */
export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** How many there are, and the first of them by name. */
export interface Named {
  readonly count: number;
  readonly examples: readonly string[];
}

/** The files of a folder held against what lies under its prefix. Bytes of `onlyThere` are those of the bucket. */
export interface FolderMatch {
  /** Proved: the current version holds just these bytes. */
  readonly equal: Amount;
  /** Not proved equal: the file is uploaded, and what is there stays as an earlier version. */
  readonly different: Amount;
  /** Of these, files of the same size of which nothing could prove either. */
  readonly unproved: number;
  readonly onlyHere: Amount;
  /** Left alone. */
  readonly onlyThere: Amount;
  /** Keys that no file can safely be called by. */
  readonly unusable: Named;
  /** Paths of the first that are different, and keys of the first that are only there. */
  readonly examples: { readonly different: readonly string[]; readonly onlyThere: readonly string[] };
  /** Versions and delete markers under the prefix. */
  readonly versions: number;
  readonly requests: number;
}

/** What a look at the bucket found, held against the receipts. */
export interface PrefixLook {
  readonly folder: string;
  readonly at: string;
  /** Versions and delete markers under the prefix. */
  readonly versions: number;
  /** Of these, those that no receipt explains and that were there when the folder was added or rebuilt. */
  readonly before: number;
  readonly unexplained: Named;
  readonly missing: Named;
  /** Files that are in the bucket no more, and wait to be sent again. */
  readonly queuedAgain: number;
  readonly requests: number;
}

/**
 * `adopt`: the object was there before, and was proved equal to the file on disk; nothing was sent. `break`: here the
 * database was lost, and what follows knows of what was before only what this record says.
 */
export type ReceiptOperation = 'put' | 'multipart' | 'copy' | 'delete' | 'gone' | 'adopt' | 'break';
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
  /** A receipt tells of it, and the bucket has it no more: a lifecycle rule removed it, or a person. */
  readonly removed: boolean;
}

/** What would be sent for one file, and why. */
export interface PolicyExplanation {
  readonly path: string;
  /** Bytes that it has, or was tried with. */
  readonly size: number;
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
  /** `interval`: the newest version is younger than the folder's least interval; the latest content goes out then. */
  readonly waitsFor: 'interval' | null;
  readonly error: FailureTold | null;
}

/** What waits behind a folder's brake. */
export interface BrakeReport {
  readonly folder: string;
  readonly deletes: number;
  /** Null: nothing waits. */
  readonly since: string | null;
  /** The first of the paths. */
  readonly paths: readonly string[];
  /** Much of the folder was replaced at once, and nobody has said that it was meant. */
  readonly replaced: { readonly at: string; readonly files: number } | null;
}

export type BrakeDecision = 'release' | 'discard';

export interface BrakeDecided {
  readonly folder: string;
  readonly decision: BrakeDecision;
  /** How many deletes it was about. */
  readonly deletes: number;
}

/** A path that was taken out of the queue. */
export interface ForgottenEntry {
  readonly folder: string;
  readonly path: string;
  /** An attempt may have reached the store: it is looked for first. Nothing new is sent. */
  readonly settling: boolean;
}

/** What a sync came to. */
export interface SyncSummary {
  readonly puts: number;
  readonly moves: number;
  readonly deletes: number;
  readonly gone: number;
  readonly bytes: number;
  readonly parked: number;
  /** Files that go out later, since their newest version is younger than the folder's least interval. */
  readonly waiting: number;
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
  /** Files that were queued because the present policy asks for something else; null: that was not asked for. */
  readonly underPolicy: number | null;
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

/** `matched`: disk and bucket were held against one another. `unexplained`: a look found versions that are not ours. */
export type ActivityKind =
  'saved' | 'applied' | 'gone' | 'parked' | 'restored' | 'folder' | 'problem' | 'recovered' | 'matched' | 'unexplained';

export interface Activity {
  readonly seq: number;
  readonly at: string;
  readonly folder: string | null;
  readonly kind: ActivityKind;
  /** A failure's code, or a word of ours such as `put`. */
  readonly code: string;
  readonly path: string | null;
  readonly detail: Readonly<Record<string, string | number | null>>;
  /** Of a failure: what it says, for whoever has words of their own for it. Rows of before it was kept have none. */
  readonly said?: FailureSaid | undefined;
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

/** A file's state in the window. `sync`: its last seen content is in the bucket. `forgotten`: a person left it out of the queue. */
export type FileState = 'sync' | 'waiting' | 'sending' | 'attention' | 'forgotten' | 'gone';

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
  /** Of a directory: paths below that a person left out of the queue. */
  readonly forgotten?: number;
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

/** Points of two seconds, twelve seconds, five minutes. */
export const THROUGHPUT_SPANS = ['minutes', 'hour', 'day'] as const;
export type ThroughputSpan = (typeof THROUGHPUT_SPANS)[number];

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
