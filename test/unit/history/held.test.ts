import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { holdRoot, keepHeld } from '../../../main/history/held.ts';
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

  test('that is kept serves the files of one directory, and is held anew once it was moved away', async () => {
    const folder = temporaryFolder();
    const outside = temporaryFolder();
    const root = keepHeld(await holdRoot(folder));
    const first = await root.below(['a']);
    const second = await root.below(['a']);
    expect(second.at).toBe(first.at);
    await first.close();
    await writeFile(join(second.at, 'one'), '');
    renameSync(join(folder, 'a'), join(outside, 'a'));
    expect(await second.isInPlace()).toBe(false);
    const third = await root.below(['a']);
    expect(third.at).not.toBe(second.at);
    expect(await third.isInPlace()).toBe(true);
    await writeFile(join(third.at, 'two'), '');
    await Promise.all([second.close(), third.close()]);
    await root.close();
    expect([readdirSync(join(outside, 'a')), readdirSync(join(folder, 'a'))]).toEqual([['one'], ['two']]);
  });

  test('leaves no handle open, however many directories there were', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const before = readdirSync('/proc/self/fd').length;
    const root = keepHeld(await holdRoot(folder));
    const helds = await Promise.all(Array.from({ length: 200 }, (_, index) => root.below(['d', String(index)])));
    await expect(root.below(['file', 'below'])).rejects.toMatchObject({ code: 'ENOTDIR' });
    for (const held of helds) await held.close();
    expect(readdirSync('/proc/self/fd').length - before).toBeLessThan(70);
    await root.close();
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});
