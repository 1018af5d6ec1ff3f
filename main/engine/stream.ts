/** Tells listeners of change, calmly. In: "something changed". Out: at most ten numbered snapshots a second. */
import type { EventName, Events } from '../contract/events.ts';

/** Least time between two snapshots, milliseconds. */
const GAP_MS = 100;

export type Listener = <Name extends EventName>(name: Name, payload: Events[Name]) => void;

export interface EventStream {
  on(listener: Listener): () => void;
  emit: Listener;
  /** A snapshot is due: now, or when the last one is old enough. */
  changed(): void;
  stop(): void;
}

/** @param onBug gets what a snapshot or a listener threw: the engine itself goes on. */
export function openStream(snapshot: () => Events['status'], onBug: (error: unknown) => void): EventStream {
  const listeners = new Set<Listener>();
  let timer: NodeJS.Timeout | null = null;
  let lastAt = -Infinity;
  const emit: Listener = (name, payload) => {
    for (const listener of listeners) listener(name, payload);
  };
  const tell = (): void => {
    timer = null;
    lastAt = performance.now();
    try {
      emit('status', snapshot());
    } catch (error) {
      onBug(error);
    }
  };
  return {
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit,
    changed() {
      if (timer !== null || listeners.size === 0) return;
      timer = setTimeout(tell, Math.max(0, lastAt + GAP_MS - performance.now()));
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      listeners.clear();
    },
  };
}
