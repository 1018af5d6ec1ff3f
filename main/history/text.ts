/** Bytes as text, where they are one. In: the beginning of a file. Out: the text and how it was written, or nothing. Pure. */
import type { TextEncoding } from '../contract/preview.ts';

/** @param isWhole false: the bytes end anywhere, in the middle of a letter too. */
export function textOf(
  bytes: Uint8Array,
  isWhole: boolean,
): { readonly text: string; readonly encoding: TextEncoding } | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decoded(bytes, 'utf-16le', isWhole);
  if (first === 0xfe && second === 0xff) return decoded(bytes, 'utf-16be', isWhole);
  // Of the control characters a text has tab, line feed, form feed, carriage return and escape.
  const isControl = (byte: number): boolean =>
    byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27;
  if (bytes.some(isControl)) return null;
  return decoded(bytes, 'utf-8', isWhole) ?? decoded(bytes, 'windows-1252', isWhole);
}

function decoded(bytes: Uint8Array, encoding: TextEncoding, isWhole: boolean): ReturnType<typeof textOf> {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !isWhole });
    return { text, encoding };
  } catch {
    return null;
  }
}
