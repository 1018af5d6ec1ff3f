/** Paths that are not NFC: they stand elsewhere in the order than their keys. In: receipts. Out: the paths, by the names of their keys. */
import { compareKeys } from '../s3/index.ts';
import type { ReceiptsReader } from '../store/receipts.ts';

type Receipts = Pick<ReceiptsReader, 'beyondAscii' | 'lastSeq'>;

export class OddNames {
  readonly #paths = new Map<string, string[]>();
  #names: string[] = [];
  #seq = 0;

  /** Reads on where it was left. */
  update(receipts: Receipts, folder: string): this {
    const upTo = receipts.lastSeq();
    if (upTo === this.#seq) return this;
    const before = this.#paths.size;
    for (const path of receipts.beyondAscii(folder, this.#seq)) this.#add(path);
    if (this.#paths.size !== before) this.#names = [...this.#paths.keys()].sort(compareKeys);
    this.#seq = upTo;
    return this;
  }

  /** Each name with its paths. */
  all(): Iterable<readonly [string, readonly string[]]> {
    return this.#paths;
  }

  /** The paths of the names from one up to before another. */
  in(from: string, to: string): readonly string[] {
    return this.#names.slice(this.#place(from), this.#place(to)).flatMap((name) => this.#paths.get(name) ?? []);
  }

  #add(path: string): void {
    const name = path.normalize('NFC');
    if (name === path) return;
    const known = this.#paths.get(name);
    if (known === undefined) this.#paths.set(name, [path]);
    else if (!known.includes(path)) known.push(path);
  }

  #place(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.#names[middle] ?? '', name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
