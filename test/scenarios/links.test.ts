/** Links of a folder: followed only to what lies inside it, by choice; and never a reason to delete. */
import { rm, symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { RunningCairn } from '../support/world/command.ts';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';

const receipt = (watch: RunningCairn, path: string, times = 1): Promise<void> =>
  watch.until(
    (run) => run.lines.filter((line) => line['path'] === path).length >= times,
    `receipt ${times} of ${path}`,
    20_000,
  );

async function link(w: World, path: string, target: string): Promise<void> {
  await rm(w.path(path), { force: true });
  await symlink(target, w.path(path));
}

const sent = (w: World): string[] => w.receipts().map(({ operation, path }) => `${operation} ${path}`);

test('followed inside the folder: changes arrive under every name; a link that leads nowhere deletes nothing', async () => {
  await using w = await openWorld({ deletes: 'mark' });
  await w.write('real/deep/a.txt', 'one');
  await w.write('b.txt', 'bee');
  await link(w, 'way', 'real');
  await link(w, 'to-b.txt', 'b.txt');
  await link(w, 'loop', '.');
  await link(w, 'passwords', '/etc/passwd');
  await w.settle();
  expect(sent(w).sort()).toEqual(['put b.txt', 'put real/deep/a.txt']);
  expect(await w.cairnDone('status', FOLDER)).toMatchObject([{ skipped: { links: 4 } }]);

  await w.expectRefused(['folder', 'links', FOLDER, 'always'], 2, 'usage');
  expect(await w.cairnDone('folder', 'links', FOLDER, 'follow')).toMatchObject([{ links: 'follow' }]);
  await w.settle();
  expect(sent(w).slice(2).sort()).toEqual(['copy to-b.txt', 'copy way/deep/a.txt']);
  expect(await w.cairnDone('status', FOLDER)).toMatchObject([{ skipped: { links: 2 } }]);
  const why = async (path: string) => (await w.cairnDone('ignore', 'why', FOLDER, path)).at(0);
  expect(await why('way/deep/a.txt')).toMatchObject({ reason: 'kept' });
  expect(await why('to-b.txt')).toMatchObject({ reason: 'kept' });
  expect(await why('loop')).toMatchObject({ reason: 'symlink' });
  expect(await why('passwords')).toMatchObject({ reason: 'symlink' });

  const watch = w.begin(['watch']);
  await watch.until(({ stderr }) => stderr.includes('Watching'), 'its first words');
  await w.write('begun', '1');
  await receipt(watch, 'begun');
  await w.write('real/deep/a.txt', 'two');
  await receipt(watch, 'real/deep/a.txt');
  await receipt(watch, 'way/deep/a.txt');
  await w.write('real/new/c.txt', 'sea');
  await receipt(watch, 'way/new/c.txt');
  await w.write('b.txt', 'bees');
  await receipt(watch, 'to-b.txt');
  // What the link leads to goes; the link is still there, and so is what was kept under it.
  await w.rename('real', 'moved');
  await receipt(watch, 'real/deep/a.txt', 2);
  watch.kill('SIGTERM');
  expect(await watch.ended).toMatchObject({ code: 0 });
  await w.settle();
  const gone = w.receipts().filter(({ operation }) => operation === 'delete');
  expect(gone.map(({ path }) => path).sort()).toEqual(['real/deep/a.txt', 'real/new/c.txt']);
  await w.expectVersions('way/deep/a.txt', ['two', 'one']);
  await w.expectVersions('to-b.txt', ['bees', 'bee']);

  // Bent to what is there: the same bytes are no new version. Not followed any more: nothing goes.
  await link(w, 'way', 'moved');
  const before = sent(w).length;
  await w.settle();
  await w.cairnDone('folder', 'links', FOLDER, 'skip');
  await w.settle();
  await w.settle();
  expect(sent(w).slice(before)).toEqual([]);
  await w.expectNothingLost();
});

test('a link that is removed takes its name along, and nothing else', async () => {
  await using w = await openWorld({ deletes: 'mark' });
  await w.write('real/a.txt', 'one');
  await link(w, 'way', 'real');
  await link(w, 'file', 'real/a.txt');
  await w.cairnDone('folder', 'links', FOLDER, 'follow');
  await w.settle();
  await w.remove('way');
  await w.remove('file');
  await w.settle();
  expect(sent(w).slice(3).sort()).toEqual(['delete file', 'delete way/a.txt']);
  await w.expectVersions('real/a.txt', ['one']);
  await w.expectNothingLost();
});
