/**
 * Which files of a tree are chosen. In: the tree, what was chosen before, what a person does. Out: the paths of files and
 * directories that are chosen, and what they come to. Pure.
 *
 * A directory stands for all below it, opened or not, and never lies in the set beside something of it. So a choice of
 * everything is one path (''), however large the folder is. What was not there then cannot be chosen.
 */
import { above, type MarkCounts, type ThenNode, type ThenTree } from './then.ts';

export type Chosen = ReadonlySet<string>;
export type Check = 'all' | 'some' | 'none';

export interface ChosenSum {
  readonly files: number;
  readonly bytes: number;
  readonly counts: Omit<MarkCounts, 'added'>;
  /** False: some of it is not counted yet, so that it may be more. */
  readonly isWhole: boolean;
}

/** Answers questions about one choice quickly, for as many rows as are drawn. */
export function checker(chosen: Chosen): (path: string) => Check {
  const holders = new Set([...chosen].flatMap(above));
  return (path) => (isCovered(chosen, path) ? 'all' : holders.has(path) ? 'some' : 'none');
}

/** Chooses what is not wholly chosen, and takes back what is. */
export function toggled(tree: ThenTree, chosen: Chosen, path: string): Chosen {
  return isCovered(chosen, path) ? without(tree, chosen, path) : withPaths(tree, chosen, [path]);
}

/** Chooses these as well. */
export function withPaths(tree: ThenTree, chosen: Chosen, paths: readonly string[]): Chosen {
  const next = new Set(chosen);
  for (const path of paths) {
    if (isCovered(next, path) || !wasThere(tree, path)) continue;
    for (const one of next) if (isBelow(one, path)) next.delete(one);
    next.add(path);
    // Where that was the last of a directory, the directory is chosen.
    for (const directory of above(path)) {
      const inside = restorable(tree, directory);
      if (!tree.isWhole(directory) || !inside.every((child) => next.has(child.path))) break;
      for (const child of inside) next.delete(child.path);
      next.add(directory);
    }
  }
  return next;
}

function without(tree: ThenTree, chosen: Chosen, path: string): Chosen {
  const next = new Set(chosen);
  if (next.delete(path)) return next;
  const way = wayDown(chosen, path);
  next.delete(way[0] ?? '');
  // Its neighbours on each step of the way stay chosen.
  for (const [step, directory] of way.entries()) {
    const kept = way[step + 1] ?? path;
    for (const child of restorable(tree, directory)) if (child.path !== kept) next.add(child.path);
  }
  return next;
}

/** The directories that must be known whole before a path can be taken out of a choice; none: it can be. */
export function unsettled(tree: ThenTree, chosen: Chosen, path: string): readonly string[] {
  if (chosen.has(path) || !isCovered(chosen, path)) return [];
  return wayDown(chosen, path).filter(
    (directory) => !tree.isWhole(directory) || tree.children(directory).some((child) => child.wasThere === null),
  );
}

/** From the directory that was chosen down to the one that the path lies in. */
function wayDown(chosen: Chosen, path: string): readonly string[] {
  const way = [...above(path)];
  const start = way.findIndex((directory) => chosen.has(directory));
  return way.slice(0, start + 1).reverse();
}

/** What of a choice is there in another tree. */
export function keptIn(tree: ThenTree, chosen: Chosen): Chosen {
  return withPaths(tree, new Set(), [...chosen]);
}

/** What the choice comes to; of the whole tree with ''. */
export function sumOf(tree: ThenTree, chosen: Chosen): ChosenSum {
  const sum = { files: 0, bytes: 0, counts: { changed: 0, gone: 0, moved: 0 }, isWhole: true };
  for (const path of chosen) {
    const total = path === '' ? tree.totalOf('') : (tree.node(path)?.total ?? null);
    if (total === null) {
      sum.isWhole = false;
      continue;
    }
    sum.files += total.files;
    sum.bytes += total.bytes;
    for (const mark of ['changed', 'gone', 'moved'] as const) sum.counts[mark] += total.counts[mark];
  }
  return sum;
}

/** The paths of the first chosen files that are other than now, in the tree's order as far as it was looked into. */
export function firstOther(tree: ThenTree, chosen: Chosen, most: number): readonly string[] {
  const found: string[] = [];
  const isChosen = checker(chosen);
  const walk = (directory: string): void => {
    if (!tree.isRead(directory)) found.push(...(tree.totalOf(directory)?.first ?? []));
    for (const node of tree.children(directory)) {
      if (found.length >= most) return;
      if (isChosen(node.path) === 'none') continue;
      if (node.kind === 'directory') walk(node.path);
      else if (node.mark !== 'same' && node.mark !== 'added') found.push(node.path);
    }
  };
  walk('');
  return found.slice(0, most);
}

function wasThere(tree: ThenTree, path: string): boolean {
  return path === '' ? restorable(tree, '').length > 0 : tree.node(path)?.wasThere === true;
}

function restorable(tree: ThenTree, directory: string): readonly ThenNode[] {
  return tree.children(directory).filter((child) => child.wasThere !== false);
}

function isCovered(chosen: Chosen, path: string): boolean {
  return chosen.has(path) || above(path).some((directory) => chosen.has(directory));
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' ? path !== '' : path.startsWith(`${directory}/`);
}
