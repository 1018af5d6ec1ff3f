/**
 * The gates of reliability with large counts, and a report of them. Those of one process, which mostly wait, run one
 * after the other beside those that several processes share.
 *
 *   npm run soak -- [--minutes M] [--seed S] [--workers N] [gate…]
 *   npm run soak -- --seed S model|kill --run K
 *
 * Without minutes each gate runs until it has its count, which takes an hour or two; with them each ends when its share
 * of the time is up, and says what it did of what it was to do. Gates that mostly wait are shared by several processes,
 * by default two for each core. The second form plays one run again, alone. The report is printed and lies in `test-results/soak.json`. Exit 1: something was found.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../support/build.ts';
import { type Answer, give, isAnswer, readCommandLine, wrongUse } from '../support/command-line.ts';
import { results, root } from '../support/paths.ts';
import { killAll, run } from '../support/processes.ts';
import {
  type GateReport,
  LIMIT,
  ONLY_BY_SCAN,
  PARKED,
  REPORT_FOLDER,
  reportName,
  RUN,
  SEED,
  SLOPE,
  WORKER,
} from './tally.ts';

interface Gate {
  /** Of the time. */
  readonly share: number;
  /** Its runs are shared by several processes: most of its time is waiting. */
  readonly isShared: boolean;
  /** Its worlds lie in memory where they can: what is killed there is a process, and no computer. */
  readonly inMemory: boolean;
}

/** In this order: what one does not need of its time is for those after it in its row, and the last two can use any. */
const GATES: Readonly<Record<string, Gate>> = {
  torn: { share: 1, isShared: false, inMemory: false },
  clock: { share: 1, isShared: false, inMemory: false },
  day: { share: 1, isShared: false, inMemory: true },
  root: { share: 1, isShared: false, inMemory: false },
  rebuild: { share: 1, isShared: false, inMemory: false },
  'watch-limit': { share: 1, isShared: false, inMemory: false },
  hostile: { share: 1, isShared: false, inMemory: true },
  timemachine: { share: 2, isShared: false, inMemory: true },
  disk: { share: 2, isShared: false, inMemory: false },
  leak: { share: 6, isShared: false, inMemory: true },
  storm: { share: 6, isShared: false, inMemory: false },
  brake: { share: 2, isShared: true, inMemory: true },
  network: { share: 8, isShared: true, inMemory: true },
  kill: { share: 6, isShared: true, inMemory: true },
  model: { share: 18, isShared: true, inMemory: true },
};
/** Where a file system in memory is, on Linux; and what it must have free to be used, bytes. */
const MEMORY = '/dev/shm';
const ENOUGH = 4 * 1024 ** 3;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A gate may end what it has begun. */
const GRACE = 15 * MINUTE;

interface GateResult extends GateReport {
  /** Its tests passed. */
  readonly passed: boolean;
  /** Where its worlds were, and how many processes shared its runs. */
  readonly where: string;
}

interface Wanted {
  readonly gates: readonly string[];
  readonly milliseconds: number;
  readonly seed: number;
  readonly workers: number;
  /** One run alone. */
  readonly run: number | null;
}

const USAGE = `Usage: npm run soak -- [--minutes M] [--seed S] [--workers N] [gate…]
       npm run soak -- --seed S --run K model|kill

The gates of reliability with large counts, one after the other; the report lies in test-results/soak.json.

  --minutes M   how long all of it may take; without it each gate runs until it has its count
  --seed S      a whole number other than 0; a run with the same one does the same
  --workers N   how many processes share a gate; without it two for each core
  --run K       one run alone, as a finding named it
  gate          ${Object.keys(GATES).join(', ')}; without any, all of them`;

const wanted = readWords();
if (isAnswer(wanted)) give(wanted);
else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      killAll();
      process.exit(1);
    });
  }
  process.exitCode = await soak(wanted);
}

function readWords(): Answer | Wanted {
  const text = { type: 'string' } as const;
  const options = { minutes: text, seed: text, workers: text, run: text };
  const told = readCommandLine({ usage: USAGE, options, takes: Object.keys(GATES) });
  if (isAnswer(told)) return told;
  const { values, positionals } = told;
  const minutes = values.minutes === undefined ? DAY / MINUTE : Number(values.minutes);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) + 1 : Number(values.seed);
  const workers = values.workers === undefined ? 2 * availableParallelism() : Number(values.workers);
  const run = values.run === undefined ? null : Number(values.run);
  if (!(minutes > 0)) return wrongUse(USAGE, 'The minutes must be a number above 0.');
  if (!Number.isInteger(seed) || seed === 0) return wrongUse(USAGE, 'The seed must be a whole number other than 0.');
  if (!Number.isInteger(workers) || workers < 1) return wrongUse(USAGE, 'The workers must be a whole number above 0.');
  if (run !== null && !(Number.isInteger(run) && run >= 0))
    return wrongUse(USAGE, 'The run must be a whole number from 0.');
  const gates = positionals.length === 0 ? Object.keys(GATES) : positionals;
  if (run !== null && !(gates.length === 1 && ['model', 'kill'].includes(gates[0] ?? '')))
    return wrongUse(USAGE, 'One run alone is played of the gate “model” or “kill”: name one of them.');
  return { gates, milliseconds: minutes * MINUTE, seed, workers, run };
}

async function soak(asked: Wanted): Promise<number> {
  await ensureBuilt('cli');
  const startedAt = new Date();
  const folder = await mkdtemp(join(tmpdir(), 'cairn-soak-'));
  const end = performance.now() + asked.milliseconds;
  const isShared = (gate: string): boolean => GATES[gate]?.isShared === true;
  const rows = [asked.gates.filter((gate) => !isShared(gate)), asked.gates.filter(isShared)];
  let reports: GateResult[];
  try {
    reports = (await Promise.all(rows.map((row) => runInTurn(row, folder, asked, end)))).flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const report = sumUp(reports, asked.seed, startedAt);
  await mkdir(results, { recursive: true });
  await writeFile(join(results, 'soak.json'), `${JSON.stringify(report, null, 2)}\n`);
  for (const line of inWords(report)) console.log(line);
  return report.isClean ? 0 : 1;
}

async function runInTurn(
  gates: readonly string[],
  folder: string,
  asked: Wanted,
  end: number,
): Promise<readonly GateResult[]> {
  let shares = gates.reduce((sum, gate) => sum + (GATES[gate]?.share ?? 0), 0);
  const reports: GateResult[] = [];
  for (const gate of gates) {
    const share = GATES[gate]?.share ?? 0;
    const limit = Math.max(MINUTE / 2, ((end - performance.now()) * share) / shares);
    shares -= share;
    reports.push(await runGate(gate, folder, asked, limit));
  }
  return reports;
}

async function runGate(name: string, folder: string, asked: Wanted, limit: number): Promise<GateResult> {
  const gate = GATES[name];
  const workers = gate?.isShared === true && asked.run === null ? asked.workers : 1;
  const inMemory = gate?.inMemory === true && (await hasMemory());
  const place = await mkdtemp(join(inMemory ? MEMORY : tmpdir(), 'cairn-soak-'));
  const where = `${workers} ${workers === 1 ? 'process' : 'processes'}, worlds ${inMemory ? 'in memory' : 'on disk'} (${place})`;
  console.log(`\n=== ${name}: ${where} ===`);
  const began = performance.now();
  try {
    const all = Array.from({ length: workers }, (_, worker) =>
      runWorker(name, place, folder, asked, limit, worker, workers),
    );
    const reports = await Promise.all(all);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    return { ...together(reports), seconds, where, passed: reports.every(({ passed }) => passed) };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function hasMemory(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(MEMORY);
    return bavail * bsize >= ENOUGH;
  } catch {
    return false;
  }
}

async function runWorker(
  gate: string,
  place: string,
  folder: string,
  { seed, run: only }: Wanted,
  limit: number,
  worker: number,
  workers: number,
): Promise<GateReport & { readonly passed: boolean }> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'run', '--project', 'faults', `test/faults/${gate}.test.ts`];
  const ended = await run(process.execPath, words, {
    cwd: root,
    env: {
      ...process.env,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
      TMPDIR: place,
      // Children of the command line are begun thousands of times.
      NODE_COMPILE_CACHE: join(place, 'compiled'),
      [REPORT_FOLDER]: folder,
      [SEED]: String(seed),
      [LIMIT]: String(Math.round(limit)),
      [WORKER]: `${worker}/${workers}`,
      ...(only === null ? {} : { [RUN]: String(only) }),
    },
    timeout: limit + GRACE,
    show: true,
  });
  const file = join(folder, reportName(gate, worker));
  const report: GateReport = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as GateReport)
    : { gate, seed, seconds: 0, counts: {}, aims: {}, findings: {}, said: [`Worker ${worker} left no report.`] };
  return { ...report, passed: ended.code === 0 && existsSync(file) };
}

/** What the workers of one gate did. */
function together(reports: readonly GateReport[]): GateReport {
  const [first] = reports;
  if (first === undefined) throw new Error('A gate has one worker at least.');
  const sum = <Key extends string>(of: (report: GateReport) => Readonly<Partial<Record<Key, number>>>) => {
    const all: Partial<Record<Key, number>> = {};
    for (const report of reports) {
      for (const [what, count] of Object.entries<number | undefined>(of(report))) {
        all[what as Key] = (all[what as Key] ?? 0) + (count ?? 0);
      }
    }
    return all;
  };
  return {
    ...first,
    counts: sum((report) => report.counts) as Readonly<Record<string, number>>,
    aims: Object.assign({}, ...reports.map(({ aims }) => aims)) as GateReport['aims'],
    findings: sum((report) => report.findings),
    said: reports.flatMap(({ said }) => said).slice(0, 50),
  };
}

function sumUp(gates: readonly GateResult[], seed: number, startedAt: Date) {
  const found = (kind: keyof GateReport['findings']): number =>
    gates.reduce((sum, { findings }) => sum + (findings[kind] ?? 0), 0);
  const counted = (what: string): number => gates.reduce((sum, { counts }) => sum + (counts[what] ?? 0), 0);
  const network = gates.find(({ gate }) => gate === 'network')?.counts ?? {};
  const all = gates.flatMap(({ findings }) => Object.values(findings)).reduce((sum, count) => sum + count, 0);
  return {
    seed,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    runs: counted('runs'),
    operations: counted('operations'),
    kills: counted('kills'),
    faults: Object.fromEntries(Object.entries(network).filter(([what]) => what !== PARKED)),
    filesLost: found('lost'),
    tornVersions: found('torn'),
    unexplainedVersions: found('unexplained'),
    otherFindings: all - found('lost') - found('torn') - found('unexplained'),
    heapBytesACycle: gates.find(({ gate }) => gate === 'leak')?.counts[SLOPE] ?? null,
    onlyByScan: gates.find(({ gate }) => gate === 'storm')?.counts[ONLY_BY_SCAN] ?? null,
    isClean: all === 0 && gates.every(({ passed }) => passed),
    gates,
  };
}

function inWords(report: ReturnType<typeof sumUp>): readonly string[] {
  const gates = report.gates.map(({ gate, passed, seconds, counts, aims, said, where }) => {
    const numbers = Object.entries(counts).map(([what, count]) => `${count}${ofAim(count, aims[what])} ${what}`);
    const words = [`${gate}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s (${where}); ${numbers.join(', ')}`];
    return [...words, ...said.map((line) => `    ${line}`)].join('\n');
  });
  const faults = Object.entries(report.faults).map(([kind, count]) => `${count} ${kind}`);
  return [
    '',
    ...gates,
    '',
    `seed ${report.seed}`,
    `${report.runs} runs, ${report.operations} operations, ${report.kills} kills`,
    `faults of the network: ${faults.length === 0 ? 'none' : faults.join(', ')}`,
    `files lost ${report.filesLost}, torn versions ${report.tornVersions}, unexplained versions ${report.unexplainedVersions}, other findings ${report.otherFindings}`,
    `memory: ${report.heapBytesACycle ?? 'not measured'} bytes a cycle; found only by a scan: ${report.onlyByScan ?? 'not measured'}`,
    report.isClean ? 'Nothing was found.' : 'SOMETHING WAS FOUND.',
  ];
}

/** Where less was done than was to be done, since time was up, it is told. */
function ofAim(count: number, aim: number | undefined): string {
  return aim === undefined || count >= aim ? '' : ` of ${aim}`;
}
