/** A restore of many files that ends before its time: nothing half-written, and the next one goes on from there. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MOST } from '../../main/queue/pace.ts';
import { readTree } from '../support/world/disk.ts';
import { FOLDER, openWorld } from '../support/world/world.ts';

test('broken off by Ctrl C, then by a kill, and taken up: each file is fetched once, and the tree is whole', async () => {
  await using w = await openWorld();
  for (let index = 0; index < 400; index += 1) {
    await w.write(`d${String(index % 7)}/f${String(index)}`, `content ${String(index)} ${'x'.repeat(index * 10)}`);
  }
  await w.settle();
  const to = join(w.root, 'back');
  const words = ['restore', FOLDER, '--at', new Date().toISOString(), '--to', to];

  await w.expectRefused([...words.slice(0, -1), w.disk, '--resume'], 2, 'nothing-to-resume');
  // A file alone comes by its name; of several paths each keeps its place.
  const at = words.slice(2);
  await w.cairnDone('restore', FOLDER, 'd1/f1', ...at.slice(0, -1), join(w.root, 'one'));
  expect(await readdir(join(w.root, 'one'))).toEqual(['f1']);
  await w.cairnDone('restore', FOLDER, 'd1/f1', 'd6', ...at.slice(0, -1), join(w.root, 'some'));
  expect((await readTree(join(w.root, 'some'))).size).toBe(1 + Math.floor(400 / 7));
  expect(await readdir(join(w.root, 'some', 'd1'))).toEqual(['f1']);
  w.forgetRequests();
  const first = w.begin(words);
  await first.until(({ lines }) => lines.length >= 60, 'the first files');
  first.kill('SIGINT');
  const ended = await first.ended;
  expect(ended.code).toBe(1);
  expect(ended.lines.at(-1)).toMatchObject({ error: { code: 'cancelled' } });
  const names = (await readdir(to, { recursive: true })).map(String);
  expect(names.filter((name) => name.includes('.cairn-restore-'))).toEqual([]);

  const second = w.begin([...words, '--resume']);
  await second.until(({ lines }) => lines.filter(({ wasThere }) => wasThere === false).length >= 60, 'further files');
  second.kill('SIGKILL');
  await second.ended;
  // What was named so far; a file may have got its name and not its line on stdout.
  const there = (await readTree(to)).size;

  await w.expectRefused(words, 2, 'target-exists');
  await w.expectRefused(['restore', FOLDER, 'd1', 'd2', ...at, '--resume'], 2, 'nothing-to-resume');
  w.forgetRequests();
  const last = await w.cairnDone(...words, '--resume');
  expect(last).toHaveLength(400);
  const fetched = w.requests('GetObject').length;
  expect(fetched).toBe(last.filter(({ wasThere }) => wasThere === false).length);
  // What was under way when it was killed may have its name and no note of it.
  expect(fetched).toBeLessThanOrEqual(400 - there + MOST);
  const [wanted, found] = [await readTree(w.disk), await readTree(to)];
  expect([...found.values()].map(({ path, md5 }) => `${path.toString()} ${md5}`).sort()).toEqual(
    [...wanted.values()].map(({ path, md5 }) => `${path.toString()} ${md5}`).sort(),
  );
  // It is done: there is nothing to be taken up any more.
  expect(await readdir(join(w.home, 'restores'))).toEqual([]);
  await w.expectRefused([...words, '--resume'], 2, 'nothing-to-resume');
});
