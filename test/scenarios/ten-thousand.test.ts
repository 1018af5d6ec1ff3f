/** Many small files: the first sync ends, the second has nothing to do, and a kill -9 in the middle loses nothing. */
import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { seededBytes } from '../support/world/disk.ts';
import { storeKind } from '../support/world/stores.ts';
import { openWorld, type World } from '../support/world/world.ts';

const PRACTICE = storeKind === 'practice';
/** radosgw keeps all objects in memory and is slower: a tenth shows the same there. */
const FILES = PRACTICE ? 10_000 : 1_000;
const SIZE = 4096;
const DIRECTORIES = 50;

async function writeMany(w: World): Promise<void> {
  const bytes = seededBytes(FILES * SIZE, 'many');
  for (let directory = 0; directory < DIRECTORIES; directory += 1)
    await mkdir(w.path(`d${directory}/sub`), { recursive: true });
  for (let at = 0; at < FILES; at += 1) {
    const place = at % 2 === 0 ? '' : '/sub';
    await writeFile(w.path(`d${at % DIRECTORIES}${place}/${at}.bin`), bytes.subarray(at * SIZE, (at + 1) * SIZE));
  }
}

test(`${FILES} files of 4 KiB: all there after the first sync, and no request in the second`, async () => {
  await using w = await openWorld();
  await writeMany(w);

  const first = await w.cairnDone('sync');
  expect(first.at(-1)).toMatchObject({ summary: { puts: FILES, bytes: FILES * SIZE, parked: 0 } });
  expect(first, 'a line for each file, and the sums').toHaveLength(FILES + 1);

  w.forgetRequests();
  const second = await w.cairnDone('sync');
  expect(second).toMatchObject([{ summary: { puts: 0, bytes: 0, requests: 0 } }]);
  expect(w.requests()).toEqual([]);

  await w.expectNothingLost();
  expect(await w.bucket.versions(), 'one version each').toHaveLength(FILES);
});

test(`kill -9 in the middle of the first sync of ${FILES} files, then sync: all there, each once`, async () => {
  await using w = await openWorld();
  await writeMany(w);
  const middle = FILES / 5;

  const killed = w.begin(['sync']);
  await killed.until((run) => run.lines.length >= middle, `${middle} receipts`);
  killed.kill('SIGKILL');
  expect(await killed.ended).toMatchObject({ signal: 'SIGKILL' });
  const before = (await w.bucket.versions()).length;
  expect(before, 'it was in the middle').toBeGreaterThanOrEqual(middle);
  expect(before).toBeLessThan(FILES);

  await w.cairnDone('sync');

  await w.expectNothingLost();
  expect(await w.bucket.versions(), 'one version each').toHaveLength(FILES);
  expect(w.receipts()).toHaveLength(FILES);
  expect(await w.settle()).toMatchObject({ puts: 0, requests: 0 });
});
