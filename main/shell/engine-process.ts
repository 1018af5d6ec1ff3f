/**
 * Keeps the engine's process alive and speaks to it. In: calls, and how a process is started. Out: Results, events, and
 * the engine's state. A process that ends by itself is started again; whoever waited for its answer is told at once.
 */
import { failure, type Failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { failed, assertNever, type Result } from '../contract/result.ts';
import { readFromEngine, type EngineEvent, type FromEngine, type Handed, type ToEngine } from './host-messages.ts';
import { afterCrash } from './restart-policy.ts';

/** One running process, as far as this file needs to know it. */
export interface EngineChild {
  post(message: ToEngine): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number | null) => void): void;
  /** Ends it without asking. */
  kill(): void;
}

export type EngineState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'up' }
  /** It runs, but could not open its home; it answers every call with the reason. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** It crashed and is started again soon. */
  | { readonly kind: 'down' }
  /** It crashed too often and stays down; the log has the reference. */
  | { readonly kind: 'stopped'; readonly reference: string };

export interface EngineProcessOptions {
  /** May throw where no process can be started; that counts as a crash. */
  readonly start: () => EngineChild;
  /** What each new process is told first: the secrets that it needs. */
  readonly greeting?: () => readonly ToEngine[];
  readonly onEvent: (event: EngineEvent) => void;
  readonly onState: (state: EngineState) => void;
  /** Makes the opaque word by which a crash is found in the log. */
  readonly reference: () => string;
  readonly log: (line: string) => void;
}

export interface EngineProcess {
  /** Answers `engine-down` while no process runs, and to calls that were under way when it ended. */
  readonly call: (name: string, input: unknown) => Promise<Result<unknown>>;
  readonly state: () => EngineState;
  /** A person wants another try at an engine that stays down, or that could not open its home. Else nothing happens. */
  readonly startAgain: () => void;
  /** Hands something over; without a process there is nobody to take it, and the next one is greeted with it. */
  readonly hand: (message: Handed) => void;
  /** Asks the engine to finish, waits at most five seconds, then ends it. Nothing is started again. */
  readonly stop: () => Promise<void>;
}

/** How long the engine may take to finish when asked, and then to be gone when killed; milliseconds. */
export const STOP_PATIENCE = 5_000;
const KILL_PATIENCE = 1_000;

export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  const pending = new Map<number, (result: Result<unknown>) => void>();
  let state: EngineState = { kind: 'starting' };
  let child: EngineChild | null = null;
  let crashes: readonly number[] = [];
  let restart: ReturnType<typeof setTimeout> | null = null;
  let stopping: Promise<void> | null = null;
  let onGone: (() => void) | null = null;
  let lastId = 0;

  const enter = (next: EngineState): void => {
    state = next;
    options.onState(next);
  };

  const begin = (): void => {
    restart = null;
    enter({ kind: 'starting' });
    let started: EngineChild;
    try {
      started = options.start();
    } catch (error) {
      crashed(`it could not be started: ${String(error)}`);
      return;
    }
    child = started;
    started.onMessage((value) => {
      if (child !== started) return;
      const message = readFromEngine(value);
      if (message === null) options.log('the engine sent a message that means nothing here');
      else heard(message);
    });
    started.onExit((code) => {
      if (child !== started) return;
      child = null;
      if (stopping === null) crashed(`it ended with code ${String(code)}`);
      else onGone?.();
    });
    for (const message of options.greeting?.() ?? []) started.post(message);
  };

  const startAgain = (): void => {
    if (stopping !== null || (state.kind !== 'stopped' && state.kind !== 'refused')) return;
    // One that was refused still runs, holds nothing, and is heard no more.
    const former = child;
    child = null;
    former?.kill();
    crashes = [];
    begin();
  };

  const heard = (message: FromEngine): void => {
    switch (message.kind) {
      case 'opened':
        enter(message.failure === null ? { kind: 'up' } : { kind: 'refused', failure: message.failure });
        return;
      case 'answer': {
        const settle = pending.get(message.id);
        pending.delete(message.id);
        settle?.(message.result);
        return;
      }
      case 'event':
        options.onEvent(message);
        return;
      default:
        assertNever(message);
    }
  };

  const answerAll = (): void => {
    const waiting = [...pending.values()];
    pending.clear();
    for (const settle of waiting) settle(failed(failure('engine-down')));
  };

  const crashed = (how: string): void => {
    const reference = options.reference();
    const verdict = afterCrash(crashes, performance.now());
    crashes = verdict.crashes;
    answerAll();
    if (verdict.decision.kind === 'stay-down') {
      options.log(`engine crash ${reference}: ${how}; it stays down`);
      enter({ kind: 'stopped', reference });
    } else {
      options.log(`engine crash ${reference}: ${how}; it is started again in ${String(verdict.decision.after)} ms`);
      enter({ kind: 'down' });
      restart = setTimeout(begin, verdict.decision.after);
    }
  };

  const call = async (name: string, input: unknown): Promise<Result<unknown>> => {
    if (state.kind === 'refused') return failed(state.failure);
    if (child === null || stopping !== null) return failed(failure('engine-down'));
    const id = ++lastId;
    const answer = new Promise<Result<unknown>>((resolve) => pending.set(id, resolve));
    try {
      child.post({ kind: 'call', id, name, input });
    } catch {
      // What cannot be cloned cannot be sent; the engine never sees it.
      pending.delete(id);
      return failed(failure('bad-input', { field: 'input', problem: reason('no-plain-value') }));
    }
    return answer;
  };

  const end = async (): Promise<void> => {
    if (restart !== null) clearTimeout(restart);
    restart = null;
    const running = child;
    if (running === null) return;
    const gone = new Promise<void>((resolve) => {
      onGone = resolve;
    });
    try {
      running.post({ kind: 'stop' });
    } catch (error) {
      options.log(`the engine could not be asked to stop: ${String(error)}`);
    }
    if (!(await within(gone, STOP_PATIENCE))) {
      options.log('the engine did not stop in time and is ended');
      running.kill();
      await within(gone, KILL_PATIENCE);
    }
    answerAll();
  };

  begin();
  return {
    call,
    hand: (message) => {
      child?.post(message);
    },
    state: () => state,
    startAgain,
    stop: () => (stopping ??= end()),
  };
}

/** @returns whether `promise` settled within `milliseconds`. */
async function within(promise: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, milliseconds);
  });
  const inTime = await Promise.race([promise.then(() => true as const), late]);
  clearTimeout(timer);
  return inTime;
}
