import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { holdRoot } from '../../../main/history/held.ts';
import { probeTarget } from '../../../main/history/index.ts';
import { temporaryFolder } from '../store/support.ts';

describe.runIf(process.platform === 'linux')('a held directory', () => {
  test('is made, written to, and lies where it should', async () => {
    const folder = temporaryFolder();
    const root = await holdRoot(join(folder, 'new', 'root'));
    const held = await root.below(['a', 'b']);
    await writeFile(join(held.at, 'file'), 'x');
    expect(await held.isInPlace()).toBe(true);
    await held.close();
    const itself = await root.below([]);
    await itself.close();
    expect(await root.isInPlace(), 'the root stays open').toBe(true);
    await root.close();
    expect(readdirSync(join(folder, 'new', 'root', 'a', 'b'))).toEqual(['file']);
  });

  test('is never reached through a link, nor does one that comes later lead elsewhere', async () => {
    const folder = temporaryFolder();
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    mkdirSync(join(folder, 'root'));
    symlinkSync(outside, join(folder, 'root', 'link'));
    writeFileSync(join(folder, 'root', 'file'), '');
    const root = await holdRoot(join(folder, 'root'));
    await expect(root.below(['link'])).rejects.toMatchObject({ code: 'LINK' });
    await expect(root.below(['link', 'deeper'])).rejects.toMatchObject({ code: 'LINK' });
    await expect(root.below(['file', 'deeper'])).rejects.toMatchObject({ code: 'ENOTDIR' });
    const held = await root.below(['a']);
    rmSync(join(folder, 'root', 'a'), { recursive: true });
    symlinkSync(outside, join(folder, 'root', 'a'));
    expect(await held.isInPlace()).toBe(false);
    await expect(writeFile(join(held.at, 'x'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
    await held.close();
    const moved = await root.below(['b']);
    renameSync(join(folder, 'root', 'b'), join(outside, 'b'));
    expect(await moved.isInPlace()).toBe(false);
    await moved.close();
    await root.close();
    expect(readdirSync(outside)).toEqual(['b']);
  });

  test('tells what it makes of names, and keeps nothing of the question', async () => {
    const folder = temporaryFolder();
    expect(await probeTarget(folder)).toEqual({
      foldsCase: false,
      foldsForm: false,
      windowsNames: false,
      nameUnit: 'bytes',
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
