/** A tree as rows. In: listings by directory and which of them are open. Out: the rows that a list draws, in order. */
import type { Failure } from '../../main/contract/errors.ts';
import type { FileRow } from '../../main/contract/models.ts';

/** What is known of one directory. */
export type Listing =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'ready'; readonly rows: readonly FileRow[]; readonly more: number };

export type FileFilter = 'all' | 'waiting' | 'attention';

interface Common {
  /** Unique and stable: a list finds its place again by it. */
  readonly key: string;
  /** 0 is the root's own children. */
  readonly depth: number;
  /** Counted from 1 within its directory, for screen readers. */
  readonly position: number;
  readonly siblings: number;
}
export type TreeRow =
  | (Common & { readonly kind: 'entry'; readonly entry: FileRow; readonly isOpen: boolean })
  | (Common & { readonly kind: 'loading' })
  | (Common & { readonly kind: 'failed'; readonly failure: Failure })
  /** Children that the engine did not list, since there are too many. */
  | (Common & { readonly kind: 'more'; readonly count: number });

/** Directories stand first, then files, each by name as the locale sorts them. */
export function inOrder(rows: readonly FileRow[], collator: Intl.Collator): readonly FileRow[] {
  const rank = (row: FileRow): number => (row.kind === 'directory' ? 0 : 1);
  return [...rows].sort((a, b) => rank(a) - rank(b) || collator.compare(a.name, b.name));
}

/** Whether a row belongs to the chosen part; a directory does where something below it does. */
export function passes(row: FileRow, filter: FileFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'waiting':
      return row.kind === 'directory' ? row.waiting > 0 : row.state === 'waiting' || row.state === 'sending';
    case 'attention':
      return row.kind === 'directory' ? row.attention > 0 : row.state === 'attention';
  }
}

/** Lays the open directories out as rows, from the root ('') down. */
export function flatten(
  listings: ReadonlyMap<string, Listing>,
  open: ReadonlySet<string>,
  filter: FileFilter,
): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (directory: string, depth: number): void => {
    const listing = listings.get(directory) ?? { kind: 'loading' };
    const place = { depth, position: 1, siblings: 1 };
    if (listing.kind === 'loading') {
      rows.push({ kind: 'loading', key: `${directory}//loading`, ...place });
      return;
    }
    if (listing.kind === 'failed') {
      rows.push({ kind: 'failed', key: `${directory}//failed`, failure: listing.failure, ...place });
      return;
    }
    const shown = listing.rows.filter((row) => passes(row, filter));
    const siblings = shown.length + (listing.more > 0 ? 1 : 0);
    shown.forEach((entry, index) => {
      const isOpen = entry.kind === 'directory' && open.has(entry.path);
      rows.push({ kind: 'entry', key: entry.path, entry, isOpen, depth, position: index + 1, siblings });
      if (isOpen) walk(entry.path, depth + 1);
    });
    if (listing.more > 0 && filter === 'all') {
      rows.push({ kind: 'more', key: `${directory}//more`, count: listing.more, depth, position: siblings, siblings });
    }
  };
  walk('', 0);
  return rows;
}

/** `path`'s directory and all above it, the root ('') last. */
export function ancestors(path: string): readonly string[] {
  const found: string[] = [];
  let rest = path;
  while (rest !== '') {
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf('/')));
    found.push(rest);
  }
  return found;
}
