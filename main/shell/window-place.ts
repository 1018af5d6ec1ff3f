/** Where the window opens. In: where it was, and the screens there are. Out: a place that can be seen. Pure. */

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How the window last stood, in device-independent pixels. */
export interface WindowPlace extends Area {
  readonly maximized: boolean;
}

export const DEFAULT_SIZE = { width: 1120, height: 760 } as const;
export const LEAST_SIZE = { width: 760, height: 520 } as const;

/** This much of the title bar must lie on a screen, or the person could not take hold of the window. */
const GRIP = { width: 120, height: 44 } as const;

/** @returns a position only where the former one can still be seen; the size never passes the largest screen. */
export function placeWindow(
  last: WindowPlace | null,
  screens: readonly Area[],
): { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number } {
  if (last === null) return DEFAULT_SIZE;
  const widest = Math.max(LEAST_SIZE.width, ...screens.map((screen) => screen.width));
  const highest = Math.max(LEAST_SIZE.height, ...screens.map((screen) => screen.height));
  const width = Math.min(widest, Math.max(LEAST_SIZE.width, last.width));
  const height = Math.min(highest, Math.max(LEAST_SIZE.height, last.height));
  const canBeHeld = screens.some((screen) => {
    const across = Math.min(last.x + width, screen.x + screen.width) - Math.max(last.x, screen.x);
    return across >= GRIP.width && last.y >= screen.y && last.y + GRIP.height <= screen.y + screen.height;
  });
  return canBeHeld ? { width, height, x: last.x, y: last.y } : { width, height };
}
