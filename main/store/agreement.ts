/**
 * What the database says twice must be the same twice. In: what a plan is about to act on. Out: nothing, or the error
 * that SQLite throws of a damaged file.
 *
 * [Note: said twice] Bytes that have flipped in a value are a value to SQLite, and its quick check at the start does not
 * compare an index with its table either; the check that does takes five times as long, and does not see the former.
 * So a file that seems new is looked for both ways, and a row by which a file seems changed or gone is held against its
 * receipt: else a known file would be sent again, or the key of another be marked as deleted. Only what a plan acts on is
 * asked about, so that looks which find nothing cost nothing.
 */
import { parentPath, type RelPath } from '../contract/names.ts';
import type { Receipt } from '../contract/models.ts';
import type { ReadableDb } from './database.ts';
import type { JournalReader } from './journal.ts';
import type { ReceiptsReader } from './receipts.ts';
import type { JournalRow } from './types.ts';

export type Agreement = ReturnType<typeof openAgreement>;

export function openAgreement(db: ReadableDb, journal: JournalReader, receipts: ReceiptsReader) {
  // Answered by the index alone, without a step from there to the table.
  const isIndexed = db
    .prepare<[string, string, string], number>(
      'SELECT 1 FROM journal INDEXED BY journal_by_directory WHERE folder = ? AND directory = ? AND path = ?',
    )
    .pluck();
  return {
    /** Of paths that no row was found of: throws where one of the two ways to a row leads to one after all. */
    expectUnknown: (folder: string, unknown: readonly RelPath[]): void => {
      for (const path of unknown) {
        const directory = parentPath(path);
        const isKnown = journal.find(folder, path) !== null || isIndexed.get(folder, directory, path) === 1;
        if (!isKnown) continue;
        // Where only this program reads, the one that writes may have sent it meanwhile.
        if (journal.inDirectory(folder, directory).some((row) => row.path === path)) continue;
        throw damaged('SQLITE_CORRUPT_INDEX', 'the journal disagrees with its index');
      }
    },
    /** Of rows of the journal: throws where one claims another file, or other bytes, than its receipt. */
    expectReceipts: (rows: readonly JournalRow[]): void => {
      for (const row of rows) {
        if (!isReceiptOf(readable(receipts, row.receiptSeq), row)) {
          throw damaged('SQLITE_CORRUPT', `the journal disagrees with receipt ${row.receiptSeq}`);
        }
      }
    },
  };
}

function damaged(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Null: there is none, or what stands there is no receipt any more. */
function readable(receipts: ReceiptsReader, seq: number): Receipt | null {
  try {
    return receipts.find(seq);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isReceiptOf(receipt: Receipt | null, { path, key, stat, sha256 }: JournalRow): boolean {
  return (
    receipt !== null &&
    receipt.path === path &&
    receipt.key === key &&
    receipt.size === stat.size &&
    (receipt.sha256 === null || receipt.sha256 === sha256)
  );
}
