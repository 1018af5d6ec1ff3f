/**
 * Memory for the bytes of files. In: how many. Out: room for them, once there is some: within one limit for all, and
 * used again.
 *
 * [Note: memory used again] Fresh memory costs its pages, and all that lies outside of V8's heap makes it look through
 * that heap more often: of 200 files of 1 MiB a fifth of all processor time. So what a file or a part was read into
 * serves the next one, once the store has proved that it has every byte. Sizes differ, so a piece also serves a file of
 * a quarter of its size: more would let a few small files take all there is. What waits for its next use counts against
 * the limit like the rest, and goes at once where something else needs its place; to leave that to V8 would be to look
 * through the heap again.
 */

/** Room for the bytes of one file or part. */
export interface Room {
  /** How large its memory is: what was asked for, or more. Bytes. */
  readonly size: number;
  /** The memory, where it has served before; it goes to whoever reads. Null: it must be taken anew, of that size. */
  readonly memory: ArrayBuffer | null;
  /**
   * Once for all; what comes after does nothing.
   * @param memory which nobody reads from any more, so that the next bytes may come into it; left out: it is left to
   * whoever may still be at it.
   */
  giveBack(memory?: ArrayBufferLike): void;
}

export interface Memory {
  /**
   * Waits for room, in the order of asking. What would hardly fit, or not at all, is let in where little else is away:
   * who holds that little may be waiting for the turn of the one who asks here.
   */
  take(bytes: number): Promise<Room>;
}

/** Memory below this is as cheap to take anew, bytes. */
export const LEAST_KEPT = 64 * 1024;
/** Up to this share of the limit, what is away is little: whatever else is asked for may come beside it. */
const LITTLE = 1 / 4;
/** Beyond this, bytes, sizes are those of the parts of one file, and all the same. */
const MOST_ROUNDED = 16 * 1024 * 1024;
/** So many times what is asked for a piece may have that serves it. */
const MOST_TIMES = 4;
/** So long after the last one was given back, none is kept any more, milliseconds. */
const SPARE_MS = 2_000;

/** @param limit bytes. @param spareMs after how long what nobody asks for is let go of. */
export function openMemory(limit: number, spareMs = SPARE_MS): Memory {
  /** Given away, or spare. */
  let held = 0;
  /** Oldest first. */
  const spare: ArrayBuffer[] = [];
  const waiting: { readonly bytes: number; readonly enter: (room: Room) => void }[] = [];
  let timer: NodeJS.Timeout | null = null;

  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const room = usedAgain(next.bytes) ?? taken(roomFor(next.bytes));
      if (room === null) return;
      waiting.shift();
      next.enter(room);
    }
  };

  const usedAgain = (bytes: number): Room | null => {
    if (bytes < LEAST_KEPT) return null;
    let best: ArrayBuffer | null = null;
    for (const one of spare) {
      if (one.byteLength < bytes || one.byteLength > MOST_TIMES * bytes) continue;
      if (best === null || one.byteLength < best.byteLength) best = one;
    }
    if (best === null) return null;
    spare.splice(spare.indexOf(best), 1);
    return roomOf(best.byteLength, best);
  };

  /** Null: there is no room for so much, not even where all that is spare goes. */
  const taken = (size: number): Room | null => {
    const away = held - spare.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (away + size > limit && away > LITTLE * limit) return null;
    while (held + size > limit && letGo()) continue;
    held += size;
    return roomOf(size, null);
  };

  /** @returns whether there was a piece. */
  const letGo = (): boolean => {
    const oldest = spare.shift();
    if (oldest === undefined) return false;
    held -= oldest.byteLength;
    // Freed with that: V8 would do it when it comes by.
    oldest.transfer(0);
    return true;
  };

  const roomOf = (size: number, memory: ArrayBuffer | null): Room => {
    let isBack = false;
    return {
      size,
      memory,
      giveBack(back) {
        if (isBack) return;
        isBack = true;
        if (back instanceof ArrayBuffer && back.byteLength === size && size >= LEAST_KEPT) keep(back);
        else held -= size;
        admit();
      },
    };
  };

  const keep = (memory: ArrayBuffer): void => {
    spare.push(memory);
    timer ??= setTimeout(() => {
      timer = null;
      while (letGo()) continue;
    }, spareMs).unref();
    timer.refresh();
  };

  return {
    take: (bytes) =>
      new Promise((resolve) => {
        waiting.push({ bytes, enter: resolve });
        admit();
      }),
  };
}

/** How much memory is taken for so many bytes: few sizes, so that most of it can serve again. */
export function roomFor(bytes: number): number {
  return bytes < LEAST_KEPT || bytes > MOST_ROUNDED ? bytes : 2 ** Math.ceil(Math.log2(bytes));
}
