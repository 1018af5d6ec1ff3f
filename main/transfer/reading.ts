/**
 * What a reading thread does. In: a file, or a part of an open one. Out: its bytes and their digests. Each call waits for
 * the disk where it stands: nobody else is kept waiting in that thread.
 */
import { closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { digestOf, type Algorithm } from './digest.ts';
import { codeOf, HOW_TO_OPEN, isEndOfPath, isSameState, toStat, whereIsIn, type FilePlace } from './stable.ts';
import type { FileStat } from '../store/types.ts';
import type { Room } from './memory.ts';

export type ReadTask =
  | {
      readonly kind: 'whole';
      readonly place: FilePlace;
      /** Of another size it is not read. */
      readonly size: number;
      readonly algorithm: Algorithm;
      readonly room: ReadRoom;
    }
  | {
      readonly kind: 'part';
      readonly fd: number;
      readonly start: number;
      readonly size: number;
      readonly algorithm: Algorithm;
      readonly room: ReadRoom;
    };

/** Memory to read into. */
export type ReadRoom = Pick<Room, 'size' | 'memory'>;

/** As it goes from one thread to the other. */
export interface ReadBytes {
  /** The bytes, and behind them what room there is. */
  readonly bytes: ArrayBuffer;
  /** Hex. */
  readonly sha256: string;
  /** Hex. */
  readonly md5: string;
  /** Base64. */
  readonly checksum: string;
}

export type ReadAnswer =
  | { readonly kind: 'read'; readonly stat: FileStat | null; readonly read: ReadBytes }
  | { readonly kind: 'other-size'; readonly stat: FileStat }
  /** It changed while it was read. */
  | { readonly kind: 'changing' }
  | { readonly kind: 'vanished' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export async function readTask(task: ReadTask): Promise<ReadAnswer> {
  try {
    return task.kind === 'whole' ? await readWhole(task) : await readPart(task);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    return { kind: 'unreadable', reason: codeOf(error) };
  }
}

async function readWhole({ place, size, algorithm, room }: Extract<ReadTask, { kind: 'whole' }>): Promise<ReadAnswer> {
  let at: string | null;
  let fd: number;
  try {
    at = whereIsIn(place, realpathSync);
    if (at === null) return { kind: 'vanished' };
    fd = openSync(at, HOW_TO_OPEN);
  } catch (error) {
    if (isEndOfPath(error)) return { kind: 'vanished' };
    throw error;
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    if (!stats.isFile()) return { kind: 'vanished' };
    const stat = toStat(stats);
    if (stat.size !== size) return { kind: 'other-size', stat };
    const bytes = memoryIn(room, size);
    if (readFrom(fd, bytes, 0) !== size || !isSameState(toStat(fstatSync(fd, { bigint: true })), stat)) {
      return { kind: 'changing' };
    }
    if (!isStillAt(place, at, stat)) return { kind: 'changing' };
    return { kind: 'read', stat, read: await digested(bytes, algorithm) };
  } finally {
    closeSync(fd);
  }
}

/** Whether the path leads to that file still; a link may have been bent elsewhere meanwhile. */
function isStillAt(place: FilePlace, at: string, stat: FileStat): boolean {
  try {
    return whereIsIn(place, realpathSync) === at && isSameState(toStat(lstatSync(at, { bigint: true })), stat);
  } catch {
    return false; // gone from its path: the next scan says what became of it
  }
}

async function readPart(task: Extract<ReadTask, { kind: 'part' }>): Promise<ReadAnswer> {
  const { fd, start, size, algorithm, room } = task;
  const bytes = memoryIn(room, size);
  if (readFrom(fd, bytes, start) !== size) return { kind: 'changing' };
  return { kind: 'read', stat: null, read: await digested(bytes, algorithm) };
}

function memoryIn({ size: whole, memory }: ReadRoom, size: number): Buffer {
  return memory === null ? Buffer.allocUnsafeSlow(whole).subarray(0, size) : Buffer.from(memory, 0, size);
}

/** @returns how many bytes there were. */
function readFrom(fd: number, target: Buffer, start: number): number {
  let filled = 0;
  while (filled < target.length) {
    const count = readSync(fd, target, filled, target.length - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

async function digested(bytes: Buffer, algorithm: Algorithm): Promise<ReadBytes> {
  const { sha256, md5, checksum } = await digestOf(bytes, algorithm);
  return { bytes: bytes.buffer as ArrayBuffer, sha256, md5: md5.toString('hex'), checksum };
}
