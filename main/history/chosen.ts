/**
 * Which files of a tree a person chose. In: paths of files and of directories, which stand for all below them. Out: a test
 * of each file, what of the choice was not there, and a mark that another choice does not have. Pure.
 */
import { createHash } from 'node:crypto';

export interface Choice {
  /** The file was chosen, or a directory above it. */
  has(path: string): boolean;
  /** What was chosen and stands for none of the files that were asked for. */
  unmet(): readonly string[];
}

/** @param paths null: everything is chosen. */
export function choiceOf(paths: readonly string[] | null): Choice {
  if (paths === null) return { has: () => true, unmet: () => [] };
  const open = new Set(paths);
  const chosen = new Set(paths);
  return {
    has(path) {
      let isChosen = false;
      for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
        const above = path.slice(0, end);
        if (!chosen.has(above)) continue;
        open.delete(above);
        isChosen = true;
      }
      return isChosen;
    },
    unmet: () => [...open],
  };
}

/** The same for the same paths in any order; null where everything is chosen. */
export function choiceMark(paths: readonly string[] | null): string | null {
  if (paths === null) return null;
  return createHash('sha256')
    .update(JSON.stringify([...new Set(paths)].sort()))
    .digest('hex');
}
