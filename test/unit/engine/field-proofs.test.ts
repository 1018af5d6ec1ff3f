import { expect, test } from 'vitest';
import type { Folder } from '../../../main/contract/models.ts';
import { FirstLooks, openFieldProofs } from '../../../main/engine/field-proofs.ts';
import { openTables, path } from '../store/support.ts';

function opened(random = 0.5) {
  const { tables } = openTables();
  const folder = { connection: 'c', bucket: 'b' } as Folder;
  const clock = { now: new Date('2026-03-01T12:00:00Z') };
  const looks = new FirstLooks();
  // One for each attempt, as the engine does it.
  const proofs = () =>
    openFieldProofs(
      folder,
      tables,
      looks,
      () => clock.now,
      () => random,
    );
  return { proofs, clock };
}

const FIELDS = ['StorageClass', 'Metadata'];

test('of many files of one moment one is looked at, and the others take what it finds', async () => {
  const { proofs, clock } = opened();
  const end = await proofs().begin('put', FIELDS);
  const others = [proofs().begin('put', FIELDS), proofs().begin('put', [...FIELDS].reverse())];
  let areKept = false;
  const all = Promise.all(others).finally(() => {
    areKept = true;
  });
  await new Promise(setImmediate);
  expect(areKept, 'they wait for it').toBe(false);
  // Another way, or another set, is another question.
  const [copy, alone] = [await proofs().begin('copy', FIELDS), await proofs().begin('put', ['Metadata'])];
  expect([typeof copy, typeof alone]).toEqual(['function', 'function']);

  proofs().note('put', FIELDS, ['StorageClass'], path('a'));
  end?.();
  expect(await all).toEqual([null, null]);
  expect(proofs().droppedBefore('put')).toEqual(new Set(['StorageClass']));
  expect(await proofs().begin('put', FIELDS)).toBeNull();

  clock.now = new Date('2026-03-02T00:00:00Z');
  expect(await proofs().begin('put', FIELDS), 'the first of a day').not.toBeNull();
});

test('a look that found nothing out says nothing for the others', async () => {
  const { proofs } = opened();
  const end = await proofs().begin('put', FIELDS);
  const others = [proofs().begin('put', FIELDS), proofs().begin('put', FIELDS)];
  end?.();
  expect((await Promise.all(others)).map((one) => typeof one)).toEqual(['function', 'function']);
});

test('one in a hundred is looked at, whatever is known', async () => {
  const { proofs } = opened(0.005);
  const end = await proofs().begin('put', FIELDS);
  proofs().note('put', FIELDS, [], path('a'));
  expect(await proofs().begin('put', FIELDS), 'it waits for nobody').not.toBeNull();
  end?.();
});
