import { expect, test } from 'vitest';
import type { Folder } from '../../../main/contract/models.ts';
import { SeenMounts } from '../../../main/engine/seen-mounts.ts';
import type { Mount } from '../../../main/scan/mounts.ts';
import { openTables, path, temporaryFolder } from '../store/support.ts';

function open() {
  const root = temporaryFolder();
  const { tables } = openTables();
  let mounted: readonly string[] | null = [];
  const read = (): Promise<readonly Mount[] | null> =>
    Promise.resolve(mounted?.map((at) => ({ place: at === '' ? '/' : `${root}/${at}`, type: 'ext4' })) ?? null);
  const folder = { id: 'f', path: root } as Folder;
  const mounts = new SeenMounts(tables, read);
  return {
    tables,
    mounts,
    mount: (places: readonly string[] | null): void => {
      mounted = places === null ? null : ['', ...places];
    },
    note: () => mounts.note(folder),
    droppedOut: (at: string) => mounts.isDroppedOut(folder, path(at)),
    foundAgain: (at: string) => mounts.foundAgain(folder, path(at)),
  };
}

test('a mount that was seen and is not there makes its place, and all below, unknown', async () => {
  const { tables, mount, note, droppedOut } = open();
  mount(['usb', 'a/b']);
  await note();
  expect(tables.folders.mounts('f')).toEqual(['a/b', 'usb']);
  expect(await droppedOut('usb/deep')).toBe(false);
  mount(['usb']);
  await note();
  expect(await droppedOut('a/b')).toBe(true);
  expect(await droppedOut('a/b/c')).toBe(true);
  expect(await droppedOut('a')).toBe(false);
  expect(await droppedOut('usb')).toBe(false);
  mount(null);
  expect(await droppedOut('usb'), 'without the table nothing is proved').toBe(true);
});

test('files found as they were, without the mount: it is forgotten; while it is mounted it is not', async () => {
  const { tables, mount, note, foundAgain, droppedOut } = open();
  mount(['usb', 'other']);
  await note();
  await foundAgain('usb');
  expect(tables.folders.find('f').mounts).toEqual(['other', 'usb']);
  mount([]);
  await foundAgain('usb/deep');
  expect(tables.folders.find('f').mounts).toEqual(['other']);
  expect(await droppedOut('usb')).toBe(false);
  expect(await droppedOut('other')).toBe(true);
});
