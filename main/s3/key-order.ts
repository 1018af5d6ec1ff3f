/** The order of keys in listings: that of their bytes in UTF-8. */

/** Negative, zero or positive. UTF-16, in which strings are kept here, puts surrogates before what they come behind. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return place(left) - place(right);
  }
  return a.length - b.length;
}

function place(unit: number): number {
  if (unit < 0xd800) return unit;
  // Half of a character beyond U+FFFF.
  return unit < 0xe000 ? unit + 0x10000 : unit;
}
