/** The clock on the wall lies: it is set back, set forward, or off against the store. All is sent, in order, once. */
import { foldersHere } from '../../main/contract/attached.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { examine } from '../../main/engine/doctor.ts';
import { Engine } from '../../main/engine/engine.ts';
import { openHomeForReading } from '../../main/engine/home.ts';
import { syncFolders } from '../../main/engine/sync.ts';
import { openClient } from '../../main/s3/index.ts';
import { audit } from '../support/model/audit.ts';
import { leadTo, Sessions } from '../support/model/sessions.ts';
import { Tree } from '../support/model/tree.ts';
import { RecordingProxy } from '../support/proxy/recording.ts';
import { until } from '../support/proxy/wire.ts';
import { openWorld, took, type World } from '../support/world/world.ts';
import { plan, Tally } from './tally.ts';

const { milliseconds, seed } = plan('clock', {});

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The longest that a retry waits. */
const LONGEST = MINUTE;

const TrueDate = Date;
/** How far this computer's clock is off from here on; the practice server, begun before, keeps the true time. */
let offset = 0;

class WrongDate extends TrueDate {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(TrueDate.now() + offset);
    else super(...(given as ConstructorParameters<DateConstructor>));
  }

  static override now(): number {
    return TrueDate.now() + offset;
  }
}

function setClock(by: number): void {
  offset = by;
  globalThis.Date = WrongDate as DateConstructor;
}

afterEach(() => {
  globalThis.Date = TrueDate;
  offset = 0;
});

const tally = new Tally('clock', seed);
afterEach(() => {
  tally.close();
});

function edit(tree: Tree, round: number): void {
  for (let at = 0; at < 12; at += 1) {
    tree.apply({ kind: 'create', directory: at % 7, name: (at + round) % 6, size: 100 * round + at });
  }
  tree.apply({ kind: 'remove', file: round });
}

/** With the true time again: the store is asked by a client that never was wrong. */
async function expectWell(w: World, tree: Tree): Promise<void> {
  globalThis.Date = TrueDate;
  const points = [{ at: new Date(), tree: tree.snapshot() }];
  const findings = await audit(w, { ever: tree.ever, vanished: tree.vanished, points });
  tally.find(findings);
  tally.add('clocks set');
  expect(findings).toEqual([]);
  const sequence = w.receipts().map(({ seq }) => seq);
  expect(sequence, 'receipts in their order').toEqual(sequence.toSorted((a, b) => a - b));
}

const LIES = [
  ['a day back', -DAY],
  ['a year forward', 365 * DAY],
  ['20 minutes slow', -20 * MINUTE],
  ['20 minutes fast', 20 * MINUTE],
] as const;

describe.each(LIES)('%s', (_, by) => {
  test(
    'before a start: the store refuses, its time is taken once, and all is sent',
    { timeout: milliseconds },
    async () => {
      await using w = await openWorld();
      await using proxy = await RecordingProxy.open(w.gate.endpoint);
      leadTo(w, proxy.endpoint);
      const tree = new Tree(w.disk, String(seed));
      await using sessions = new Sessions(w);
      edit(tree, 1);
      await sessions.sync();
      setClock(by);
      edit(tree, 2);
      proxy.forget();
      await sessions.sync();

      const refused = proxy.requests.map((request) => request.answer?.status === 403);
      const firstTaken = proxy.requests.findIndex((request) => request.answer?.status === 200);
      expect(refused, 'it was refused at first').toContain(true);
      // What was sent beside the first one was signed before its answer came; nothing after that is refused.
      expect(refused.lastIndexOf(true), 'the time was taken once').toBeLessThan(firstTaken + 32);
      tally.add('requests refused', refused.filter(Boolean).length);
      await expectWell(w, tree);
    },
  );

  test('while it watches: the queue goes on', { timeout: milliseconds }, async () => {
    await using w = await openWorld();
    const tree = new Tree(w.disk, String(seed));
    await using sessions = new Sessions(w);
    edit(tree, 1);
    await sessions.open();
    await sessions.sync();
    setClock(by);
    edit(tree, 2);
    await sessions.sync();
    setClock(0);
    edit(tree, 3);
    await sessions.sync();
    await sessions.end();
    await expectWell(w, tree);
  });
});

test('the status names by how much it is off, and lets go of it', { timeout: milliseconds }, async () => {
  await using w = await openWorld();
  const engine = took(await Engine.open({ home: w.home, watch: false, log: () => undefined }));
  try {
    const sync = async () => {
      await syncFolders(engine, foldersHere(engine.home.settings.folders), {
        giveUpMs: 30_000,
        onReceipt: () => undefined,
      });
      return engine.snapshot().folders[0];
    };
    await w.write('a', 'one');
    expect(await sync()).toMatchObject({ state: 'idle', problems: [] });
    setClock(-20 * MINUTE);
    await w.write('a', 'two');
    const off = { code: 'clock-off', facts: { minutes: 20, direction: 'behind' } };
    expect(await sync()).toMatchObject({ state: 'attention', failure: off, problems: [off], queued: 0 });
    setClock(0);
    await w.write('a', 'three');
    expect(await sync()).toMatchObject({ state: 'idle', problems: [] });
  } finally {
    await engine.stop();
  }
  globalThis.Date = TrueDate;
  await w.expectVersions('a', ['three', 'two', 'one']);
});

test('the doctor names by how much it is off', async () => {
  await using w = await openWorld();
  const home = took(openHomeForReading(w.home));
  const [folder] = foldersHere(home.settings.folders);
  const [connection] = home.settings.connections;
  if (folder === undefined || connection === undefined) throw new Error('The world has no folder.');
  const client = took(await openClient(connection));
  try {
    setClock(-20 * MINUTE);
    const { report } = took(await examine({ folder, connection, client, tables: home.tables }));
    const clock = report.findings.find(({ id }) => id === 'clock');
    expect(clock).toMatchObject({ severity: 'problem' });
    expect(clock?.explanation).toMatch(/(1199|1200|1201) seconds behind/);
  } finally {
    client.close();
    home.close();
  }
});

describe('a time to wait for that lies too far away', () => {
  async function withJob(work: (engine: Engine, notBefore: () => number) => Promise<void>): Promise<void> {
    await using w = await openWorld();
    await w.write('a', 'one');
    const open = async (): Promise<Engine> =>
      took(await Engine.open({ home: w.home, watch: false, log: () => undefined }));
    const first = await open();
    const [folder] = foldersHere(first.home.settings.folders);
    if (folder === undefined) throw new Error('The world has no folder.');
    first.scan(folder, { kind: 'whole' });
    const jobOf = (engine: Engine) => engine.home.tables.jobs.ofFolder(folder.id)[0];
    await until(() => jobOf(first) !== undefined, 'the job');
    first.home.tables.now(() => {
      first.home.tables.jobs.retryAt(jobOf(first)?.id ?? 0, Date.now() + DAY, null, false);
    });
    await first.stop();
    const engine = await open();
    try {
      await work(engine, () => jobOf(engine)?.notBeforeMs ?? 0);
    } finally {
      await engine.stop();
    }
  }

  test('is brought near at a start', () =>
    withJob((_, notBefore) => {
      expect(notBefore()).toBeGreaterThan(Date.now());
      expect(notBefore()).toBeLessThanOrEqual(Date.now() + LONGEST);
      return Promise.resolve();
    }));

  test('and when the clock is set back', () =>
    withJob(async (engine, notBefore) => {
      setClock(-DAY);
      expect(notBefore()).toBeGreaterThan(Date.now() + LONGEST);
      engine.start();
      await until(() => notBefore() <= Date.now() + LONGEST, 'the wait is brought near');
    }));
});
