import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OnlyByScan } from '../../../main/engine/only-by-scan.ts';
import { path } from '../store/support.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function open() {
  const counts: string[] = [];
  const finds = new OnlyByScan({
    graceMs: 1_000,
    nowMs: () => performance.now(),
    onFound: (folder, count) => counts.push(`${folder} ${String(count)}`),
  });
  const whole = (found: Readonly<Record<string, number>>): void => {
    finds.look('f', null);
    for (const [directory, count] of Object.entries(found)) finds.found('f', path(directory), count);
    finds.looked('f', true);
  };
  const told = (...directories: string[]): void => {
    finds.told('f', directories.map(path));
  };
  return { counts, finds, whole, told };
}

test('what no notice told of counts, after a while; the first look does not', () => {
  const { counts, finds, whole } = open();
  finds.begin('f');
  whole({ a: 5 });
  vi.advanceTimersByTime(5_000);
  expect(counts).toEqual([]);
  whole({ a: 2, b: 3, c: 0 });
  vi.advanceTimersByTime(900);
  expect(counts).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(counts).toEqual(['f 5']);
});

test('what was told before, during or shortly after the look does not count; an older notice covers no later look', () => {
  const { counts, finds, whole, told } = open();
  finds.begin('f');
  whole({});
  told('before', 'x');
  finds.look('f', [path('x')]);
  finds.look('f', null);
  told('during');
  for (const directory of ['before', 'during', 'after', 'x']) finds.found('f', path(directory), 1);
  finds.looked('f', true);
  told('after');
  vi.advanceTimersByTime(2_000);
  expect(counts, 'x was looked at since it was told').toEqual(['f 1']);
  finds.look('f', [path('during'), path('after')]);
  whole({ before: 1, during: 1, after: 1 });
  vi.advanceTimersByTime(2_000);
  expect(counts).toEqual(['f 1', 'f 3']);
});

test('a broken first look leaves the next one the first; a folder that is not watched has no count', () => {
  const { counts, finds, whole } = open();
  whole({ a: 1 });
  finds.begin('f');
  finds.look('f', null);
  finds.found('f', path('a'), 1);
  finds.looked('f', false);
  whole({ a: 1 });
  vi.advanceTimersByTime(2_000);
  expect(counts).toEqual([]);
  whole({ a: 1 });
  finds.end('f');
  vi.advanceTimersByTime(2_000);
  expect(counts).toEqual([]);
  finds.begin('f');
  whole({});
  whole({ a: 1 });
  finds.stop();
});
