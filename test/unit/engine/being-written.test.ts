import { expect, test, vi } from 'vitest';
import { BeingWritten } from '../../../main/engine/being-written.ts';

/** A writing that ends when it is told to. */
function open() {
  let end = (): void => undefined;
  let fail = (_error: Error): void => undefined;
  const written = new Promise<void>((resolve, reject) => {
    [end, fail] = [resolve, reject];
  });
  return { written, end, fail };
}

/** Whether a promise has ended by the time that all others of the moment have had their turn. */
async function hasEnded(promise: Promise<unknown>): Promise<boolean> {
  const told = vi.fn();
  promise.then(told, told);
  await new Promise(setImmediate);
  return told.mock.calls.length > 0;
}

test('a look goes on while little is being written, and waits for the oldest where it is much', async () => {
  const writing = new BeingWritten();
  const [first, second, third] = [open(), open(), open()];
  expect(await hasEnded(writing.add(200, first.written))).toBe(true);
  const more = writing.add(100, second.written);
  expect(await hasEnded(more)).toBe(false);
  second.end();
  expect(await hasEnded(more)).toBe(false);
  first.end();
  await more;
  expect(await hasEnded(writing.add(150, third.written))).toBe(true);
  third.end();
  await writing.settled();
});

test('plans that write nothing are counted as well', async () => {
  const writing = new BeingWritten();
  const all = Array.from({ length: 257 }, open);
  const added = all.map(({ written }) => writing.add(0, written));
  expect(await hasEnded(Promise.all(added.slice(0, 256)))).toBe(true);
  expect(await hasEnded(added[256] ?? Promise.resolve())).toBe(false);
  for (const { end } of all) end();
  await Promise.all(added);
});

test('the end waits for all, and says what failed', async () => {
  const writing = new BeingWritten();
  const [first, second] = [open(), open()];
  await writing.add(1, first.written);
  await writing.add(1, second.written);
  first.fail(new Error('The disk is full.'));
  const settled = writing.settled();
  expect(await hasEnded(settled)).toBe(false);
  second.end();
  await expect(settled).rejects.toThrow('The disk is full.');
  await writing.settled();
});

test('what failed ends a look that has to wait', async () => {
  const writing = new BeingWritten();
  const first = open();
  await writing.add(256, first.written);
  first.fail(new Error('The disk is full.'));
  await expect(writing.add(1, Promise.resolve())).rejects.toThrow('The disk is full.');
});
