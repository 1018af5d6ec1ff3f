import { expect, it } from 'vitest';
import type { BroughtBack } from '../../../main/contract/attached.ts';
import { failure } from '../../../main/contract/errors.ts';
import type { AttachedFolder, Folder } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { BringHere } from '../../../renderer/state/bring-here.svelte.ts';
import { FakeBridge } from './fake-bridge.ts';

const place = {
  ...{ id: '1', name: 'Thesis', connection: 'AWS', bucket: 'papers', prefix: 'thesis/', policy: {}, policyVersion: 1 },
  addedAt: '2026-11-22T14:00:00.000Z',
};
const here: Folder = { ...place, path: '/t', deletes: 'mark', paused: false, ignore: [], watching: 'auto' };
const attached: AttachedFolder = { ...place, path: null, bringingBack: { to: '/t', since: place.addedAt } };
const counts = { to: '/t', files: 2, brought: 2, bytes: 5, wereThere: 0, failed: 0, failures: [], match: null };
const whole: BroughtBack = { folder: here, ...counts };
const partly: BroughtBack = {
  ...{ folder: attached, ...counts, brought: 1, failed: 1 },
  failures: [{ path: 'a', failure: failure('archived', { key: 'a' }) }],
};

it('brings all to the folder that was picked, tells how far it is, and has nothing left to say', async () => {
  const bridge = new FakeBridge({ 'app.pickFolder': () => success('/t') });
  const bring = new BringHere('Thesis', bridge);
  const seen: unknown[] = [];
  bridge.answers['folder.bringBack'] = ({ task }) => {
    const far = { files: 1, filesTotal: 2, bytes: 2, bytesTotal: 5 };
    bridge.emit('progress', { task: 'another', ...far, files: 2 });
    bridge.emit('progress', { task, ...far });
    seen.push(bring.now);
    return success(whole);
  };
  await bring.pick();
  expect(bridge.made.at(-1)).toMatchObject({ name: 'folder.bringBack', input: { folder: 'Thesis', to: '/t' } });
  expect(seen).toEqual([{ kind: 'busy', to: '/t', progress: { files: 1, filesTotal: 2, bytes: 2, bytesTotal: 5 } }]);
  expect(bring.now).toBeNull();
  expect(bridge.listeners('progress')).toBe(0);
});

it('begins nothing where no folder was picked', async () => {
  const bridge = new FakeBridge({ 'app.pickFolder': () => success(null) });
  const bring = new BringHere('Thesis', bridge);
  await bring.pick();
  expect(bridge.count('folder.bringBack')).toBe(0);
  expect(bring.now).toBeNull();
});

it('says what stands against it, and takes it up as a person decides', async () => {
  const bridge = new FakeBridge();
  const bring = new BringHere('Thesis', bridge);
  bridge.answers['folder.bringBack'] = ({ adopt }) =>
    adopt === true ? success(partly) : failed(failure('place-not-empty', { path: '/t' }));
  await bring.begin('/t');
  expect(bring.now).toMatchObject({ kind: 'failed', to: '/t', failure: { code: 'place-not-empty' } });
  await bring.begin('/t', { adopt: true });
  expect(bring.now).toEqual({ kind: 'left', to: '/t', brought: partly });
  bridge.answers['folder.bringBack'] = ({ leaveOut }) => success(leaveOut === true ? whole : partly);
  await bring.begin('/t', { leaveOut: true });
  expect(bring.now).toBeNull();
});

it('ends its own task, and none where nothing goes on', async () => {
  const bridge = new FakeBridge({ 'task.cancel': () => success(true) });
  const bring = new BringHere('Thesis', bridge);
  await bring.cancel();
  expect(bridge.count('task.cancel')).toBe(0);
  bridge.answers['folder.bringBack'] = ({ task }) => {
    void bring.cancel();
    bring.dismiss();
    expect(bring.now?.kind).toBe('busy');
    expect(bridge.made.at(-1)).toEqual({ name: 'task.cancel', input: { task } });
    return failed(failure('cancelled'));
  };
  await bring.begin('/t');
  expect(bring.now).toMatchObject({ kind: 'failed', failure: { code: 'cancelled' } });
  bring.dismiss();
  expect(bring.now).toBeNull();
});
