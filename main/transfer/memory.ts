/** A limit on the bytes that buffers of files may hold at once. In: a size. Out: the permission, when there is room. */

export interface MemoryGate {
  /** Waits for room; answers what gives it back. A demand above the whole limit is let in alone. */
  take(bytes: number): Promise<() => void>;
}

export function openMemoryGate(limit: number): MemoryGate {
  let used = 0;
  const waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined && (used === 0 || used + next.bytes <= limit); next = waiting[0]) {
      waiting.shift();
      used += next.bytes;
      next.enter();
    }
  };
  return {
    take(bytes) {
      return new Promise((resolve) => {
        let isBack = false;
        const giveBack = (): void => {
          if (isBack) return;
          isBack = true;
          used -= bytes;
          admit();
        };
        waiting.push({
          bytes,
          enter: () => {
            resolve(giveBack);
          },
        });
        admit();
      });
    },
  };
}
