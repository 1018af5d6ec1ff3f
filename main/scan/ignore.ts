/**
 * What is never kept. In: a path and whether it is a directory. Out: whether it is ignored, and by which pattern.
 *
 * A default list of temporaries always holds. Lists of a person's own (a folder's list, `.cairnignore` files) are laid
 * over it in the sense of gitignore: the last pattern that matches wins, and one with `!` takes a path back in, from
 * the default list too. `.git` is kept: a repository without it is a loss.
 */
import ignore from 'ignore';
import { baseName, type RelPath } from '../contract/names.ts';
import { defaultPatternFor } from './ignore-defaults.ts';

/** One list of patterns, as the text of a file with a pattern a line. */
export interface IgnoreList {
  readonly text: string;
  /** The directory to which its patterns are relative: that of a `.cairnignore` file; left out for the folder's root. */
  readonly directory?: RelPath;
}

export interface IgnoreRules {
  /** Ask for directories first: what is below an ignored one is not asked for. */
  readonly ignores: (path: RelPath, isDirectory: boolean) => boolean;
  /** The pattern that has `path` ignored; null where it is kept. */
  readonly why: (path: RelPath, isDirectory: boolean) => string | null;
}

/**
 * Joins the default list and a person's own.
 * @param lists outermost first: the folder's own, then `.cairnignore` files from the root down. A plain text counts as
 *   one that is relative to the root.
 */
export function openIgnore(lists: readonly (string | IgnoreList)[] = []): IgnoreRules {
  // Innermost first: the first list with an opinion holds the last pattern that matches.
  const own = lists.map(openList).reverse();
  const why = (path: RelPath, isDirectory: boolean): string | null => {
    if (path === '') return null;
    for (const opinionOf of own) {
      const opinion = opinionOf(path, isDirectory);
      if (opinion !== undefined) return opinion;
    }
    return defaultPatternFor(baseName(path), isDirectory);
  };
  return { why, ignores: (path, isDirectory) => why(path, isDirectory) !== null };
}

/** A pattern, or null where the list takes the path back in, or undefined where it says nothing. */
type Opinion = (path: RelPath, isDirectory: boolean) => string | null | undefined;

function openList(list: string | IgnoreList): Opinion {
  const { text, directory = '' } = typeof list === 'string' ? { text: list } : list;
  const base = directory === '' ? '' : `${directory}/`;
  // Capitals count, as in gitignore on Linux, so that a folder is kept alike on every system.
  const rules = ignore({ ignoreCase: false, allowRelativePaths: true }).add(text);
  return (path, isDirectory) => {
    if (!path.startsWith(base) || path.length === base.length) return undefined;
    const below = path.slice(base.length);
    // gitignore marks directories by a slash at the end; a pattern such as `build/` is meant for these alone.
    const result = rules.checkIgnore(isDirectory ? `${below}/` : below);
    if (result.ignored) return result.rule?.pattern ?? 'unknown';
    return result.unignored ? null : undefined;
  };
}
