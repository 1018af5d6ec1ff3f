/** Counts of a comparison. In: one file or key after the other. Out: the sums, with the first few by name. Pure. */
import type { Amount, FolderMatch, Named } from '../contract/models.ts';

/** So many are named. */
const EXAMPLES = 10;

/** Counts, and keeps the first few names. */
export class Naming {
  #count = 0;
  readonly #examples: string[] = [];

  add(name: string): void {
    this.#count += 1;
    if (this.#examples.length < EXAMPLES) this.#examples.push(name);
  }

  end(): Named {
    return { count: this.#count, examples: this.#examples };
  }
}

class Sum {
  #files = 0;
  #bytes = 0;

  add(bytes: number): void {
    this.#files += 1;
    this.#bytes += bytes;
  }

  end(): Amount {
    return { files: this.#files, bytes: this.#bytes };
  }
}

export class Counting {
  readonly #equal = new Sum();
  readonly #different = new Sum();
  readonly #onlyHere = new Sum();
  readonly #onlyThere = new Sum();
  readonly #unusable = new Naming();
  readonly #differing = new Naming();
  readonly #strangers = new Naming();
  #unproved = 0;

  equal(bytes: number): void {
    this.#equal.add(bytes);
  }
  different(path: string, bytes: number, isUnproved: boolean): void {
    this.#different.add(bytes);
    this.#differing.add(path);
    if (isUnproved) this.#unproved += 1;
  }
  onlyHere(bytes: number): void {
    this.#onlyHere.add(bytes);
  }
  onlyThere(key: string, bytes: number, isUsable: boolean): void {
    this.#onlyThere.add(bytes);
    if (isUsable) this.#strangers.add(key);
    else this.#unusable.add(key);
  }

  end(versions: number, requests: number): FolderMatch {
    return {
      equal: this.#equal.end(),
      different: this.#different.end(),
      unproved: this.#unproved,
      onlyHere: this.#onlyHere.end(),
      onlyThere: this.#onlyThere.end(),
      unusable: this.#unusable.end(),
      examples: { different: this.#differing.end().examples, onlyThere: this.#strangers.end().examples },
      versions,
      requests,
    };
  }
}
