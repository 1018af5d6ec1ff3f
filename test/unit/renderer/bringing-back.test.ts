import { expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { BringBack } from '../../../renderer/state/bringing-back.svelte.ts';
import { fileIn, nextFree, targetFor } from '../../../renderer/views/versions/target.ts';
import { FakeBridge } from './fake-bridge.ts';

const AT = '2026-11-11T10:20:30.000Z';
const restored = { to: '/r/Thesis', files: 1, restored: 1, bytes: 1, renamed: [], failures: [], failed: 0 };
const replaced = {
  ...{ files: 1, restored: 1, leftAlone: 0, bytes: 1, setAside: [], queued: 0, failures: [], failed: 0 },
};

it('restores what was chosen, follows it, and says how it ended', async () => {
  const bridge = new FakeBridge();
  const seen: unknown[] = [];
  const back = new BringBack('Thesis', bridge);
  bridge.answers['history.restore'] = ({ task }) => {
    bridge.emit('progress', { task: 'another', files: 9, filesTotal: 9, bytes: 9, bytesTotal: 9 });
    bridge.emit('progress', { task, files: 1, filesTotal: 2, bytes: 5, bytesTotal: 10 });
    seen.push(back.now);
    return success(restored);
  };
  const wanted = { paths: ['a', 'd/b'], at: AT };
  await back.intoNew(wanted, '/r/Thesis');
  const input = { folder: 'Thesis', directory: '', paths: ['a', 'd/b'], at: AT, to: '/r/Thesis', resume: false };
  expect(bridge.made.at(-1)?.input).toMatchObject(input);
  const progress = { files: 1, filesTotal: 2, bytes: 5, bytesTotal: 10 };
  expect(seen).toEqual([{ kind: 'busy', wanted, where: { kind: 'new', to: '/r/Thesis' }, progress }]);
  expect(back.now).toEqual({ kind: 'restored', wanted, restored });
  expect(bridge.listeners('progress')).toBe(0);
  back.dismiss();
  expect(back.now).toBeNull();
});

it('asks for one path as what the places are relative to, and for nothing chosen as the folder', async () => {
  const bridge = new FakeBridge({ 'history.restoreInPlace': () => success(replaced) });
  const back = new BringBack('Thesis', bridge);
  for (const [paths, directory] of [
    [['d/b'], 'd/b'],
    [[], ''],
  ] as const) {
    await back.inPlace({ paths, at: AT });
    expect(bridge.made.at(-1)?.input).toMatchObject({ folder: 'Thesis', directory, at: AT });
    expect(Object.hasOwn(bridge.made.at(-1)?.input as object, 'paths')).toBe(false);
    expect(back.now).toMatchObject({ kind: 'replaced', replaced });
  }
});

it('goes on with the same choice where it was broken off', async () => {
  const bridge = new FakeBridge({ 'history.restore': () => failed(failure('cancelled')) });
  const back = new BringBack('Thesis', bridge);
  await back.intoNew({ paths: ['a', 'b'], at: AT }, '/r/x');
  expect(back.now).toMatchObject({ kind: 'failed', failure: { code: 'cancelled' } });
  await back.goOn();
  expect(bridge.made.at(-1)?.input).toMatchObject({ paths: ['a', 'b'], at: AT, to: '/r/x', resume: true });
});

it('ends its own task alone', async () => {
  const bridge = new FakeBridge({ 'task.cancel': () => success(true) });
  const back = new BringBack('Thesis', bridge);
  await back.cancel();
  expect(bridge.made).toEqual([]);
  const running = back.intoNew({ paths: [], at: AT }, '/r/x');
  const second = back.inPlace({ paths: [], at: AT });
  const ended = back.cancel();
  expect(bridge.count('history.restoreInPlace'), 'one at a time').toBe(0);
  const { task } = bridge.made[0]?.input as { readonly task: string };
  expect(bridge.made.at(-1)).toEqual({ name: 'task.cancel', input: { task } });
  await Promise.all([running, second, ended]);
});

it('names the new folder after what comes into it, of when, in letters that every system takes', () => {
  const AT = new Date(2026, 10, 11, 10, 20, 30).toISOString();
  expect(targetFor(null, '/home/m', 'Thesis', [], AT)).toBe('/home/m/Restored/Thesis 2026-11-11 10.20');
  expect([fileIn('/r/', 'b.txt'), fileIn('C:\\r', 'b.txt')]).toEqual(['/r/b.txt', 'C:\\r\\b.txt']);
  expect(targetFor('/r/', '/home/m', 'Thesis', ['d/b.txt'], AT)).toBe('/r/b.txt 2026-11-11 10.20');
  expect(targetFor(null, 'C:\\Users\\m', 'a:b?', ['x', 'y'], AT)).toBe('C:\\Users\\m\\Restored\\a.b. 2026-11-11 10.20');
  expect(nextFree('/r/a', [])).toBe('/r/a');
  expect(nextFree('/r/a', ['/r/a', '/r/a (2)'])).toBe('/r/a (3)');
});
