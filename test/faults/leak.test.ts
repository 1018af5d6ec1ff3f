/** An engine opened, synced and stopped thousands of times leaves nothing behind: no memory, timer, handle or thread. */
import { foldersHere } from '../../main/contract/attached.ts';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Engine } from '../../main/engine/engine.ts';
import { syncFolders } from '../../main/engine/sync.ts';
import { openWorld, took, type World } from '../support/world/world.ts';
import { plan, SLOPE, Tally } from './tally.ts';

const { cycles, milliseconds, seed } = plan('leak', { cycles: 800 }, { cycles: 10_000 });
/** Every so many cycles the engine watches, which takes a thread. */
const WATCHING = 50;
/** Of the heap, after the collector has run. A cycle that kept one object of its own would keep more. Bytes a cycle. */
const MOST = 400;
/** What is compiled and kept once in the course of a short run, bytes in all. */
const ONCE = 1024 * 1024;
/** The heap is looked at so often in a run, or oftener. */
const SAMPLES = 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function cycle(w: World, watch: boolean): Promise<void> {
  const logged: string[] = [];
  const log = (line: string): void => {
    logged.push(line);
  };
  const engine = took(await Engine.open({ home: w.home, watch, log }));
  const folders = foldersHere(foldersHere(engine.home.settings.folders));
  const unsubscribe = engine.on(() => undefined);
  const { summary, failures } = await syncFolders(engine, folders, { giveUpMs: 1000, onReceipt: () => undefined });
  unsubscribe();
  await engine.stop();
  expect({ requests: summary.requests, failures, logged }).toEqual({ requests: 0, failures: [], logged: [] });
}

/** What keeps a process alive, its open files and its threads, as counts. */
async function left(): Promise<Readonly<Record<string, number>>> {
  await sleep(300);
  collect();
  const counts: Record<string, number> = {};
  for (const resource of process.getActiveResourcesInfo()) {
    // What is to run in this very turn, the test's own wait among it, is nothing that stays.
    if (resource !== 'Immediate') counts[resource] = (counts[resource] ?? 0) + 1;
  }
  if (process.platform === 'linux') {
    counts['open files'] = readdirSync('/proc/self/fd').length;
    counts['threads'] = readdirSync('/proc/self/task').length;
  }
  return counts;
}

/** What there is more of than before, once what ends by itself within ten seconds (an idle thread, say) has ended. */
async function leftAbove(before: Readonly<Record<string, number>>): Promise<Readonly<Record<string, number>>> {
  for (let look = 0; ; look += 1) {
    const now = await left();
    const above = Object.entries(now).filter(([name, count]) => count > (before[name] ?? 0));
    if (above.length === 0 || look === 30) return Object.fromEntries(above);
  }
}

/** Bytes a cycle, by least squares. */
function slopeOf(samples: readonly { readonly cycle: number; readonly heap: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(samples.map((sample) => sample.cycle));
  const y = mean(samples.map((sample) => sample.heap));
  const above = samples.reduce((sum, sample) => sum + (sample.cycle - x) * (sample.heap - y), 0);
  return above / samples.reduce((sum, sample) => sum + (sample.cycle - x) ** 2, 0);
}

test(`${cycles} cycles with nothing to do`, { timeout: milliseconds + 600_000 }, async () => {
  const tally = new Tally('leak', seed);
  await using w = await openWorld();
  for (let at = 0; at < 20; at += 1) await w.write(`${at % 4}/${at}.txt`, String(at));
  await w.settle();
  // Nothing is to be sent from here on, so the way to the store, which keeps connections for a while, is closed.
  await w.gate[Symbol.asyncDispose]();
  w.bucket[Symbol.dispose]();
  // What is loaded and made once is there before the count begins.
  const warm = Math.min(200, Math.floor(cycles / 4));
  for (let at = 0; at < warm; at += 1) await cycle(w, at % 40 === 0);
  const before = await left();
  const samples: { cycle: number; heap: number }[] = [];
  const end = performance.now() + milliseconds;
  const every = Math.max(1, Math.min(Math.ceil(cycles / SAMPLES), 50));
  let done = 0;
  try {
    while (done < cycles && performance.now() < end) {
      await cycle(w, done % WATCHING === 0);
      done += 1;
      if (done % every === 0) {
        collect();
        samples.push({ cycle: done, heap: process.memoryUsage().heapUsed });
      }
    }
    const after = await leftAbove(before);
    const slope = Math.round(slopeOf(samples));
    tally.add('cycles', done);
    tally.add(SLOPE, slope);
    tally.add('MiB resident in the end', Math.round(process.memoryUsage.rss() / 1024 / 1024));
    expect(samples.length, 'samples of the heap').toBeGreaterThan(4);
    const most = Math.max(MOST, ONCE / done);
    if (slope >= most) tally.find([{ kind: 'not-at-rest', text: `${slope} bytes of heap a cycle` }]);
    expect(after, 'what is left running').toEqual({});
    expect(slope, `bytes of heap a cycle: ${samples.map(({ heap }) => heap).join(' ')}`).toBeLessThan(most);
  } finally {
    tally.close();
  }
});
