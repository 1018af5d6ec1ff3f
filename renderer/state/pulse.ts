/** When work may be done. In: requests, as many as come. Out: runs, few enough, and none while nobody can see the window. */

/** Whether the window can be seen. */
export interface Visibility {
  readonly visible: () => boolean;
  /** Calls back each time the window comes into sight; answers the way to stop. */
  readonly onShown: (listener: () => void) => () => void;
}

export interface Pulse {
  /** Asks for a run: at once where the last one is long enough ago, else as soon as it is. */
  readonly request: () => void;
  readonly stop: () => void;
}

/**
 * Runs `task` every `everyMs` milliseconds as long as the window is seen, and once when it comes into sight again.
 * Answers the way to stop. While nobody sees it there is no timer either, but for the one that finds that out.
 */
export function whileSeen(task: () => void, everyMs: number, visibility: Visibility): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = (): void => {
    timer = undefined;
    if (!visibility.visible()) return;
    timer = setTimeout(tick, everyMs);
    task();
  };
  const stopHearing = visibility.onShown(() => {
    clearTimeout(timer);
    tick();
  });
  timer = setTimeout(tick, everyMs);
  return () => {
    clearTimeout(timer);
    stopHearing();
  };
}

/**
 * Runs `task` at most once every `everyMs` milliseconds, never twice at the same time, and not while the window is
 * hidden; what was asked for meanwhile is done once when it is shown again. A task that takes long is given a rest of
 * four times as long, so that a huge folder under change does not keep the window busy.
 */
export function pulse(task: () => Promise<void> | void, everyMs: number, visibility: Visibility): Pulse {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let wanted = 0;
  let answered = 0;
  let isStopped = false;
  let earliest = 0;

  const run = async (): Promise<void> => {
    isRunning = true;
    answered = wanted;
    // Out of the caller's turn: an effect that asks for a run must not come to depend on what the task reads.
    await Promise.resolve();
    const started = performance.now();
    try {
      await task();
    } finally {
      const took = performance.now() - started;
      earliest = started + Math.max(everyMs, took * 5);
      isRunning = false;
    }
    if (wanted > answered) consider();
  };
  const consider = (): void => {
    if (isStopped || isRunning || timer !== undefined || !visibility.visible()) return;
    const wait = earliest - performance.now();
    if (wait <= 0) {
      void run();
      return;
    }
    timer = setTimeout(() => {
      timer = undefined;
      if (!isStopped && wanted > answered && visibility.visible()) void run();
    }, wait);
  };
  const stopListening = visibility.onShown(() => {
    if (wanted > answered) consider();
  });
  return {
    request() {
      wanted += 1;
      consider();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      stopListening();
    },
  };
}
