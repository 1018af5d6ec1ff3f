import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  isSameState,
  isStill,
  openStable,
  readFully,
  toStat,
  youth,
  type FilePlace,
  type OpenFile,
} from '../../../main/transfer/stable.ts';
import type { LinksMode } from '../../../main/contract/models.ts';
import { path, stat, temporaryFolder } from '../store/support.ts';

function place(absolute: string, links: LinksMode = 'skip'): FilePlace {
  return { root: dirname(absolute), path: path(basename(absolute)), links };
}

async function opened(file: string): Promise<OpenFile> {
  const result = await openStable(place(file));
  if ('vanished' in result || !result.ok) throw new Error('not opened');
  onTestFinished(() => result.value.handle.close());
  return result.value;
}

describe('opening', () => {
  test('a file, with what it was', async () => {
    const file = join(temporaryFolder(), 'a');
    writeFileSync(file, 'hello');
    const { stat: seen } = await opened(file);
    expect(seen).toEqual(toStat(statSync(file, { bigint: true })));
    expect(seen.size).toBe(5);
  });

  test('what is no regular file has vanished: links are not followed, pipes do not block', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync(join(folder, 'file'), join(folder, 'link'));
    symlinkSync('/nowhere', join(folder, 'dangling'));
    mkdirSync(join(folder, 'directory'));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['none', 'link', 'dangling', 'directory', 'pipe', 'file/below']) {
      expect([name, await openStable({ root: folder, path: path(name), links: 'skip' })]).toEqual([
        name,
        { vanished: true },
      ]);
    }
  });

  test('a link is followed where that is asked for, but never out of the folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'root/real'), { recursive: true });
    const root = join(folder, 'root');
    writeFileSync(join(folder, 'outside'), 'secret');
    writeFileSync(join(root, 'real/file'), 'hello');
    symlinkSync('real/file', join(root, 'link'));
    symlinkSync('real', join(root, 'way'));
    symlinkSync('../outside', join(root, 'out'));
    symlinkSync('..', join(root, 'up'));
    symlinkSync('nowhere', join(root, 'dangling'));
    for (const name of ['out', 'up/outside', 'dangling', 'way', 'link/x']) {
      expect([name, await openStable({ root, path: path(name), links: 'follow' })]).toEqual([name, { vanished: true }]);
    }
    for (const name of ['link', 'way/file']) {
      const result = await openStable({ root, path: path(name), links: 'follow' });
      if ('vanished' in result || !result.ok) throw new Error(`not opened: ${name}`);
      onTestFinished(() => result.value.handle.close());
      expect(result.value.stat).toEqual(toStat(statSync(join(root, 'real/file'), { bigint: true })));
      expect(await isStill(result.value)).toBe(true);
      const [link, former] = name === 'link' ? ['link', 'real/file'] : ['way', 'real'];
      // The same bytes elsewhere are another file.
      rmSync(join(root, link));
      symlinkSync('../outside', join(root, link));
      expect(await isStill(result.value)).toBe(false);
      rmSync(join(root, link));
      symlinkSync(former, join(root, link));
      expect(await isStill(result.value)).toBe(true);
    }
  });

  test.skipIf(process.getuid?.() === 0)('one that may not be read is told so', async () => {
    const file = join(temporaryFolder(), 'a');
    writeFileSync(file, '');
    chmodSync(file, 0o000);
    const result = await openStable(place(file));
    expect('ok' in result && !result.ok && result.failure.code).toBe('file-unreadable');
  });
});

describe('whether it is still the same', () => {
  const ways: Record<string, (file: string) => void> = {
    'written over, same size': (file) => {
      writeFileSync(file, 'HELLO');
    },
    appended: (file) => {
      appendFileSync(file, '!');
    },
    'cut short': (file) => {
      truncateSync(file, 1);
    },
    'made empty': (file) => {
      truncateSync(file, 0);
    },
    'another time': (file) => {
      utimesSync(file, 1, 1);
    },
    'another mode': (file) => {
      chmodSync(file, 0o600);
    },
    removed: (file) => {
      rmSync(file);
    },
    renamed: (file) => {
      renameSync(file, `${file}2`);
    },
    'replaced by another file': (file) => {
      writeFileSync(`${file}.new`, 'hello');
      renameSync(`${file}.new`, file);
    },
    'replaced by a link': (file) => {
      renameSync(file, `${file}2`);
      symlinkSync(`${file}2`, file);
    },
    'replaced by a directory': (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  };

  test('it is, while nobody touches it, also after it was read', async () => {
    const file = join(temporaryFolder(), 'a');
    writeFileSync(file, 'hello');
    const open = await opened(file);
    expect(await isStill(open)).toBe(true);
    await readFully(open.handle, Buffer.alloc(5), 0);
    expect(await isStill(open)).toBe(true);
  });

  test.each(Object.keys(ways))('not once it was %s', async (way) => {
    const file = join(temporaryFolder(), 'a');
    writeFileSync(file, 'hello');
    utimesSync(file, 1_000_000, 1_000_000);
    const open = await opened(file);
    ways[way]?.(file);
    expect(await isStill(open)).toBe(false);
  });

  test('every part of the state counts but the mode', () => {
    expect(isSameState(stat(), stat({ mode: 0 }))).toBe(true);
    for (const change of [{ dev: '9' }, { ino: '9' }, { size: 9 }, { mtimeNs: '9' }, { ctimeNs: '9' }]) {
      expect(isSameState(stat(), stat(change))).toBe(false);
    }
  });
});

describe('reading', () => {
  test('fills what is asked for, from where it is asked, and says how much there was', async () => {
    const file = join(temporaryFolder(), 'a');
    writeFileSync(file, '0123456789');
    const { handle } = await opened(file);
    const target = Buffer.alloc(4, '-');
    expect(await readFully(handle, target, 3)).toBe(4);
    expect(target.toString()).toBe('3456');
    expect(await readFully(handle, target, 8)).toBe(2);
    expect(target.toString()).toBe('8956');
    expect(await readFully(handle, target, 10)).toBe(0);
    expect(await readFully(handle, target, 1000)).toBe(0);
    expect(await readFully(handle, Buffer.alloc(0), 0)).toBe(0);
  });
});

describe('how long a file must be left alone', () => {
  const now = 1_700_000_000_000;
  const at = (mtimeMs: number, ctimeMs: number) =>
    stat({ mtimeNs: String(BigInt(mtimeMs) * 1_000_000n), ctimeNs: String(BigInt(ctimeMs) * 1_000_000n) });

  test.each<[string, number, number, number]>([
    ['an old one not at all', now - 5000, now - 5000, 0],
    ['one of just now all of the time', now, now, 300],
    ['one of 100 ms ago the rest', now - 100, now - 100, 200],
    ['at the end of the time no longer', now - 300, now - 300, 0],
    ['its change time counts too', now - 5000, now - 100, 200],
    ['times in the future are a clock that was off', now + 1, now + 1, 0],
    ['a year in the future', now + 31_536_000_000, now + 31_536_000_000, 0],
    ['before 1970', -5000, -5000, 0],
  ])('%s', (_, mtimeMs, ctimeMs, expected) => {
    expect(youth(at(mtimeMs, ctimeMs), now, 300)).toBe(expected);
  });

  test('a modification time in the future hides no change of just now', () => {
    expect(youth(at(now + 86_400_000, now - 100), now, 300)).toBe(200);
    expect(youth(at(now - 100, now + 86_400_000), now, 300)).toBe(200);
  });
});
