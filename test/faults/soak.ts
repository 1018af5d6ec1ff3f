/**
 * The gates of reliability with large counts, one after the other, and a report of them.
 *
 *   npm run soak -- [--minutes M] [--seed S] [gate…]
 *
 * Without minutes each gate runs until it has its count, which takes hours; with them each ends when its share of the
 * time is up. The report is printed and lies in `test-results/soak.json`. Exit 1: something was found.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../support/build.ts';
import { results, root } from '../support/paths.ts';
import { killAll, run } from '../support/processes.ts';
import { type GateReport, LIMIT, ONLY_BY_SCAN, PARKED, REPORT_FOLDER, SEED, SLOPE } from './tally.ts';

/** Each with its share of the time. */
const GATES: Readonly<Record<string, number>> = {
  model: 8,
  kill: 6,
  network: 6,
  root: 1,
  disk: 1,
  leak: 2,
  storm: 3,
};
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A gate may end what it has begun. */
const GRACE = 15 * MINUTE;

interface GateResult extends GateReport {
  /** Its tests passed. */
  readonly passed: boolean;
}

const wanted = readWords();
if (typeof wanted === 'string') {
  console.error(wanted);
  process.exitCode = 2;
} else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      killAll();
      process.exit(1);
    });
  }
  process.exitCode = await soak(wanted.gates, wanted.milliseconds, wanted.seed);
}

function readWords():
  string | { readonly gates: readonly string[]; readonly milliseconds: number; readonly seed: number } {
  const options = { minutes: { type: 'string' }, seed: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const unknown = positionals.find((word) => !Object.hasOwn(GATES, word));
  if (unknown !== undefined) return `“${unknown}” is no gate. There is: ${Object.keys(GATES).join(', ')}.`;
  const minutes = values.minutes === undefined ? DAY / MINUTE : Number(values.minutes);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) + 1 : Number(values.seed);
  if (!(minutes > 0)) return 'The minutes must be a number above 0.';
  if (!Number.isInteger(seed) || seed === 0) return 'The seed must be a whole number other than 0.';
  const gates = positionals.length === 0 ? Object.keys(GATES) : positionals;
  return { gates, milliseconds: minutes * MINUTE, seed };
}

async function soak(gates: readonly string[], milliseconds: number, seed: number): Promise<number> {
  await ensureBuilt('cli');
  const startedAt = new Date();
  const folder = await mkdtemp(join(tmpdir(), 'cairn-soak-'));
  const shares = gates.reduce((sum, gate) => sum + (GATES[gate] ?? 0), 0);
  const reports: GateResult[] = [];
  try {
    for (const gate of gates) {
      reports.push(await runGate(gate, folder, seed, (milliseconds * (GATES[gate] ?? 0)) / shares));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const report = sumUp(reports, seed, startedAt);
  await mkdir(results, { recursive: true });
  await writeFile(join(results, 'soak.json'), `${JSON.stringify(report, null, 2)}\n`);
  for (const line of inWords(report)) console.log(line);
  return report.isClean ? 0 : 1;
}

async function runGate(gate: string, folder: string, seed: number, limit: number): Promise<GateResult> {
  console.log(`\n=== ${gate} ===`);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'run', '--project', 'faults', `test/faults/${gate}.test.ts`];
  const began = performance.now();
  const ended = await run(process.execPath, words, {
    cwd: root,
    env: {
      ...process.env,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
      [REPORT_FOLDER]: folder,
      [SEED]: String(seed),
      [LIMIT]: String(Math.round(limit)),
    },
    timeout: limit + GRACE,
    show: true,
  });
  const file = join(folder, `${gate}.json`);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const report: GateReport = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as GateReport)
    : { gate, seed, seconds, counts: {}, findings: {}, said: ['The gate left no report.'] };
  return { ...report, passed: ended.code === 0 && existsSync(file) };
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
  const gates = report.gates.map(({ gate, passed, seconds, counts, said }) => {
    const numbers = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
    const words = [`${gate}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s; ${numbers.join(', ')}`];
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
