import { expect, test } from 'vitest';
import { silentFileSystem } from '../../../main/watch/filesystems.ts';

test.each([
  ['nfs', 0x6969],
  ['smb', 0x517b],
  ['cifs', 0xff534d42],
  ['cifs', 0xff534d42 - 2 ** 32],
  ['smb2', 0xfe534d42],
  ['9p', 0x01021997],
  ['ceph', 0xc36400],
  ['vboxsf', 0x786f4256],
  ['vmhgfs', 0xbacbacbc],
])('others may write to %s unheard (%i)', (name, number) => {
  expect(silentFileSystem(number, null)).toBe(name);
});

test.each([
  ['ext4', 0xef53],
  ['xfs', 0x58465342],
  ['btrfs', 0x9123683e],
  ['tmpfs', 0x01021994],
  ['overlay', 0x794c7630],
  ['zfs', 0x2fc12fc1],
  ['f2fs', 0xf2f52010],
  ['exfat', 0x2011bab0],
  ['APFS as macOS says it', 26],
])('events of %s tell all (%i)', (_, number) => {
  expect(silentFileSystem(number, null)).toBe(null);
});

test('what runs through FUSE is told apart by the name it is mounted under', () => {
  expect(silentFileSystem(0x65735546, 'fuse.sshfs')).toBe('fuse.sshfs');
  expect(silentFileSystem(0x65735546, 'virtiofs')).toBe('virtiofs');
  expect(silentFileSystem(0x65735546, null)).toBe('fuse');
  expect(silentFileSystem(0x65735546, 'fuseblk'), 'NTFS on a local disk').toBe(null);
});
