import { expect, test } from 'vitest';
import { densityOf } from '../../../main/engine/density.ts';
import { newReceipt, openTables } from '../store/support.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString();
const folder = { id: 'f', addedAt: at(0) };

test('every receipt is counted once, in its own stretch of time; the first and the last belong to it', () => {
  const { tables } = openTables();
  tables.now(() => {
    for (const second of [0, 1, 1, 9, 10]) tables.receipts.append('f', newReceipt('a', { seenAt: at(second) }));
    tables.receipts.append('f', newReceipt('a', { seenAt: at(4), operation: 'gone' }));
    tables.receipts.append('f', newReceipt('a', { seenAt: at(4), operation: 'delete' }));
    tables.receipts.append('another', newReceipt('a', { seenAt: at(5) }));
  });
  const ask = (from: string | undefined, to: string | undefined, buckets: number) =>
    densityOf(folder, tables, { from, to, buckets }, new Date(at(10)));
  expect(ask(undefined, undefined, 2)).toMatchObject({
    from: at(0),
    to: at(10),
    buckets: [
      { at: at(0), saved: 3, gone: 2 },
      { saved: 2, gone: 0 },
    ],
  });
  const fine = ask(undefined, undefined, 997).buckets;
  expect(fine.reduce((sum, { saved, gone }) => sum + saved + gone, 0)).toBe(7);
  expect(ask(at(1), at(8), 1).buckets).toMatchObject([{ saved: 2, gone: 2 }]);
  expect(ask(at(9), at(3), 3).buckets.every(({ saved, gone }) => saved + gone === 0)).toBe(true);
  expect(
    densityOf({ ...folder, id: 'new' }, tables, { from: undefined, to: undefined, buckets: 1 }, new Date(at(3))),
  ).toEqual({
    from: at(0),
    to: at(3),
    buckets: [{ at: at(0), saved: 0, gone: 0 }],
  });
});

test('over a long time whole minutes are counted, and the sum stays what it is', () => {
  const { tables } = openTables();
  tables.now(() => {
    for (let index = 0; index < 500; index += 1) {
      const operation = index % 5 === 0 ? 'gone' : index % 7 === 0 ? 'adopt' : 'put';
      tables.receipts.append('f', newReceipt('a', { seenAt: at(index * 37), operation }));
    }
  });
  for (const buckets of [1, 7, 200, 308]) {
    const { buckets: found } = densityOf(
      folder,
      tables,
      { from: undefined, to: undefined, buckets },
      new Date(at(499 * 37)),
    );
    expect(found.reduce((sum, { gone }) => sum + gone, 0)).toBe(100);
    expect(found.reduce((sum, { saved }) => sum + saved, 0)).toBe(500 - 100 - 57);
    expect(found).toHaveLength(buckets);
  }
});

test('versions that no receipt tells the time of are counted by S3’s, and the slider begins with the first of them', () => {
  const { tables } = openTables();
  tables.now(() => tables.receipts.append('f', newReceipt('a', { seenAt: at(8) })));
  const times = [at(2), at(2), at(5)].map((one) => Date.parse(one));
  const untold = { saved: times, gone: [Date.parse(at(7))] };
  const wanted = { from: undefined, to: undefined, buckets: 2 };
  expect(densityOf({ ...folder, addedAt: at(6) }, tables, wanted, new Date(at(9)), untold)).toMatchObject({
    from: at(2),
    to: at(9),
    buckets: [
      { saved: 3, gone: 0 },
      { saved: 1, gone: 1 },
    ],
  });
  const later = { ...wanted, from: at(5), to: at(6), buckets: 1 };
  expect(densityOf(folder, tables, later, new Date(at(9)), untold).buckets).toMatchObject([{ saved: 1, gone: 0 }]);
});
