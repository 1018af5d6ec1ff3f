import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { FileRow } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { Files } from '../../../renderer/state/files.svelte.ts';
import { directoryRow, FakeBridge, FakeVisibility, fileRow } from './fake-bridge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2000);

function opened(tree: Record<string, readonly FileRow[]>) {
  const bridge = new FakeBridge({
    'folder.files': ({ directory, search }) => {
      const rows = search === undefined ? (tree[directory ?? ''] ?? []) : Object.values(tree).flat();
      return success({ rows: rows.filter((row) => search === undefined || row.path.includes(search)), more: 0 });
    },
  });
  const files = new Files('Thesis', bridge, new FakeVisibility());
  const stop = files.start();
  const asked = (): unknown[] =>
    bridge.made
      .filter((call) => call.name === 'folder.files')
      .map((call) => (call.input as { directory?: string }).directory);
  return { bridge, files, stop, asked };
}
const names = (files: Files): string[] => files.rows.map((row) => (row.kind === 'entry' ? row.entry.path : row.kind));

it('reads the root, and a directory when it is opened', async () => {
  const { files, asked, stop } = opened({ '': [directoryRow('a'), fileRow('z')], a: [fileRow('a/x')] });
  expect(names(files)).toEqual(['loading']);
  await settled();
  expect(names(files)).toEqual(['a', 'z']);
  files.toggle('a');
  await settled();
  expect(names(files)).toEqual(['a', 'a/x', 'z']);
  files.toggle('a');
  expect(names(files)).toEqual(['a', 'z']);
  expect(asked()).toEqual(['', 'a']);
  stop();
});

it('reads what a person opens at once, though the reading of a slow folder rests', async () => {
  const { bridge, files, asked, stop } = opened({
    '': [directoryRow('a'), directoryRow('b')],
    a: [],
    b: [fileRow('b/x')],
  });
  await settled();
  bridge.slowMs = 3_000;
  files.touchAll();
  await vi.advanceTimersByTimeAsync(4_000);
  bridge.emit('saved', { folder: 'Thesis', path: 'x', seq: 1 });
  const before = asked().length;
  files.toggle('b');
  await vi.advanceTimersByTimeAsync(3_100);
  expect(asked().slice(before)).toEqual(['b']);
  expect(names(files)).toEqual(['a', 'b', 'b/x']);
  stop();
});

it('reads again what a saved file touches, and nothing that is closed or of another folder', async () => {
  const tree: Record<string, readonly FileRow[]> = { '': [directoryRow('a'), directoryRow('b')], a: [fileRow('a/x')] };
  const { bridge, files, asked, stop } = opened(tree);
  await settled();
  files.toggle('a');
  await settled();
  const before = asked().length;
  bridge.emit('saved', { folder: 'Other', path: 'a/y', seq: 1 });
  await settled();
  expect(asked().length).toBe(before);
  tree['a'] = [fileRow('a/x'), fileRow('a/y')];
  bridge.emit('saved', { folder: 'Thesis', path: 'a/y', seq: 2 });
  await settled();
  expect(names(files)).toEqual(['a', 'a/x', 'a/y', 'b']);
  expect(asked().slice(before).sort()).toEqual(['', 'a']);
  bridge.emit('saved', { folder: 'Thesis', path: 'b/deep/z', seq: 3 });
  await settled();
  expect(asked().slice(before + 2)).toEqual(['']);
  stop();
});

it('reads at most twice a second under a storm of saves', async () => {
  const { bridge, asked, stop } = opened({ '': [fileRow('x')] });
  await settled();
  const before = asked().length;
  for (let index = 0; index < 300; index += 1) {
    bridge.emit('saved', { folder: 'Thesis', path: `x${String(index)}`, seq: index });
    await vi.advanceTimersByTimeAsync(10);
  }
  await settled();
  expect(asked().length - before).toBeGreaterThan(1);
  expect(asked().length - before).toBeLessThanOrEqual(8);
  stop();
});

it('keeps what it knew when a reading fails', async () => {
  const { bridge, files, stop } = opened({ '': [fileRow('x')] });
  await settled();
  bridge.answers['folder.files'] = () => failed(failure('engine-down'));
  files.touchAll();
  await settled();
  expect(names(files)).toEqual(['x']);
  stop();
});

it('searches the whole folder, and comes back to the tree as it was', async () => {
  const { files, stop } = opened({ '': [directoryRow('a'), fileRow('z')], a: [fileRow('a/needle'), fileRow('a/x')] });
  await settled();
  files.toggle('a');
  await settled();
  files.search = 'needle';
  expect(names(files)).toEqual(['loading']);
  await settled();
  expect(names(files)).toEqual(['a/needle']);
  files.search = '';
  expect(names(files)).toEqual(['a', 'a/needle', 'a/x', 'z']);
  stop();
});

it('opens everything above a file that is to be shown', async () => {
  const { files, stop } = opened({ '': [directoryRow('a')], a: [directoryRow('a/b')], 'a/b': [fileRow('a/b/c')] });
  files.reveal('a/b/c');
  await settled();
  expect(names(files)).toEqual(['a', 'a/b', 'a/b/c']);
  expect(files.row('a/b/c')?.name).toBe('c');
  expect(files.row('a/b/d')).toBeNull();
  stop();
});
