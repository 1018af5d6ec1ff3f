/** The order of the queue, in a queue of any length. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classOf, JOB_CLASS, rankOf } from '../../../main/store/rank.ts';
import type { NewJob } from '../../../main/store/types.ts';
import { job, openTables, path, SEEN_AT, stat } from './support.ts';

const HOUR = 3_600_000;
const SEEN = Date.parse(SEEN_AT);
const KIB = 1024;
const MIB = 1024 * KIB;

/** A file that was seen some hours later, saved some hours before that. */
function file(at: string, size: number, laterH = 0, ageH = 0): NewJob {
  const seenMs = SEEN + laterH * HOUR;
  const mtimeNs = String(BigInt(Math.round(seenMs - ageH * HOUR)) * 1_000_000n);
  return job(at, { size, seenAt: new Date(seenMs).toISOString(), seen: stat({ size, mtimeNs }) });
}

const isBefore = (a: NewJob, b: NewJob): boolean => rankOf(a) < rankOf(b);

describe('the rank', () => {
  test('a letter that is saved goes before the photographs that have waited since yesterday', () => {
    expect(isBefore(file('letter', 20 * KIB, 24), file('of today', 5 * MIB))).toBe(true);
    expect(isBefore(file('letter', 20 * KIB, 6 * 24), file('of last year', 5 * MIB, 0, 365 * 24))).toBe(true);
  });

  test('among old files the newer ones first, among those of one age the smaller ones', () => {
    expect(isBefore(file('of last week', MIB, 0, 7 * 24), file('of last year', MIB, 0, 365 * 24))).toBe(true);
    expect(isBefore(file('small', 4 * KIB, 0, 24), file('large', 4 * MIB, 0, 24))).toBe(true);
  });

  test('age counts: after two weeks anything goes before what comes now, and what was seen first before its like', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 45), fc.nat(24 * 365 * 40), fc.nat(2 ** 45), fc.nat(24 * 365), (a, ageA, b, ageB) => {
        expect(isBefore(file('now', b, 14 * 24 + 1, ageB), file('before', a, 0, ageA))).toBe(false);
        expect(rankOf(file('before', a, 0, ageA))).toBeLessThan(rankOf(file('after', a, 1, ageA)));
      }),
    );
  });

  test('times that cannot be are no merit, and no reason to wait for ever', () => {
    const future = job('future', { seen: stat({ mtimeNs: '99999999999999999999' }), size: 0 });
    expect(rankOf(future)).toBe(SEEN);
    expect(rankOf(job('x', { seenAt: 'no time', size: 0, seen: null }))).toBe(0);
    expect(rankOf(job('gone', { operation: 'gone', seen: null, size: 1e12 }))).toBe(SEEN);
  });

  test('classes: what is sent in parts is large, the end of a path is neither', () => {
    expect(classOf(file('a', 16 * MIB))).toBe(JOB_CLASS.small);
    expect(classOf(file('a', 16 * MIB + 1))).toBe(JOB_CLASS.large);
    expect(classOf(job('a', { operation: 'gone', size: 1e12 }))).toBe(JOB_CLASS.end);
  });
});

describe('candidates', () => {
  test('by rank and by age, of one folder and class, none that waits for its time', () => {
    const { tables } = openTables();
    const { jobs, order } = tables;
    for (const one of [file('old', KIB, 0, 5000), file('new', KIB), file('huge', 99 * MIB)]) jobs.enqueue(one);
    jobs.enqueue({ ...file('later', 1), folder: 'f' });
    jobs.enqueue({ ...file('elsewhere', 1), folder: 'g' });
    jobs.retryAt(jobs.find('f', path('later'))?.id ?? 0, 9000, null, false);
    const names = (found: readonly { readonly id: number }[]) => found.map(({ id }) => order.job(id)?.path);
    expect(names(order.ranked('f', JOB_CLASS.small, 9))).toEqual(['new', 'old']);
    expect(names(order.oldest('f', JOB_CLASS.small, 9))).toEqual(['old', 'new']);
    expect(names(order.ranked('f', JOB_CLASS.small, 1))).toEqual(['new']);
    expect(names(order.ranked('f', JOB_CLASS.large, 9))).toEqual(['huge']);
    expect(order.foldersDue(['f', 'g', 'none'])).toEqual(['f', 'g']);
    expect(order.nextAt(['f', 'g'])).toBe(9000);
    expect(order.promote(8999, ['f', 'g'])).toBe(0);
    expect(order.promote(9000, ['g'])).toBe(0);
    expect(order.promote(9000, ['f'])).toBe(1);
    expect(names(order.ranked('f', JOB_CLASS.small, 9))).toEqual(['later', 'new', 'old']);
    expect(order.nextAt(['f', 'g'])).toBeNull();
  });

  test('a file that is saved again while it waits keeps the better of its places, and its age', () => {
    const { tables } = openTables();
    const { jobs, order } = tables;
    jobs.enqueue(file('a', KIB));
    const { rank, id } = order.ranked('f', 0, 1)[0] ?? { rank: 0, id: 0 };
    jobs.enqueue(file('a', 40 * MIB, 5));
    expect(order.ranked('f', JOB_CLASS.large, 1)).toEqual([{ id, class: JOB_CLASS.large, rank }]);
    jobs.activate(id);
    jobs.enqueue(file('a', KIB, 9));
    jobs.finish(id);
    expect(order.ranked('f', 0, 1)).toEqual([{ id, class: 0, rank: rankOf(file('a', KIB, 9)) }]);
  });

  test('what a person pulls forward is first, the last one pulled before those before; never what is under way', () => {
    const { tables } = openTables();
    const { jobs, order } = tables;
    for (const at of ['a', 'b', 'c', 'd']) jobs.enqueue(file(at, KIB));
    jobs.retryAt(jobs.find('f', path('b'))?.id ?? 0, 5e15, null, false);
    expect(order.pullForward('f', path('c'))).toBe(true);
    expect(order.pullForward('f', path('b'))).toBe(true);
    expect(order.pullForward('f', path('none'))).toBe(false);
    const found = order.ranked('f', 0, 9).map(({ id }) => order.job(id));
    expect(found.map((one) => [one?.path, one?.isFirst])).toEqual([
      ['b', true],
      ['c', true],
      ['a', false],
      ['d', false],
    ]);
    jobs.activate(found[0]?.id ?? 0);
    expect(order.pullForward('f', path('b'))).toBe(false);
  });

  test('what waits for its least interval alone leaves nothing open, and is due in its time', () => {
    const { tables } = openTables();
    const { jobs, order } = tables;
    jobs.enqueue(file('a', KIB));
    const id = jobs.find('f', path('a'))?.id ?? 0;
    expect(order.isAnyOpen(['f'])).toBe(true);
    jobs.activate(id);
    jobs.waitEarly(id, 5000, 60_000);
    expect(order.isAnyOpen(['f'])).toBe(false);
    expect([jobs.hasOpen('f', 1e9), jobs.someOpen('f', 9), jobs.counts('f').early]).toEqual([false, [], 1]);
    // A newer content waits as long as the one before it did; that the file is gone does not wait.
    jobs.enqueue(file('a', 2 * KIB));
    expect(jobs.find('f', path('a'))).toMatchObject({ notBeforeMs: 5000, intervalMs: 60_000, size: 2 * KIB });
    jobs.clampNotBefore(0, 1000);
    expect(jobs.find('f', path('a'))?.notBeforeMs).toBe(5000);
    jobs.clampNotBefore(-60_000, 1000);
    expect(jobs.find('f', path('a'))?.notBeforeMs).toBe(0);
    order.promote(1, ['f']);
    jobs.waitEarly(id, 5000, 60_000);
    expect(jobs.retryFolder('f')).toBe(0);
    expect(jobs.lookAtEarly('f')).toBe(1);
    expect(order.isAnyOpen(['f'])).toBe(true);
    jobs.waitEarly(id, 5000, 60_000);
    jobs.enqueue(job('a', { operation: 'gone', seen: null }));
    expect(jobs.find('f', path('a'))).toMatchObject({ notBeforeMs: 0, intervalMs: 0 });
  });
});
