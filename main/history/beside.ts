/** Names that are made of other names: a version beside the present file, the second one of a name, one that is too long. Pure. */
import { createHash } from 'node:crypto';

/** The longest name that file systems take, in bytes of UTF-8; Windows and macOS count fewer for the same name. */
const NAME_LIMIT = 255;

/** How a file system counts the length of a name. */
export type NameUnit = 'bytes' | 'utf16';

/**
 * `report.pdf` as it stood at a time: `report (2026-11-22 14.29.03).pdf`. Local time; no colon, for Windows.
 * A name that would grow too long loses the end of its stem.
 */
export function besideName(name: string, at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  return marked(name, ` (${day} ${time})`);
}

/** `report.pdf` for the second time: `report (2).pdf`. */
export function numberedName(name: string, number: number, unit: NameUnit = 'bytes'): string {
  return marked(name, ` (${String(number)})`, unit);
}

/** A name that is too long loses the end of its stem, and gets a mark of the whole of it, so that two stay two. */
export function fittingName(name: string, unit: NameUnit): string {
  if (lengthOf(name, unit) <= NAME_LIMIT) return name;
  return marked(name, `~${createHash('sha256').update(name).digest('hex').slice(0, 8)}`, unit);
}

function marked(name: string, mark: string, unit: NameUnit = 'bytes'): string {
  const room = NAME_LIMIT - lengthOf(mark, unit);
  const dot = name.lastIndexOf('.');
  // A dot in front is the name of a hidden file, not the beginning of an extension; nor is what takes up half the name.
  const isExtension = dot > 0 && lengthOf(name.slice(dot), unit) <= room / 2;
  const cut = isExtension ? dot : name.length;
  const extension = name.slice(cut);
  return `${shortened(name.slice(0, cut), room - lengthOf(extension, unit), unit)}${mark}${extension}`;
}

function lengthOf(text: string, unit: NameUnit): number {
  return unit === 'bytes' ? Buffer.byteLength(text) : text.length;
}

/** The longest beginning that has at most `limit`, without halving a character. */
function shortened(text: string, limit: number, unit: NameUnit): string {
  if (lengthOf(text, unit) <= limit) return text;
  let length = 0;
  let kept = '';
  for (const character of text) {
    length += lengthOf(character, unit);
    if (length > limit) break;
    kept += character;
  }
  return kept;
}
