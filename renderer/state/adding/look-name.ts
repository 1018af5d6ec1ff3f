/** A name for a look at the engine, by which it can be ended; no two looks of this window share one. */
let last = 0;

export function newLook(): string {
  last += 1;
  return `${Date.now().toString(36)}-${String(last)}`;
}
