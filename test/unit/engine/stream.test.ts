import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../../main/contract/models.ts';
import { openStream } from '../../../main/engine/stream.ts';
import { Throughput } from '../../../main/engine/throughput.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function open() {
  let sequence = 0;
  const taken = vi.fn((): Snapshot => {
    sequence += 1;
    return {
      sequence,
      at: '',
      folders: [],
      connections: [],
      bytesPerSecond: 0,
      secondsLeft: null,
      filesToGo: 0,
      throughput: [],
      lastSaved: [],
    };
  });
  const onBug = vi.fn<(error: unknown) => void>();
  return { taken, stream: openStream(taken, onBug), onBug };
}

describe('snapshots', () => {
  test('a snapshot that throws is told, and the next one comes all the same', () => {
    const { stream, taken, onBug } = open();
    const seen: string[] = [];
    stream.on((name) => {
      seen.push(name);
    });
    taken.mockImplementationOnce(() => {
      throw new Error('the database is locked');
    });
    stream.changed();
    vi.advanceTimersByTime(200);
    expect(onBug).toHaveBeenCalledOnce();
    expect(seen).toEqual([]);
    stream.changed();
    vi.advanceTimersByTime(200);
    expect(seen).toEqual(['status']);
    stream.stop();
  });

  test('however often something changes, at most ten a second, each numbered, and the last change is told', async () => {
    const { stream, taken } = open();
    const seen: number[] = [];
    stream.on((name, payload) => {
      if (name === 'status') seen.push((payload as Snapshot).sequence);
    });
    for (let ms = 0; ms < 3000; ms += 1) {
      stream.changed();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(seen.length).toBeGreaterThanOrEqual(28);
    expect(seen.length).toBeLessThanOrEqual(31);
    expect(seen).toEqual(seen.map((_, index) => index + 1));
    const before = taken.mock.calls.length;
    stream.changed();
    await vi.advanceTimersByTimeAsync(1000);
    expect(taken).toHaveBeenCalledTimes(before + 1);
    stream.stop();
  });

  test('the first comes at once, and without a change none comes', async () => {
    const { stream, taken } = open();
    stream.on(() => undefined);
    stream.changed();
    await vi.advanceTimersByTimeAsync(0);
    expect(taken).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(taken).toHaveBeenCalledTimes(1);
    stream.stop();
  });

  test('where nobody listens none is made; who has left hears nothing', async () => {
    const { stream, taken } = open();
    stream.changed();
    await vi.advanceTimersByTimeAsync(1000);
    expect(taken).not.toHaveBeenCalled();
    const heard = vi.fn();
    const leave = stream.on(heard);
    stream.emit('folders', {});
    leave();
    stream.emit('folders', {});
    expect(heard.mock.calls).toEqual([['folders', {}]]);
    stream.on(heard);
    stream.changed();
    stream.stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(taken).not.toHaveBeenCalled();
  });
});

describe('throughput', () => {
  function clocked() {
    let now = 1_000_000_000_000;
    return {
      rate: new Throughput(() => now),
      pass: (ms: number) => {
        now += ms;
      },
    };
  }

  test('the rate of now is the mean of the last six seconds, and falls to nothing', () => {
    const { rate, pass } = clocked();
    expect(rate.bytesPerSecond()).toBe(0);
    for (let second = 0; second < 20; second += 1) {
      rate.add(500);
      rate.add(500);
      pass(1000);
    }
    pass(-1);
    expect(Math.abs(rate.bytesPerSecond() - 1000)).toBeLessThanOrEqual(167);
    pass(6000);
    expect(rate.bytesPerSecond()).toBe(0);
  });

  test('ten minutes of points, one every two seconds, quiet ones too, and all that was sent is in them', () => {
    const { rate, pass } = clocked();
    rate.add(4000);
    pass(120_000);
    rate.add(2000);
    const points = rate.points();
    expect(points).toHaveLength(300);
    const times = points.map((point) => Date.parse(point.at));
    expect(times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) === 2000)).toBe(true);
    expect(points.at(-1)?.bytesPerSecond).toBe(1000);
    expect(points.at(-61)?.bytesPerSecond).toBe(2000);
    expect(points.filter((point) => point.bytesPerSecond > 0)).toHaveLength(2);
    pass(600_000);
    expect(rate.points().every((point) => point.bytesPerSecond === 0)).toBe(true);
  });

  test('a clock that is set back breaks nothing', () => {
    const { rate, pass } = clocked();
    rate.add(1000);
    pass(-86_400_000);
    rate.add(6000);
    expect(rate.bytesPerSecond()).toBe(1000);
    expect(rate.points()).toHaveLength(300);
  });

  test('it remembers ten minutes, however long it runs', () => {
    const { rate, pass } = clocked();
    for (let step = 0; step < 2000; step += 1) {
      rate.add(2);
      pass(2000);
    }
    expect(rate.points().reduce((sum, point) => sum + point.bytesPerSecond, 0)).toBeLessThanOrEqual(300);
  });
});
