/** What a file is, told by its bytes: pictures and their size, texts and how they are written. */
import { describe, expect, test } from 'vitest';
import { pictureOf, textOf } from '../../../main/history/index.ts';

const bytes = (...parts: readonly (string | number | readonly number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(typeof part === 'number' ? [part] : part),
    ),
  );
const filled = (head: Buffer): Buffer => Buffer.concat([head, Buffer.alloc(64)]);

describe('pictures', () => {
  const png = bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 1, 2], [0, 0, 0, 9]);
  const jpeg = bytes(
    [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc4, 0, 3, 9],
    [0xff, 0xff, 0xc2, 0, 11, 8, 0, 7, 1, 4],
  );
  const webp = (kind: string, ...rest: readonly number[]): Buffer =>
    bytes('RIFF', [0, 0, 0, 0], `WEBP${kind}`, [0, 0, 0, 0], rest);
  test.each([
    ['PNG', png, 'image/png', { width: 258, height: 9 }],
    ['GIF', bytes('GIF89a', [1, 2, 3, 0]), 'image/gif', { width: 513, height: 3 }],
    ['JPEG, past other segments and filling bytes', jpeg, 'image/jpeg', { width: 260, height: 7 }],
    ['lossy WebP', webp('VP8 ', 0, 0, 0, 0x9d, 1, 0x2a, 5, 0, 6, 0), 'image/webp', { width: 5, height: 6 }],
    ['lossless WebP', webp('VP8L', 0x2f, 0x04, 0x40, 0x01, 0), 'image/webp', { width: 5, height: 6 }],
    ['extended WebP', webp('VP8X', 0, 0, 0, 0, 4, 0, 0, 5, 0, 0), 'image/webp', { width: 5, height: 6 }],
  ])('%s', (_, head, type, size) => {
    expect(pictureOf(filled(head))).toEqual({ type, size });
  });

  test('a head that is cut off has no size yet, whatever its length', () => {
    for (const [head, enough] of [
      [png, 24],
      [jpeg, jpeg.length + 1],
    ] as const) {
      const whole = filled(head);
      for (let length = 8; length < enough; length += 1) {
        expect(pictureOf(whole.subarray(0, length))?.size, String(length)).toBeNull();
      }
    }
  });

  test('a drawing that could run something, and a name alone, are none', () => {
    expect(pictureOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'))).toBeNull();
    expect(pictureOf(Buffer.from('BM, a picture.png'))).toBeNull();
    expect(pictureOf(Buffer.alloc(0))).toBeNull();
  });
});

describe('texts', () => {
  test('by their bytes: UTF-8, UTF-16 with its mark, else the old letters of the West', () => {
    expect(textOf(Buffer.from('naïve – 山\n'), true)).toEqual({ text: 'naïve – 山\n', encoding: 'utf-8' });
    expect(textOf(bytes([0xff, 0xfe, 0x41, 0]), true)).toEqual({ text: 'A', encoding: 'utf-16le' });
    expect(textOf(bytes([0xfe, 0xff, 0, 0x41]), true)).toEqual({ text: 'A', encoding: 'utf-16be' });
    expect(textOf(bytes('Gr', 0xfc, 0xdf, 'e'), true)).toEqual({ text: 'Grüße', encoding: 'windows-1252' });
    expect(textOf(Buffer.alloc(0), true)).toEqual({ text: '', encoding: 'utf-8' });
  });

  test('a beginning may end in the middle of a letter, a whole text may not', () => {
    const cut = Buffer.from('山').subarray(0, 2);
    expect(textOf(cut, false)).toEqual({ text: '', encoding: 'utf-8' });
    expect(textOf(cut, true)?.encoding).toBe('windows-1252');
  });

  test('control characters are in no text', () => {
    expect(textOf(bytes('ELF', 0, 1), true)).toBeNull();
    expect(textOf(bytes('a\tb\r\n\f\x1b[0m'), true)?.encoding).toBe('utf-8');
  });
});
