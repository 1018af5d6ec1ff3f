import { expect, test } from 'vitest';
import { mountOf, mountsBelow, parseMounts, placesAbove, readMounts } from '../../../main/scan/mounts.ts';
import { path } from '../store/support.ts';

// As a computer writes them, with a blank, a backslash, optional fields and none.
const TEXT = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /home/me/My\\040Photos rw,nosuid shared:5 master:1 - tmpfs tmpfs rw,size=8m
31 22 8:1 /elsewhere /home/me/Photos/usb rw,relatime - ext4 /dev/sda1 rw
32 22 0:44 / /home/me/Photos/back\\134slash rw - fuse.sshfs me@host:/ rw
33 31 8:1 /more /home/me/Photos/usb/deep rw - ext4 /dev/sda1 rw
34 22 0:45 / /home/me/Photos/usb rw - nfs4 host:/ rw
a line of another form
`;

test('the places and their types', () => {
  expect(parseMounts(TEXT).map(({ place, type }) => `${place} ${type}`)).toEqual([
    '/ ext4',
    '/home/me/My Photos tmpfs',
    '/home/me/Photos/usb ext4',
    '/home/me/Photos/back\\slash fuse.sshfs',
    '/home/me/Photos/usb/deep ext4',
    '/home/me/Photos/usb nfs4',
  ]);
});

test('what lies below a folder, and what holds a path', () => {
  const mounts = parseMounts(TEXT);
  expect(mountsBelow('/home/me/Photos', mounts)).toEqual(['back\\slash', 'usb', 'usb/deep']);
  expect(mountsBelow('/home/me/Phot', mounts)).toEqual([]);
  expect(mountsBelow('/', mounts)).toContain('home/me/My Photos');
  expect(mountOf('/home/me/Photos/usb/x', mounts)).toMatchObject({ type: 'nfs4' });
  expect(mountOf('/home/me/Photos/usb/deep', mounts)).toMatchObject({ place: '/home/me/Photos/usb/deep' });
  expect(mountOf('/home/me/Photos/usbx', mounts)).toMatchObject({ type: 'ext4', place: '/' });
  expect(mountOf('/x', [])).toBe(null);
});

test('the places above a directory', () => {
  const places = [path('a/b'), path('a/b/c')];
  expect(placesAbove(path('a/b'), places)).toEqual(['a/b']);
  expect(placesAbove(path('a/b/c/d'), places)).toEqual(['a/b', 'a/b/c']);
  for (const other of ['a', 'a/bc', '']) expect(placesAbove(path(other), places)).toEqual([]);
});

test.runIf(process.platform === 'linux')('this computer has a root', async () => {
  expect((await readMounts())?.some(({ place }) => place === '/')).toBe(true);
});
