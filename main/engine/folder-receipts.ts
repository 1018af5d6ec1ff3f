/** A folder's receipts by the keys that they are of. In: ranges of keys. Out: what timelines need of each receipt. */
import type { AnyFolder } from '../contract/models.ts';
import type { KnownReceipt } from '../history/timeline.ts';
import { compareKeys } from '../s3/index.ts';
import type { KeyRange } from '../store/index.ts';
import type { ReceiptsReader } from '../store/receipts.ts';
import { OddNames } from './odd-names.ts';

export type TimedReceipts = Pick<ReceiptsReader, 'beyondAscii' | 'lastSeq' | 'timed' | 'timedOf' | 'timedAfter'>;

/** Of a home that never wrote any. */
export const NO_RECEIPTS: TimedReceipts = {
  beyondAscii: () => [],
  lastSeq: () => 0,
  timed: () => [],
  timedOf: () => [],
  timedAfter: () => [],
};

/** Above every path. */
const ABOVE_ALL = '\u{10ffff}';

interface Later {
  readonly seq: number;
  readonly upTo: number;
  /** In the order of their keys; of each key oldest first. */
  readonly rows: readonly KnownReceipt[];
}

export interface LaterReceipts {
  /** Of each key oldest first. */
  in(range: KeyRange): readonly KnownReceipt[];
}

/** The first place of which the key is not before this one. */
function placeIn(rows: readonly KnownReceipt[], key: string): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(rows[middle]?.key ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class FolderReceipts {
  readonly #receipts: TimedReceipts;
  readonly #folder: AnyFolder;
  readonly #odd = new OddNames();
  #later: Later | null = null;

  constructor(receipts: TimedReceipts, folder: AnyFolder) {
    this.#receipts = receipts;
    this.#folder = folder;
  }

  /** As far as receipts go now. */
  get odd(): OddNames {
    return this.#odd.update(this.#receipts, this.#folder.id);
  }

  /** Of each key oldest first. Paths whose form is not that of their keys stand elsewhere, and are fetched one by one. */
  in({ from, to }: KeyRange): readonly KnownReceipt[] {
    const { id, prefix } = this.#folder;
    const nameOf = (key: string): string => (key.startsWith(prefix) ? key.slice(prefix.length) : ABOVE_ALL);
    const odd = this.odd.in(nameOf(from), nameOf(to));
    const found = this.#receipts.timed(id, nameOf(from), nameOf(to)).filter(({ path, key }) => key === prefix + path);
    if (odd.length === 0) return found;
    const others = odd.flatMap((path) => this.#receipts.timedOf(id, path));
    return [...found, ...others].sort((a, b) => a.seq - b.seq);
  }

  /** Later ones of the whole folder, kept in hand until another number or a newer receipt is asked for. */
  later(seq: number): LaterReceipts {
    const upTo = this.#receipts.lastSeq();
    if (this.#later?.seq !== seq || this.#later.upTo !== upTo) {
      const rows = this.#receipts
        .timedAfter(this.#folder.id, seq)
        .sort((a, b) => compareKeys(a.key, b.key) || a.seq - b.seq);
      this.#later = { seq, upTo, rows };
    }
    const { rows } = this.#later;
    return { in: ({ from, to }) => rows.slice(placeIn(rows, from), placeIn(rows, to)) };
  }

  /** Later ones of a range, to be taken part by part in the order of the keys; of each key oldest first. */
  after(seq: number, { from }: KeyRange): { before(key: string): readonly KnownReceipt[] } {
    const { id } = this.#folder;
    const found = this.#receipts
      .timedAfter(id, seq)
      .filter(({ key }) => compareKeys(key, from) >= 0)
      .sort((a, b) => compareKeys(a.key, b.key) || a.seq - b.seq);
    let next = 0;
    return {
      before: (key) => {
        const begin = next;
        for (let one = found[next]; one !== undefined && compareKeys(one.key, key) < 0; one = found[next]) next += 1;
        return found.slice(begin, next);
      },
    };
  }
}
