import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../main/contract/names.ts';
import { FolderRules, type RulesLook } from '../../../main/scan/folder-rules.ts';
import { openIgnore } from '../../../main/scan/ignore.ts';
import { path, temporaryFolder } from '../store/support.ts';

function open(own: readonly string[] = []) {
  const root = temporaryFolder();
  const write = (at: string, text: string): void => {
    mkdirSync(dirname(join(root, at)), { recursive: true });
    writeFileSync(join(root, at), text);
  };
  return { root, write, rules: new FolderRules(own) };
}

async function goTo(look: RulesLook, ...directories: string[]): Promise<void> {
  for (const directory of ['', ...directories]) expect(await look.enter(path(directory))).toBe(null);
}

test('the innermost list has the last word, and says where', async () => {
  const { root, write, rules } = open(['*.log', 'build/']);
  write('.cairnignore', '\ufeff# remark\r\n/top.txt\r\n!keep.log\r\n');
  write('a/.cairnignore', 'keep.log\n/x.txt\n!*.part');
  const look = rules.begin(root);
  await goTo(look, 'a', 'a/b');
  const why = (at: string, isDirectory = false) => look.rule(path(at), isDirectory);
  expect(why('some.log')).toEqual({ pattern: '*.log', list: 'folder', line: 1 });
  expect(why('build', true)).toEqual({ pattern: 'build/', list: 'folder', line: 2 });
  expect(why('build')).toBe(null);
  expect(why('top.txt')).toEqual({ pattern: '/top.txt', list: { file: '.cairnignore' }, line: 2 });
  expect(why('a/top.txt')).toBe(null);
  expect(why('keep.log')).toBe(null);
  expect(why('a/keep.log')).toEqual({ pattern: 'keep.log', list: { file: 'a/.cairnignore' }, line: 1 });
  expect(why('a/b/keep.log')).toMatchObject({ line: 1 });
  expect(why('a/x.txt')).toMatchObject({ line: 2 });
  expect(why('a/b/x.txt')).toBe(null);
  expect(why('film.part')).toEqual({ pattern: '*.part', list: 'default', line: null });
  expect(why('a/b/film.part')).toBe(null);
  expect(why('.cairnignore')).toBe(null);
  expect(look.isLeftOut(path('build/deep/file'), false)).toBe(true);
  expect(look.isLeftOut(path('a/b/file'), false)).toBe(false);
});

test('a look that does not come from above takes in the lists on its way, and ends at an ignored directory', async () => {
  const { root, write, rules } = open();
  write('.cairnignore', 'out/\n');
  write('in/.cairnignore', '*.tmp\n');
  const look = rules.begin(root);
  expect(await look.approach(path('out/deep'))).toBe(false);
  expect(await look.approach(path('in/deep/er'))).toBe(true);
  expect(look.ignores(path('in/deep/er/x.tmp'), false)).toBe(true);
  expect(await look.approach(ROOT)).toBe(true);
});

test('a list that is new, changed, or gone is told; after a good end not again', async () => {
  const { root, write, rules } = open();
  write('a/.cairnignore', 'one');
  let look = rules.begin(root);
  await goTo(look, 'a', 'b');
  expect(look.takeChanged()).toEqual(['a']);
  expect(look.takeChanged()).toEqual([]);
  // This look was cut short: what it saw does not count.
  look = rules.begin(root);
  await goTo(look, 'a');
  expect(look.takeChanged()).toEqual(['a']);
  look.end(false);
  expect(rules.files).toEqual(['a/.cairnignore']);

  look = rules.begin(root);
  await goTo(look, 'a');
  expect(look.takeChanged()).toEqual([]);
  look.end(false);

  write('a/.cairnignore', 'two');
  write('.cairnignore', 'three');
  look = rules.begin(root);
  await goTo(look, 'a');
  expect(look.takeChanged()).toEqual(['', 'a']);
  expect(look.ignores(path('a/one'), false)).toBe(false);
  expect(look.ignores(path('a/three'), false)).toBe(true);
  look.end(false);

  rmSync(join(root, 'a'), { recursive: true });
  look = rules.begin(root);
  await goTo(look, 'a');
  expect(look.takeChanged()).toEqual(['a']);
  look.end(false);
  expect(rules.files).toEqual(['.cairnignore']);
});

test('a link or a directory of that name is no list; one that cannot be read leaves its directory unknown', async () => {
  const { root, write, rules } = open();
  write('elsewhere', '*');
  mkdirSync(join(root, 'a/.cairnignore'), { recursive: true });
  mkdirSync(join(root, 'b'));
  symlinkSync('../elsewhere', join(root, 'b/.cairnignore'));
  write('c/.cairnignore', 'x'.repeat(1024 * 1024 + 1));
  const look = rules.begin(root);
  await goTo(look, 'a', 'b');
  expect(look.isPlain).toBe(true);
  expect(await look.enter(path('c'))).toMatchObject({ code: 'file-unreadable', facts: { path: 'c/.cairnignore' } });
});

test('a line is named by its place in the text, remarks and empty lines counted', () => {
  const { rule } = openIgnore(['# one\n\n*.a\n!x.a\n*.b']);
  expect(rule(path('y.a'), false)).toEqual({ pattern: '*.a', list: 'folder', line: 3 });
  expect(rule(path('x.a'), false)).toBe(null);
  expect(rule(path('x.b'), false)).toMatchObject({ line: 5 });
});
