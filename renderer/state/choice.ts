/**
 * Which files of a tree are chosen. In: the tree, what was chosen before, what a person does. Out: the paths of files and
 * directories that are chosen, and what they come to. Pure.
 *
 * A directory stands for all below it, and never lies in the set beside something of it. So a choice of everything is one
 * path (''), however large the folder is. What was not there then cannot be chosen.
 */
import type { MarkCounts, ThenNode } from './then.ts';

export type Chosen = ReadonlySet<string>;
export type Check = 'all' | 'some' | 'none';

export interface ChosenSum {
  readonly files: number;
  readonly bytes: number;
  readonly counts: Omit<MarkCounts, 'added'>;
}

/** Answers questions about one choice quickly, for as many rows as are drawn. */
export function checker(chosen: Chosen): (path: string) => Check {
  const holders = new Set([...chosen].flatMap(above));
  return (path) => (isCovered(chosen, path) ? 'all' : holders.has(path) ? 'some' : 'none');
}

/** Chooses what is not wholly chosen, and takes back what is. */
export function toggled(root: ThenNode, chosen: Chosen, path: string): Chosen {
  return isCovered(chosen, path) ? without(root, chosen, path) : withPaths(root, chosen, [path]);
}

/** Chooses these as well. */
export function withPaths(root: ThenNode, chosen: Chosen, paths: readonly string[]): Chosen {
  const next = new Set(chosen);
  for (const path of paths) {
    const way = wayTo(root, path);
    if (way === null || isCovered(next, path)) continue;
    for (const one of next) if (isBelow(one, path)) next.delete(one);
    next.add(path);
    // Where that was the last of a directory, the directory is chosen.
    for (const parent of way.slice(0, -1).reverse()) {
      const inside = restorable(parent);
      if (!inside.every((child) => next.has(child.path))) break;
      for (const child of inside) next.delete(child.path);
      next.add(parent.path);
    }
  }
  return next;
}

function without(root: ThenNode, chosen: Chosen, path: string): Chosen {
  const next = new Set(chosen);
  if (next.delete(path)) return next;
  const way = wayTo(root, path) ?? [];
  const start = way.findIndex((node) => next.has(node.path));
  if (start < 0) return chosen;
  next.delete(way[start]?.path ?? '');
  // Its neighbours on each step of the way stay chosen.
  for (let step = start; step < way.length - 1; step += 1) {
    for (const child of restorable(way[step])) if (child.path !== way[step + 1]?.path) next.add(child.path);
  }
  return next;
}

/** What of a choice is there in another tree. */
export function keptIn(root: ThenNode, chosen: Chosen): Chosen {
  return withPaths(root, new Set(), [...chosen]);
}

/** What the choice comes to; of the whole tree with ''. */
export function sumOf(root: ThenNode, chosen: Chosen): ChosenSum {
  const sum = { files: 0, bytes: 0, counts: { changed: 0, gone: 0, moved: 0 } };
  for (const path of chosen) {
    const node = wayTo(root, path)?.at(-1);
    if (node === undefined) continue;
    sum.files += node.files;
    sum.bytes += node.then ?? 0;
    for (const mark of ['changed', 'gone', 'moved'] as const) sum.counts[mark] += node.counts[mark];
  }
  return sum;
}

/** The paths of the first chosen files that are other than now, in the tree's order. */
export function firstOther(root: ThenNode, chosen: Chosen, most: number): readonly string[] {
  const found: string[] = [];
  const isChosen = checker(chosen);
  const walk = (node: ThenNode): void => {
    const { changed, gone, moved } = node.counts;
    if (found.length >= most || changed + gone + moved === 0 || isChosen(node.path) === 'none') return;
    if (node.kind === 'file') found.push(node.path);
    else node.children.forEach(walk);
  };
  walk(root);
  return found;
}

/** The nodes from the root to a path; null where nothing was there then. */
function wayTo(root: ThenNode, path: string): readonly ThenNode[] | null {
  const way: ThenNode[] = [root];
  for (let node = root; node.path !== path;) {
    const next = node.children.find(
      (child) => child.then !== null && (child.path === path || isBelow(path, child.path)),
    );
    if (next === undefined) return null;
    way.push(next);
    node = next;
  }
  return root.then === null ? null : way;
}

function restorable(node: ThenNode | undefined): readonly ThenNode[] {
  return (node?.children ?? []).filter((child) => child.then !== null);
}

/** The directories above a path, the root ('') among them; none above the root. */
function above(path: string): readonly string[] {
  const found: string[] = [];
  for (let rest = path; rest !== '';) {
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf('/')));
    found.push(rest);
  }
  return found;
}

function isCovered(chosen: Chosen, path: string): boolean {
  return chosen.has(path) || above(path).some((directory) => chosen.has(directory));
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' ? path !== '' : path.startsWith(`${directory}/`);
}
