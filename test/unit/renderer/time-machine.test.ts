import { beforeEach, expect, it, vi } from 'vitest';
import type { Density, Differences, DirectoryThen, ThenFile } from '../../../main/contract/history.ts';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { directoryThen, fileThen, sumBelow } from '../../../renderer/dev/fake-then.ts';
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
    'history.directory': ({ at }) => success(directoryThen([fileThen(`of ${at}`)], '', day(9))),
    'history.diff': () => success(nothing),
    'task.cancel': () => success(true),
  });
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(day(11)) });
  return () => vi.useRealTimers();
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
  expect(bridge.count('history.directory')).toBe(1);
  await machine.look();
  expect(machine.shownAt).toBe(day(6));
  expect(shown(machine)).toEqual([`of ${day(6)}`]);
  await machine.look();
  expect(bridge.count('history.directory'), 'the same moment is not asked for twice').toBe(2);
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
  bridge.answers['history.directory'] = () => success(directoryThen([fileThen('a')], '', day(10)));
  await machine.refresh();
  expect(bridge.made.filter(({ name }) => name === 'history.directory').map(({ input }) => input)).toMatchObject([
    { refresh: false },
    { refresh: true },
  ]);
  expect(machine.asOf).toBe(day(10));
  bridge.emit('listed', { folder: 'another' });
  expect(bridge.count('history.directory')).toBe(2);
  bridge.emit('listed', { folder: 'Thesis' });
  expect(bridge.count('history.directory')).toBe(3);
  stop();
  bridge.emit('listed', { folder: 'Thesis' });
  expect(bridge.count('history.directory')).toBe(3);
  expect(bridge.listeners('listed')).toBe(0);
});

it('keeps the tree beside a failure', async () => {
  const bridge = bridgeOf();
  const machine = new TimeMachine('Thesis', bridge);
  await machine.open();
  bridge.answers['history.directory'] = () => failed(failure('engine-down'));
  machine.choose(2);
  await machine.look();
  expect(machine.failure?.code).toBe('engine-down');
  expect(shown(machine)).toEqual([`of ${day(11)}`]);
});

it('chooses by row, by stretch and all, and keeps what is there at another moment', async () => {
  const bridge = bridgeOf();
  const files = ['a', 'b', 'c', 'd/one', 'd/two'].map((path) => fileThen(path));
  bridge.answers['history.directory'] = ({ at, directory }) =>
    success(directoryThen(at === day(8) ? files.slice(1) : files, directory ?? '', day(9)));
  const machine = new TimeMachine('Thesis', bridge);
  await machine.open();
  expect(machine.sum, 'nothing chosen is everything').toMatchObject({ files: 5, bytes: 5 });
  await machine.check('a');
  machine.checkTo('c');
  expect([...machine.chosen]).toEqual(['a', 'b', 'c']);
  machine.toggle('d');
  await vi.waitFor(() => {
    expect(shown(machine)).toContain('d/one');
  });
  await machine.check('d/one');
  expect([machine.checkOf('d'), machine.checkOf('d/one'), machine.checkOf('')]).toEqual(['some', 'all', 'some']);
  machine.checkTo('d');
  expect(machine.checkOf('d'), 'of an open directory, what is seen is chosen').toBe('some');
  machine.checkTo('d/two');
  expect([...machine.chosen], 'all of all is one path').toEqual(['']);
  machine.checkAll(false);
  await machine.check('c');
  machine.checkFrom('a');
  expect([...machine.chosen].sort(), 'a stretch begins anew').toEqual(['a', 'c']);
  machine.checkTo('b');
  expect([...machine.chosen].sort()).toEqual(['a', 'b', 'c']);
  machine.checkAll(true);
  await machine.check('b');
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

it('shows what is open first, counts the rest after, and opens a directory meanwhile', async () => {
  const bridge = bridgeOf();
  const files: readonly ThenFile[] = [
    ...['d/a', 'd/b', 'e/deep/c'].map((path) => fileThen(path)),
    fileThen('e/was', { mark: 'gone', now: null }),
    fileThen('f/is', { mark: 'added', then: null }),
  ];
  bridge.answers['history.directory'] = ({ directory }) =>
    success(directoryThen(files, directory ?? '', day(9), false));
  // The engine counts one directory a time, and a file at a time.
  bridge.answers['history.sums'] = ({ directories: [first = ''], after }) => {
    const inside = files.filter(({ path }) => path.startsWith(`${first}/`));
    const at = after === undefined ? 0 : Number(after);
    const next = at + 1 < inside.length ? String(at + 1) : null;
    return success({ sums: [sumBelow(inside.slice(at, at + 1), '')], next });
  };
  const move = { movedFrom: 'e/was', path: 'f/is', size: 1, sizeBefore: 1, versionId: 'w', versionIdBefore: 'v' };
  bridge.answers['history.diff'] = ({ kinds }) => {
    expect(kinds).toEqual(['moved']);
    return success({ ...nothing, changes: [{ kind: 'moved', ...move }] });
  };
  const machine = new TimeMachine('Thesis', bridge);
  await machine.open();
  await vi.waitFor(() => {
    expect(machine.total?.counts.moved).toBe(1);
  });
  expect(
    machine.rows.map(({ node }) => `${node.path} ${String(node.total?.files)}`),
    'nothing of then in f',
  ).toEqual(['d 2', 'e 2']);
  expect(bridge.count('history.directory'), 'what is closed is not read').toBe(1);
  machine.toggle('e');
  await vi.waitFor(() => {
    expect(machine.rows.map(({ node }) => `${node.path} ${node.mark}`)).toEqual([
      'd same',
      'e same',
      'e/deep same',
      'e/was moved',
    ]);
  });
  machine.checkAll(true);
  await machine.check('e/was');
  expect([...machine.chosen].sort(), 'e/deep was never opened').toEqual(['d', 'e/deep']);
  await vi.waitFor(() => {
    expect(machine.sum).toMatchObject({ files: 3, isWhole: true });
  });
});

it('what is taken out of a choice waits until all of its directory is known', async () => {
  const bridge = bridgeOf();
  const pages: readonly DirectoryThen[] = [
    { asOf: day(9), entries: [fileThen('a'), fileThen('b')], next: 'c' },
    { asOf: day(9), entries: [fileThen('c')], next: null },
  ];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  bridge.call = (async (name: string, input: { readonly after?: string }) => {
    if (name === 'history.density') return success(density);
    if (input.after !== undefined) await held;
    return success(pages[input.after === undefined ? 0 : 1]);
  }) as never;
  const machine = new TimeMachine('Thesis', bridge);
  await machine.open();
  expect(shown(machine)).toEqual(['a', 'b', '']);
  machine.checkAll(true);
  const checked = machine.check('a');
  expect([...machine.chosen]).toEqual(['']);
  release();
  await checked;
  expect([...machine.chosen].sort()).toEqual(['b', 'c']);
  expect(shown(machine)).toEqual(['a', 'b', 'c']);
});
