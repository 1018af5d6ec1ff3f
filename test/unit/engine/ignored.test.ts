import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Folder } from '../../../main/contract/models.ts';
import { whyIgnored } from '../../../main/engine/ignored.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

function open(ignore: readonly string[] = []) {
  const root = realpathSync(temporaryFolder());
  const write = (at: string, text = ''): void => {
    mkdirSync(dirname(join(root, at)), { recursive: true });
    writeFileSync(join(root, at), text);
  };
  const folder = { id: 'f', path: root, ignore } as unknown as Folder;
  const ask = (path: string) => whyIgnored(folder, path, new Set([join(root, 'own')]));
  return { root, write, ask, why: async (path: string) => must(await ask(path)) };
}

test('each reason, and the directory above that is the cause', async () => {
  const { root, write, why } = open(['tmp/', '*.iso']);
  write('a/b/file');
  write('own/cairn.db');
  symlinkSync('a', join(root, 'link'));
  expect(await why('a/b/file')).toEqual({ path: 'a/b/file', reason: 'kept', because: null, rule: null });
  expect(await why('a/none')).toMatchObject({ reason: 'missing' });
  expect(await why('link/b/file')).toMatchObject({ reason: 'symlink', because: 'link' });
  expect(await why('own')).toMatchObject({ reason: 'home folder', because: null });
  expect(await why('own/cairn.db')).toMatchObject({ reason: 'home folder', because: 'own' });
  const rule = { pattern: 'tmp/', list: 'folder', line: 1 };
  expect(await why('a/tmp/x/y')).toMatchObject({ reason: 'ignored', because: 'a/tmp', rule });
  expect(await why('a/tmp/')).toMatchObject({ path: 'a/tmp', reason: 'ignored', because: null, rule });
  expect(await why('a/tmp'), 'a file may come to be called so').toMatchObject({ reason: 'missing' });
  expect(await why('a/Thumbs.db')).toMatchObject({ reason: 'ignored', rule: { list: 'default', line: null } });
});

test('a list on the way counts; one that is itself ignored does not', async () => {
  const { write, why } = open();
  write('.cairnignore', 'out/');
  write('out/.cairnignore', '!file');
  write('in/.cairnignore', '\n*.x');
  expect(await why('out/file')).toMatchObject({ because: 'out', rule: { list: '.cairnignore', line: 1 } });
  expect(await why('in/deep/a.x')).toMatchObject({ rule: { pattern: '*.x', list: 'in/.cairnignore', line: 2 } });
});

test.each(['', '/', '../x', '/etc', 'a//b'])('%j is no path below the folder', async (path) => {
  expect(codeOf(await open().ask(path))).toBe('bad-input');
});
