/** What receipts add up to. In: receipts, one after the other. Out: the counts of a sync's summary. */
import type { Receipt, SyncSummary } from '../contract/models.ts';

type Counts = { -readonly [Name in keyof Omit<SyncSummary, 'parked' | 'waiting' | 'requests'>]: number };

export function noCounts(): Counts {
  return { puts: 0, moves: 0, deletes: 0, gone: 0, bytes: 0 };
}

export function count(counts: Counts, receipt: Receipt): void {
  switch (receipt.operation) {
    case 'put':
    case 'multipart':
      counts.puts += 1;
      counts.bytes += receipt.size;
      return;
    case 'copy':
      counts.moves += 1;
      return;
    case 'delete':
      counts.deletes += 1;
      return;
    case 'gone':
      counts.gone += 1;
      return;
    // Nothing was sent: they say what is known.
    case 'adopt':
    case 'break':
      return;
  }
}
