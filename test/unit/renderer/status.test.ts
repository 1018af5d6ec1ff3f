import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { Status } from '../../../renderer/state/status.svelte.ts';
import { FakeBridge, FakeVisibility, snapshotOf, statusOf } from './fake-bridge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000);

it('asks for a snapshot, then follows the events and ignores old numbers', async () => {
  const bridge = new FakeBridge({ 'status.snapshot': () => success(snapshotOf(5, [statusOf('b'), statusOf('a')])) });
  const status = new Status(bridge, new FakeVisibility());
  const stop = status.start();
  expect(status.snapshot).toBeNull();
  await settled();
  expect(status.folders.map((folder) => folder.folder)).toEqual(['a', 'b']);

  bridge.emit('status', snapshotOf(4, [statusOf('old')]));
  await settled();
  expect(status.snapshot?.sequence).toBe(5);
  bridge.emit('status', snapshotOf(6, [statusOf('a', { state: 'scanning' })]));
  await settled();
  expect(status.folder('a')?.state).toBe('scanning');
  expect(status.folder('b')).toBeNull();
  stop();
  expect(bridge.listeners('status') + bridge.listeners('engine')).toBe(0);
});

it('shows at most two snapshots a second, the newest one last', async () => {
  const bridge = new FakeBridge();
  const status = new Status(bridge, new FakeVisibility());
  const stop = status.start();
  const shown = new Set<number>();
  for (let sequence = 1; sequence <= 20; sequence += 1) {
    bridge.emit('status', snapshotOf(sequence, []));
    await vi.advanceTimersByTimeAsync(100);
    shown.add(status.snapshot?.sequence ?? -1);
  }
  await settled();
  expect(shown.size).toBeLessThanOrEqual(5);
  expect(status.snapshot?.sequence).toBe(20);
  stop();
});

it('takes a fresh count when the engine is up again', async () => {
  const bridge = new FakeBridge({ 'status.snapshot': () => success(snapshotOf(90, [])) });
  const status = new Status(bridge, new FakeVisibility());
  const stop = status.start();
  await settled();
  bridge.emit('engine', { state: 'down' });
  expect(status.engine.state).toBe('down');
  bridge.answers['status.snapshot'] = () => success(snapshotOf(1, [statusOf('a')]));
  bridge.emit('engine', { state: 'up' });
  await settled();
  expect(status.engine.state).toBe('up');
  expect(status.snapshot?.sequence).toBe(1);
  stop();
});

it('knows that the engine is down when it came after the event', async () => {
  const bridge = new FakeBridge({ 'status.snapshot': () => failed(failure('engine-down')) });
  const status = new Status(bridge, new FakeVisibility());
  const stop = status.start();
  await settled();
  expect(status.engine.state).toBe('down');
  stop();
});

it('counts what was sent of a batch, for each folder and for all', async () => {
  const bridge = new FakeBridge();
  const status = new Status(bridge, new FakeVisibility());
  const stop = status.start();
  bridge.emit('status', snapshotOf(1, [statusOf('a', { queued: 9, active: 1 })], { filesToGo: 10 }));
  await settled();
  bridge.emit('status', snapshotOf(2, [statusOf('a', { queued: 2, active: 1 })], { filesToGo: 3 }));
  await settled();
  expect(status.progress('a')).toEqual({ total: 10, done: 7, share: 0.7 });
  expect(status.overall?.share).toBe(0.7);
  bridge.emit('status', snapshotOf(3, [statusOf('a')]));
  await settled();
  expect(status.progress('a')).toBeNull();
  expect(status.overall).toBeNull();
  stop();
});

it('says since when a folder is offline only if it saw it happen', async () => {
  const bridge = new FakeBridge();
  const status = new Status(bridge, new FakeVisibility());
  const stop = status.start();
  bridge.emit('status', snapshotOf(1, [statusOf('a', { state: 'offline' }), statusOf('b')]));
  await settled();
  const fall = snapshotOf(2, [statusOf('a', { state: 'offline' }), statusOf('b', { state: 'offline' })]);
  bridge.emit('status', fall);
  await settled();
  bridge.emit('status', { ...fall, sequence: 3, at: '2026-11-22T15:00:00.000Z' });
  await settled();
  expect(status.offlineSince('a')).toBeNull();
  expect(status.offlineSince('b')).toBe(fall.at);
  stop();
});

it('stands still while nobody sees the window', async () => {
  const bridge = new FakeBridge();
  const visibility = new FakeVisibility();
  const status = new Status(bridge, visibility);
  const stop = status.start();
  visibility.isVisible = false;
  bridge.emit('status', snapshotOf(1, []));
  bridge.emit('status', snapshotOf(2, []));
  await settled();
  expect(status.snapshot).toBeNull();
  visibility.show();
  await settled();
  expect(status.snapshot?.sequence).toBe(2);
  stop();
});
