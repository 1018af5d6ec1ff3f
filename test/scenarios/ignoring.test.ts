/** What a folder leaves out, by lists of its own and `.cairnignore` files; and folders whose changes no event tells of. */
import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { RunningCairn } from '../support/world/command.ts';
import { FOLDER, openWorld } from '../support/world/world.ts';

const put = (watch: RunningCairn, path: string): Promise<void> =>
  watch.until((run) => run.lines.some((line) => line['path'] === path), `the receipt of ${path}`, 20_000);

test('what is ignored is not sent, nothing of it goes, and why is told; a running watch hears of the lists', async () => {
  await using w = await openWorld();
  await w.write('kept.txt', '1');
  await w.write('a.log', '1');
  await w.write('build/out', '1');
  await symlink('kept.txt', w.path('link'));
  execFileSync('mkfifo', [w.path('pipe')]);
  await w.settle();
  expect(await w.cairnDone('ignore', FOLDER, '--add', '*.log')).toMatchObject([{ ignore: ['*.log'] }]);
  await w.write('.cairnignore', '# made anew each time\nbuild/\n');
  await w.write('a.log', '2');
  await w.write('b.log', '1');
  await w.write('build/more', '1');
  await w.remove('build/out');
  await w.settle();
  const sent = w.receipts().map(({ operation, path }) => `${operation} ${path}`);
  expect(sent.sort()).toEqual(['put .cairnignore', 'put a.log', 'put build/out', 'put kept.txt']);

  expect(await w.cairnDone('ignore', FOLDER)).toEqual([{ folder: FOLDER, ignore: ['*.log'], files: ['.cairnignore'] }]);
  const why = async (path: string) => (await w.cairnDone('ignore', 'why', FOLDER, path)).at(0);
  expect(await why('b.log')).toMatchObject({ reason: 'ignored', rule: { pattern: '*.log', list: 'folder', line: 1 } });
  const rule = { pattern: 'build/', list: '.cairnignore', line: 2 };
  expect(await why('build/deep/x')).toMatchObject({ reason: 'ignored', because: 'build', rule });
  expect(await why('link')).toMatchObject({ reason: 'symlink', rule: null });
  expect(await why('pipe')).toMatchObject({ reason: 'pipe' });
  expect(await why('kept.txt')).toMatchObject({ reason: 'kept' });
  expect(await why('x.part')).toMatchObject({ reason: 'ignored', rule: { list: 'default' } });
  expect(await w.cairnDone('status', FOLDER)).toMatchObject([
    {
      skipped: {
        ignored: 3,
        links: 1,
        special: 1,
        examples: [
          { path: 'link', kind: 'link' },
          { path: 'pipe', kind: 'pipe' },
        ],
      },
      unread: [],
      onlyByScan: 0,
      watcher: { state: 'off' },
    },
  ]);
  await w.expectRefused(['ignore', FOLDER, '--add', '#x'], 2, 'usage');
  await w.expectRefused(['ignore', FOLDER, '--remove', 'none'], 2, 'usage');
  await w.expectRefused(['ignore', 'why', FOLDER, '../x'], 2, 'bad-input');
  await w.expectRefused(['folder', 'watch-mode', FOLDER, 'never'], 2, 'usage');

  const watch = w.begin(['watch']);
  await watch.until(({ stderr }) => stderr.includes('Watching'), 'its first words');
  expect(await w.cairnDone('ignore', FOLDER, '--remove', '*.log')).toMatchObject([{ ignore: [] }]);
  await put(watch, 'a.log');
  await put(watch, 'b.log');
  await w.write('.cairnignore', '');
  await put(watch, 'build/more');
  // It was not watched while it was ignored.
  await w.write('build/later', '1');
  await put(watch, 'build/later');
  watch.kill('SIGTERM');
  expect(await watch.ended).toMatchObject({ code: 0 });
  await w.expectNothingLost();
});

test('a folder that is polled: a change arrives, and status says how it is watched', async () => {
  await using w = await openWorld();
  await w.write('a/one', '1');
  expect(await w.cairnDone('folder', 'watch-mode', FOLDER, 'polling')).toMatchObject([{ watching: 'polling' }]);
  const watch = w.begin(['watch']);
  await put(watch, 'a/one');
  await expect
    .poll(async () => (await w.cairnDone('status', FOLDER)).at(0), { timeout: 20_000 })
    .toMatchObject({ watcher: { state: 'polling', problem: null } });
  await w.write('a/one', 'another');
  await watch.until((run) => run.lines.filter((line) => line['path'] === 'a/one').length === 2, 'its receipt', 20_000);
  expect(await w.cairnDone('folder', 'watch-mode', FOLDER, 'events')).toMatchObject([{ watching: 'events' }]);
  await expect
    .poll(async () => (await w.cairnDone('status', FOLDER)).at(0), { timeout: 20_000 })
    .toMatchObject({ watcher: { state: 'watching', watches: 2 } });
  watch.kill('SIGTERM');
  expect(await watch.ended).toMatchObject({ code: 0 });
  await w.expectNothingLost();
});
