import { execFileSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { childPath, ROOT } from '../../../main/contract/names.ts';
import type { RelPath } from '../../../main/contract/names.ts';
import { realDisk } from '../../../main/scan/disk.ts';
import type { Disk } from '../../../main/scan/disk.ts';
import type { Listing } from '../../../main/scan/types.ts';
import { listDirectory, walk } from '../../../main/scan/walk.ts';
import type { ListOptions, WalkOptions } from '../../../main/scan/walk.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-walk-')));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const path = (text: string): RelPath => text as RelPath;
const open: ListOptions = { ignores: () => false, forbidden: new Set() };

async function list(directory: string, options: Partial<ListOptions> = {}) {
  const listing = await listDirectory(root, path(directory), { ...open, ...options });
  if (listing.state !== 'complete') throw new Error(`unknown: ${listing.failure.message}`);
  return listing;
}

async function refusal(directory: string, options: Partial<ListOptions> = {}) {
  const listing = await listDirectory(root, path(directory), { ...open, ...options });
  if (listing.state !== 'unknown') throw new Error('complete');
  return listing.failure;
}

async function collect(options: Partial<WalkOptions> = {}, start = ROOT): Promise<Listing[]> {
  const listings: Listing[] = [];
  for await (const listing of walk(root, start, { ...open, ...options })) listings.push(listing);
  return listings;
}

function failing(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('listDirectory', () => {
  test('a file is told as lstat shows it, to the nanosecond', async () => {
    mkdirSync(join(root, 'a'));
    writeFileSync(join(root, 'a/one.txt'), 'hello');
    const stats = lstatSync(join(root, 'a/one.txt'), { bigint: true });
    const listing = await list('a');
    expect(listing.files).toEqual([
      {
        path: 'a/one.txt',
        dev: stats.dev,
        ino: stats.ino,
        size: 5,
        mtimeNs: stats.mtimeNs,
        ctimeNs: stats.ctimeNs,
        mode: Number(stats.mode),
      },
    ]);
  });

  test('odd names come through as they are', async () => {
    const names = [
      'new\nline',
      `qu"o'te`,
      ' spaces ',
      '-dash',
      'back\\slash',
      '%41',
      'x'.repeat(255),
      'ä'.repeat(127),
      '🗻',
      'true \ufffd',
      '\u202eright',
      'tab\t',
    ];
    for (const name of names) writeFileSync(join(root, name), '');
    const listing = await list('');
    expect(listing.files.map((file) => file.path).sort()).toEqual([...names].sort());
    expect(listing.refused).toEqual([]);
    expect([...listing.present].sort()).toEqual([...names].sort());
  });

  test('a name that is not UTF-8 is refused, and its neighbours are not', async () => {
    const latin = Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]);
    writeFileSync(latin, 'x');
    mkdirSync(Buffer.concat([Buffer.from(`${root}/dir`), Buffer.from([0xff])]));
    writeFileSync(join(root, 'true \ufffd'), '');
    writeFileSync(join(root, 'plain'), '');
    const listing = await list('');
    expect(listing.files.map((file) => file.path).sort()).toEqual(['plain', 'true \ufffd']);
    expect(listing.directories).toEqual([]);
    expect(listing.refused.map((one) => [one.path, one.failure.code]).sort()).toEqual([
      ['caf\ufffd', 'name-not-utf8'],
      ['dir\ufffd', 'name-not-utf8'],
    ]);
    expect(listing.present.size).toBe(4);
  });

  test('two names that are one once composed are both refused, each naming the other', async () => {
    writeFileSync(join(root, '\u00e9.txt'), 'composed');
    writeFileSync(join(root, 'e\u0301.txt'), 'decomposed');
    writeFileSync(join(root, '\u00fc.txt'), 'alone');
    writeFileSync(join(root, 'n\u0303.txt'), 'alone and decomposed');
    const listing = await list('');
    expect(listing.files.map((file) => file.path).sort()).toEqual(['n\u0303.txt', '\u00fc.txt']);
    expect(new Map(listing.refused.map((one) => [one.path, one.failure.facts['other']]))).toEqual(
      new Map([
        ['\u00e9.txt', 'e\u0301.txt'],
        ['e\u0301.txt', '\u00e9.txt'],
      ]),
    );
    expect(listing.refused.every((one) => one.failure.code === 'name-collides')).toBe(true);
  });

  test('a name that is ignored collides with nothing', async () => {
    writeFileSync(join(root, '\u00e9'), '');
    writeFileSync(join(root, 'e\u0301'), '');
    const listing = await list('', { ignores: (one) => one === 'e\u0301' });
    expect(listing.files.map((file) => file.path)).toEqual(['\u00e9']);
    expect(listing.skipped.ignored).toBe(1);
  });

  test('links, pipes and sockets are skipped and counted, never followed', async () => {
    writeFileSync(join(root, 'file'), '');
    symlinkSync('file', join(root, 'to-file'));
    symlinkSync('.', join(root, 'to-self'));
    symlinkSync('nowhere', join(root, 'dangling'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    linkSync(join(root, 'file'), join(root, 'hard'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    try {
      const listing = await list('');
      expect(listing.files.map((file) => file.path).sort()).toEqual(['file', 'hard']);
      expect(listing.skipped).toEqual({ ignored: 0, links: 3, special: 2 });
      expect(listing.present.size).toBe(7);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('what is ignored is present, counted, and not looked at', async () => {
    mkdirSync(join(root, 'build'));
    writeFileSync(join(root, 'x.tmp'), '');
    writeFileSync(join(root, 'keep'), '');
    const looked: string[] = [];
    const asked: string[] = [];
    const disk: Disk = { ...realDisk, statNow: (at) => (looked.push(at), realDisk.statNow(at)) };
    const ignores = (one: RelPath, isDirectory: boolean): boolean => {
      asked.push(`${one} ${String(isDirectory)}`);
      return one !== 'keep';
    };
    const listing = await list('', { disk, ignores });
    expect(asked.sort()).toEqual(['build true', 'keep false', 'x.tmp false']);
    expect(listing.skipped.ignored).toBe(2);
    expect([...listing.present].sort()).toEqual(['build', 'keep', 'x.tmp']);
    expect(looked).toEqual([join(root, 'keep')]);
  });

  test('a directory that is gone is unknown, with the reason', async () => {
    const refused = await refusal('a/b');
    expect(refused.code).toBe('file-unreadable');
    expect(refused.facts['error']).toBe('ENOENT');
  });

  test('a file in place of a directory is unknown', async () => {
    writeFileSync(join(root, 'a'), '');
    expect((await refusal('a')).facts['error']).toBe('ENOTDIR');
    expect((await refusal('a/b')).facts['error']).toBe('ENOTDIR');
  });

  test('a link on the way to a directory is not followed', async () => {
    mkdirSync(join(root, 'real/sub'), { recursive: true });
    writeFileSync(join(root, 'real/sub/file'), '');
    symlinkSync('real', join(root, 'alias'));
    expect((await refusal('alias')).facts['error']).toBe('ENOTDIR');
    expect((await refusal('alias/sub')).facts['error']).toBe('ENOTDIR');
    expect((await list('real/sub')).files).toHaveLength(1);
  });

  test('a root that is a link is followed, for a person chose it', async () => {
    mkdirSync(join(root, 'real'));
    writeFileSync(join(root, 'real/file'), '');
    symlinkSync('real', join(root, 'chosen'));
    const listing = await listDirectory(join(root, 'chosen'), ROOT, open);
    expect(listing.state === 'complete' && listing.files.map((file) => file.path)).toEqual(['file']);
  });

  test('a missing root is root-missing, one that cannot be read root-unreadable', async () => {
    const missing = await listDirectory(join(root, 'gone'), ROOT, open);
    expect(missing.state === 'unknown' && missing.failure.code).toBe('root-missing');
    const disk: Disk = { ...realDisk, names: () => Promise.reject(failing('EACCES')) };
    expect((await refusal('', { disk })).code).toBe('root-unreadable');
    mkdirSync(join(root, 'a'));
    const refused = await refusal('a', { disk });
    expect([refused.code, refused.facts['reason']]).toEqual(['file-unreadable', 'permission denied']);
  });

  test('a file that vanishes while we look is not there', async () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(root, name), '');
    const disk: Disk = {
      ...realDisk,
      statNow: (at) => {
        if (at.endsWith('/b')) rmSync(at);
        return realDisk.statNow(at);
      },
    };
    const listing = await list('', { disk });
    expect(listing.files.map((file) => file.path).sort()).toEqual(['a', 'c']);
    expect([...listing.present].sort()).toEqual(['a', 'c']);
    expect(listing.refused).toEqual([]);
  });

  test('a file that cannot be looked at is refused, and is there', async () => {
    for (const name of ['a', 'b']) writeFileSync(join(root, name), '');
    const disk: Disk = {
      ...realDisk,
      statNow: (at) => {
        if (at.endsWith('/b')) throw failing('EIO');
        return realDisk.statNow(at);
      },
    };
    const listing = await list('', { disk });
    expect(listing.files.map((file) => file.path)).toEqual(['a']);
    expect(listing.refused.map((one) => [one.path, one.failure.code])).toEqual([['b', 'file-unreadable']]);
    expect([...listing.present].sort()).toEqual(['a', 'b']);
  });

  test('a file that became a directory between listing and look is a directory', async () => {
    writeFileSync(join(root, 'a'), '');
    const disk: Disk = {
      ...realDisk,
      statNow: (at) => {
        rmSync(at);
        mkdirSync(at);
        return realDisk.statNow(at);
      },
    };
    const listing = await list('', { disk });
    expect([listing.files, listing.directories]).toEqual([[], ['a']]);
  });

  test('running out of file handles is waited out', async () => {
    writeFileSync(join(root, 'a'), '');
    writeFileSync(join(root, 'b'), '');
    let shortages = 3;
    const short = (): void => {
      shortages -= 1;
      if (shortages >= 0) throw failing(shortages === 1 ? 'ENFILE' : 'EMFILE');
    };
    const disk: Disk = {
      ...realDisk,
      names: async (at) => {
        short();
        return realDisk.names(at);
      },
    };
    expect((await list('', { disk })).files).toHaveLength(2);
    shortages = 2;
    const failsInLooks: Disk = {
      ...realDisk,
      statNow: (at) => (short(), realDisk.statNow(at)),
      stat: (at) => Promise.resolve().then(() => (short(), realDisk.stat(at))),
    };
    expect((await list('', { disk: failsInLooks })).files).toHaveLength(2);
  });

  test('a slow disk is asked in the thread pool, many at once, and nothing is left out or told twice', async () => {
    for (let i = 0; i < 300; i += 1) writeFileSync(join(root, `f${String(i)}`), '');
    let most = 0;
    let now = 0;
    const disk: Disk = {
      ...realDisk,
      statNow: (at) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
        return realDisk.statNow(at);
      },
      stat: async (at) => {
        now += 1;
        most = Math.max(most, now);
        const stats = await realDisk.stat(at);
        now -= 1;
        return stats;
      },
    };
    const listing = await list('', { disk });
    expect(new Set(listing.files.map((file) => file.path)).size).toBe(300);
    expect(listing.files).toHaveLength(300);
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(32);
  });

  test('a forbidden directory is never opened, neither as a child nor by itself nor below it', async () => {
    mkdirSync(join(root, 'home/sub'), { recursive: true });
    mkdirSync(join(root, 'home-too'));
    const opened: string[] = [];
    const disk: Disk = {
      ...realDisk,
      names: (at) => (opened.push(at), realDisk.names(at)),
    };
    const options = { disk, forbidden: new Set([join(root, 'home')]) };
    const listing = await list('', options);
    expect(listing.directories).toEqual(['home-too']);
    expect([...listing.present].sort()).toEqual(['home', 'home-too']);
    expect((await refusal('home', options)).code).toBe('target-is-home');
    expect((await refusal('home/sub', options)).code).toBe('target-is-home');
    const through = join(root, 'home-too/link');
    symlinkSync(root, through);
    const linked = await listDirectory(through, path('home'), { ...open, ...options });
    expect(linked.state === 'unknown' && linked.failure.code).toBe('target-is-home');
    expect(opened.filter((at) => at.includes('home') && !at.includes('home-too'))).toEqual([]);
  });
});

describe('walk', () => {
  test('every directory once, breadth first, with all its files', async () => {
    const wanted: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      for (let j = 0; j < 5; j += 1) {
        const directory = `d${String(i)}/e${String(j)}/f`;
        mkdirSync(join(root, directory), { recursive: true });
        writeFileSync(join(root, directory, 'file'), '');
        wanted.push(`${directory}/file`);
      }
    }
    symlinkSync('..', join(root, 'd0/e0/loop'));
    symlinkSync(root, join(root, 'd0/again'));
    const listings = await collect({ parallel: 3 });
    const directories = listings.map((listing) => listing.directory);
    expect(new Set(directories).size).toBe(directories.length);
    expect(directories).toHaveLength(1 + 5 + 25 + 25);
    const files = listings.flatMap((listing) => (listing.state === 'complete' ? listing.files : []));
    expect(files.map((file) => file.path).sort()).toEqual(wanted.sort());
    const depths = directories.map((one) => (one === '' ? 0 : one.split('/').length));
    expect(depths.indexOf(3)).toBeGreaterThan(depths.indexOf(1));
  });

  test('begins where it is told', async () => {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    mkdirSync(join(root, 'c'));
    expect((await collect({}, path('a'))).map((listing) => listing.directory)).toEqual(['a', 'a/b']);
  });

  test('no more directories are read at once than it is told, even if nobody takes them', async () => {
    for (let i = 0; i < 40; i += 1) mkdirSync(join(root, `d${String(i)}`));
    let now = 0;
    let most = 0;
    let all = 0;
    const disk: Disk = {
      ...realDisk,
      names: async (at) => {
        now += 1;
        all += 1;
        most = Math.max(most, now);
        const names = await realDisk.names(at);
        now -= 1;
        return names;
      },
    };
    const walking = walk(root, ROOT, { ...open, disk, parallel: 3 });
    await walking.next();
    await walking.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(all).toBeLessThanOrEqual(1 + 3);
    let rest = 2;
    for await (const _ of walking) rest += 1;
    expect([rest, most]).toEqual([41, 3]);
  });

  test('a directory that vanishes is unknown, and the rest is still walked', async () => {
    mkdirSync(join(root, 'a'));
    mkdirSync(join(root, 'b'));
    const listings: Listing[] = [];
    for await (const listing of walk(root, ROOT, { ...open, parallel: 1 })) {
      if (listing.directory === '') renameSync(join(root, 'a'), join(root, 'z'));
      listings.push(listing);
    }
    expect(new Map(listings.map((one) => [one.directory, one.state]))).toEqual(
      new Map([
        ['', 'complete'],
        ['a', 'unknown'],
        ['b', 'complete'],
      ]),
    );
  });

  test('after an abort all that was not read is unknown, never empty', async () => {
    for (let i = 0; i < 10; i += 1) mkdirSync(join(root, `d${String(i)}`));
    const abort = new AbortController();
    const states: string[] = [];
    for await (const listing of walk(root, ROOT, { ...open, parallel: 1, signal: abort.signal })) {
      states.push(listing.state === 'unknown' ? listing.failure.code : listing.state);
      if (states.length === 3) abort.abort();
    }
    expect(states.slice(0, 3)).toEqual(['complete', 'complete', 'complete']);
    expect(states).toHaveLength(11);
    expect(states.slice(4)).toEqual(Array.from({ length: 7 }, () => 'cancelled'));
  });

  test('thousands of directories are each read once', async () => {
    for (let i = 0; i < 3_000; i += 1) mkdirSync(join(root, `d${String(i)}`));
    const directories = (await collect()).map((listing) => listing.directory);
    expect(directories).toHaveLength(3_001);
    expect(new Set(directories).size).toBe(3_001);
    expect(directories).toContain(childPath(ROOT, 'd2999'));
  });
});
