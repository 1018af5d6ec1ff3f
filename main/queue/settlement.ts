/** How an attempt at a job ended, as a value. */
import type { Failure } from '../contract/errors.ts';
import type { JournalRow, NewReceipt, FileStat } from '../store/types.ts';

export type Settlement =
  /** S3 has it: receipt, journal row and the end of the job are written in one transaction. */
  | { readonly kind: 'stored'; readonly receipt: NewReceipt; readonly journal: Omit<JournalRow, 'receiptSeq'> }
  /** The bytes are those that the journal knows: only the stat is brought up to date. */
  | { readonly kind: 'same'; readonly stat: FileStat }
  /** What the new policy asks for was changed on the version that is there. */
  | { readonly kind: 'applied'; readonly policyVersion: number; readonly changed: readonly string[] }
  /** Proven absent: a receipt `gone` or `delete`, and the journal row goes. */
  | { readonly kind: 'gone'; readonly receipt: NewReceipt }
  /** There is nothing to do any more, for example since the file vanished before it was read. */
  | { readonly kind: 'dropped'; readonly superseded: number }
  /** The newest version is younger than the folder's least interval: the latest content goes out after so long. */
  | { readonly kind: 'early'; readonly afterMs: number; readonly intervalMs: number }
  /** The file is too young or still changing. */
  | { readonly kind: 'unsettled'; readonly afterMs: number; readonly failure: Failure | null }
  | { readonly kind: 'failed'; readonly failure: Failure };
