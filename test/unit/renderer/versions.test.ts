import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Version } from '../../../main/contract/models.ts';
import type { Thaw } from '../../../main/contract/thaw.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { isArchived, Thaws } from '../../../renderer/state/thaws.svelte.ts';
import { Versions } from '../../../renderer/state/versions.svelte.ts';
import { below, growth, olderOf, shortId, stampedName } from '../../../renderer/views/folder/timeline.ts';
import { FakeBridge, FakeVisibility } from './fake-bridge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2000);
const version = (versionId: string, size: number, deleteMarker = false): Version => ({
  key: 'thesis/a.txt',
  versionId,
  isLatest: false,
  deleteMarker,
  size,
  etag: null,
  lastModified: '2026-11-22T14:00:00.000Z',
  seenAt: null,
  storageClass: null,
  sha256: null,
  proof: null,
  receiptSeq: null,
  removed: false,
});

it('follows the saves of its own file', async () => {
  let list = [version('v1', 10)];
  const bridge = new FakeBridge({ 'versions.list': () => success(list) });
  const versions = new Versions('Thesis', 'a.txt', bridge, new FakeVisibility());
  const stop = versions.start();
  await settled();
  expect(versions.list?.length).toBe(1);
  list = [version('v2', 12), ...list];
  bridge.emit('saved', { folder: 'Thesis', path: 'b.txt', seq: 1 });
  await settled();
  expect(versions.list?.length).toBe(1);
  bridge.emit('saved', { folder: 'Thesis', path: 'a.txt', seq: 2 });
  await settled();
  expect(versions.list?.map((each) => each.versionId)).toEqual(['v2', 'v1']);
  stop();
});

it('restores one version once, and says where it was written', async () => {
  const restored = { path: 'a.txt', versionId: 'v1', bytes: 10, to: '/data/thesis/a (1).txt' };
  const bridge = new FakeBridge({ 'versions.restore': () => success(restored) });
  const versions = new Versions('Thesis', 'a.txt', bridge, new FakeVisibility());
  const first = versions.restore('v1');
  expect(versions.restoring('v1')).toEqual({ kind: 'busy' });
  await versions.restore('v1');
  await first;
  expect(bridge.count('versions.restore')).toBe(1);
  expect(versions.restoring('v1')).toEqual({ kind: 'done', restored });
  expect(versions.restoring('v2')).toBeNull();
});

it('says why a restore failed', async () => {
  const cause = failure('archived', { key: 'thesis/a.txt' });
  const bridge = new FakeBridge({ 'versions.restore': () => failed(cause) });
  const versions = new Versions('Thesis', 'a.txt', bridge, new FakeVisibility());
  await versions.restore('v1');
  expect(versions.restoring('v1')).toEqual({ kind: 'failed', failure: cause });
});

it('measures growth against the content before, past delete markers', () => {
  const list = [version('c', 30), version('b', 0, true), version('a', 10)];
  expect(list.map((_, index) => growth(list, index))).toEqual([20, null, null]);
});

it('compares with the content before, past delete markers', () => {
  const list = [version('c', 30), version('b', 0, true), version('a', 10)];
  expect(list.map((_, index) => olderOf(list, index)?.versionId)).toEqual(['a', 'a', undefined]);
});

it('puts a version in place, or makes it the current one, and says what came of it', async () => {
  const placed = { path: 'a.txt', versionId: 'v1', bytes: 10, to: '/data/thesis/a.txt', setAside: null } as const;
  const made = { path: 'a.txt', from: 'v1', versionId: 'v3', wasCurrent: false };
  const bridge = new FakeBridge({
    'versions.list': () => success([version('v3', 10), version('v1', 10)]),
    'versions.restoreInPlace': () => success({ ...placed, current: 'copied', currentVersionId: 'v3' }),
    'versions.makeCurrent': () => success(made),
  });
  const versions = new Versions('Thesis', 'a.txt', bridge, new FakeVisibility());
  await versions.inPlace('v1');
  expect(versions.restoring('v1')).toMatchObject({ kind: 'placed', placed });
  await versions.makeCurrent('v1');
  expect(versions.restoring('v1')).toEqual({ kind: 'current', made });
  expect(versions.list?.length, 'the list has the new one at once').toBe(2);
  await versions.restore('v1', '/elsewhere/a.txt');
  expect(bridge.made.at(-1)?.input).toEqual({
    folder: 'Thesis',
    path: 'a.txt',
    versionId: 'v1',
    to: '/elsewhere/a.txt',
  });
});

it('asks an archive once, and knows what is waited for', async () => {
  const thaw: Thaw = {
    ...{ folder: 'Thesis', path: 'a.txt', versionId: 'v1', size: 10, tier: 'Bulk', days: 7, state: 'waiting' },
    ...{ askedAt: '2026-11-22T14:00:00.000Z', expectedAt: '2026-11-22T14:00:00.000Z', readableUntil: null },
    ...{ target: null, failure: null },
  };
  const list: Thaw[] = [];
  const bridge = new FakeBridge({
    'versions.thaws': () => success([...list]),
    'versions.thaw': () => {
      list.push(thaw);
      return success({ thaw, offer: null });
    },
  });
  const thaws = new Thaws('Thesis', bridge, new FakeVisibility());
  const stop = thaws.start();
  await settled();
  expect(thaws.of('a.txt', 'v1')).toBeNull();
  expect(await thaws.ask('a.txt', 'v1', 'Bulk', null)).toBeNull();
  expect(thaws.of('a.txt', 'v1')).toEqual(thaw);
  expect([thaws.of('b.txt', 'v1'), thaws.of('a.txt', 'v2')]).toEqual([null, null]);
  expect(await thaws.offers('a.txt', 'v1')).toMatchObject({ code: 'engine-down' });
  const wishes = (): readonly unknown[] =>
    bridge.made.filter(({ name }) => name === 'versions.thaw').map(({ input }) => input);
  expect(wishes().at(-1), 'nothing is written').not.toHaveProperty('to');
  await thaws.ask('a.txt', 'v1', 'Bulk', '/back/a.txt');
  expect(wishes().at(-1)).toMatchObject({ path: 'a.txt', to: '/back/a.txt' });
  stop();
  expect(bridge.listeners('status')).toBe(0);
  expect(['GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR', null].map(isArchived)).toEqual([true, true, false, false]);
});

it('shortens long ids only', () => {
  expect(shortId('pQ4x.eK7vT0hZc2NuJ6rX1wmB9s')).toBe('pQ4x.eK7…mB9s');
  expect(shortId('7f3a')).toBe('7f3a');
});

it('finds the part of a path below a folder, and only below', () => {
  expect(below('/data/thesis', '/data/thesis/a/b (1).txt')).toBe('a/b (1).txt');
  expect(below('/data/thesis/', '/data/thesis/a.txt')).toBe('a.txt');
  expect(below('C:\\data', 'C:\\data\\a\\b.txt')).toBe('a/b.txt');
  expect(below('/data/thesis', '/data/thesis2/a.txt')).toBeNull();
  expect(below('/data/thesis', '/tmp/a.txt')).toBeNull();
});

it('a version gets a name by its time where others of its file may lie', () => {
  const at = '2026-11-22T11:48:09.000Z';
  expect(stampedName('deep/04-results.tex', at)).toBe('04-results (2026-11-22 11.48).tex');
  expect(stampedName('.profile', at)).toBe('.profile (2026-11-22 11.48)');
});
