/** Where a long name is cut. In: a name. Out: a head that may be shortened and a tail that always stays, extension included. */

const TAIL = 8;
const LONGEST_TAIL = 14;

/** Names that are short enough are all head. */
export function cutName(name: string): { readonly head: string; readonly tail: string } {
  const letters = [...name];
  if (letters.length <= TAIL * 2) return { head: name, tail: '' };
  const dot = letters.lastIndexOf('.');
  const extension = dot > 0 ? letters.length - dot : 0;
  const keep = Math.min(LONGEST_TAIL, Math.max(TAIL, extension + 3));
  return { head: letters.slice(0, -keep).join(''), tail: letters.slice(-keep).join('') };
}
