/**
 * Whether a file system tells of changes. In: its number as `statfs` gives it. Out: its name, and whether others may
 * change it behind this computer's back, so that the system's events do not tell all. Pure.
 */

/**
 * The numbers are those of Linux: `include/uapi/linux/magic.h` of its sources, and `man 2 statfs`, which names those of
 * modules outside. Each of these keeps its files on another computer, or lets several write to one disk.
 */
const SHARED: readonly (readonly [number: number, name: string])[] = [
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x01021997, '9p'],
  [0x564c, 'ncp'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'afs'],
  [0x73757245, 'coda'],
  [0x00c36400, 'ceph'],
  [0x0bd00bd0, 'lustre'],
  [0x47504653, 'gpfs'],
  [0x7461636f, 'ocfs2'],
  [0x01161970, 'gfs2'],
  [0x786f4256, 'vboxsf'],
  [0xbacbacbc, 'vmhgfs'],
  [0x7c7c6673, 'prl_fs'],
];

/** sshfs, rclone, davfs and virtiofs, but also NTFS on a local disk: that one calls itself `fuseblk`. */
const FUSE = 0x65735546;

const byNumber: ReadonlyMap<number, string> = new Map(SHARED);

/**
 * The name of a file system whose events do not tell all; null where they do.
 * @param type as `statfs` says; some systems answer it as a negative number of 32 bits.
 * @param mountedAs the name in the table of mounts, such as `fuse.sshfs`; null where it is not known.
 */
export function silentFileSystem(type: number, mountedAs: string | null): string | null {
  const number = type >>> 0;
  if (number === FUSE) return mountedAs === 'fuseblk' ? null : (mountedAs ?? 'fuse');
  return byNumber.get(number) ?? null;
}
