/**
 * A folder at a time against now, a directory at a time. In: whole keys in their order. Out: what lies directly in a
 * directory, and what all below one comes to. Pure.
 *
 * [Note: a directory at a time] Keys have an order and no directories. So of a directory within the one that is asked for
 * only the first keys are looked at, and its others are skipped: what was met there tells that it was there, and where
 * it ends with them also what it comes to. All that takes longer is counted by `SumWalk`, when somebody asks.
 */
import type { ThenDirectory, ThenFile, ThenSum } from '../contract/history.ts';
import { addedUp, NO_SUM, sumOfFile } from '../contract/then-sum.ts';
import { compareKeys } from '../s3/index.ts';
import { rangeOf, type KeyBatch } from './key-range.ts';
import { hasPath, keysIn, type HistoryPorts, type PlacedEntry } from './read.ts';
import { isSame, type EntryAt } from './timeline.ts';

/** Keys of a directory within that are looked at before the rest is skipped: where a file of then was met, and else. */
const LEAST_PROBED = 4;
const MOST_PROBED = 16;
/** A file then and now; at least one of them is there. */
interface Pair {
  readonly path: string;
  readonly then: PlacedEntry | null;
  readonly now: PlacedEntry | null;
}

function markOf({ then, now }: Pair): ThenFile['mark'] {
  if (then === null) return 'added';
  if (now === null) return 'gone';
  return isSame(then, now) ? 'same' : 'changed';
}

function fileOf(pair: Pair): ThenFile {
  const { path, then, now } = pair;
  const mark = markOf(pair);
  const facts = { savedAt: then?.lastModified ?? null, versionId: then?.versionId ?? null };
  return { kind: 'file', path, mark, then: then?.size ?? null, now: now?.size ?? null, ...facts };
}

function counted(sum: ThenSum, pair: Pair): ThenSum {
  return addedUp(sum, sumOfFile(markOf(pair), pair.path, pair.then?.size ?? null, pair.now?.size ?? null));
}

/** The keys of a batch, each with its file where one lay below the directory then or now. */
function* pairsIn(
  batch: KeyBatch,
  { atMs, path: directory, pathOfKey }: Pick<DirectoryPlace, 'atMs' | 'path' | 'pathOfKey'>,
  isSkipped: (key: string) => boolean = () => false,
): Generator<{ readonly key: string; readonly pair: Pair | null }> {
  for (const { key, life } of keysIn(batch, pathOfKey)) {
    if (isSkipped(key)) continue;
    const lived = life();
    const then = placed(lived.at(atMs));
    const now = placed(lived.at(null));
    const path = (then ?? now)?.path;
    yield { key, pair: path !== undefined && isBelow(path, directory) ? { path, then, now } : null };
  }
}

function placed(entry: EntryAt | null): PlacedEntry | null {
  return entry !== null && hasPath(entry) ? entry : null;
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' || path.startsWith(`${directory}/`);
}

export interface DirectoryPlace {
  /** '' is the whole folder. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly pathOfKey: HistoryPorts['pathOfKey'];
  /** Other forms that a directory's name has in paths, by what the keys below it begin with. */
  readonly formsOf: (prefix: string) => readonly string[];
}

/** A directory within, as far as it was looked at. */
interface Inner {
  readonly prefix: string;
  readonly sums: Map<string, ThenSum>;
  keys: number;
}

/** Gathers what lies directly in a directory. */
export class DirectoryWalk {
  readonly #place: DirectoryPlace;
  readonly #entries = new Map<string, ThenFile | ThenDirectory>();
  readonly #mayStop: boolean;
  #inner: Inner | null = null;
  #from = '';

  /** @param mayStop false: all keys come anyhow, and nothing is skipped. */
  constructor(place: DirectoryPlace, mayStop = true) {
    this.#place = place;
    this.#mayStop = mayStop;
  }

  get entries(): readonly (ThenFile | ThenDirectory)[] {
    return [...this.#entries.values()];
  }
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Takes the next keys. Answers the key to go on from: behind them, or behind a directory that is known well enough.
   * @param prefix what the keys of the directory begin with: empty, or ends in `/`.
   */
  take(batch: KeyBatch, prefix: string): string {
    this.#from = batch.from;
    const isSkipped = (key: string): boolean => this.#mayStop && compareKeys(key, this.#from) < 0;
    for (const { key, pair } of pairsIn(batch, this.#place, isSkipped)) this.#add(key, prefix, pair);
    if (this.#inner !== null && compareKeys(rangeOf(this.#inner.prefix).to, batch.to) <= 0) this.#close(true);
    return compareKeys(this.#from, batch.to) > 0 ? this.#from : batch.to;
  }

  /** Ends here. Answers the key to go on from another time. @param from as `take` gave it. */
  stop(from: string): string {
    if (this.#inner === null) return from;
    this.#close(false);
    return this.#from;
  }

  #add(key: string, prefix: string, pair: Pair | null): void {
    const end = key.indexOf('/', prefix.length);
    const inner = end < 0 ? null : key.slice(0, end + 1);
    if (this.#inner !== null && this.#inner.prefix !== inner) this.#close(true);
    if (inner === null) {
      if (pair !== null) this.#note(fileOf(pair));
      return;
    }
    this.#inner ??= { prefix: inner, sums: new Map(), keys: 0 };
    this.#inner.keys += 1;
    if (pair !== null) {
      const path = this.#within(pair.path);
      this.#inner.sums.set(path, counted(this.#inner.sums.get(path) ?? NO_SUM, pair));
    }
    const { keys, sums } = this.#inner;
    const isKnown = keys >= LEAST_PROBED && [...sums.values()].some(({ files }) => files > 0);
    if (this.#mayStop && (isKnown || keys >= MOST_PROBED)) this.#close(false);
  }

  /** The directory directly in this one that a path lies in. */
  #within(path: string): string {
    const { path: own } = this.#place;
    return path.slice(0, path.indexOf('/', own === '' ? 0 : own.length + 1));
  }

  #close(isWhole: boolean): void {
    const inner = this.#inner;
    if (inner === null) return;
    this.#inner = null;
    if (isWhole) {
      for (const [path, sum] of inner.sums) this.#note({ kind: 'directory', path, wasThere: sum.files > 0, sum });
      return;
    }
    this.#from = rangeOf(inner.prefix).to;
    const { path: own, pathOfKey, formsOf } = this.#place;
    const plain = pathOfKey(inner.prefix.slice(0, -1));
    const paths = new Set([...(plain === null ? [] : [plain]), ...formsOf(inner.prefix), ...inner.sums.keys()]);
    for (const path of paths) {
      if (!isBelow(path, own)) continue;
      const wasThere = (inner.sums.get(path)?.files ?? 0) > 0 ? true : null;
      this.#note({ kind: 'directory', path, wasThere, sum: null });
    }
  }

  #note(entry: ThenFile | ThenDirectory): void {
    const name = `${entry.kind} ${entry.path}`;
    const known = this.#entries.get(name);
    // Two directories of the bucket may have one path here.
    const isTwice = entry.kind === 'directory' && known?.kind === 'directory';
    this.#entries.set(name, isTwice ? joined(known, entry) : entry);
  }
}

function joined(a: ThenDirectory, b: ThenDirectory): ThenDirectory {
  const wasThere = a.wasThere === true || b.wasThere === true ? true : a.wasThere === null ? null : b.wasThere;
  return { ...a, wasThere, sum: a.sum === null || b.sum === null ? null : addedUp(a.sum, b.sum) };
}

/** Counts all that lies below a directory. */
export class SumWalk {
  readonly #place: Omit<DirectoryPlace, 'formsOf'>;
  #sum: ThenSum = NO_SUM;

  constructor(place: Omit<DirectoryPlace, 'formsOf'>) {
    this.#place = place;
  }

  get sum(): ThenSum {
    return this.#sum;
  }

  take(batch: KeyBatch): void {
    for (const { pair } of pairsIn(batch, this.#place)) {
      if (pair !== null) this.#sum = counted(this.#sum, pair);
    }
  }
}
