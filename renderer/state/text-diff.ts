/**
 * Two texts side by side. In: the texts. Out: rows in which equal lines stand beside one another, with the words that
 * differ, and long stretches of equal lines left out; or that they are too different. Bounded in time and in rows. Pure
 * but for the clock.
 */
import { diffArrays, diffWordsWithSpace } from 'diff';

export interface DiffPart {
  readonly text: string;
  /** Of a line that was changed: this part differs. */
  readonly differs: boolean;
}

export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  /** Counted from 1. */
  readonly number: number;
  readonly parts: readonly DiffPart[];
}

export type DiffRow =
  /** Null: nothing stands on that side. */
  | { readonly kind: 'lines'; readonly left: DiffLine | null; readonly right: DiffLine | null }
  /** So many equal lines are left out. */
  | { readonly kind: 'fold'; readonly lines: number };

export type TextDiff =
  | {
      readonly kind: 'rows';
      readonly rows: readonly DiffRow[];
      readonly removed: number;
      readonly added: number;
      /** Rows that are left out at the end. */
      readonly more: number;
    }
  | { readonly kind: 'too-different' };

/** So long a comparison may take, milliseconds: the window stands still meanwhile. */
const PATIENCE_MS = 300;
/** Equal lines around a change. */
const CONTEXT = 3;
export const MOST_ROWS = 2000;
/** Of a line so much is drawn, characters. */
const MOST_CHARACTERS = 1000;
/** Lines up to so long are compared word by word, in changes of up to so many lines. */
const WORDS = { characters: 400, lines: 60 };

export function diffTexts(before: string, after: string): TextDiff {
  const [left, right] = [linesOf(before), linesOf(after)];
  const changes = diffArrays(left, right, { timeout: PATIENCE_MS });
  if (changes === undefined) return { kind: 'too-different' };
  const all: DiffRow[] = [];
  const count = { left: 0, right: 0, removed: 0, added: 0 };
  let removed: readonly string[] = [];
  const flush = (added: readonly string[]): void => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      const [from, to] = [removed[index], added[index]];
      const isShort = Math.max(removed.length, added.length) <= WORDS.lines;
      const parts = from !== undefined && to !== undefined && isShort ? wordsOf(from, to) : null;
      all.push({
        kind: 'lines',
        left: from === undefined ? null : line('removed', (count.left += 1), parts?.left ?? whole(from)),
        right: to === undefined ? null : line('added', (count.right += 1), parts?.right ?? whole(to)),
      });
    }
    count.removed += removed.length;
    count.added += added.length;
    removed = [];
  };
  for (const change of changes) {
    if (change.removed) {
      flush([]);
      removed = change.value;
      continue;
    }
    flush(change.added ? change.value : []);
    if (change.added) continue;
    for (const text of change.value) {
      const parts = whole(text);
      const [from, to] = [(count.left += 1), (count.right += 1)];
      all.push({ kind: 'lines', left: line('same', from, parts), right: line('same', to, parts) });
    }
  }
  flush([]);
  const rows = folded(all);
  return {
    kind: 'rows',
    rows: rows.slice(0, MOST_ROWS),
    removed: count.removed,
    added: count.added,
    more: Math.max(0, rows.length - MOST_ROWS),
  };
}

/** Lines without their ends; the last line has one or not, which is no difference to be seen. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function line(kind: DiffLine['kind'], number: number, parts: readonly DiffPart[]): DiffLine {
  return { kind, number, parts };
}

function whole(text: string): readonly DiffPart[] {
  return [{ text: shortened(text), differs: false }];
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}

/** Null: the lines are too long, or have so little in common that marks would only be noise. */
function wordsOf(
  from: string,
  to: string,
): { readonly left: readonly DiffPart[]; readonly right: readonly DiffPart[] } | null {
  if (Math.max(from.length, to.length) > WORDS.characters) return null;
  const changes = diffWordsWithSpace(from, to);
  const shared = changes.reduce((sum, one) => sum + (one.added || one.removed ? 0 : one.value.trim().length), 0);
  if (shared * 2 < Math.min(from.trim().length, to.trim().length)) return null;
  const side = (other: 'added' | 'removed'): readonly DiffPart[] =>
    changes
      .filter((one) => !one[other])
      .map(({ value, added, removed }) => ({ text: value, differs: added || removed }));
  return { left: side('added'), right: side('removed') };
}

/** Leaves out what is equal and far from every change; a single line is not worth it. */
function folded(rows: readonly DiffRow[]): readonly DiffRow[] {
  const near = new Array<boolean>(rows.length).fill(false);
  rows.forEach((row, index) => {
    if (row.kind === 'lines' && row.left?.kind === 'same') return;
    near.fill(true, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  });
  const shown: DiffRow[] = [];
  for (let index = 0; index < rows.length;) {
    let end = index;
    while (end < rows.length && near[end] === false) end += 1;
    if (end - index > 1) shown.push({ kind: 'fold', lines: end - index });
    else end = index;
    if (end === index) {
      const row = rows[index];
      if (row !== undefined) shown.push(row);
      end += 1;
    }
    index = end;
  }
  return shown;
}
