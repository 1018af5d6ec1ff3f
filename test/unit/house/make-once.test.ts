/** What is fetched or compiled once: whole, or not there. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeOnce } from '../../support/testbed/make-once.ts';

let folder: string;
let thing: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-make-once-'));
  thing = join(folder, 'thing-1');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const making =
  (text: string) =>
  (empty: string): Promise<void> =>
    writeFile(join(empty, 'proof'), text);

test('it is made the first time, and found the second', async () => {
  expect(await makeOnce(thing, 'proof', making('first'))).toBe(thing);
  await makeOnce(thing, 'proof', making('second'));
  expect(await readFile(join(thing, 'proof'), 'utf8')).toBe('first');
});

test('a broken one is made again, without what was left of it', async () => {
  await mkdir(thing);
  await writeFile(join(thing, 'rest'), 'of before');
  await makeOnce(thing, 'proof', making('again'));
  expect(await readdir(thing)).toEqual(['proof']);
});

test('one that cannot be made leaves nothing', async () => {
  const failing = makeOnce(thing, 'proof', async (empty) => {
    await writeFile(join(empty, 'half'), '');
    throw new Error('no network');
  });
  await expect(failing).rejects.toThrow('no network');
  await expect(makeOnce(thing, 'proof', () => Promise.resolve())).rejects.toThrow('without proof');
  expect(await readdir(folder)).toEqual([]);
});

test('what a killed run left behind is removed, what a living one makes is not', async () => {
  const dead = spawnSync(process.execPath, ['--version']).pid;
  await mkdir(`${thing}.making-${String(dead)}`);
  await mkdir(`${thing}.making-${String(process.ppid)}`);
  await makeOnce(thing, 'proof', making('x'));
  expect((await readdir(folder)).sort()).toEqual(['thing-1', `thing-1.making-${String(process.ppid)}`].sort());
});
