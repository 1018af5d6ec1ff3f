/**
 * Days in minutes: an engine under a clock and timers that the test moves. Nights with changes, a network that is lost,
 * a computer that sleeps, an hour that comes twice and one that never comes.
 */
import { foldersHere } from '../../main/contract/attached.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Engine } from '../../main/engine/engine.ts';
import { audit } from '../support/model/audit.ts';
import { Tree } from '../support/model/tree.ts';
import { openWorld, took, type World } from '../support/world/world.ts';
import { plan, Tally } from './tally.ts';

const { days, milliseconds, seed } = plan('day', { days: 31 }, { days: 400 });
const tally = new Tally('day', seed);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** In the first 31 days from here an hour comes twice: on 25 October in Berlin. */
const ZONE = 'Europe/Berlin';
const FIRST = { year: 2026, month: 9, day: 12 } as const;
/** Looks by themselves come hourly, a tenth sooner or later; a minute more for what a busy machine makes of them. */
const SOONEST = 54 * MINUTE;
const LATEST = 66 * MINUTE + MINUTE;
/** Of the heap a simulated day, once all is warm. The store, with all that it was sent, lies in the same heap. Bytes. */
const MOST = 60_000;
/** Of the slope, and of the proof that an hour comes twice: fewer days say nothing. */
const FEWEST = 31;
/** A clock that the test does not move, milliseconds. */
const truly = (): number => Number(process.hrtime.bigint() / 1_000_000n);
/** How far short timers run on in a moment that truly passes, milliseconds. */
const FINE = 5;

const zoneBefore = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = ZONE;
  vi.useFakeTimers({
    now: at(0, 0),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
});
afterAll(() => {
  vi.useRealTimers();
  if (zoneBefore === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zoneBefore;
  tally.close();
});

/** A time of a day by the clock on the wall, milliseconds since 1970. */
function at(day: number, hour: number, minute = 0): number {
  return new Date(FIRST.year, FIRST.month, FIRST.day + day, hour, minute).getTime();
}

/** Short timers run on while something is waited for that truly takes time. */
async function pumped<T>(work: Promise<T>): Promise<T> {
  const open = { is: true };
  const ended = work.finally(() => {
    open.is = false;
  });
  ended.catch(() => undefined);
  while (open.is) {
    await sleep(1);
    await vi.advanceTimersByTimeAsync(FINE);
  }
  return ended;
}

/** An engine under the clock of the test, and what it did by itself. */
class Days {
  readonly engine: Engine;
  /** Whole scans, by a clock that nobody sets. */
  readonly scans: number[] = [];
  /** Days of which the database was copied. */
  readonly copies: string[] = [];

  private constructor(engine: Engine) {
    this.engine = engine;
    const { tables } = engine.home;
    const { setScanned } = tables.folders;
    tables.folders.setScanned = (...given) => {
      this.scans.push(performance.now());
      setScanned(...given);
    };
    const { backup } = tables;
    tables.backup = (home, day, signal) => {
      this.copies.push(day);
      return backup(home, day, signal);
    };
  }

  static async open(w: World, log: (line: string) => void): Promise<Days> {
    const engine = took(await pumped(Engine.open({ home: w.home, watch: true, log })));
    return new Days(engine);
  }

  get isAtRest(): boolean {
    const folders = foldersHere(foldersHere(this.engine.home.settings.folders));
    if (this.engine.isSettled(folders)) return true;
    // Without a network what is queued waits, and only that.
    const isOffline = folders.every(({ connection }) => this.engine.clients.stateOf(connection).state === 'offline');
    return isOffline && !folders.some((folder) => this.engine.isScanDue(folder));
  }

  async rest(): Promise<void> {
    for (let calm = 0, turn = 0; calm < 3; turn += 1) {
      if (turn > 40_000) throw new Error(`The engine does not come to rest at ${new Date().toISOString()}.`);
      await sleep(1);
      await vi.advanceTimersByTimeAsync(FINE);
      calm = this.isAtRest ? calm + 1 : 0;
    }
  }

  /** Time passes. */
  async until(time: number): Promise<void> {
    // From timer to timer, this one the last: what one of them begins has its time before the next.
    const isThere = { is: false };
    setTimeout(() => {
      isThere.is = true;
    }, time - Date.now());
    while (!isThere.is) {
      await vi.advanceTimersToNextTimerAsync();
      // Without a network it rests as well, and yet a probe may be on its way.
      if (!this.engine.isSettled(foldersHere(this.engine.home.settings.folders))) await this.rest();
    }
  }

  /** The computer sleeps: the clock on the wall goes on, and nothing else. */
  sleepUntil(time: number): void {
    vi.setSystemTime(time);
  }

  get waiting(): number {
    const { home } = this.engine;
    return foldersHere(home.settings.folders).reduce((sum, { id }) => {
      const { waiting, active } = home.tables.jobs.counts(id);
      return sum + waiting + active;
    }, 0);
  }

  /** A look that takes a minute. */
  async slowScan(): Promise<void> {
    const before = this.scans.length;
    for (const folder of foldersHere(this.engine.home.settings.folders)) this.engine.scan(folder, { kind: 'whole' });
    await vi.advanceTimersByTimeAsync(MINUTE);
    await this.rest();
    expect(this.scans.length, 'the slow look').toBe(before + 1);
  }

  async stop(): Promise<void> {
    await pumped(this.engine.stop());
  }
}

test(
  `${days} days, in which looks, copies and sends come when they should, and memory stays flat`,
  { timeout: milliseconds + 600_000 },
  async () => {
    expect(new Date(at(0, 12)).getTimezoneOffset(), ZONE).toBe(-120);
    await using w = await pumped(openWorld());
    const tree = new Tree(w.disk, String(seed));
    const logged: string[] = [];
    const timersBefore = vi.getTimerCount();
    const live = await Days.open(w, (line) => logged.push(line));
    const heap: number[] = [];
    let made = 0;
    let wakes = 0;
    let stretched: number | null = null;
    const edit = (): void => {
      for (let edits = 0; edits < 4; edits += 1, made += 1) {
        tree.apply({ kind: 'create', directory: made % 7, name: made % 6, size: 100 + (made % 50) });
      }
      if (made % 3 === 0) tree.apply({ kind: 'remove', file: made });
    };
    const realEnd = Date.now() + days * 25 * HOUR;
    const timeIsUp = truly() + milliseconds;
    let lived = 0;
    tally.aim('days', days);
    try {
      live.engine.start();
      for (let turn = 0; live.scans.length === 0; turn += 1) {
        expect(turn, 'the first look is taken').toBeLessThan(20_000);
        await sleep(1);
        await vi.advanceTimersByTimeAsync(FINE);
      }
      for (let day = 0; day < days && (day < FEWEST || truly() < timeIsUp); day += 1, lived += 1) {
        await live.until(at(day, 2, 30));
        edit();
        const lost = day % 5 === 1;
        await live.until(at(day, 9));
        expect(live.waiting, `what the night of day ${day} changed is sent`).toBe(0);
        if (lost) await pumped(w.gate.shut());
        await live.until(at(day, 10));
        if (lost) edit();
        await live.until(at(day, 12));
        if (lost) await pumped(w.gate.reopen());
        if (day === 10) {
          await live.slowScan();
          stretched = live.scans.length;
        }
        await live.until(at(day, 20));
        expect(live.waiting, `the queue of day ${day} empties`).toBe(0);
        if (day % 3 === 0) {
          live.sleepUntil(at(day + 1, 1));
          wakes += 1;
        }
        tally.add('days');
        await live.until(at(day, 23, 59));
        w.forgetRequests();
        collect();
        heap.push(process.memoryUsage().heapUsed);
      }
      expect(Date.now()).toBeLessThan(realEnd);
    } finally {
      await live.stop();
    }
    expect(logged).toEqual([]);
    expect(vi.getTimerCount(), 'timers that are left').toBeLessThanOrEqual(timersBefore);
    expectHours(live.scans, stretched, wakes);

    const awake = Array.from({ length: lived }, (_, day) => new Date(at(day, 12)));
    const dayNames = awake.map((date) => date.toLocaleDateString('sv-SE', { timeZone: ZONE }));
    expect(
      live.copies.filter((day) => dayNames.includes(day)),
      'one copy a day',
    ).toEqual(dayNames);

    const points = [{ at: new Date(), tree: tree.snapshot() }];
    const findings = await pumped(audit(w, { ever: tree.ever, vanished: tree.vanished, points }));
    tally.find(findings);
    expect(findings).toEqual([]);
    // What runs for the first time in a month still takes its place in the second third of it.
    const warm = heap.slice(Math.floor((heap.length * 2) / 3));
    const slope = Math.round(((warm.at(-1) ?? 0) - (warm[0] ?? 0)) / (warm.length - 1));
    tally.add('bytes of heap a day', slope);
    expect(slope, `bytes of heap a day: ${heap.join(' ')}`).toBeLessThan(MOST);
  },
);

/** Looks came hourly, no two waits alike, but after the one that took long. */
function expectHours(scans: readonly number[], stretched: number | null, wakes: number): void {
  const gaps = scans.slice(1).map((scan, index) => scan - (scans[index] ?? 0));
  tally.add('scans', scans.length);
  const late = gaps.filter((gap, index) => gap > LATEST && index + 1 !== stretched);
  expect(
    late.map((gap) => gap / MINUTE),
    'minutes of looks that came late',
  ).toEqual([]);
  // A look that was asked for, or that a wake brought, came sooner; the first is followed by the watcher's own.
  const soon = gaps.filter((gap) => gap < SOONEST - MINUTE);
  expect(soon.length, `looks that came soon: ${soon.map((gap) => gap / MINUTE).join(' ')}`).toBeLessThanOrEqual(
    wakes + 3,
  );
  // Of many days each second between the soonest and the latest comes more than once.
  const possible = Math.min(gaps.length, (LATEST - SOONEST) / 1000);
  expect(new Set(gaps.map((gap) => Math.round(gap / 1000))).size, 'different waits').toBeGreaterThan(possible / 4);
  const afterSlow = stretched === null ? null : gaps[stretched - 1];
  if (afterSlow !== null) expect(afterSlow, 'a long look stretches the wait').toBeGreaterThan(89 * MINUTE);
}
