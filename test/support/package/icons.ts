/** Icons of the packages. In: the PNG files in `main/shell/icons/app/`. Out: a folder for Linux, an ICO, an ICNS. */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../paths.ts';

interface Picture {
  /** Pixels along one edge. */
  readonly size: number;
  readonly png: Buffer;
}

/** The sizes that the theme of icons on Linux has folders for. */
const LARGEST_ON_LINUX = 512;
/** An ICO's entry has one byte for each edge, and 0 means 256. */
const LARGEST_IN_ICO = 256;
/** Apple's names of the places for PNG pictures, by edge. */
const ICNS_TYPES: Readonly<Record<number, readonly string[]>> = {
  32: ['ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};

/** @param to a folder, made anew: `icons/16x16.png` and so on, `app.ico`, `app.icns`. */
export async function makeIcons(to: string): Promise<void> {
  const from = join(root, 'main/shell/icons/app');
  const pictures: Picture[] = [];
  for (const name of await readdir(from)) {
    const size = /^(\d+)\.png$/.exec(name)?.[1];
    if (size !== undefined) pictures.push({ size: Number(size), png: await readFile(join(from, name)) });
  }
  pictures.sort((a, b) => a.size - b.size);
  await rm(to, { recursive: true, force: true });
  await mkdir(join(to, 'icons'), { recursive: true });
  for (const { size } of pictures.filter((one) => one.size <= LARGEST_ON_LINUX)) {
    await copyFile(join(from, `${String(size)}.png`), join(to, 'icons', `${String(size)}x${String(size)}.png`));
  }
  await writeFile(join(to, 'app.ico'), ico(pictures));
  await writeFile(join(to, 'app.icns'), icns(pictures));
}

/** Windows: a table of contents, then the PNG files as they are. */
export function ico(all: readonly Picture[]): Buffer {
  const pictures = all.filter((one) => one.size <= LARGEST_IN_ICO);
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let at = head.length;
  pictures.forEach(({ size, png }, index) => {
    const entry = 6 + 16 * index;
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(png.length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += png.length;
  });
  return Buffer.concat([head, ...pictures.map((one) => one.png)]);
}

/** macOS: blocks of a type, a length that counts the block's own head, and a PNG file. */
export function icns(pictures: readonly Picture[]): Buffer {
  const blocks = pictures.flatMap(({ size, png }) =>
    (ICNS_TYPES[size] ?? []).map((type) => Buffer.concat([blockHead(type, png.length), png])),
  );
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  return Buffer.concat([blockHead('icns', length), ...blocks]);
}

function blockHead(type: string, length: number): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(length + 8, 4);
  return head;
}
