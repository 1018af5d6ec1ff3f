/** The name under which a version is put beside the present file. Pure. */

/** The longest name that file systems take, in bytes of UTF-8; Windows and macOS count fewer for the same name. */
const NAME_LIMIT = 255;

/**
 * `report.pdf` as it stood at a time: `report (2026-11-22 14.29.03).pdf`. Local time; no colon, for Windows.
 * A name that would grow too long loses the end of its stem.
 */
export function besideName(name: string, at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  const mark = ` (${day} ${time})`;
  const room = NAME_LIMIT - Buffer.byteLength(mark);
  const dot = name.lastIndexOf('.');
  // A dot in front is the name of a hidden file, not the beginning of an extension; nor is what takes up half the name.
  const isExtension = dot > 0 && Buffer.byteLength(name.slice(dot)) <= room / 2;
  const cut = isExtension ? dot : name.length;
  const extension = name.slice(cut);
  return `${shortened(name.slice(0, cut), room - Buffer.byteLength(extension))}${mark}${extension}`;
}

/** The longest beginning that has at most `limit` bytes, without halving a character. */
function shortened(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    kept += character;
  }
  return kept;
}
