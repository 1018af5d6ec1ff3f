import { lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Filter } from '../../../main/watch/filter.ts';
import { LeanWatcher } from '../../../main/watch/lean.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-lean-')));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test('the pinned chokidar crawls by our listing: each directory once, and no file is kept', async () => {
  const directories = [root];
  for (let i = 0; i < 20; i += 1) {
    const directory = join(root, `d${String(i)}`);
    mkdirSync(join(directory, 'e'), { recursive: true });
    writeFileSync(join(directory, 'file'), '');
    symlinkSync('..', join(directory, 'loop'));
    directories.push(directory, join(directory, 'e'));
  }
  const filter = new Filter({ polling: false, ignoredPrefixes: [] });
  const listed: string[] = [];
  const watcher = new LeanWatcher(
    {
      atomic: false,
      followSymlinks: false,
      ignoreInitial: true,
      ignored: (path, stats) => filter.isIgnored(path, stats),
    },
    (directory) => listed.push(directory),
  );
  try {
    const ready = new Promise<void>((resolve) => watcher.once('ready', resolve));
    watcher.add(root);
    await ready;
    // Only the backend of one watch for each directory asks for one listing at a time.
    if (process.platform === 'linux') expect(listed.sort()).toEqual(directories.sort());
    expect(filter.directories).toBe(directories.length);
    const names = Object.values(watcher.getWatched()).flat();
    expect(names.filter((name) => name === 'file' || name === 'loop')).toEqual([]);
  } finally {
    await watcher.close();
  }
  expect(watcher.streams.size).toBe(0);
});

test('the filter keeps out files, there or gone, and what it was told to, but lets a known directory go', () => {
  mkdirSync(join(root, 'a'));
  mkdirSync(join(root, 'home'));
  writeFileSync(join(root, 'file'), '');
  const filter = new Filter({ polling: false, ignoredPrefixes: [join(root, 'home')] });
  const ignored = (name: string): boolean => filter.isIgnored(join(root, name), undefined);
  expect(['a', 'file', 'gone', 'home', 'home/x', 'home-too'].map(ignored)).toEqual([
    false,
    true,
    true,
    true,
    true,
    true,
  ]);
  filter.isIgnored(join(root, 'a'), lstatSync(join(root, 'a')));
  rmSync(join(root, 'a'), { recursive: true });
  expect(ignored('a')).toBe(false);
  filter.forget(join(root, 'a'));
  expect(ignored('a')).toBe(true);
});

test('a new directory is told as listed once it is watched, and removing many files lists nothing', async () => {
  const filter = new Filter({ polling: false, ignoredPrefixes: [] });
  const told: string[] = [];
  const watcher = new LeanWatcher(
    {
      atomic: false,
      followSymlinks: false,
      ignoreInitial: true,
      ignored: (path, stats) => filter.isIgnored(path, stats),
    },
    (directory) => told.push(`listed ${directory.slice(root.length + 1)}`),
  );
  const heard = (event: string): Promise<void> =>
    new Promise((resolve) => {
      const look = setInterval(() => {
        if (!told.includes(event)) return;
        clearInterval(look);
        resolve();
      }, 5);
    });
  try {
    watcher.on('all', (event, path) => told.push(`${event} ${path.slice(root.length + 1)}`));
    watcher.on('raw', (event, name) => told.push(`raw ${event} ${name ?? ''}`));
    const ready = new Promise<void>((resolve) => watcher.once('ready', resolve));
    watcher.add(root);
    await ready;
    told.length = 0;
    mkdirSync(join(root, 'new'));
    for (let i = 0; i < 200; i += 1) writeFileSync(join(root, 'new', String(i)), '');
    writeFileSync(join(root, 'end'), '');
    await heard('addDir new');
    if (process.platform === 'linux') {
      await heard('listed new');
      expect(told.indexOf('listed new')).toBeGreaterThan(told.indexOf('addDir new'));
      told.length = 0;
      for (let i = 0; i < 200; i += 1) rmSync(join(root, 'new', String(i)));
      await heard('raw rename 199');
      // Whatever chokidar makes of these events, it does before it comes to the next of the same directory.
      mkdirSync(join(root, 'new/last'));
      await heard('listed new/last');
      expect(told.filter((one) => one === 'listed new').length).toBeLessThanOrEqual(1);
    }
  } finally {
    await watcher.close();
  }
});
