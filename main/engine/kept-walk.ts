/** Goes through what is kept of a listing from key to key. In: a kept listing, later receipts. Out: whole keys, a few at a time. */
import { overlapOf, WholeKeys, type KeyBatch } from '../history/key-range.ts';
import { batchOf } from '../history/kept.ts';
import { compareKeys } from '../s3/index.ts';
import type { KeptListing, KeptRow, KeyRange, ListedRange } from '../store/index.ts';
import type { LaterReceipts } from './folder-receipts.ts';

/** Only ever forward. */
export class KeptWalk {
  readonly #kept: KeptListing;
  readonly #ranges: readonly ListedRange[];
  readonly #later: LaterReceipts;
  #at = 0;

  /** @param ranges that were listed, in their order. */
  constructor(kept: KeptListing, ranges: readonly ListedRange[], later: LaterReceipts) {
    this.#kept = kept;
    this.#ranges = ranges;
    this.#later = later;
  }

  /** The first keys of a range, whole: about so many versions, more where one key has more. Null: it was never listed. */
  next(range: KeyRange, rows: number): KeyBatch | null {
    const listed = this.#listedAt(range.from);
    if (listed === undefined || compareKeys(listed.from, range.from) > 0) return null;
    const part = overlapOf(range, listed);
    const first = this.#kept.first(part, rows);
    const keys = new WholeKeys<KeptRow>(part, ({ version }) => version.key);
    const whole = first.length < rows ? { ...listed, ...part, rows: first } : keys.take(first, listed);
    if (whole === null) return this.next(range, 2 * rows);
    return batchOf(whole, this.#kept.absences(whole), this.#later.in(whole));
  }

  #listedAt(key: string): ListedRange | undefined {
    for (let one = this.#ranges[this.#at]; one !== undefined && compareKeys(one.to, key) <= 0;) {
      this.#at += 1;
      one = this.#ranges[this.#at];
    }
    return this.#ranges[this.#at];
  }
}
