/** What is measured. In: tools, a ground, data. Out: one sample a round and tool. The tools take turns within a round. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecordingProxy } from '../support/proxy/recording.ts';
import { change, even, type Made, mixed } from './data.ts';
import { openDelay } from './delay.ts';
import { expectSameTree, type Ground, type Place } from './ground.ts';
import { type Command, type Cost, measure, residentOf } from './measure.ts';
import { startsWith } from './start.ts';
import { cairn, cairnCommand, prepare, type Task, type Tool } from './tools.ts';

export interface Sample extends Cost {
  readonly tool: string;
  /** Null: the server is not ours to look at. */
  readonly serverCpuSeconds: number | null;
}

/** What a job may use. */
export interface Bench {
  readonly ground: Ground;
  readonly tools: readonly Tool[];
  readonly rounds: number;
  /** For data and scratch folders; on one file system. */
  readonly directory: string;
  readonly note: (line: string) => void;
}

export interface Job {
  readonly name: string;
  readonly about: string;
  readonly run: (bench: Bench) => Promise<readonly Sample[]>;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Somewhere between the tools and the store. */
export type Way = (endpoint: string) => Promise<{ readonly endpoint: string } & AsyncDisposable>;

export const directly: Way = (endpoint) =>
  Promise.resolve({ endpoint, [Symbol.asyncDispose]: () => Promise.resolve() });
export const delayed =
  (roundTripMs: number): Way =>
  (endpoint) =>
    openDelay(endpoint, roundTripMs);
/** One request in a hundred is answered 503 SlowDown, evenly and not by chance, so that each tool meets as many. */
const throttled: Way = async (endpoint) => {
  const proxy = await RecordingProxy.open(endpoint);
  let count = 0;
  proxy.faults.refuse(() => (count += 1) % 100 === 0, 503, 'SlowDown', Infinity);
  return proxy;
};

/**
 * Everything is sent to a fresh bucket, by each tool in each round; what arrived is held against the disk.
 * @param of which of the tools that are there; left out: all.
 */
export function upload(
  name: string,
  about: string,
  make: (directory: string) => Promise<Made>,
  way: Way = directly,
  of: (tools: readonly Tool[]) => readonly Tool[] = (tools) => tools,
): Job {
  return {
    name,
    about,
    async run(bench) {
      const made = await makeOnce(bench, name, make);
      await using path = await way(bench.ground.place.endpoint);
      const samples: Sample[] = [];
      await inTurns(bench, of(bench.tools), async (tool) => {
        const place = { ...bench.ground.place, endpoint: path.endpoint };
        await using task = await openTask(bench, tool, made.directory, { place, isOneOfMany: true });
        samples.push(await sample(bench, tool.name, tool.up(task)));
        await bench.ground.expectEqual(task.bucket, made.directory);
      });
      await removeLarge(made);
      return samples;
    },
  };
}

/** All was sent before; now the same command again. `find` shows what looking at the files alone costs. */
function again(name: string, about: string, make: (directory: string) => Promise<Made>, few: boolean): Job {
  return {
    name,
    about,
    async run(bench) {
      const made = await makeOnce(bench, name, make);
      const samples: Sample[] = [];
      const tools = few ? bench.tools.filter(({ name: one }) => one === 'cairn' || one === 'rclone 16') : bench.tools;
      await using tasks = new AsyncDisposableStack();
      const prepared: (readonly [Tool, Task])[] = [];
      for (const tool of tools) {
        const task = tasks.use(await openTask(bench, tool, made.directory));
        bench.note(`${tool.name} sends ${String(made.files)} files, not measured`);
        await measure(tool.up(task));
        prepared.push([tool, task]);
      }
      for (let round = 0; round < bench.rounds; round += 1) {
        samples.push(await sample(bench, 'find', findCommand(made.directory)));
        for (const [tool, task] of rotated(prepared, round))
          samples.push(await sample(bench, tool.name, tool.up(task)));
      }
      await removeLarge(made);
      return samples;
    },
  };
}

/** The floor of a scan: each file's size and time, printed. */
function findCommand(directory: string): Command {
  return {
    program: 'bash',
    words: ['-c', `find "$1" -type f -printf '%s %T@\\n' > /dev/null`, 'find', directory],
    env: { PATH: process.env['PATH'] },
  };
}

function download(name: string, about: string, make: (directory: string) => Promise<Made>): Job {
  return {
    name,
    about,
    async run(bench) {
      const made = await makeOnce(bench, name, make);
      const samples: Sample[] = [];
      await using tasks = new AsyncDisposableStack();
      const prepared: (readonly [Tool, Task])[] = [];
      for (const tool of bench.tools) {
        const task = tasks.use(await openTask(bench, tool, made.directory));
        await measure(tool.up(task));
        prepared.push([tool, task]);
      }
      // What a server gives away for the first time it gives twice as slowly: one round is not counted, of any tool.
      for (let round = -1; round < bench.rounds; round += 1) {
        for (const [tool, task] of rotated(prepared, Math.max(0, round))) {
          const to = join(task.scratch, `back ${String(round)}`);
          // Some tools want the directory to be there; none minds that it is empty.
          await mkdir(to);
          if (round < 0) bench.note('not counted:');
          const one = await sample(bench, tool.name, tool.down(task, to));
          if (round >= 0) samples.push(one);
          await expectSameTree(made.directory, to);
          await removeLarge({ ...made, directory: to });
        }
      }
      await removeLarge(made);
      return samples;
    },
  };
}

/** One file in a hundred changed, beside the sending of those alone. */
const changed: Job = {
  name: 'changed',
  about: '1 % changed of 100,000 x 1 KiB',
  async run(bench) {
    const made = await makeOnce(bench, 'changed', (directory) => even(directory, 100_000, KIB, 'changed'));
    const alone = await makeOnce(bench, 'alone', (directory) => even(directory, 1_000, KIB, 'alone'));
    await using task = await openTask(bench, cairn, made.directory);
    bench.note('cairn sends 100,000 files, not measured');
    await measure(cairn.up(task));
    const samples: Sample[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      await change(made.directory, 100, `round ${String(round)}`);
      await sleep(1_000); // none of them is too young to be read
      samples.push(await sample(bench, 'cairn', cairn.up(task)));
      await using single = await openTask(bench, cairn, alone.directory, { isOneOfMany: true });
      samples.push(await sample(bench, 'cairn, those alone', cairn.up(single)));
    }
    return samples;
  },
};

const firstScan: Job = {
  name: 'scan',
  about: 'first look at 200,000 files, nothing sent',
  async run(bench) {
    const made = await makeOnce(bench, 'scan', (directory) => even(directory, 200_000, 16, 'scan'));
    const samples: Sample[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      await using task = await openTask(bench, cairn, made.directory);
      samples.push(await sample(bench, 'find', findCommand(made.directory)));
      const plan = cairnCommand(task, 'plan', 'bench');
      samples.push(await sample(bench, 'cairn', { ...plan, program: 'bash', words: quiet(plan) }));
    }
    await removeLarge(made);
    return samples;
  },
};

function quiet({ program, words }: Command): readonly string[] {
  return ['-c', '"$@" > /dev/null', 'quiet', program, ...words];
}

/** While `watch` runs: from the end of a save to the receipt's line. A sample is one save. */
const latency: Job = {
  name: 'latency',
  about: 'one file of 4 KiB saved while it watches: save to receipt (the quiet time of 300 ms included)',
  async run(bench) {
    const directory = await mkdtemp(join(bench.directory, 'latency-'));
    await using task = await openTask(bench, cairn, directory);
    const { program, words, env } = cairnCommand(task, 'watch');
    const child = spawn(program, [...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const waiting = new Map<string, (at: number) => void>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { path } = JSON.parse(line) as { readonly path?: string };
      if (path !== undefined) waiting.get(path)?.(performance.now());
    });
    const samples: Sample[] = [];
    try {
      for (let save = -1; save < bench.rounds * 20; save += 1) {
        const path = `save ${String(save)}.txt`;
        const arrived = new Promise<number>((resolve) => waiting.set(path, resolve));
        await writeFile(join(directory, path), Buffer.alloc(4 * KIB, save + 1));
        const saved = performance.now();
        const seconds = ((await arrived) - saved) / 1000;
        // The first one waits for the first look.
        if (save >= 0) {
          samples.push({
            tool: 'cairn',
            seconds,
            cpuSeconds: 0,
            peakBytes: await residentOf(child.pid ?? 0),
            serverCpuSeconds: null,
          });
        }
      }
    } finally {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    return samples;
  },
};

/** `watch` over 2,000 files, with nothing to do. `seconds` is how long it was looked at. */
const idle: Job = {
  name: 'idle',
  about: 'ten minutes of watching 2,000 files in which nothing happens',
  async run(bench) {
    const made = await makeOnce(bench, 'idle', (directory) => even(directory, 2_000, 4 * KIB, 'idle'));
    await using task = await openTask(bench, cairn, made.directory);
    await measure(cairn.up(task));
    const watch = cairnCommand(task, 'watch');
    const words = ['--preserve-status', '-s', 'TERM', '600', watch.program, ...watch.words];
    const one = await sample(bench, 'cairn', { ...watch, program: 'timeout', words });
    await removeLarge(made);
    return [one];
  },
};

/** A sample is one start. */
function start(name: string, about: string, files: number): Job {
  return {
    name,
    about: `from the start of watch until it watches, ${about} known`,
    async run({ directory, rounds, note }) {
      const costs = await startsWith(files, directory, rounds);
      for (const { seconds } of costs) note(`cairn: ${seconds.toFixed(2)} s`);
      return costs.map((cost) => ({ ...cost, tool: 'cairn', serverCpuSeconds: null }));
    },
  };
}

export const jobs: readonly Job[] = [
  upload('small', '2,000 x 4 KiB', (at) => even(at, 2_000, 4 * KIB, 'small')),
  upload('medium', '200 x 1 MiB', (at) => even(at, 200, MIB, 'medium')),
  upload('large', '1 x 1 GiB', (at) => even(at, 1, GIB, 'large')),
  upload('mixed', 'a tree of log-normal sizes, 2 GiB', (at) => mixed(at, 2 * GIB, 'mixed')),
  again('again', 'nothing changed, 2,000 files', (at) => even(at, 2_000, 4 * KIB, 'again'), false),
  again('again-many', 'nothing changed, 100,000 files', (at) => even(at, 100_000, KIB, 'many'), true),
  changed,
  firstScan,
  upload('small-30ms', '2,000 x 4 KiB at 30 ms of round trip', (at) => even(at, 2_000, 4 * KIB, 'small'), delayed(30)),
  upload('small-100ms', '2,000 x 4 KiB at 100 ms', (at) => even(at, 2_000, 4 * KIB, 'small'), delayed(100)),
  upload('medium-30ms', '200 x 1 MiB at 30 ms', (at) => even(at, 200, MIB, 'medium'), delayed(30)),
  upload('medium-100ms', '200 x 1 MiB at 100 ms', (at) => even(at, 200, MIB, 'medium'), delayed(100)),
  upload('small-503', '2,000 x 4 KiB, 1 % answered 503', (at) => even(at, 2_000, 4 * KIB, 'small'), throttled),
  latency,
  download('restore-small', '2,000 x 4 KiB brought back', (at) => even(at, 2_000, 4 * KIB, 'small')),
  download('restore-large', '1 x 1 GiB brought back', (at) => even(at, 1, GIB, 'large')),
  idle,
  start('start', '100,000 files', 100_000),
  start('start-million', '1,000,000 files', 1_000_000),
];

async function makeOnce(bench: Bench, name: string, make: (directory: string) => Promise<Made>): Promise<Made> {
  const made = await make(await mkdtemp(join(bench.directory, `${name}-`)));
  bench.note(`${name}: ${String(made.files)} files, ${String(Math.round(made.bytes / MIB))} MiB`);
  return made;
}

/** A store of our own goes with its job, and so does what is in it; only what many rounds put there would be too much. */
async function openTask(
  bench: Bench,
  tool: Tool,
  directory: string,
  { place = bench.ground.place, isOneOfMany = false }: { readonly place?: Place; readonly isOneOfMany?: boolean } = {},
): Promise<Task & AsyncDisposable> {
  const scratch = await mkdtemp(join(bench.directory, 'scratch-'));
  const bucket = await bench.ground.bucket();
  const task = await prepare(tool, { place, bucket, directory, scratch });
  return {
    ...task,
    async [Symbol.asyncDispose]() {
      if (isOneOfMany || !bench.ground.isOurs) await bench.ground.empty(bucket);
    },
  };
}

/**
 * What is small stays until the bench ends: ext4 without a journal looks past each inode that was freed in the last
 * minutes, so that thousands of files which were just removed make whoever writes new ones after them twice as slow.
 */
async function removeLarge({ directory, bytes }: Pick<Made, 'directory' | 'bytes'>): Promise<void> {
  if (bytes >= GIB) await rm(directory, { recursive: true });
}

async function sample(bench: Bench, tool: string, command: Command): Promise<Sample> {
  const before = await bench.ground.cpuSeconds();
  const cost = await measure(command);
  const after = await bench.ground.cpuSeconds();
  const serverCpuSeconds = before === null || after === null ? null : after - before;
  bench.note(`${tool}: ${cost.seconds.toFixed(2)} s`);
  return { ...cost, tool, serverCpuSeconds };
}

async function inTurns(bench: Bench, tools: readonly Tool[], run: (tool: Tool) => Promise<void>): Promise<void> {
  for (let round = 0; round < bench.rounds; round += 1) for (const tool of rotated(tools, round)) await run(tool);
}

/** Another one begins each round, so that none always follows the same. */
function rotated<T>(list: readonly T[], round: number): readonly T[] {
  const at = round % Math.max(1, list.length);
  return [...list.slice(at), ...list.slice(0, at)];
}
