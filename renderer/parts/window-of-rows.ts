/** Which rows of a long list are drawn. In: how far it is scrolled and how high it is. Out: the first and last row to draw. */

/** Lists shorter than this are drawn whole. */
export const VIRTUAL_FROM = 200;
/** Rows drawn beyond both edges, so that a fast wheel meets rows and not gaps. */
const MARGIN = 8;

export interface Range {
  readonly first: number;
  /** One after the last. */
  readonly end: number;
}

/** All measures in pixels, counts in rows. */
export function rangeOf(count: number, rowHeight: number, scrollTop: number, height: number): Range {
  if (count < VIRTUAL_FROM) return { first: 0, end: count };
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - MARGIN);
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + MARGIN);
  return { first: Math.min(first, end), end };
}

/** Where a list must be scrolled so that the row that stood at the top still stands there after the rows have changed. */
export function keptScroll(index: number, shift: number, rowHeight: number): number {
  return index * rowHeight + shift;
}
