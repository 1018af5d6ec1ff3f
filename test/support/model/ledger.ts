/** What the model knows. In: trees at moments when all was sent. Out: what each path must have been, in order. */
import type { Content } from './tree.ts';

/** All was sent then, and the folder held this. */
export interface SyncPoint {
  readonly at: Date;
  readonly tree: ReadonlyMap<string, Content>;
}

/** What a path was at the sync points, oldest first, each state once in a row: an MD5, or that it was gone. */
export function statesOf(path: string, points: readonly SyncPoint[]): readonly string[] {
  const states: string[] = [];
  for (const { tree } of points) {
    const state = tree.get(path)?.md5 ?? GONE;
    const before = states.at(-1) ?? GONE;
    if (state !== before) states.push(state);
  }
  return states;
}

export const GONE = 'gone';

/** The first of `wanted` that does not come in `found` in this order; null: all do. */
export function missingIn(wanted: readonly string[], found: readonly string[]): string | null {
  let from = 0;
  for (const one of wanted) {
    const at = found.indexOf(one, from);
    if (at < 0) return one;
    from = at + 1;
  }
  return null;
}
