/** Stretches of a listing. In: prefixes, keys, pages. Out: ranges of keys, and whole keys page by page. Pure. */
import { compareKeys, type ListedVersion } from '../s3/index.ts';
import type { KeyRange, ListedRange } from '../store/index.ts';
import type { KnownReceipt } from './timeline.ts';

/** A moment: the time, and the newest receipt. */
export type Mark = Pick<ListedRange, 'atMs' | 'seq'>;

/** Some whole keys with all that came of them, in their order. */
export interface Whole<T> extends ListedRange {
  readonly rows: readonly T[];
}

/** Some whole keys with all of their versions as they were listed, and all that is known of them now. */
export interface KeyBatch extends ListedRange {
  readonly versions: readonly ListedVersion[];
  /** Of each key oldest first: those that explain a version, that tell of a file that was gone, or that came since. */
  readonly receipts: readonly KnownReceipt[];
}

/** All keys below a prefix. @param prefix empty, or ends in `/`. */
export function rangeOf(prefix: string): KeyRange {
  return { from: prefix, to: prefix === '' ? '\u{10ffff}' : `${prefix.slice(0, -1)}0` };
}

/** One key alone. */
export function rangeOfKey(key: string): KeyRange {
  return { from: key, to: behind(key) };
}

/** The first key that can come after this one. */
export function behind(key: string): string {
  return `${key}\0`;
}

/** The key to list on from so that the range is listed whole; undefined: from its beginning. */
export function markerOf(range: KeyRange, from: string): string | undefined {
  return from !== range.from && from.endsWith('\0') ? from.slice(0, -1) : undefined;
}

/**
 * From where a range must be listed, when what was listed since a time need not be again. Its end: it need not at all.
 * @param listed in their order.
 */
export function staleFrom({ from, to }: KeyRange, listed: readonly ListedRange[], sinceMs: number): string {
  let reached = from;
  // A listing can go on behind a key, and not from any place between two.
  let resumable = from;
  for (const one of listed) {
    if (one.atMs < sinceMs || compareKeys(one.from, reached) > 0) return resumable;
    if (compareKeys(one.to, to) >= 0) return to;
    reached = one.to;
    if (reached.endsWith('\0')) resumable = reached;
  }
  return resumable;
}

/** The age of the oldest part of a range; null: some of it was never listed. */
export function listedAt({ from, to }: KeyRange, listed: readonly ListedRange[]): number | null {
  let reached = from;
  let oldest: number | null = null;
  for (const one of listed) {
    if (compareKeys(one.from, reached) > 0) return null;
    oldest = Math.min(oldest ?? one.atMs, one.atMs);
    if (compareKeys(one.to, to) >= 0) return oldest;
    reached = one.to;
  }
  return null;
}

/** What two ranges have in common. */
export function overlapOf(range: KeyRange, { from, to }: KeyRange): KeyRange {
  return {
    from: compareKeys(range.from, from) > 0 ? range.from : from,
    to: compareKeys(range.to, to) < 0 ? range.to : to,
  };
}

/** Cuts pages into whole keys: the last key of a page may go on in the next. */
export class WholeKeys<T> {
  readonly #keyOf: (row: T) => string;
  readonly #end: string;
  #from: string;
  #open: T[] = [];
  #mark: Mark | null = null;
  #isInOrder = true;

  constructor({ from, to }: KeyRange, keyOf: (row: T) => string) {
    this.#keyOf = keyOf;
    this.#from = from;
    this.#end = to;
  }

  /** False: keys did not come in the order of their bytes, so that a page says nothing of what lies between them. */
  get isInOrder(): boolean {
    return this.#isInOrder;
  }

  /** @param mark of the moment before the page was asked for. Null: no key of it is known to be whole yet. */
  take(page: readonly T[], mark: Mark): Whole<T> | null {
    const all = this.#open.length === 0 ? page : [...this.#open, ...page];
    const since = this.#open.length === 0 ? mark : (this.#mark ?? mark);
    this.#judge(all);
    const last = all.at(-1);
    let cut = all.length;
    while (last !== undefined && cut > 0 && this.#isOf(all[cut - 1], last)) cut -= 1;
    this.#open = all.slice(cut);
    // A key that goes on over a page is as old as its beginning.
    this.#mark = cut === 0 ? since : mark;
    const whole = all[cut - 1];
    if (whole === undefined) return null;
    return this.#batch(behind(this.#keyOf(whole)), since, all.slice(0, cut));
  }

  /** After the last page. */
  end(mark: Mark): Whole<T> {
    return this.#batch(this.#end, this.#mark ?? mark, this.#open);
  }

  #batch(to: string, { atMs, seq }: Mark, rows: readonly T[]): Whole<T> {
    const batch = { from: this.#from, to, atMs, seq, rows };
    this.#from = to;
    return batch;
  }

  #isOf(row: T | undefined, other: T): boolean {
    return row !== undefined && this.#keyOf(row) === this.#keyOf(other);
  }

  #judge(rows: readonly T[]): void {
    let before: string | null = null;
    for (const row of rows) {
      const key = this.#keyOf(row);
      if (key === before) continue;
      if (compareKeys(key, before ?? this.#from) < 0 || compareKeys(key, this.#end) >= 0) this.#isInOrder = false;
      before = key;
    }
  }
}

/** Versions that come key by key, as a list a key. */
export function byKey(versions: readonly ListedVersion[]): Map<string, ListedVersion[]> {
  const groups = new Map<string, ListedVersion[]>();
  for (const version of versions) {
    const known = groups.get(version.key);
    if (known === undefined) groups.set(version.key, [version]);
    else known.push(version);
  }
  return groups;
}
