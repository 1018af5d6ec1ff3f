/**
 * What is never kept. In: a path and whether it is a directory. Out: whether it is ignored, and by which pattern.
 *
 * A default list of temporaries always holds. Lists of a person's own (a folder's list, `.cairnignore` files) are laid
 * over it in the sense of gitignore: the last pattern that matches wins, and one with `!` takes a path back in, from
 * the default list too. `.git` is kept: a repository without it is a loss.
 */
import ignore from 'ignore';
import { baseName, ROOT, type RelPath } from '../contract/names.ts';
import { defaultPatternFor } from './ignore-defaults.ts';

/** One list of patterns, as the text of a file with a pattern a line. */
export interface IgnoreList {
  readonly text: string;
  /** The directory to which its patterns are relative: that of a `.cairnignore` file; left out for the folder's root. */
  readonly directory?: RelPath;
  /** The file that it was read from; left out for a list that is in no file. */
  readonly file?: RelPath;
}

/** The rule that has a path ignored. */
export interface IgnoreRule {
  readonly pattern: string;
  /** The default list, the folder's own, or the `.cairnignore` file, relative to the root. */
  readonly list: 'default' | 'folder' | { readonly file: RelPath };
  /** Counted from 1; null for the default list. */
  readonly line: number | null;
}

export interface IgnoreRules {
  /** Ask for directories first: what is below an ignored one is not asked for. */
  readonly ignores: (path: RelPath, isDirectory: boolean) => boolean;
  /** The pattern that has `path` ignored; null where it is kept. */
  readonly why: (path: RelPath, isDirectory: boolean) => string | null;
  /** The same, and where that pattern stands. */
  readonly rule: (path: RelPath, isDirectory: boolean) => IgnoreRule | null;
}

/**
 * Joins the default list and a person's own.
 * @param lists outermost first: the folder's own, then `.cairnignore` files from the root down. A plain text counts as
 *   one that is relative to the root.
 */
export function openIgnore(lists: readonly (string | IgnoreList)[] = []): IgnoreRules {
  // Innermost first: the first list with an opinion holds the last pattern that matches.
  const own = lists.map(openList).reverse();
  const rule = (path: RelPath, isDirectory: boolean): IgnoreRule | null => {
    if (path === '') return null;
    for (const opinionOf of own) {
      const opinion = opinionOf(path, isDirectory);
      if (opinion !== undefined) return opinion;
    }
    const pattern = defaultPatternFor(baseName(path), isDirectory);
    return pattern === null ? null : { pattern, list: 'default', line: null };
  };
  return {
    rule,
    why: (path, isDirectory) => rule(path, isDirectory)?.pattern ?? null,
    ignores: (path, isDirectory) => rule(path, isDirectory) !== null,
  };
}

/** A rule, or null where the list takes the path back in, or undefined where it says nothing. */
type Opinion = (path: RelPath, isDirectory: boolean) => IgnoreRule | null | undefined;

function openList(given: string | IgnoreList): Opinion {
  const { text, directory = ROOT, file }: IgnoreList = typeof given === 'string' ? { text: given } : given;
  const base = directory === '' ? '' : `${directory}/`;
  const list: IgnoreRule['list'] = file === undefined ? 'folder' : { file };
  // Capitals count, as in gitignore on Linux, so that a folder is kept alike on every system.
  const rules = ignore({ ignoreCase: false, allowRelativePaths: true });
  for (const [index, pattern] of linesOf(text).entries()) rules.add({ pattern, mark: String(index + 1) });
  return (path, isDirectory) => {
    if (!path.startsWith(base) || path.length === base.length) return undefined;
    const below = path.slice(base.length);
    // gitignore marks directories by a slash at the end; a pattern such as `build/` is meant for these alone.
    const result = rules.checkIgnore(isDirectory ? `${below}/` : below);
    if (result.ignored) {
      return { pattern: result.rule?.pattern ?? 'unknown', list, line: Number(result.rule?.mark) };
    }
    return result.unignored ? null : undefined;
  };
}

/** Editors on Windows put a mark of the byte order in front, which is no part of the first pattern. */
function linesOf(text: string): readonly string[] {
  return text.replace(/^\ufeff/, '').split(/\r?\n/);
}
