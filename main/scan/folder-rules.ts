/**
 * What one folder ignores: its own list, and the `.cairnignore` files as they stand on disk. In: the directories that a
 * look comes to. Out: the rules there, and which of the files changed since the last look.
 */
import { open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { failure, type Failure } from '../contract/errors.ts';
import { childPath, parentPath, ROOT, type RelPath } from '../contract/names.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { errorCode, isVanished, reasonOf } from './disk.ts';
import { openIgnore, type IgnoreList, type IgnoreRule, type IgnoreRules } from './ignore.ts';

/** A list of patterns for its directory and all below. It is kept in the bucket like any other file. */
export const IGNORE_FILE = '.cairnignore';
/** Larger ones are no lists written by a person. */
const LONGEST_LIST = 1024 * 1024;

/** Lists of patterns, each for its directory and all below, over the folder's own. */
class Lists {
  readonly #own: readonly IgnoreList[];
  readonly #texts: Map<RelPath, string>;
  readonly #rules = new Map<RelPath, IgnoreRules>();
  readonly #base: IgnoreRules;
  #last: { readonly directory: RelPath; readonly rules: IgnoreRules } | null = null;

  constructor(own: readonly string[], texts: ReadonlyMap<RelPath, string> = new Map()) {
    this.#own = own.length === 0 ? [] : [{ text: own.join('\n') }];
    this.#texts = new Map(texts);
    this.#base = openIgnore(this.#own);
  }

  /** Nothing but the default list holds. */
  get isPlain(): boolean {
    return this.#own.length === 0 && this.#texts.size === 0;
  }

  get texts(): ReadonlyMap<RelPath, string> {
    return this.#texts;
  }

  add(directory: RelPath, text: string): void {
    this.#texts.set(directory, text);
    this.#last = null;
  }

  /** The rules for the entries of the directory that `path` lies in. */
  rulesAt(path: RelPath): IgnoreRules {
    if (this.#texts.size === 0) return this.#base;
    const directory = parentPath(path);
    if (this.#last?.directory !== directory) this.#last = { directory, rules: this.#nearest(directory) };
    return this.#last.rules;
  }

  /** Whether `path` or a directory above it is ignored. */
  isLeftOut(path: RelPath, isDirectory: boolean): boolean {
    for (let at = path, is = isDirectory; at !== ROOT; at = parentPath(at), is = true) {
      if (this.rulesAt(at).ignores(at, is)) return true;
    }
    return false;
  }

  #nearest(directory: RelPath): IgnoreRules {
    for (let at = directory; ; at = parentPath(at)) {
      if (this.#texts.has(at)) return this.#joined(at);
      if (at === ROOT) return this.#base;
    }
  }

  /** The list of `directory` over those of all above it. */
  #joined(directory: RelPath): IgnoreRules {
    const known = this.#rules.get(directory);
    if (known !== undefined) return known;
    const lists: IgnoreList[] = [];
    for (let at = directory; ; at = parentPath(at)) {
      const text = this.#texts.get(at);
      if (text !== undefined) lists.unshift({ text, directory: at, file: childPath(at, IGNORE_FILE) });
      if (at === ROOT) break;
    }
    const rules = openIgnore([...this.#own, ...lists]);
    this.#rules.set(directory, rules);
    return rules;
  }
}

/** What is known of a folder's lists from one look to the next. */
export class FolderRules {
  readonly #own: readonly string[];
  #known: Lists;

  /** @param own the folder's own list, a pattern each. */
  constructor(own: readonly string[]) {
    this.#own = own;
    this.#known = new Lists(own);
  }

  /** The lists that the looks so far have found. */
  get files(): readonly RelPath[] {
    return [...this.#known.texts.keys()].sort().map((directory) => childPath(directory, IGNORE_FILE));
  }

  /** Whether a directory, or one above it, is ignored by the lists that the looks so far have found. */
  isLeftOut(directory: RelPath): boolean {
    return this.#known.isLeftOut(directory, true);
  }

  begin(root: string): RulesLook {
    return new RulesLook(root, this.#own, this.#known.texts, (texts) => {
      this.#known = new Lists(this.#own, texts);
    });
  }
}

/** The rules during one look. Each list is read once; the look sees one state of it. */
export class RulesLook {
  readonly #root: string;
  readonly #before: ReadonlyMap<RelPath, string>;
  readonly #keep: (texts: ReadonlyMap<RelPath, string>) => void;
  readonly #lists: Lists;
  /** The directories that were asked about. */
  readonly #read = new Set<RelPath>();
  #changed: RelPath[] = [];

  constructor(
    root: string,
    own: readonly string[],
    before: ReadonlyMap<RelPath, string>,
    keep: (texts: ReadonlyMap<RelPath, string>) => void,
  ) {
    this.#root = root;
    this.#before = before;
    this.#keep = keep;
    this.#lists = new Lists(own);
  }

  /** Nothing but the default list holds, as far as was looked. */
  get isPlain(): boolean {
    return this.#lists.isPlain;
  }

  /**
   * Takes in what `directory` itself says, before any of its entries is asked about.
   * @param hasList a listing shows the file there; left out: it is looked for.
   * @returns why the list cannot be read: then nothing is known of the directory.
   */
  async enter(directory: RelPath, hasList = true): Promise<Failure | null> {
    if (this.#read.has(directory)) return null;
    const found = hasList ? await readList(this.#root, directory) : { text: null };
    if ('failure' in found) return found.failure;
    // Another look at the same directory may have been quicker.
    if (this.#read.has(directory)) return null;
    this.#read.add(directory);
    if (found.text !== (this.#before.get(directory) ?? null)) this.#changed.push(directory);
    if (found.text !== null) this.#lists.add(directory, found.text);
    return null;
  }

  /**
   * Takes in the lists on the way to `directory`, for a look that does not come from above.
   * @returns false where the directory is itself ignored, or lies in one that is: it is not to be looked at.
   */
  async approach(directory: RelPath): Promise<boolean | Failure> {
    if (directory === ROOT) return true;
    let above = ROOT;
    for (const part of directory.split('/')) {
      const cause = await this.enter(above);
      if (cause !== null) return cause;
      above = childPath(above, part);
      if (this.ignores(above, true)) return false;
    }
    return true;
  }

  /** Whether `path` itself is ignored; the directories above it are taken as looked at. */
  readonly ignores = (path: RelPath, isDirectory: boolean): boolean => {
    return this.#lists.rulesAt(path).ignores(path, isDirectory);
  };

  rule(path: RelPath, isDirectory: boolean): IgnoreRule | null {
    return this.#lists.rulesAt(path).rule(path, isDirectory);
  }

  /** Whether `path` or a directory above it is ignored. */
  isLeftOut(path: RelPath, isDirectory: boolean): boolean {
    return this.#lists.isLeftOut(path, isDirectory);
  }

  /** The directories whose list is another one than at the last look; each is told once. */
  takeChanged(): readonly RelPath[] {
    const changed = this.#changed;
    this.#changed = [];
    return changed;
  }

  /**
   * The look came to a good end: what it read is what the next one is held against.
   * @param isWhole it went through the whole folder, so what it did not read is not there.
   */
  end(isWhole: boolean): void {
    const kept = isWhole ? [] : [...this.#before].filter(([directory]) => !this.#read.has(directory));
    const texts = new Map(kept);
    for (const [directory, text] of this.#lists.texts) texts.set(directory, text);
    this.#keep(texts);
  }
}

async function readList(
  root: string,
  directory: RelPath,
): Promise<{ readonly text: string | null } | { readonly failure: Failure }> {
  const path = childPath(directory, IGNORE_FILE);
  try {
    // A link is no list, as with git; a pipe must not hold us up.
    const flags = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(join(root, path), constants.O_RDONLY | flags);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return { text: null };
      if (stats.size > LONGEST_LIST) return { failure: unreadable(path, reason('list-too-long'), 'EFBIG') };
      return { text: await handle.readFile('utf8') };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === 'unknown') throw error;
    // ELOOP and EMLINK: a link stands there. ENXIO: a socket.
    if (isVanished(code) || ['ELOOP', 'EMLINK', 'ENXIO', 'EISDIR'].includes(code)) return { text: null };
    return { failure: unreadable(path, reasonOf(code), code) };
  }
}

function unreadable(path: RelPath, why: string | Reason, error: string): Failure {
  return failure('file-unreadable', { path, reason: why, error });
}
