/** Whether the computer slept. In: two readings of both clocks. Out: yes or no; and a watch that asks from time to time. */

export interface Clocks {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** Milliseconds of a clock that stands still while the computer sleeps, as on Linux. */
  readonly steadyMs: number;
}

/** So much further went the wall clock: a sleep, or a clock set by hand, after which a look does no harm. */
const JUMP_MS = 2 * 60_000;
const ASK_MS = 30_000;

export function hasSlept(before: Clocks, now: Clocks): boolean {
  return now.wallMs - before.wallMs - (now.steadyMs - before.steadyMs) > JUMP_MS;
}

/** Calls after each sleep. Answers its stop. */
export function watchForSleep(onWake: () => void, read: () => Clocks = readClocks): () => void {
  let before = read();
  const timer = setInterval(() => {
    const now = read();
    const isAwakeAgain = hasSlept(before, now);
    before = now;
    if (isAwakeAgain) onWake();
  }, ASK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

function readClocks(): Clocks {
  return { wallMs: Date.now(), steadyMs: performance.now() };
}
