/** A folder as it stood, against now. In: its files then, and what differs. Out: a tree, and its rows as a list draws them. */
import type { Differences, FolderTree, TreeChange } from '../../main/contract/history.ts';

export type Mark = 'same' | TreeChange['kind'];

/** How many files below are other than now. */
export type MarkCounts = Readonly<Record<Exclude<Mark, 'same'>, number>>;

export interface ThenNode {
  readonly kind: 'directory' | 'file';
  /** Empty: the root. */
  readonly path: string;
  readonly name: string;
  /** Of a file; a directory has its counts. */
  readonly mark: Mark;
  readonly counts: MarkCounts;
  /** How many files there were then, here and below. */
  readonly files: number;
  /** Bytes then and now; null: not there. */
  readonly then: number | null;
  readonly now: number | null;
  /** When the version of then was saved; null for directories, and for what came later. */
  readonly savedAt: string | null;
  readonly versionId: string | null;
  /** Directories first, then files, each by name. */
  readonly children: readonly ThenNode[];
}

export interface ThenRow {
  readonly node: ThenNode;
  /** 0 is the root's own children. */
  readonly depth: number;
  readonly isOpen: boolean;
  readonly position: number;
  readonly siblings: number;
}

const NONE: MarkCounts = { added: 0, changed: 0, gone: 0, moved: 0 };

export function treeThen(tree: FolderTree, differences: Differences, collator: Intl.Collator): ThenNode {
  // A file that moved is gone from its place of then, and stands at its new one.
  const changes = new Map(differences.changes.map((change) => [change.movedFrom ?? change.path, change]));
  const files: ThenNode[] = tree.entries.map(({ path, size, lastModified, versionId }) => {
    const change = changes.get(path);
    const mark: Mark = change?.kind ?? 'same';
    const now = change === undefined ? size : change.kind === 'gone' ? null : change.size;
    const facts = { path, name: nameOf(path), mark, then: size, now, savedAt: lastModified, versionId };
    return { kind: 'file', counts: countOf(mark), files: 1, children: [], ...facts };
  });
  for (const change of differences.changes) {
    if (change.kind !== 'added') continue;
    const { path, size } = change;
    const facts = { path, name: nameOf(path), then: null, now: size, savedAt: null, versionId: null };
    files.push({ kind: 'file', mark: 'added', counts: countOf('added'), files: 0, children: [], ...facts });
  }
  return directoryOf('', files, collator);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function countOf(mark: Mark): MarkCounts {
  return mark === 'same' ? NONE : { ...NONE, [mark]: 1 };
}

/** @param files all that lie below the directory. */
function directoryOf(path: string, files: readonly ThenNode[], collator: Intl.Collator): ThenNode {
  const start = path === '' ? 0 : path.length + 1;
  const own: ThenNode[] = [];
  const below = new Map<string, ThenNode[]>();
  for (const file of files) {
    const end = file.path.indexOf('/', start);
    if (end < 0) {
      own.push(file);
      continue;
    }
    const directory = file.path.slice(0, end);
    const known = below.get(directory);
    if (known === undefined) below.set(directory, [file]);
    else known.push(file);
  }
  const byName = (a: ThenNode, b: ThenNode): number => collator.compare(a.name, b.name);
  const directories = [...below].map(([child, inside]) => directoryOf(child, inside, collator)).sort(byName);
  const children = [...directories, ...own.sort(byName)];
  const sum = (field: 'then' | 'now'): number | null =>
    children.every((child) => child[field] === null)
      ? null
      : children.reduce((bytes, child) => bytes + (child[field] ?? 0), 0);
  const counts = children.reduce<MarkCounts>(
    (all, { counts: one }) => ({
      added: all.added + one.added,
      changed: all.changed + one.changed,
      gone: all.gone + one.gone,
      moved: all.moved + one.moved,
    }),
    NONE,
  );
  return {
    kind: 'directory',
    path,
    name: nameOf(path),
    mark: 'same',
    counts,
    files: children.reduce((all, child) => all + child.files, 0),
    then: sum('then'),
    now: sum('now'),
    savedAt: null,
    versionId: null,
    children,
  };
}

/** Lays out what is open, the root's own children first. */
export function rowsThen(root: ThenNode, open: ReadonlySet<string>): readonly ThenRow[] {
  const rows: ThenRow[] = [];
  const walk = ({ children }: ThenNode, depth: number): void => {
    children.forEach((node, index) => {
      const isOpen = node.kind === 'directory' && open.has(node.path);
      rows.push({ node, depth, isOpen, position: index + 1, siblings: children.length });
      if (isOpen) walk(node, depth + 1);
    });
  };
  walk(root, 0);
  return rows;
}
