import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Folder } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import type { Memory, MemoryFile } from '../../../main/shell/memory.ts';
import { PAUSE_LENGTH, startPause, type Pause } from '../../../main/shell/pause.ts';

let paused: Map<string, boolean>;
let memory: MemoryFile;
let isDown: boolean;
let pause: Pause;

function begin(): Pause {
  return startPause({
    memory,
    folders: () =>
      Promise.resolve(
        isDown
          ? failed(failure('engine-down'))
          : success([...paused].map(([name, isPaused]) => ({ name, paused: isPaused }) as Folder)),
      ),
    setPaused: (folder, value) => {
      if (isDown) return Promise.resolve(failed(failure('engine-down')));
      if (!paused.has(folder)) return Promise.resolve(failed(failure('unknown-folder', { name: folder })));
      paused.set(folder, value);
      return Promise.resolve(success(null));
    },
    log: () => undefined,
  });
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-22T14:00:00Z') });
  let known: Memory = { closeExplained: false, window: null, pause: null };
  memory = {
    read: () => known,
    change: (part) => {
      known = { ...known, ...part };
    },
  };
  paused = new Map([
    ['a', false],
    ['b', true],
    ['c', false],
  ]);
  isDown = false;
  pause = begin();
});

afterEach(() => {
  pause.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const state = (): unknown => Object.fromEntries(paused);

describe('pausing for an hour', () => {
  it('pauses all, and after the hour resumes those that it paused', async () => {
    await pause.pause('hour');
    expect(state()).toEqual({ a: true, b: true, c: true });
    expect(pause.until()).toBe('2026-11-22T15:00:00.000Z');
    await vi.advanceTimersByTimeAsync(PAUSE_LENGTH - 1);
    expect(state()).toEqual({ a: true, b: true, c: true });
    await vi.advanceTimersByTimeAsync(1);
    expect(state()).toEqual({ a: false, b: true, c: false });
    expect(pause.until()).toBeNull();
  });

  it('ends also where Cairn was not running when the hour ended', async () => {
    await pause.pause('hour');
    pause.stop();
    vi.setSystemTime(new Date('2026-11-22T18:00:00Z'));
    pause = begin();
    pause.look();
    await vi.advanceTimersByTimeAsync(0);
    expect(state()).toEqual({ a: false, b: true, c: false });
  });

  it('tries again where the engine was down, and forgets a folder that was removed', async () => {
    await pause.pause('hour');
    paused.delete('c');
    isDown = true;
    await vi.advanceTimersByTimeAsync(PAUSE_LENGTH);
    expect(state()).toEqual({ a: true, b: true });
    isDown = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(state()).toEqual({ a: false, b: true });
    expect(memory.read().pause).toBeNull();
  });
});

describe('pausing until resumed', () => {
  it('has no end of its own, and resume lets all go on', async () => {
    await pause.pause('until-resumed');
    await vi.advanceTimersByTimeAsync(24 * PAUSE_LENGTH);
    expect(state()).toEqual({ a: true, b: true, c: true });
    await pause.resume();
    expect(state()).toEqual({ a: false, b: false, c: false });
  });

  it('takes the end away from an hour that runs', async () => {
    await pause.pause('hour');
    await pause.pause('until-resumed');
    await vi.advanceTimersByTimeAsync(2 * PAUSE_LENGTH);
    expect(state()).toEqual({ a: true, b: true, c: true });
  });
});
