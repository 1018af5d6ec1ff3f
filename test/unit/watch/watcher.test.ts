import { execFile } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWatcher } from '../../../main/watch/index.ts';
import type { WatchedFolder, Watcher, WatcherOptions, WatchNotice } from '../../../main/watch/index.ts';

let base = '';
let root = '';
let watcher: Watcher | null = null;
let notices: WatchNotice[] = [];
let lines: string[] = [];

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-watch-')));
  root = join(base, 'root');
  mkdirSync(root);
  notices = [];
  lines = [];
});
afterEach(async () => {
  await watcher?.stop();
  watcher = null;
  rmSync(base, { recursive: true, force: true });
});

function begin(options: Partial<WatcherOptions> = {}): Watcher {
  watcher = openWatcher({
    quietMs: 100,
    limitMs: 1_000,
    rootCheckMs: 100,
    pollMs: 200,
    ...options,
    onNotice: (notice) => notices.push(notice),
    log: (line) => lines.push(line),
  });
  return watcher;
}

function folder(more: Partial<WatchedFolder> = {}): WatchedFolder {
  return { id: 'f', root, ignoredPrefixes: [], polling: false, ...more };
}

async function until(what: string, isSo: () => boolean, withinMs = 8_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > end)
      throw new Error(`never came: ${what}; told ${JSON.stringify(notices.slice(-20))} ${lines.join('\n')}`);
    await pause(10);
  }
}

const count = (kind: WatchNotice['kind']): number => notices.filter((notice) => notice.kind === kind).length;

async function ready(times = 1): Promise<void> {
  await until(`ready ${String(times)}`, () => count('ready') >= times);
}

function dirtied(): Set<string> {
  return new Set(notices.flatMap((notice) => (notice.kind === 'dirty' ? notice.directories : [])));
}

function problem(): string | null {
  const last = notices.findLast((notice) => notice.kind === 'health');
  return last?.kind === 'health' ? (last.problem?.code ?? null) : null;
}

/** Does `act` and waits until exactly these directories, no others, were told. */
async function expectDirty(directories: readonly string[], act: () => void): Promise<void> {
  await pause(250);
  notices = [];
  act();
  await until(`dirty ${directories.join()}`, () => directories.every((one) => dirtied().has(one)));
  await pause(250);
  expect([...dirtied()].sort()).toEqual([...directories].sort());
  expect(count('overflow')).toBe(0);
}

describe('what happens in a folder', () => {
  test('is told by directory: created, changed, touched, renamed, removed', async () => {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    mkdirSync(join(root, 'c'));
    writeFileSync(join(root, 'a/b/old'), 'old');
    begin().add(folder());
    await ready();
    await until('health', () => notices.some((notice) => notice.kind === 'health' && notice.watches === 4));
    await expectDirty(['a/b'], () => {
      writeFileSync(join(root, 'a/b/new'), 'x');
    });
    await expectDirty(['a/b'], () => {
      appendFileSync(join(root, 'a/b/old'), 'more');
    });
    await expectDirty([''], () => {
      writeFileSync(join(root, 'top'), '');
    });
    await expectDirty(['a/b', 'c'], () => {
      renameSync(join(root, 'a/b/new'), join(root, 'c/new'));
    });
    await expectDirty(['c'], () => {
      rmSync(join(root, 'c/new'));
    });
    await expectDirty(['c'], () => {
      writeFileSync(join(root, 'c/backup~'), '');
    });
    await expectDirty(['c'], () => {
      symlinkSync('nowhere', join(root, 'c/link'));
    });
    await expectDirty(['c'], () => {
      writeFileSync(Buffer.concat([Buffer.from(`${root}/c/`), Buffer.from([0xe9])]), '');
    });
    await expectDirty(['c'], () => {
      writeFileSync(join(root, 'c', 'odd\n"\\name'), '');
    });
  });

  test('a directory that is made or removed is told with its parent', async () => {
    begin().add(folder());
    await ready();
    await expectDirty(['', 'a'], () => {
      mkdirSync(join(root, 'a'));
    });
    await expectDirty(['', 'a'], () => {
      rmSync(join(root, 'a'), { recursive: true });
    });
  });

  test('a tree moved away and back is watched where it is', async () => {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    begin().add(folder());
    await ready();
    renameSync(join(root, 'a'), join(base, 'away'));
    await until('told', () => dirtied().has(''));
    await pause(300);
    notices = [];
    writeFileSync(join(base, 'away/b/outside'), '');
    renameSync(join(base, 'away'), join(root, 'again'));
    await until('moved back', () => ['', 'again', 'again/b'].every((one) => dirtied().has(one)));
    await expectDirty(['again/b'], () => {
      writeFileSync(join(root, 'again/b/inside'), '');
    });
  });

  test('new directories with files made at once are all covered, and stay watched', async () => {
    begin().add(folder());
    await ready();
    const wanted = new Set<string>();
    for (let i = 0; i < 40; i += 1) {
      const directory = `r${String(i)}/a/b/c`;
      mkdirSync(join(root, directory), { recursive: true });
      for (const at of [directory, dirname(directory), `r${String(i)}`]) {
        writeFileSync(join(root, at, 'file'), 'x');
        wanted.add(at);
      }
    }
    await until('all of them', () => [...wanted].every((one) => dirtied().has(one)));
    await pause(400);
    notices = [];
    for (const at of wanted) appendFileSync(join(root, at, 'file'), 'more');
    await until('all of them again', () => [...wanted].every((one) => dirtied().has(one)));
  });

  test('a file made while its new directory is being discovered is told after that', async () => {
    begin({ quietMs: 20 }).add(folder());
    await ready();
    for (let i = 0; i < 30; i += 1) {
      const directory = `n${String(i)}`;
      mkdirSync(join(root, directory));
      await pause(i % 10);
      notices = [];
      writeFileSync(join(root, directory, 'late'), 'x');
      await until(`${directory} after ${String(i % 10)} ms`, () => dirtied().has(directory));
    }
  });

  test('a directory that is removed and made again, also as a file between, is watched anew', async () => {
    mkdirSync(join(root, 'x/y'), { recursive: true });
    begin().add(folder());
    await ready();
    for (let i = 0; i < 5; i += 1) {
      rmSync(join(root, 'x'), { recursive: true });
      mkdirSync(join(root, 'x/y'), { recursive: true });
      await expectDirtyIncludes('x/y', () => {
        writeFileSync(join(root, 'x/y/file'), String(i));
      });
      rmSync(join(root, 'x'), { recursive: true });
      writeFileSync(join(root, 'x'), 'a file');
      await pause(i * 50);
      rmSync(join(root, 'x'));
      mkdirSync(join(root, 'x/y'), { recursive: true });
      await expectDirtyIncludes('x/y', () => {
        writeFileSync(join(root, 'x/y/file'), String(i));
      });
    }
  });

  async function expectDirtyIncludes(directory: string, act: () => void): Promise<void> {
    await pause(400);
    notices = [];
    act();
    await until(`dirty ${directory}`, () => dirtied().has(directory));
  }

  test('a large directory is removed in one go, without trouble', async () => {
    mkdirSync(join(root, 'large'));
    for (let i = 0; i < 3_000; i += 1) writeFileSync(join(root, `large/${String(i)}`), '');
    begin().add(folder());
    await ready();
    await pause(200);
    const began = performance.now();
    rmSync(join(root, 'large'), { recursive: true });
    await until('told', () => dirtied().has('') || count('overflow') > 0);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

describe('too much at once', () => {
  test('6,000 files made by another process are an overflow, and what comes later is told as ever', async () => {
    mkdirSync(join(root, 'later'));
    for (let d = 0; d < 6; d += 1) mkdirSync(join(root, `d${String(d)}`));
    begin().add(folder());
    await ready();
    const script = `const fs = require('node:fs');
      for (let d = 0; d < 6; d += 1) for (let i = 0; i < 1000; i += 1) fs.writeFileSync(\`d\${d}/\${i}\`, 'x');`;
    await promisify(execFile)(process.execPath, ['-e', script], { cwd: root });
    await until('overflow', () => count('overflow') > 0);
    // A storm is told every `limitMs` while it lasts.
    let told = -1;
    while (told < notices.length) {
      told = notices.length;
      await pause(1_500);
    }
    await expectDirty(['later'], () => {
      writeFileSync(join(root, 'later/file'), '');
    });
    await expectDirty(['d5'], () => {
      writeFileSync(join(root, 'd5/more'), '');
    });
  });

  test('a system that has no more watches is told as a problem once, and as an overflow', async () => {
    for (let i = 0; i < 30; i += 1) mkdirSync(join(root, `d${String(i)}`));
    begin({ entry: new URL('./threads/limited.ts', import.meta.url) }).add(folder());
    await ready();
    await until('overflow', () => count('overflow') > 0);
    expect(problem()).toBe('watch-limit');
    expect(notices.filter((notice) => notice.kind === 'health' && notice.problem !== null).length).toBeLessThanOrEqual(
      2,
    );
    expect(lines).toHaveLength(1);
    notices = [];
    writeFileSync(join(root, 'file'), '');
    await until('what is watched is still told', () => dirtied().has(''));
  });
});

describe('the root', () => {
  test('a missing root is a problem, until it is there', async () => {
    rmSync(root, { recursive: true });
    begin().add(folder());
    await until('problem', () => problem() === 'root-missing');
    expect(count('ready')).toBe(0);
    mkdirSync(root);
    await ready();
    await until('healthy', () => problem() === null);
    await expectDirty([''], () => {
      writeFileSync(join(root, 'file'), '');
    });
  });

  test('a root that goes and comes back is a problem, then ready again', async () => {
    mkdirSync(join(root, 'a'));
    begin().add(folder());
    await ready();
    renameSync(root, join(base, 'away'));
    await until('problem', () => problem() === 'root-missing');
    renameSync(join(base, 'away'), root);
    await ready(2);
    await expectDirty(['a'], () => {
      writeFileSync(join(root, 'a/file'), '');
    });
  });

  test('another directory in its place is watched anew', async () => {
    begin().add(folder());
    await ready();
    mkdirSync(join(base, 'other/b'), { recursive: true });
    renameSync(root, join(base, 'kept'));
    renameSync(join(base, 'other'), root);
    await ready(2);
    await expectDirty(['b'], () => {
      writeFileSync(join(root, 'b/file'), '');
    });
    await pause(200);
    notices = [];
    writeFileSync(join(base, 'kept/file'), '');
    await pause(400);
    expect(notices).toEqual([]);
  });

  test('a root that is a link is watched behind it', async () => {
    symlinkSync('root', join(base, 'link'));
    mkdirSync(join(root, 'a'));
    begin().add(folder({ root: join(base, 'link') }));
    await ready();
    await expectDirty(['a'], () => {
      writeFileSync(join(root, 'a/file'), '');
    });
  });
});

describe('choices', () => {
  test('nothing is told of what is left out', async () => {
    mkdirSync(join(root, 'home/deep'), { recursive: true });
    mkdirSync(join(root, 'home-too'));
    begin().add(folder({ ignoredPrefixes: [join(root, 'home')] }));
    await ready();
    await expectDirty(['home-too'], () => {
      writeFileSync(join(root, 'home/lock.db'), '');
      writeFileSync(join(root, 'home/deep/file'), '');
      mkdirSync(join(root, 'home/new'));
      writeFileSync(join(root, 'home-too/file'), '');
    });
  });

  test('polling finds the same', async () => {
    mkdirSync(join(root, 'a'));
    writeFileSync(join(root, 'a/file'), '1');
    begin().add(folder({ polling: true }));
    await ready();
    await pause(500);
    notices = [];
    appendFileSync(join(root, 'a/file'), '2');
    await until('changed', () => dirtied().has('a'));
    await pause(500);
    notices = [];
    mkdirSync(join(root, 'b'));
    writeFileSync(join(root, 'b/new'), '');
    await until('made', () => dirtied().has('b') && dirtied().has(''));
    await pause(500);
    notices = [];
    rmSync(join(root, 'a/file'));
    await until('removed', () => dirtied().has('a'));
  });

  test('the environment does not turn polling on', async () => {
    process.env['CHOKIDAR_USEPOLLING'] = '1';
    process.env['CHOKIDAR_INTERVAL'] = '60000';
    try {
      begin({ pollMs: 60_000 }).add(folder());
      await ready();
      await expectDirty([''], () => {
        writeFileSync(join(root, 'file'), '');
      });
    } finally {
      delete process.env['CHOKIDAR_USEPOLLING'];
      delete process.env['CHOKIDAR_INTERVAL'];
    }
  });

  test('folders are told apart, nested ones too, and a removed one is silent', async () => {
    mkdirSync(join(root, 'inner'));
    const both = begin();
    both.add(folder({ id: 'outer' }));
    both.add(folder({ id: 'inner', root: join(root, 'inner') }));
    await ready(2);
    notices = [];
    writeFileSync(join(root, 'inner/file'), '');
    await until('both', () => count('dirty') === 2);
    expect(notices.filter((one) => one.kind === 'dirty')).toEqual(
      expect.arrayContaining([
        { kind: 'dirty', folder: 'outer', directories: ['inner'] },
        { kind: 'dirty', folder: 'inner', directories: [''] },
      ]),
    );
    both.remove('inner');
    await pause(300);
    notices = [];
    writeFileSync(join(root, 'inner/file2'), '');
    await until('outer', () => count('dirty') > 0);
    await pause(300);
    expect(new Set(notices.map((one) => one.folder))).toEqual(new Set(['outer']));
  });
});

describe('the thread', () => {
  test('that crashes is started again, with its folders', async () => {
    begin({ entry: new URL('./threads/crashing.ts', import.meta.url) }).add(folder());
    writeFileSync(join(root, 'crash'), '');
    await until('crash', () => problem() === 'watch-failed' && count('overflow') > 0);
    notices = [];
    await ready();
    await until('healthy', () => problem() === null);
    expect(lines.join('\n')).toContain('crashed as the test wants it');
    await expectDirty([''], () => {
      writeFileSync(join(root, 'file'), '');
    });
  });

  test('ends with stop, within a second, and nothing is left', async () => {
    const before = process.getActiveResourcesInfo().sort();
    for (let i = 0; i < 200; i += 1) mkdirSync(join(root, `d${String(i)}`));
    const one = begin();
    one.add(folder());
    await ready();
    writeFileSync(join(root, 'file'), '');
    const began = performance.now();
    await one.stop();
    expect(performance.now() - began).toBeLessThan(1_000);
    notices = [];
    await pause(300);
    expect(notices).toEqual([]);
    const extra = [...process.getActiveResourcesInfo()];
    for (const kind of before) {
      const at = extra.indexOf(kind);
      if (at >= 0) extra.splice(at, 1);
    }
    expect(extra.filter((kind) => kind !== 'Immediate')).toEqual([]);
    expect(() => {
      one.add(folder());
    }).toThrow('stopped');
    await one.stop();
  });

  test('ends with stop also while it crawls, while it waits for a root, and while it waits to be started again', async () => {
    for (let i = 0; i < 500; i += 1) mkdirSync(join(root, `d${String(i)}/e`), { recursive: true });
    for (const at of [root, join(base, 'missing')]) {
      const one = openWatcher({ onNotice: () => undefined, log: () => undefined });
      one.add(folder({ root: at }));
      await pause(60);
      const began = performance.now();
      await one.stop();
      expect(performance.now() - began).toBeLessThan(1_000);
    }
    const crashing = begin({ entry: new URL('./threads/crashing.ts', import.meta.url) });
    writeFileSync(join(root, 'crash'), '');
    crashing.add(folder());
    await until('crash', () => count('overflow') > 0);
    await crashing.stop();
    notices = [];
    await pause(400);
    expect(notices).toEqual([]);
  });
});
