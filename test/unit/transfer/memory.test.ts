import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { LEAST_KEPT, openMemory, roomFor, type Room } from '../../../main/transfer/memory.ts';

describe('room for bytes', () => {
  test('is given at once while there is some, and in the order of asking afterwards', async () => {
    const memory = openMemory(10);
    const order: string[] = [];
    const first = await memory.take(6);
    const second = memory.take(6).then((room) => {
      order.push('second');
      return room;
    });
    // A small one behind a large one waits its turn: else the large one might wait for ever.
    const third = memory.take(1).then((room) => {
      order.push('third');
      return room;
    });
    await Promise.resolve();
    expect(order).toEqual([]);
    first.giveBack();
    await Promise.all([second, third]);
    expect(order).toEqual(['second', 'third']);
  });

  test('given back twice counts once', async () => {
    const memory = openMemory(10);
    const room = await memory.take(10);
    room.giveBack();
    room.giveBack();
    const held = await memory.take(10);
    let isIn = false;
    const waiting = memory.take(1).then(() => {
      isIn = true;
    });
    await new Promise(setImmediate);
    expect(isIn).toBe(false);
    held.giveBack();
    await waiting;
  });

  test('what would hardly fit is let in beside a quarter, and nothing takes no room', async () => {
    const memory = openMemory(12);
    await memory.take(3);
    const small = await memory.take(1);
    let isIn = false;
    const large = memory.take(1000).then((room) => {
      isIn = true;
      return room;
    });
    await new Promise(setImmediate);
    expect(isIn).toBe(false);
    small.giveBack();
    const room = await large;
    let isNext = false;
    const next = memory.take(1).then(() => {
      isNext = true;
    });
    await new Promise(setImmediate);
    expect(isNext).toBe(false);
    room.giveBack();
    await next;
    // All of it is away by then.
    await memory.take(8);
    await memory.take(0);
    // What fits well waits for its room, though little be away.
    const other = openMemory(12);
    await other.take(3);
    await other.take(1);
    const well = other.take(9).then(() => 'in');
    expect(await Promise.race([well, new Promise((resolve) => setImmediate(resolve, 'waiting'))])).toBe('waiting');
  });

  test('property: never more than the limit is out, but for one beside a quarter, and everyone gets in', async () => {
    const limit = 100;
    const demand = fc.record({ bytes: fc.integer({ min: 0, max: 150 }), holds: fc.integer({ min: 0, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(demand, { minLength: 1, maxLength: 30 }), async (demands) => {
        const memory = openMemory(limit);
        let used = 0;
        const entered: number[] = [];
        await Promise.all(
          demands.map(async ({ bytes, holds }, index) => {
            const room = await memory.take(bytes);
            entered.push(index);
            used += bytes;
            if (used > limit) expect([bytes > 75, used - bytes <= 25]).toEqual([true, true]);
            for (let turn = 0; turn < holds; turn += 1) await Promise.resolve();
            used -= bytes;
            room.giveBack();
          }),
        );
        expect(entered).toEqual(demands.map((_, index) => index));
      }),
      { numRuns: 300 },
    );
  });
});

describe('memory that is given back', () => {
  const PIECE = LEAST_KEPT;

  /** As a thread takes it, and hands it back. */
  const read = ({ size, memory }: Room): ArrayBuffer => memory?.transfer() ?? new ArrayBuffer(size);

  test('serves what asks for as much, or for a quarter', async () => {
    const memory = openMemory(100 * PIECE);
    const first = await memory.take(4 * PIECE);
    expect(first).toMatchObject({ size: 4 * PIECE, memory: null });
    first.giveBack(read(first));
    const second = await memory.take(PIECE);
    expect(second).toMatchObject({ size: 4 * PIECE });
    expect(second.memory?.byteLength).toBe(4 * PIECE);
    expect((await memory.take(PIECE)).memory, 'one piece serves one').toBeNull();
    second.giveBack(read(second));
    for (const other of [PIECE - 1, 4 * PIECE + 1, 5 * PIECE]) {
      expect((await memory.take(other)).memory, String(other)).toBeNull();
    }
    const large = await memory.take(16 * PIECE);
    large.giveBack(read(large));
    const third = await memory.take(2 * PIECE);
    expect(third.size, 'the smallest that holds it').toBe(4 * PIECE);
  });

  test('is not used again where it was not said that nobody is at it, or where it is another', async () => {
    const memory = openMemory(100 * PIECE);
    const room = await memory.take(PIECE);
    room.giveBack();
    room.giveBack(read(room));
    (await memory.take(PIECE)).giveBack(new ArrayBuffer(2 * PIECE));
    (await memory.take(PIECE)).giveBack(new SharedArrayBuffer(PIECE));
    expect((await memory.take(PIECE)).memory).toBeNull();
  });

  test('goes, the oldest first, where something else needs its place, and is free at once', async () => {
    const memory = openMemory(8 * PIECE);
    const rooms = [await memory.take(2 * PIECE), await memory.take(2 * PIECE), await memory.take(2 * PIECE)];
    const pieces = rooms.map((room) => {
      const piece = read(room);
      room.giveBack(piece);
      return piece;
    });
    const small = await memory.take(PIECE / 2);
    expect(pieces.map(({ byteLength }) => byteLength / PIECE)).toEqual([2, 2, 2]);
    const large = await memory.take(4 * PIECE);
    expect(large.memory).toBeNull();
    expect(pieces.map(({ byteLength }) => byteLength / PIECE)).toEqual([0, 0, 2]);
    small.giveBack();
    large.giveBack();
  });

  test('stays where all of it would not be enough', async () => {
    const memory = openMemory(8 * PIECE);
    const kept = await memory.take(PIECE);
    const away = await memory.take(4 * PIECE);
    const piece = read(kept);
    kept.giveBack(piece);
    const large = memory.take(8 * PIECE);
    await new Promise(setImmediate);
    expect(piece.byteLength).toBe(PIECE);
    away.giveBack();
    expect((await large).size).toBe(8 * PIECE);
    expect(piece.byteLength).toBe(0);
  });

  test('is let go of where nobody asks for it', async () => {
    const memory = openMemory(100 * PIECE, 10);
    const room = await memory.take(PIECE);
    const piece = read(room);
    room.giveBack(piece);
    await vi.waitFor(() => {
      expect(piece.byteLength).toBe(0);
    });
    expect((await memory.take(100 * PIECE)).memory, 'nothing is counted any more').toBeNull();
  });

  test('property: what is away and what is spare is never more than the limit, but for one beside a quarter', async () => {
    const limit = 64 * PIECE;
    const step = fc.record({
      bytes: fc.integer({ min: 0, max: 70 * PIECE }),
      isProved: fc.boolean(),
      holds: fc.integer({ min: 0, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const memory = openMemory(limit, 60_000);
        const seen = new Set<ArrayBuffer>();
        await Promise.all(
          steps.map(async ({ bytes, isProved, holds }) => {
            const room = await memory.take(bytes);
            expect(room.size).toBeGreaterThanOrEqual(bytes);
            if (room.memory !== null) expect(room.size).toBeLessThanOrEqual(4 * bytes);
            const piece = read(room);
            seen.add(piece);
            const sizes = [...seen].map(({ byteLength }) => byteLength);
            const all = sizes.reduce((sum, one) => sum + one, 0);
            if (all > limit) expect(all - Math.max(...sizes)).toBeLessThanOrEqual(limit / 4);
            for (let turn = 0; turn < holds; turn += 1) await Promise.resolve();
            if (!isProved || piece.byteLength < LEAST_KEPT) seen.delete(piece);
            room.giveBack(isProved ? piece : undefined);
          }),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('property of its size: it holds the bytes, and is not twice as large', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 * 1024 ** 3 }), (bytes) => {
        const room = roomFor(bytes);
        expect(room).toBeGreaterThanOrEqual(bytes);
        expect(room).toBeLessThan(Math.max(1, 2 * bytes));
        expect(roomFor(room)).toBe(room);
        // Parts of a file of many GB have one size: nothing is gained there.
        if (bytes > 16 * 1024 ** 2) expect(room).toBe(bytes);
      }),
    );
  });
});
