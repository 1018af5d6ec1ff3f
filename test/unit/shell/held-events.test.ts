/** A window that nobody sees is not told what will be old when it is seen again. */
import { expect, it } from 'vitest';
import type { Snapshot } from '../../../main/contract/models.ts';
import { HeldEvents } from '../../../main/shell/held-events.ts';

const status = (sequence: number): Snapshot => ({ sequence }) as Snapshot;
const saved = (path: string, seq: number) => ({ folder: 'Notes', path, seq });

it('keeps the newest snapshot, and of each file its newest save, in their order', () => {
  const held = new HeldEvents();
  expect(held.hold(['saved', saved('a', 1)])).toBe(true);
  expect(held.hold(['status', status(1)])).toBe(true);
  expect(held.hold(['saved', saved('b', 2)])).toBe(true);
  expect(held.hold(['saved', saved('a', 3)])).toBe(true);
  expect(held.hold(['status', status(2)])).toBe(true);
  expect(held.take()).toEqual([
    ['saved', saved('b', 2)],
    ['saved', saved('a', 3)],
    ['status', status(2)],
  ]);
  expect(held.take()).toEqual([]);
});

it('lets pass what is rare or cannot wait, and saves of more files than are worth remembering', () => {
  const held = new HeldEvents();
  expect(held.hold(['folders', {}])).toBe(false);
  expect(held.hold(['engine', { state: 'stopped' }])).toBe(false);
  for (let at = 0; at < 2_000; at += 1) expect(held.hold(['saved', saved(String(at), at)])).toBe(true);
  expect(held.hold(['saved', saved('one more', 2_000)])).toBe(false);
  expect(held.take()).toHaveLength(2_000);
});
