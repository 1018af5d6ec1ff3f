/** The order of keys in listings: that of their UTF-8 bytes, and an index that keeps entries in it. */

/** A UTF-16 unit's rank in UTF-8 order: surrogates stand for code points above all others. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** Compares two keys by their UTF-8 bytes; negative, zero or positive. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

const CHUNK = 512;

/** The first index for which `reached` holds; it must hold for all later ones too. */
function lowerBound<T>(items: readonly T[], reached: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item === undefined || reached(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Entries by key and in order. Adding and removing cost about a chunk's length, at any size. */
export class KeyIndex<T extends { readonly key: string }> {
  readonly #byKey = new Map<string, T>();
  #chunks: T[][] = [];

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  add(entry: T): void {
    if (this.#byKey.has(entry.key)) throw new Error('The key is already in the index.');
    this.#byKey.set(entry.key, entry);
    const reached = (other: T): boolean => compareKeys(other.key, entry.key) > 0;
    const at = Math.min(this.#chunkFor(reached), Math.max(0, this.#chunks.length - 1));
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([entry]);
      return;
    }
    chunk.splice(lowerBound(chunk, reached), 0, entry);
    if (chunk.length > CHUNK * 2) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK));
  }

  remove(key: string): void {
    if (!this.#byKey.delete(key)) return;
    const reached = (other: T): boolean => compareKeys(other.key, key) >= 0;
    const at = this.#chunkFor(reached);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    chunk.splice(lowerBound(chunk, reached), 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** Entries in order, from the first for which `reached` holds. The index must not change meanwhile. */
  *from(reached: (key: string) => boolean): Generator<T, void> {
    const test = (entry: T): boolean => reached(entry.key);
    let at = this.#chunkFor(test);
    let start = lowerBound(this.#chunks[at] ?? [], test);
    for (; at < this.#chunks.length; at += 1, start = 0) {
      const chunk = this.#chunks[at] ?? [];
      for (let index = start; index < chunk.length; index += 1) {
        const entry = chunk[index];
        if (entry !== undefined) yield entry;
      }
    }
  }

  /** All entries in order. */
  all(): Generator<T, void> {
    return this.from(() => true);
  }

  /** The first chunk that ends at or after the place looked for. */
  #chunkFor(reached: (entry: T) => boolean): number {
    return lowerBound(this.#chunks, (chunk) => {
      const last = chunk.at(-1);
      return last !== undefined && reached(last);
    });
  }
}
