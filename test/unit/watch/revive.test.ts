import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Revival } from '../../../main/watch/revive.ts';

let root = '';
let anew: string[][] = [];
let revival = new Revival('', () => undefined);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cairn-revive-'));
  anew = [];
  revival = new Revival(root, (directories) => anew.push([...directories]));
});
afterEach(() => {
  revival.stop();
  rmSync(root, { recursive: true });
});

const told = () =>
  vi.waitFor(() => {
    expect(anew).not.toEqual([]);
  });

test('what is there again is watched anew, once, those above first', async () => {
  mkdirSync(join(root, 'x/y'), { recursive: true });
  for (const directory of ['x/y', 'x', 'x/y']) revival.hear(join(root, directory), 'rename', directory.at(-1) ?? '');
  await told();
  expect(anew).toEqual([[join(root, 'x'), join(root, 'x/y')]]);
});

test('what is gone, what is a file now, an entry of the same name, and the root itself are none of it', async () => {
  mkdirSync(join(root, 'same/same'), { recursive: true });
  writeFileSync(join(root, 'file'), '');
  mkdirSync(join(root, 'again'));
  revival.hear(root, 'rename', root.slice(root.lastIndexOf('/') + 1));
  revival.hear(join(root, 'gone'), 'rename', 'gone');
  revival.hear(join(root, 'file'), 'rename', 'file');
  revival.hear(join(root, 'same'), 'rename', 'same');
  revival.hear(join(root, 'again'), 'change', 'again');
  revival.hear(join(root, 'again'), 'rename', 'other');
  await pause(700);
  expect(anew).toEqual([]);
  revival.hear(join(root, 'again'), 'rename', 'again');
  await told();
  expect(anew).toEqual([[join(root, 'again')]]);
});

test('nothing comes after the end', async () => {
  mkdirSync(join(root, 'x'));
  revival.hear(join(root, 'x'), 'rename', 'x');
  revival.stop();
  await pause(700);
  expect(anew).toEqual([]);
});
