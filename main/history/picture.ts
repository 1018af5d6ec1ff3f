/**
 * What kind of picture a file is, and how large. In: its bytes, or the first of them. Out: the kind and the pixels, told
 * by the bytes and never by the name. Pure.
 *
 * Only what a browser decodes without running anything of it counts: SVG is a document, and is shown as the text it is.
 */
import type { PictureType } from '../contract/preview.ts';

export interface Picture {
  readonly type: PictureType;
  /** Pixels; null: the bytes given do not reach to where it is said. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

/** Null: no picture of a kind that is shown. */
export function pictureOf(bytes: Buffer): Picture | null {
  if (starts(bytes, '\x89PNG\r\n\x1a\n')) return { type: 'image/png', size: pngSize(bytes) };
  if (starts(bytes, 'GIF87a') || starts(bytes, 'GIF89a')) return { type: 'image/gif', size: gifSize(bytes) };
  if (starts(bytes, '\xff\xd8\xff')) return { type: 'image/jpeg', size: jpegSize(bytes) };
  if (starts(bytes, 'RIFF') && starts(bytes.subarray(8), 'WEBPVP8'))
    return { type: 'image/webp', size: webpSize(bytes) };
  return null;
}

function starts(bytes: Buffer, text: string): boolean {
  return bytes.subarray(0, text.length).equals(Buffer.from(text, 'latin1'));
}

function pngSize(bytes: Buffer): Picture['size'] {
  if (bytes.length < 24 || !starts(bytes.subarray(12), 'IHDR')) return null;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function gifSize(bytes: Buffer): Picture['size'] {
  return bytes.length < 10 ? null : { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
}

/** Walks the segments to the frame's header: FF C0 to FF CF, but for the tables C4, C8 and CC. */
function jpegSize(bytes: Buffer): Picture['size'] {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    // A filling byte.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

/** Lossy, lossless and extended files say it in three ways. */
function webpSize(bytes: Buffer): Picture['size'] {
  if (bytes.length < 30) return null;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
}
