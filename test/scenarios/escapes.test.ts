/** What must not reach outside: a restore through a link, and files that were never sent but are looked for. */
import { foldersHere } from '../../main/contract/attached.ts';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHomeForReading } from '../../main/engine/home.ts';
import { fileRows } from '../../main/engine/report.ts';
import { FOLDER, openWorld } from '../support/world/world.ts';

test('a version is not put beside its place where a link leads out of the folder by now', async () => {
  await using w = await openWorld();
  await w.write('letters/a.txt', 'one');
  await w.settle();
  const outside = join(w.root, 'outside');
  await mkdir(outside);
  await rm(w.path('letters'), { recursive: true });
  await symlink(outside, w.path('letters'));

  const [version] = (await w.cairnDone('versions', FOLDER, 'letters/a.txt')) as { versionId: string }[];
  const ended = await w.cairn('restore', FOLDER, 'letters/a.txt', '--version-id', version?.versionId ?? '');
  expect(ended.code).toBe(1);
  expect(ended.lines).toMatchObject([{ error: { code: 'write-failed' } }]);
  expect(await readdir(outside)).toEqual([]);

  await rm(w.path('letters'));
  await w.cairnDone('restore', FOLDER, 'letters/a.txt', '--version-id', version?.versionId ?? '');
  expect(await readdir(w.path('letters'))).toHaveLength(1);
});

test('a search finds files that wait or are parked, not only those that are in the bucket', async () => {
  await using w = await openWorld();
  await w.write('kept 100%.txt', 'one');
  await w.settle();
  await w.write(
    'x'.repeat(200) +
      '/' +
      'y'.repeat(250) +
      '/' +
      'z'.repeat(250) +
      '/' +
      'w'.repeat(250) +
      '/' +
      'v'.repeat(100) +
      '/late 100%.txt',
    'two',
  );
  await w.settle();
  const home = openHomeForReading(w.home);
  if (!home.ok || home.value.tables === null) throw new Error('the home cannot be read');
  const [folder] = foldersHere(home.value.settings.folders);
  if (folder === undefined) throw new Error('there is no folder');
  const { rows } = fileRows(folder, home.value.tables, { directory: '', search: '100%', limit: 10 });
  expect(rows.map((row) => [row.name, row.state])).toEqual([
    ['kept 100%.txt', 'sync'],
    ['late 100%.txt', 'attention'],
  ]);
  home.value.close();
});
