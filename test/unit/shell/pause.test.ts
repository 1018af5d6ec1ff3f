import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { FolderStatus, Snapshot } from '../../../main/contract/models.ts';
import { failed, success, type Result } from '../../../main/contract/result.ts';
import { NOTHING_KNOWN, type Memory, type MemoryFile } from '../../../main/shell/memory.ts';
import { pausedUntil, pauseEnd, startPause, type Pause } from '../../../main/shell/pause.ts';

let asked: unknown[];
let known: Memory;
let answer: Result<unknown>;
let logged: string[];
let pause: Pause;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-22T14:00:00Z') });
  asked = [];
  logged = [];
  answer = success([]);
  known = NOTHING_KNOWN;
  const memory: MemoryFile = {
    read: () => known,
    change: (part) => {
      known = { ...known, ...part };
    },
  };
  const call =
    (name: string) =>
    (input: object): Promise<Result<unknown>> => {
      asked.push([name, input]);
      return Promise.resolve(answer);
    };
  pause = startPause({ memory, pause: call('pause'), resume: call('resume'), log: (line) => logged.push(line) });
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('the tray’s pauses', () => {
  it('are the engine’s: an hour from now, or until somebody resumes', async () => {
    await pause.pause('hour');
    await pause.pause('until-resumed');
    await pause.resume();
    expect(asked).toEqual([
      ['pause', { until: '2026-11-22T15:00:00.000Z' }],
      ['pause', {}],
      ['resume', {}],
    ]);
  });

  it('say in the log what the engine refused', async () => {
    answer = failed(failure('engine-down'));
    await pause.pause('hour');
    await pause.resume();
    expect(logged).toEqual([
      'the folders could not be paused: engine-down',
      'the folders could not be resumed: engine-down',
    ]);
  });
});

describe('an hour that an earlier release began', () => {
  const before = (until: string): void => {
    known = { ...known, pause: { until, folders: ['a', 'c'] } };
  };
  const handedOver = (): Promise<void> => vi.waitFor(() => expect(asked).toHaveLength(2)).then(() => undefined);

  it('goes on in the engine', async () => {
    before('2026-11-22T14:20:00Z');
    pause.handOver();
    await handedOver();
    expect(asked).toEqual([
      ['pause', { folder: 'a', until: '2026-11-22T14:20:00Z' }],
      ['pause', { folder: 'c', until: '2026-11-22T14:20:00Z' }],
    ]);
    await vi.waitFor(() => {
      expect(known.pause).toBeNull();
    });
  });

  it('ends where it is over, and is kept where the engine cannot be asked', async () => {
    before('2026-11-22T13:00:00Z');
    answer = failed(failure('engine-down'));
    pause.handOver();
    await vi.waitFor(() => {
      expect(logged).toEqual(['the pause of a: engine-down']);
    });
    expect(known.pause).not.toBeNull();
    asked = [];
    answer = success([]);
    pause.handOver();
    await handedOver();
    expect(asked).toEqual([
      ['resume', { folder: 'a' }],
      ['resume', { folder: 'c' }],
    ]);
  });
});

it('the end that the tray names is that of the first folder that goes on by itself', () => {
  const folder = (until: string | null) => ({ pausedUntil: until }) as FolderStatus;
  const snapshot = { folders: [folder(null), folder('2026-11-22T16:00:00Z'), folder('2026-11-22T15:00:00Z')] };
  expect(pausedUntil(snapshot as unknown as Snapshot)).toBe('2026-11-22T15:00:00Z');
  expect(pausedUntil({ folders: [folder(null)] } as unknown as Snapshot)).toBeNull();
  expect(pausedUntil(null)).toBeNull();
});

it('ends an hour, or at eight of the next day', () => {
  const evening = new Date(2026, 10, 22, 21, 30);
  expect(pauseEnd('until-tomorrow', evening)).toBe(new Date(2026, 10, 23, 8).toISOString());
  expect(pauseEnd('hour', evening)).toBe(new Date(2026, 10, 22, 22, 30).toISOString());
  expect(pauseEnd('until-resumed', evening)).toBeNull();
});
