import { expect, it } from 'vitest';
import type { Density, Differences, FolderTree } from '../../../main/contract/history.ts';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { TimeMachine } from '../../../renderer/state/time-machine.svelte.ts';
import { FakeBridge } from './fake-bridge.ts';

const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T00:00:00.000Z`;
/** Ten days; something happened on the 3rd and on the 7th. */
const density: Density = {
  from: day(1),
  to: day(11),
  buckets: Array.from({ length: 10 }, (_, index) => ({
    at: day(index + 1),
    saved: index === 2 || index === 6 ? 4 : 0,
    gone: 0,
  })),
};
const tree = (path: string): FolderTree => ({
  entries: [{ path, size: 1, versionId: 'v', lastModified: day(1), storageClass: null }],
  asOf: day(9),
  unsafeKeys: [],
  more: 0,
});
const nothing: Differences = {
  ...{
    from: day(1),
    to: null,
    asOf: day(9),
    changes: [],
    counts: { added: 0, changed: 0, gone: 0, moved: 0 },
    more: 0,
  },
};
const bridgeOf = (): FakeBridge =>
  new FakeBridge({
    'history.density': () => success(density),
    'history.tree': ({ at }) => success(tree(`of ${at ?? 'now'}`)),
    'history.diff': () => success(nothing),
    'task.cancel': () => success(true),
  });
const shown = (machine: TimeMachine): readonly string[] => machine.rows.map(({ node }) => node.path);

it('begins at the newest moment, and asks for another one only when the slider rests', async () => {
  const bridge = bridgeOf();
  const machine = new TimeMachine('Thesis', bridge);
  await machine.open();
  expect(machine.at).toBe(day(11));
  expect(shown(machine)).toEqual([`of ${day(11)}`]);
  machine.choose(5);
  machine.choose(4);
  expect(bridge.count('history.tree')).toBe(1);
  await machine.look();
  expect(machine.shownAt).toBe(day(6));
  expect(shown(machine)).toEqual([`of ${day(6)}`]);
  await machine.look();
  expect(bridge.count('history.tree'), 'the same moment is not asked for twice').toBe(2);
});

it('steps from change to change', async () => {
  const machine = new TimeMachine('Thesis', bridgeOf());
  await machine.open();
  await machine.step(-1);
  expect(machine.at).toBe(day(8));
  await machine.step(-1);
  expect(machine.at).toBe(day(4));
  await machine.step(-1);
  expect(machine.at, 'nothing lies before').toBe(day(2));
  await machine.step(1);
  expect(machine.at).toBe(day(4));
});

it('ends a look that is overtaken, and shows the later one', async () => {
  const bridge = bridgeOf();
  const machine = new TimeMachine('Thesis', bridge);
  await machine.open();
  machine.choose(2);
  const first = machine.look();
  machine.choose(7);
  await Promise.all([first, machine.look()]);
  expect(bridge.count('task.cancel')).toBe(1);
  expect(machine.shownAt).toBe(day(9));
  expect(machine.isLooking).toBe(false);
});

it('says of when the bucket’s listing is, asks for a new one on demand, and reads again when one came', async () => {
  const bridge = bridgeOf();
  const machine = new TimeMachine('Thesis', bridge);
  const stop = machine.follow();
  bridge.emit('listed', { folder: 'Thesis' });
  expect(machine.asOf, 'nothing is shown yet').toBeNull();
  await machine.open();
  expect(machine.asOf).toBe(day(9));
  bridge.answers['history.diff'] = () => success({ ...nothing, asOf: day(10) });
  await machine.refresh();
  expect(bridge.made.filter(({ name }) => name === 'history.tree').map(({ input }) => input)).toMatchObject([
    { refresh: false },
    { refresh: true },
  ]);
  expect(machine.asOf).toBe(day(10));
  bridge.emit('listed', { folder: 'another' });
  expect(bridge.count('history.tree')).toBe(2);
  bridge.emit('listed', { folder: 'Thesis' });
  expect(bridge.count('history.tree')).toBe(3);
  stop();
  bridge.emit('listed', { folder: 'Thesis' });
  expect(bridge.count('history.tree')).toBe(3);
  expect(bridge.listeners('listed')).toBe(0);
});

it('keeps the tree beside a failure', async () => {
  const bridge = bridgeOf();
  const machine = new TimeMachine('Thesis', bridge);
  await machine.open();
  bridge.answers['history.tree'] = () => failed(failure('engine-down'));
  machine.choose(2);
  await machine.look();
  expect(machine.failure?.code).toBe('engine-down');
  expect(shown(machine)).toEqual([`of ${day(11)}`]);
});

it('chooses by row, by stretch and all, and keeps what is there at another moment', async () => {
  const bridge = bridgeOf();
  const entries = ['a', 'b', 'c', 'd/one', 'd/two'].map((path) => ({ ...tree(path).entries[0], path }));
  bridge.answers['history.tree'] = ({ at }) =>
    success({ ...tree(''), entries: (at === day(8) ? entries.slice(1) : entries) as FolderTree['entries'] });
  const machine = new TimeMachine('Thesis', bridge);
  await machine.open();
  expect(machine.sum, 'nothing chosen is everything').toMatchObject({ files: 5, bytes: 5 });
  machine.check('a');
  machine.checkTo('c');
  expect([...machine.chosen]).toEqual(['a', 'b', 'c']);
  machine.toggle('d');
  machine.check('d/one');
  expect([machine.checkOf('d'), machine.checkOf('d/one'), machine.checkOf('')]).toEqual(['some', 'all', 'some']);
  machine.checkTo('d');
  expect(machine.checkOf('d'), 'of an open directory, what is seen is chosen').toBe('some');
  machine.checkTo('d/two');
  expect([...machine.chosen], 'all of all is one path').toEqual(['']);
  machine.checkAll(false);
  machine.check('c');
  machine.checkFrom('a');
  expect([...machine.chosen].sort(), 'a stretch begins anew').toEqual(['a', 'c']);
  machine.checkTo('b');
  expect([...machine.chosen].sort()).toEqual(['a', 'b', 'c']);
  machine.checkAll(true);
  machine.check('b');
  expect([...machine.chosen].sort()).toEqual(['a', 'c', 'd']);
  await machine.step(-1);
  expect([...machine.chosen].sort()).toEqual(['c', 'd']);
  expect(machine.sum).toMatchObject({ files: 3 });
  machine.checkAll(true);
  expect(machine.sum).toMatchObject({ files: 4 });
  machine.checkAll(false);
  expect(machine.chosen.size).toBe(0);
});

it('shows the last of the folder’s life, and keeps the moment', async () => {
  const bridge = bridgeOf();
  const machine = new TimeMachine('Thesis', bridge);
  await machine.open();
  machine.choose(4);
  await machine.look();
  await machine.setReach('month');
  expect(bridge.made.findLast(({ name }) => name === 'history.density')?.input).toHaveProperty('from');
  expect([machine.reach, machine.at]).toEqual(['month', day(6)]);
});
