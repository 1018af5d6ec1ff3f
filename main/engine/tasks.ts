/** Long work that a person can follow and end. In: a name that the caller made up, and the work. Out: its answer. */
import { failure } from '../contract/errors.ts';
import type { Progress } from '../contract/history.ts';
import { reason } from '../contract/reasons.ts';
import { failed, type Result } from '../contract/result.ts';
import type { Listener } from './stream.ts';

/** Progress is told at most so often, milliseconds. */
const GAP_MS = 100;

export interface TaskTools {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export class Tasks {
  readonly #running = new Map<string, AbortController>();
  readonly #emit: Listener;
  readonly #ending: AbortSignal;

  /** @param ending aborts when nobody will be answered any more. */
  constructor(emit: Listener, ending: AbortSignal) {
    this.#emit = emit;
    this.#ending = ending;
  }

  /** @param name left out: nobody will ask after it. */
  async run<T>(name: string | undefined, work: (tools: TaskTools) => Promise<Result<T>>): Promise<Result<T>> {
    if (name === undefined) return work({ signal: this.#ending, onProgress: () => undefined });
    if (this.#running.has(name)) {
      return failed(failure('bad-input', { field: 'task', problem: reason('runs-already', { name }) }));
    }
    const abort = new AbortController();
    this.#running.set(name, abort);
    const told = this.#teller(name);
    try {
      return await work({ signal: AbortSignal.any([abort.signal, this.#ending]), onProgress: told.tell });
    } finally {
      told.end();
      this.#running.delete(name);
    }
  }

  /** False: nothing runs under this name. */
  cancel(name: string): boolean {
    const found = this.#running.get(name);
    found?.abort();
    return found !== undefined;
  }

  /** The latest of a moment is told at its end, so that the last word is never left out. */
  #teller(task: string): { readonly tell: (progress: Progress) => void; readonly end: () => void } {
    let latest: Progress | null = null;
    let timer: NodeJS.Timeout | null = null;
    const flush = (): void => {
      timer = null;
      if (latest === null) return;
      this.#emit('progress', { task, ...latest });
      latest = null;
    };
    return {
      tell: (progress) => {
        latest = progress;
        timer ??= setTimeout(flush, GAP_MS);
      },
      end: () => {
        if (timer !== null) clearTimeout(timer);
        flush();
      },
    };
  }
}
