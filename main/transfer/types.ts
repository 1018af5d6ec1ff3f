/** What a transfer needs from the house, as ports: it knows no policy, no names and no scheduling. */
import type { ObjectKey, RelPath } from '../contract/names.ts';
import type { Result } from '../contract/result.ts';
import type { StoreClient } from '../s3/index.ts';
import type { BucketCapabilities, FileStat, JournalRow, NewReceipt } from '../store/types.ts';
import type { Attempts } from '../store/attempts.ts';
import type { Algorithm } from './digest.ts';
import type { MemoryGate } from './memory.ts';

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
}

export interface TransferPorts {
  readonly client: StoreClient;
  readonly bucket: string;
  /** The folder: its id, its name, its root on disk, and the policy that counts now. */
  readonly folder: string;
  readonly folderName: string;
  readonly root: string;
  readonly policyVersion: number;
  keyOf(path: RelPath): Result<ObjectKey>;
  putRequest(facts: RequestFacts): Result<PreparedRequest>;
  multipartRequest(facts: RequestFacts): Result<PreparedRequest>;
  /** Fields that go with every request of the folder. */
  readonly common: Readonly<Record<string, string>>;
  journalRow(path: RelPath): JournalRow | null;
  readonly attempts: Attempts;
  /** Runs work in a transaction shared with others; the promise is kept once it is flushed. */
  commit<T>(work: () => T): Promise<T>;
  /** Receipt, journal row and the end of the attempt, in one transaction; the job goes on. */
  recordAdopted(receipt: NewReceipt, journal: Omit<JournalRow, 'receiptSeq'>): Promise<void>;
  capabilities(): BucketCapabilities;
  learn(learnt: BucketCapabilities): void;
  readonly memory: MemoryGate;
  now(): Date;
  newAttemptId(): string;
  readonly quietMs: number;
  /** Bytes that have gone out, for the throughput that a person sees. */
  onBytes(count: number): void;
  /** Named moments, for tests that end the process at each of them. */
  onStep(step: TransferStep): void;
}

export type TransferStep =
  | 'intent-committed'
  | 'put-sent'
  | 'put-answered'
  | 'multipart-created'
  | 'part-answered'
  | 'complete-sent'
  | 'complete-answered';
