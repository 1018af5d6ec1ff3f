import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { success } from '../../../main/contract/result.ts';
import {
  startEngineProcess,
  STOP_PATIENCE,
  type EngineChild,
  type EngineProcess,
  type EngineState,
} from '../../../main/shell/engine-process.ts';
import type { EngineEvent, FromEngine, ToEngine } from '../../../main/shell/host-messages.ts';

/** A process that does what the test tells it. */
class FakeChild implements EngineChild {
  readonly posted: ToEngine[] = [];
  killed = false;
  #hear: (message: unknown) => void = () => undefined;
  #exit: (code: number | null) => void = () => undefined;
  post(message: ToEngine): void {
    this.posted.push(structuredClone(message));
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#hear = listener;
  }
  onExit(listener: (code: number | null) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    this.killed = true;
    this.#exit(null);
  }
  say(message: FromEngine): void {
    this.#hear(message);
  }
  sayAnything(message: unknown): void {
    this.#hear(message);
  }
  crash(): void {
    this.#exit(139);
  }
  end(): void {
    this.#exit(0);
  }
}

const opened: FromEngine = { kind: 'opened', failure: null };
let children: FakeChild[];
let states: EngineState[];
let events: EngineEvent[];
let lines: string[];
let engine: EngineProcess;
let cannotStart: boolean;

function child(): FakeChild {
  const last = children.at(-1);
  if (last === undefined) throw new Error('no process was started');
  return last;
}

beforeEach(() => {
  vi.useFakeTimers();
  children = [];
  states = [];
  events = [];
  lines = [];
  cannotStart = false;
  engine = startEngineProcess({
    start: () => {
      if (cannotStart) throw new Error('no such program');
      const made = new FakeChild();
      children.push(made);
      return made;
    },
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    reference: () => 'E-1',
    log: (line) => lines.push(line),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a running engine', () => {
  it('gets each call with a number of its own and answers whoever asked', async () => {
    const first = engine.call('folder.list', {});
    const second = engine.call('status.snapshot', {});
    expect(child().posted).toEqual([
      { kind: 'call', id: 1, name: 'folder.list', input: {} },
      { kind: 'call', id: 2, name: 'status.snapshot', input: {} },
    ]);
    child().say({ kind: 'answer', id: 2, result: success('second') });
    child().say({ kind: 'answer', id: 1, result: success('first') });
    expect(await first).toEqual(success('first'));
    expect(await second).toEqual(success('second'));
  });

  it('is up once it says that its home is open, and its events are handed on', () => {
    child().say(opened);
    child().say({ kind: 'event', event: 'saved', payload: { folder: 'f', path: 'a', seq: 1 } });
    expect(states).toEqual([{ kind: 'starting' }, { kind: 'up' }]);
    expect(events).toEqual([{ kind: 'event', event: 'saved', payload: { folder: 'f', path: 'a', seq: 1 } }]);
  });

  it('may say things that mean nothing without harm', () => {
    for (const nonsense of [null, 7, 'x', {}, { kind: 'answer' }, { kind: 'event', event: 'nope', payload: {} }]) {
      child().sayAnything(nonsense);
    }
    child().say({ kind: 'answer', id: 99, result: success(1) });
    expect(events).toEqual([]);
    expect(lines.length).toBe(6);
  });

  it('is never sent what cannot be cloned; the caller is told', async () => {
    const answer = await engine.call('folder.list', { bad: () => 1 });
    expect(answer).toMatchObject({ ok: false, failure: { code: 'bad-input' } });
    expect(child().posted).toEqual([]);
  });
});

describe('a home that cannot be opened', () => {
  it('is no crash: every call says why', async () => {
    const why = failure('home-damaged', { home: '/h', reason: 'not a database' });
    child().say({ kind: 'opened', failure: why });
    expect(engine.state()).toEqual({ kind: 'refused', failure: why });
    expect(await engine.call('folder.list', {})).toEqual({ ok: false, failure: why });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(children.length).toBe(1);
  });
});

describe('another try', () => {
  it('brings an engine back that stays down, and counts its crashes anew', async () => {
    for (const wait of [1_000, 5_000, 0]) {
      child().crash();
      await vi.advanceTimersByTimeAsync(wait);
    }
    expect(engine.state()).toEqual({ kind: 'stopped', reference: 'E-1' });
    engine.startAgain();
    child().say(opened);
    expect(engine.state()).toEqual({ kind: 'up' });
    expect(children.length).toBe(4);
    child().crash();
    expect(engine.state()).toEqual({ kind: 'down' });
  });

  it('opens a home that was refused; of the former process nothing counts any more', () => {
    const former = child();
    former.say({
      kind: 'opened',
      failure: failure('config-malformed', { path: '/h/config.json', problem: 'no JSON' }),
    });
    engine.startAgain();
    expect(children.length).toBe(2);
    former.crash();
    child().say(opened);
    expect(engine.state()).toEqual({ kind: 'up' });
  });

  it('is none while the engine works, or is started again by itself', () => {
    engine.startAgain();
    child().say(opened);
    engine.startAgain();
    child().crash();
    engine.startAgain();
    expect(children.length).toBe(1);
  });
});

describe('a crash', () => {
  it('answers what was under way and every call until the engine is back', async () => {
    const underWay = engine.call('folder.list', {});
    child().crash();
    expect(await underWay).toMatchObject({ ok: false, failure: { code: 'engine-down' } });
    expect(await engine.call('folder.list', {})).toMatchObject({ ok: false, failure: { code: 'engine-down' } });
    await vi.advanceTimersByTimeAsync(999);
    expect(children.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(children.length).toBe(2);
    const later = engine.call('folder.list', {});
    child().say({ kind: 'answer', id: 2, result: success([]) });
    expect(await later).toEqual(success([]));
  });

  it('three times in five minutes leaves it down, with a reference', async () => {
    child().crash();
    await vi.advanceTimersByTimeAsync(1_000);
    child().crash();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(children.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    child().crash();
    expect(engine.state()).toEqual({ kind: 'stopped', reference: 'E-1' });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(children.length).toBe(3);
    expect(await engine.call('folder.list', {})).toMatchObject({ ok: false, failure: { code: 'engine-down' } });
  });

  it('of the start itself counts the same', async () => {
    cannotStart = true;
    child().crash();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(engine.state()).toEqual({ kind: 'stopped', reference: 'E-1' });
    expect(lines.some((line) => line.includes('no such program'))).toBe(true);
  });

  it('ends the interest in what the former process still says', () => {
    const former = child();
    former.crash();
    former.say(opened);
    expect(engine.state()).toEqual({ kind: 'down' });
  });
});

describe('stopping', () => {
  it('asks, waits for the end, and starts nothing again', async () => {
    const underWay = engine.call('folder.list', {});
    const stopped = engine.stop();
    expect(child().posted.at(-1)).toEqual({ kind: 'stop' });
    child().end();
    await stopped;
    expect(await underWay).toMatchObject({ ok: false, failure: { code: 'engine-down' } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(children.length).toBe(1);
    expect(child().killed).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends an engine that does not listen after five seconds', async () => {
    let isStopped = false;
    const stopped = engine.stop().then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(STOP_PATIENCE - 1);
    expect([child().killed, isStopped]).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(1);
    await stopped;
    expect(child().killed).toBe(true);
  });

  it('while it waits to be started again leaves no timer', async () => {
    child().crash();
    await engine.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(children.length).toBe(1);
  });
});
