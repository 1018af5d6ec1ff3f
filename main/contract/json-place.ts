/** In: a text that should be JSON. Out: where it stops being JSON, or where one of its values stands, for a person to look at. */

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

const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g;

/**
 * Where the value at a path begins, else the nearest one around it.
 * @param text valid JSON
 */
export function placeOfValue(text: string, path: readonly (string | number)[]): Place {
  /** Of each open object or list, the name or number of the value that is being read. */
  const open: { readonly isList: boolean; at: string | number; wantsName: boolean }[] = [];
  let best = { at: text.length - text.trimStart().length, depth: 0 };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const top = open.at(-1);
    if (token === '}' || token === ']') open.pop();
    else if (token === ',' && top !== undefined) {
      if (typeof top.at === 'number') top.at += 1;
      top.wantsName = !top.isList;
    } else if (top?.wantsName === true) {
      top.at = String(JSON.parse(token));
      top.wantsName = false;
    } else if (token !== ':') {
      // Of a name that is there twice, the later counts.
      const isOnPath = open.length <= path.length && open.every(({ at }, depth) => at === path[depth]);
      if (isOnPath && open.length >= best.depth) best = { at: index, depth: open.length };
      if (token === '{') open.push({ isList: false, at: '', wantsName: true });
      if (token === '[') open.push({ isList: true, at: 0, wantsName: false });
    }
  }
  return placeAt(text, best.at);
}

function placeAt(text: string, at: number): Place {
  const before = text.slice(0, at).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
