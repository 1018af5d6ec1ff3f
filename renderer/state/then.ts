/**
 * A folder as it stood, against now, as far as it was looked into. In: directories as they are read, sums as they are
 * counted, files that moved. Out: what is known of any path, and the rows that a list draws.
 *
 * A directory that nobody opened is known by its name alone until it is counted. One that was opened and read to its end
 * needs no counting: it comes to what its files and directories come to.
 */
import type { DirectoryThen, ThenDirectory, ThenFile, ThenSum, TreeChange } from '../../main/contract/history.ts';
import { addedUp, sumOfFile } from '../../main/contract/then-sum.ts';

export type Mark = 'same' | TreeChange['kind'];

/** How many files below are other than now. */
export type MarkCounts = Readonly<Record<Exclude<Mark, 'same'>, number>>;

/** What all below comes to: then, and against now. */
export interface Total {
  readonly files: number;
  readonly bytes: number;
  readonly filesNow: number;
  readonly bytesNow: number;
  readonly counts: MarkCounts;
  /** The first that are other now. */
  readonly first: readonly string[];
}

export interface ThenNode {
  /** `reading`: more of its directory is on the way. */
  readonly kind: 'directory' | 'file' | 'reading';
  readonly path: string;
  readonly name: string;
  /** Of a file; a directory has its total. */
  readonly mark: Mark;
  /** Null: not known yet. */
  readonly wasThere: boolean | null;
  /** Null: not counted yet. */
  readonly total: Total | null;
  /** Bytes then and now; null: not there, or not counted yet. */
  readonly then: number | null;
  readonly now: number | null;
  /** When the version of then was saved; null for directories, and for what came later. */
  readonly savedAt: string | null;
  readonly versionId: string | null;
}

export interface ThenRow {
  readonly node: ThenNode;
  /** 0 is the root's own children. */
  readonly depth: number;
  readonly isOpen: boolean;
  readonly position: number;
  readonly siblings: number;
}

type Entry = ThenFile | ThenDirectory;

/** What was read of a directory. */
interface Read {
  /** Directories first, then files, each by name. */
  entries: readonly Entry[];
  /** Where to go on; null: all of it is here. */
  next: string | null;
}

const NO_COUNTS: MarkCounts = { added: 0, changed: 0, gone: 0, moved: 0 };
const NOTHING: Total = { files: 0, bytes: 0, filesNow: 0, bytesNow: 0, counts: NO_COUNTS, first: [] };

export class ThenTree {
  readonly #collator: Intl.Collator;
  readonly #read = new Map<string, Read>();
  readonly #counted = new Map<string, Total>();
  /** By where they were then, and by where they are now. */
  readonly #movedFrom = new Map<string, TreeChange>();
  readonly #movedTo = new Set<string>();
  /** What moves change of what a directory comes to. */
  readonly #shifts = new Map<string, Total>();
  /** Of nodes, until something new is known. */
  #totals = new Map<string, Total | null>();
  #nodes = new Map<string, readonly ThenNode[]>();
  #byPath = new Map<string, ReadonlyMap<string, ThenNode>>();

  constructor(collator: Intl.Collator) {
    this.#collator = collator;
  }

  /** Takes what was read of a directory, behind what is there of it. */
  add(directory: string, { entries, next }: Pick<DirectoryThen, 'entries' | 'next'>): void {
    const known = this.#read.get(directory)?.entries ?? [];
    const more = [...entries].sort(this.#order);
    for (const entry of entries) {
      if (entry.kind === 'directory' && entry.sum !== null) this.#counted.set(entry.path, withMoved(entry.sum));
    }
    this.#read.set(directory, { entries: this.#merged(known, more), next });
    this.#changed();
  }

  /** Takes what a directory comes to. */
  count(directory: string, sum: ThenSum): void {
    this.#counted.set(directory, withMoved(sum));
    this.#changed();
  }

  /** Takes the files that moved: each stood at one place then and stands at another now, and is shown where it was. */
  move(changes: readonly TreeChange[]): void {
    for (const change of changes) {
      const { movedFrom, path, size } = change;
      if (movedFrom === null) continue;
      this.#movedFrom.set(movedFrom, change);
      this.#movedTo.add(path);
      const bytes = size ?? 0;
      const left = { ...NOTHING, filesNow: 1, bytesNow: bytes, counts: { ...NO_COUNTS, gone: -1, moved: 1 } };
      const came = { ...NOTHING, filesNow: -1, bytesNow: -bytes, counts: { ...NO_COUNTS, added: -1 } };
      for (const directory of above(movedFrom)) this.#shift(directory, left);
      for (const directory of above(path)) this.#shift(directory, came);
    }
    this.#changed();
  }

  isRead(directory: string): boolean {
    return this.#read.has(directory);
  }
  /** Where to go on reading a directory; null: from its beginning, or it is read to its end. */
  nextOf(directory: string): string | null {
    return this.#read.get(directory)?.next ?? null;
  }
  /** Whether all that lies directly in a directory is known. */
  isWhole(directory: string): boolean {
    return this.#read.get(directory)?.next === null;
  }

  /** What lies directly in a directory, as far as it was read. */
  children(directory: string): readonly ThenNode[] {
    const known = this.#nodes.get(directory);
    if (known !== undefined) return known;
    const nodes = (this.#read.get(directory)?.entries ?? []).flatMap((entry) => this.#nodeOf(entry) ?? []);
    this.#nodes.set(directory, nodes);
    return nodes;
  }

  /** Null: nothing of this path was read. */
  node(path: string): ThenNode | null {
    const [directory] = above(path);
    if (directory === undefined) return null;
    let known = this.#byPath.get(directory);
    if (known === undefined) {
      // Of a file and a directory of one name the directory stands first.
      known = new Map([...this.children(directory)].reverse().map((node) => [node.path, node]));
      this.#byPath.set(directory, known);
    }
    return known.get(path) ?? null;
  }

  /** What all below a directory comes to; null: not known yet. */
  totalOf(directory: string): Total | null {
    const known = this.#totals.get(directory);
    if (known !== undefined) return known;
    const total = this.#totalOf(directory);
    this.#totals.set(directory, total);
    return total;
  }

  /** Lays out what is open, the root's own children first. */
  rows(open: ReadonlySet<string>): readonly ThenRow[] {
    const rows: ThenRow[] = [];
    const walk = (directory: string, depth: number): void => {
      const children = this.children(directory);
      const isWhole = this.isWhole(directory);
      const siblings = children.length + (isWhole ? 0 : 1);
      children.forEach((node, index) => {
        const isOpen = node.kind === 'directory' && open.has(node.path);
        rows.push({ node, depth, isOpen, position: index + 1, siblings });
        if (isOpen) walk(node.path, depth + 1);
      });
      if (!isWhole) rows.push({ node: readingIn(directory), depth, isOpen: false, position: siblings, siblings });
    };
    walk('', 0);
    return rows;
  }

  #totalOf(directory: string): Total | null {
    const shift = this.#shifts.get(directory);
    const counted = this.#counted.get(directory);
    if (counted !== undefined) return shift === undefined ? counted : added(counted, shift);
    if (!this.isWhole(directory)) return null;
    let total = NOTHING;
    for (const node of this.children(directory)) {
      if (node.total === null) return null;
      total = added(total, node.total);
    }
    return total;
  }

  /** Null: it was not there, and is not. */
  #nodeOf(entry: Entry): ThenNode | null {
    return entry.kind === 'file' ? this.#fileOf(entry) : this.#directoryOf(entry);
  }

  #fileOf({ path, mark, then, now, savedAt, versionId }: ThenFile): ThenNode | null {
    if (mark === 'added' && this.#movedTo.has(path)) return null;
    const moved = mark === 'gone' ? this.#movedFrom.get(path) : undefined;
    const is = moved === undefined ? now : moved.size;
    const { counts, ...sum } = sumOfFile(mark, path, then, is);
    const total = { ...sum, counts: moved === undefined ? { ...NO_COUNTS, ...counts } : { ...NO_COUNTS, moved: 1 } };
    const facts = { path, name: nameOf(path), then, now: is, savedAt, versionId, total };
    return { kind: 'file', mark: moved === undefined ? mark : 'moved', wasThere: then !== null, ...facts };
  }

  #directoryOf({ path, wasThere }: ThenDirectory): ThenNode | null {
    const total = this.totalOf(path);
    if (total?.files === 0 && total.filesNow === 0) return null;
    return {
      kind: 'directory',
      path,
      name: nameOf(path),
      mark: 'same',
      wasThere: total === null ? wasThere : total.files > 0,
      total,
      then: total === null || total.files === 0 ? null : total.bytes,
      now: total === null || total.filesNow === 0 ? null : total.bytesNow,
      savedAt: null,
      versionId: null,
    };
  }

  #shift(directory: string, by: Total): void {
    this.#shifts.set(directory, added(this.#shifts.get(directory) ?? NOTHING, by));
  }

  #changed(): void {
    this.#totals = new Map();
    this.#nodes = new Map();
    this.#byPath = new Map();
  }

  /** Two lists in order as one; of a directory that stands in both, nothing but its name is known yet. */
  #merged(a: readonly Entry[], b: readonly Entry[]): readonly Entry[] {
    if (a.length === 0) return b;
    const merged: Entry[] = [];
    let [left, right] = [0, 0];
    for (;;) {
      const [one, other] = [a[left], b[right]];
      if (one === undefined || other === undefined) return [...merged, ...a.slice(left), ...b.slice(right)];
      const order = this.#order(one, other);
      if (one.kind === other.kind && one.path === other.path) {
        // Two places of the bucket may have one path here.
        merged.push(one.kind === 'directory' ? { ...one, wasThere: one.wasThere === true ? true : null } : one);
        if (one.kind === 'directory') this.#counted.delete(one.path);
        left += 1;
        right += 1;
      } else if (order <= 0) {
        merged.push(one);
        left += 1;
      } else {
        merged.push(other);
        right += 1;
      }
    }
  }

  readonly #order = (a: Entry, b: Entry): number => {
    if (a.kind !== b.kind) return a.kind === 'directory' ? -1 : 1;
    const byName = this.#collator.compare(nameOf(a.path), nameOf(b.path));
    return byName !== 0 ? byName : a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
  };
}

function withMoved({ counts, ...sum }: ThenSum): Total {
  return { ...sum, counts: { ...counts, moved: 0 } };
}

function added(a: Total, b: Total): Total {
  const sum = addedUp(a, b);
  return { ...sum, counts: { ...sum.counts, moved: a.counts.moved + b.counts.moved } };
}

function readingIn(directory: string): ThenNode {
  const facts = { path: directory, name: '', total: null, then: null, now: null, savedAt: null, versionId: null };
  return { kind: 'reading', mark: 'same', wasThere: false, ...facts };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The directories above a path, the root ('') among them; none above the root. */
export function above(path: string): readonly string[] {
  const found: string[] = [];
  for (let rest = path; rest !== '';) {
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf('/')));
    found.push(rest);
  }
  return found;
}
