/** What a transfer needs from the house, as ports: it knows no policy, no names and no scheduling. */
import type { Failure } from '../contract/errors.ts';
import type { DeletesMode, LinksMode, Receipt } from '../contract/models.ts';
import type { ObjectKey, RelPath } from '../contract/names.ts';
import type { Result } from '../contract/result.ts';
import type { StoreClient, Versioning } from '../s3/index.ts';
import type { BucketCapabilities, FileStat, Job, JournalRow, NewReceipt } from '../store/types.ts';
import type { Attempts } from '../store/attempts.ts';
import type { PolicyChanges } from '../policy/changes.ts';
import type { Algorithm } from './digest.ts';
import type { Memory } from './memory.ts';
import type { Reader } from './reader.ts';

/** Facts of one attempt that its request is made of. */
export interface RequestFacts {
  readonly key: ObjectKey;
  readonly path: RelPath;
  readonly stat: FileStat;
  readonly attemptId: string;
  readonly now: Date;
  /** Hex; only where all the bytes were read before sending. */
  readonly sha256: string | null;
}

export interface PreparedRequest {
  /** S3's own field names, without body, length and checksum values. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly algorithm: Algorithm;
  readonly checksumType: 'FULL_OBJECT' | 'COMPOSITE';
  /** `auto`: only where the store has not shown that it checks checksums. */
  readonly contentMd5: 'always' | 'never' | 'auto';
  /** The customer key's fields; sent, and never written down. Empty where the object has none. */
  readonly secret: SecretFields;
}

/** `SSECustomerAlgorithm`, `SSECustomerKey` (Base64) and `SSECustomerKeyMD5`, or nothing. */
export type SecretFields = Readonly<Record<string, string>>;

export type Fields = Readonly<Record<string, unknown>>;

/** Whether an object came by one put, by a multipart upload or by a copy: stores honour other fields on each. */
export type Way = 'put' | 'multipart' | 'copy';

export interface TransferPorts {
  readonly client: StoreClient;
  readonly bucket: string;
  /** The folder: its id, its name, its root on disk, and the policy that counts now. */
  readonly folder: string;
  readonly folderName: string;
  readonly root: string;
  readonly links: LinksMode;
  readonly policyVersion: number;
  keyOf(path: RelPath): Result<ObjectKey>;
  putRequest(facts: RequestFacts): Result<PreparedRequest>;
  multipartRequest(facts: RequestFacts): Result<PreparedRequest>;
  /** The key's fields for an object that was sent with this request; found by the MD5 that the request names. */
  secretOf(request: Fields): Result<SecretFields>;
  /** The checksum that goes along, by the policy as it holds for a file. */
  algorithm(path: RelPath, size: number): Algorithm;
  /** Whether Content-MD5 goes along, by the policy as it holds for a file. */
  contentMd5(path: RelPath, size: number): PreparedRequest['contentMd5'];
  /** The receipt of a version that the journal knows, or knew. */
  receiptOf(row: Pick<JournalRow, 'receiptSeq'>): Receipt | null;
  /** Refuse to overwrite what another client wrote. */
  readonly guardsOverwrites: boolean;
  /** What the present policy changes about a file that was sent under an earlier one. */
  changesSince(path: RelPath, size: number, policyVersion: number): PolicyChanges;
  readonly deletes: DeletePorts;
  /** What was learnt of fields that no answer shows. */
  readonly fieldProofs: FieldProofs;
  journalRow(path: RelPath): JournalRow | null;
  readonly attempts: Attempts;
  /** Runs work in a transaction shared with others; the promise is kept once it is flushed. */
  commit<T>(work: () => T): Promise<T>;
  /** Receipt, journal row and the end of the attempt, in one transaction; the job goes on. */
  recordAdopted(receipt: NewReceipt, journal: Omit<JournalRow, 'receiptSeq'>): Promise<void>;
  capabilities(): BucketCapabilities;
  learn(learnt: BucketCapabilities): void;
  readonly memory: Memory;
  readonly reader: Reader;
  now(): Date;
  newAttemptId(): string;
  readonly quietMs: number;
  /** The newest version is too young for another one: how long the file waits; null: it may go. */
  tooEarly(job: Job): { readonly afterMs: number; readonly intervalMs: number } | null;
  /** Cairn is ending: what is under way may end, and nothing more begins. */
  isEnding(): boolean;
  /** Bytes that have gone out, for the throughput that a person sees. */
  onBytes(count: number): void;
  /** Named moments, for tests that end the process at each of them. */
  onStep(step: TransferStep): void;
}

/** What deletes of a folder need to know and to say. */
export interface DeletePorts {
  readonly mode: DeletesMode;
  /** What the bucket said of its versions in this run of the engine; it is asked once. */
  versioning(signal: AbortSignal): Promise<Result<Versioning>>;
  /** Until one was seen to lay a marker, deletes of a folder go one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  sawMarker(): void;
  /** Why none may go out any more. */
  stopped(): Failure | null;
  /** At once, for those that are about to go out; the queue writes it down. */
  stop(cause: Failure): void;
  /** Whether the folder's root is there and still itself. */
  checkRoot(): Promise<Result<unknown>>;
  /** Some receipt stands for this version or marker of the path. */
  isExplained(path: RelPath, versionId: string | null): boolean;
  /** The receipt of a marker that a former attempt had made; the job goes on. */
  recordAdopted(receipt: NewReceipt, path: RelPath, counts: boolean): Promise<void>;
}

/** How often silent fields are proved, and which the store was seen to drop; kept for connection and bucket. */
export interface FieldProofs {
  /**
   * A look is due at the first of its kind, at the first of a day, and at one in a hundred. Whoever comes while the first
   * is under way waits for what it finds.
   * @returns what is to be called when the look is over; null: none is due.
   */
  begin(way: Way, fields: readonly string[]): Promise<(() => void) | null>;
  /** Fields that were dropped in silence before, on this way. */
  droppedBefore(way: Way): ReadonlySet<string>;
  note(way: Way, fields: readonly string[], dropped: readonly string[], path: RelPath): void;
}

export type TransferStep =
  | 'intent-committed'
  | 'put-sent'
  | 'put-answered'
  | 'multipart-created'
  | 'part-answered'
  | 'complete-sent'
  | 'complete-answered'
  | 'delete-sent'
  | 'delete-answered'
  // Of bringing the files of an attached place back (`engine/bring-back.ts`).
  | 'file-brought'
  | 'files-brought'
  | 'root-known'
  | 'folder-written';
