import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkRoot } from '../../../main/scan/root.ts';
import type { KnownRoot } from '../../../main/scan/root.ts';

let base = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-root-')));
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

async function identity(path: string): Promise<KnownRoot> {
  const checked = await checkRoot(path, null);
  if (!checked.ok) throw new Error(checked.failure.message);
  return checked.value;
}

async function verdict(path: string, known: KnownRoot | null): Promise<string> {
  const checked = await checkRoot(path, known);
  return checked.ok ? 'ok' : checked.failure.code;
}

test('a folder is itself, also under another name', async () => {
  mkdirSync(join(base, 'a'));
  const known = await identity(join(base, 'a'));
  expect(await verdict(join(base, 'a'), known)).toBe('ok');
  renameSync(join(base, 'a'), join(base, 'b'));
  expect(await verdict(join(base, 'b'), known)).toBe('ok');
  expect(await verdict(join(base, 'a'), known)).toBe('root-missing');
});

test('another folder in its place is root-changed', async () => {
  mkdirSync(join(base, 'a'));
  const known = await identity(join(base, 'a'));
  renameSync(join(base, 'a'), join(base, 'kept'));
  mkdirSync(join(base, 'a'));
  expect(await verdict(join(base, 'a'), known)).toBe('root-changed');
});

test('a file in its place is root-changed, and while adding not-a-folder', async () => {
  mkdirSync(join(base, 'a'));
  const known = await identity(join(base, 'a'));
  rmSync(join(base, 'a'), { recursive: true });
  writeFileSync(join(base, 'a'), '');
  expect(await verdict(join(base, 'a'), known)).toBe('root-changed');
  expect(await verdict(join(base, 'a'), null)).toBe('not-a-folder');
  expect(await verdict(join(base, 'a/b'), null)).toBe('root-missing');
});

test('a link counts as what it leads to', async () => {
  mkdirSync(join(base, 'one'));
  mkdirSync(join(base, 'two'));
  symlinkSync('one', join(base, 'link'));
  const checked = await checkRoot(join(base, 'link'), null);
  expect(checked.ok && checked.value.realPath).toBe(join(base, 'one'));
  const known = await identity(join(base, 'link'));
  expect(await verdict(join(base, 'link'), known)).toBe('ok');
  rmSync(join(base, 'link'));
  symlinkSync('two', join(base, 'link'));
  expect(await verdict(join(base, 'link'), known)).toBe('root-changed');
  rmSync(join(base, 'two'), { recursive: true });
  expect(await verdict(join(base, 'link'), known)).toBe('root-missing');
});

test('a link in a circle is root-unreadable, with the reason in words', async () => {
  symlinkSync('loop', join(base, 'loop'));
  const checked = await checkRoot(join(base, 'loop'), null);
  expect(checked.ok).toBe(false);
  if (!checked.ok)
    expect(checked.failure).toMatchObject({ code: 'root-unreadable', facts: { reason: 'its links go in a circle' } });
});
