/** In: a text that should be JSON. Out: where it stops being JSON, for a person to look at. */

export interface Place {
  /** Both counted from 1, columns in UTF-16 units as editors count them. */
  readonly line: number;
  readonly column: number;
}

const BLANK = /[ \t\n\r]*/y;
// Every character but quote, backslash and controls.
const TEXT = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const OTHER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Wanted = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma or end';

/**
 * The first place at which no JSON could go on, or null where the text is JSON.
 * (The messages of JSON.parse name a place only for some faults.) Keeps its own stack, so that depth is no danger.
 */
export function placeOfJsonFault(text: string): Place | null {
  const open: ('{' | '[')[] = [];
  let wanted: Wanted = 'value';
  let at = 0;
  /** Moves on where `token` matches here. */
  const take = (token: RegExp): boolean => {
    token.lastIndex = at;
    if (!token.test(text)) return false;
    at = token.lastIndex;
    return true;
  };

  for (;;) {
    take(BLANK);
    const isOutside = wanted === 'comma or end' && open.length === 0;
    if (at >= text.length) return isOutside ? null : placeAt(text, at);
    if (isOutside) return placeAt(text, at);
    const next = step(text[at] ?? '');
    if (next === null) return placeAt(text, at);
    wanted = next;
  }

  function step(character: string): Wanted | null {
    switch (wanted) {
      case 'value':
      case 'value or ]':
        if (wanted === 'value or ]' && character === ']') return close('[');
        if (character === '{' || character === '[') {
          open.push(character);
          at += 1;
          return character === '{' ? 'name or }' : 'value or ]';
        }
        return take(TEXT) || take(OTHER) ? 'comma or end' : null;
      case 'name':
      case 'name or }':
        if (wanted === 'name or }' && character === '}') return close('{');
        return take(TEXT) ? 'colon' : null;
      case 'colon':
        if (character !== ':') return null;
        at += 1;
        return 'value';
      case 'comma or end':
        if (character === '}') return close('{');
        if (character === ']') return close('[');
        if (character !== ',') return null;
        at += 1;
        return open.at(-1) === '{' ? 'name' : 'value';
    }
  }

  function close(bracket: '{' | '['): Wanted | null {
    if (open.at(-1) !== bracket) return null;
    open.pop();
    at += 1;
    return 'comma or end';
  }
}

function placeAt(text: string, at: number): Place {
  const before = text.slice(0, at).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
