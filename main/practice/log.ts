/** Changes in, one durable line each out; and back again at the start, where a torn end is cut off. */
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Appender, MAX_BATCH } from './appender.ts';
import { syncFolder } from './folders.ts';
import type { Change } from './model.ts';

function checksumOf(json: Buffer): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/** A line: eight hex digits of the CRC32 of the JSON, a space, the JSON, a newline. */
export function encodeLine(change: Change): Buffer {
  const json = Buffer.from(JSON.stringify(change), 'utf8');
  return Buffer.concat([Buffer.from(`${checksumOf(json)} `, 'latin1'), json, Buffer.from('\n')]);
}

function decodeLine(line: Buffer): Change | undefined {
  const json = line.subarray(9);
  if (line.length < 10 || line.toString('latin1', 0, 9) !== `${checksumOf(json)} `) return undefined;
  // The checksum proves that this is what encodeLine wrote.
  return JSON.parse(json.toString('utf8')) as Change;
}

export interface Replay {
  readonly lines: number;
  /** Bytes up to the end of the last good line. */
  readonly goodLength: number;
  /** Whether what follows can only be the torn end of writes that nobody was told of. */
  readonly endIsTorn: boolean;
}

/** Calls `take` for each good line up to the first bad one. */
export function replay(bytes: Buffer, take: (change: Change) => void): Replay {
  let at = 0;
  let lines = 0;
  for (;;) {
    const newline = bytes.indexOf(0x0a, at);
    const change = newline === -1 ? undefined : decodeLine(bytes.subarray(at, newline));
    if (change === undefined) break;
    take(change);
    lines += 1;
    at = newline + 1;
  }
  // A batch is synced before the next begins, so damage further from the end than two batches is no torn end.
  return { lines, goodLength: at, endIsTorn: bytes.length - at <= 2 * MAX_BATCH };
}

/** Reads a log, of which none need exist. Throws where the file is damaged before its end. */
export async function readLog(path: string, take: (change: Change) => void): Promise<Replay> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const result = replay(bytes, take);
  if (!result.endIsTorn) {
    throw new Error(`The log ${path} is damaged after byte ${String(result.goodLength)}.`);
  }
  return result;
}

/** Writes a log anew with the fewest lines, in place of the old one, atomically. Returns its length in bytes. */
export async function rewriteLog(folder: string, path: string, changes: Iterable<Change>): Promise<number> {
  const next = `${path}.next`;
  const handle = await open(next, 'w', 0o600);
  let length = 0;
  try {
    let lines: Buffer[] = [];
    let waiting = 0;
    const flush = async (): Promise<void> => {
      await handle.writeFile(Buffer.concat(lines));
      lines = [];
      waiting = 0;
    };
    for (const change of changes) {
      const line = encodeLine(change);
      lines.push(line);
      length += line.length;
      waiting += line.length;
      if (waiting > MAX_BATCH) await flush();
    }
    await flush();
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, path);
  await syncFolder(folder);
  return length;
}

/** Opens a log for appending after its good part; a torn end is cut off first. */
export async function openLog(path: string, goodLength: number): Promise<Appender> {
  const handle: FileHandle = await open(path, 'a+', 0o600).then(async (made) => {
    // Opened for appending only so that it is created; positions are given with every write.
    await made.close();
    return open(path, 'r+');
  });
  await handle.truncate(goodLength);
  await handle.sync();
  return new Appender(handle, goodLength);
}
