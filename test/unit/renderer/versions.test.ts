import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Version } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { Versions } from '../../../renderer/state/versions.svelte.ts';
import { below, growth, shortId } from '../../../renderer/views/folder/timeline.ts';
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

it('shortens long ids only', () => {
  expect(shortId('pQ4x.eK7vT0hZc2NuJ6rX1wmB9s')).toBe('pQ4x.eK7vT0hZc…mB9s');
  expect(shortId('7f3a')).toBe('7f3a');
});

it('finds the part of a path below a folder, and only below', () => {
  expect(below('/data/thesis', '/data/thesis/a/b (1).txt')).toBe('a/b (1).txt');
  expect(below('/data/thesis/', '/data/thesis/a.txt')).toBe('a.txt');
  expect(below('C:\\data', 'C:\\data\\a\\b.txt')).toBe('a/b.txt');
  expect(below('/data/thesis', '/data/thesis2/a.txt')).toBeNull();
  expect(below('/data/thesis', '/tmp/a.txt')).toBeNull();
});
