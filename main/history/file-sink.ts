/** Bodies written into a file as they come. In: pieces with their places. Out: fewer, larger writes, one after the other. */
import type { FileHandle } from 'node:fs/promises';

/** So much of a body is written at once, bytes. */
const GATHERED = 1024 * 1024;

/** Where the pieces of a body go, one after the other. */
export interface Sink {
  put(piece: Buffer, at: number): Promise<void> | void;
  /** All pieces came. */
  end?(): Promise<void>;
}

/**
 * Pieces come as the network brings them, 64 KiB at most: written one by one each was a call through node's pool, and
 * those of several ranges kept each other waiting for the file, at the processor's cost.
 */
export function fileSink(handle: FileHandle, turns: Turns): Sink {
  let pieces: Buffer[] = [];
  let from = 0;
  let length = 0;
  const write = (): Promise<void> => {
    const [all, at] = [pieces, from];
    pieces = [];
    length = 0;
    return turns.take(() => writeFully(handle, all, at));
  };
  return {
    put(piece, at) {
      if (length === 0) from = at;
      pieces.push(piece);
      length += piece.length;
      return length < GATHERED ? undefined : write();
    },
    async end() {
      if (length > 0) await write();
    },
  };
}

/** One after the other. */
export interface Turns {
  take(work: () => Promise<void>): Promise<void>;
}

export function openTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take(work) {
      const turn = last.then(work);
      last = turn.catch(() => undefined); // told to whom it belongs
      return turn;
    },
  };
}

async function writeFully(handle: FileHandle, pieces: readonly Buffer[], at: number): Promise<void> {
  const { bytesWritten } = await handle.writev(pieces, at);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  // A disk that is full, or a signal: what is left says which.
  if (bytesWritten < length)
    await writeFully(handle, [Buffer.concat(pieces).subarray(bytesWritten)], at + bytesWritten);
}
