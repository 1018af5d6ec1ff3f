/**
 * Cairn beside rclone, the AWS CLI and s3cmd, on the same data and the same store.
 *
 *   npm run bench -- [--rounds N] [--tools A,B] [--endpoint URL --region R] [--keep] [job…]
 *
 * Without an endpoint it starts a radosgw of its own; with one, the key comes from AWS_ACCESS_KEY_ID and
 * AWS_SECRET_ACCESS_KEY. Without jobs it runs them all, which takes hours. The table is printed, and lies with each
 * sample in `test-results/bench.json`; a curve's picture lies in `test-results/bench`, or among those of the bench's
 * own page. Exit 1: a tool failed, or what it sent was not what lay on disk.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../support/build.ts';
import { type Answer, give, isAnswer, readCommandLine, wrongUse } from '../support/command-line.ts';
import { results } from '../support/paths.ts';
import { ensureDebianPackages } from '../support/testbed/debian.ts';
import { curves, linesOf } from './curves.ts';
import { Ground } from './ground.ts';
import { type Job, jobs as single, type Sample } from './jobs.ts';
import { asPicture } from './picture.ts';
import { asTable, type Row, rowsOf } from './table.ts';
import { findTools, type Tool } from './tools.ts';

interface Wanted {
  readonly rounds: number;
  /** Names; null: all that are there. */
  readonly tools: readonly string[] | null;
  readonly jobs: readonly Job[];
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Pictures go to the bench's own page. */
  readonly keep: boolean;
}

/** Beside the page that shows them. */
const KEPT = join(import.meta.dirname, 'pictures');
const jobs: readonly Job[] = [...single, ...curves.flatMap(({ points }) => points.map(({ job }) => job))];
const names = [...single.map(({ name }) => name), ...curves.map(({ name }) => name)];

const USAGE = `Usage: npm run bench -- [--rounds N] [--tools A,B] [--endpoint URL --region R] [--keep] [job…]

Cairn beside rclone, the AWS CLI and s3cmd, on the same data and the same store.

  --rounds N       how often each job is done; 5
  --tools A,B      only these, by their names in the table: "cairn,rclone 32"; else all that are installed
  --endpoint URL   the store, with a key from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; else a radosgw of its own
  --region R       of the store; us-east-1
  --keep           pictures of curves go to test/bench/pictures
  job              without any, all of them, which takes hours:

${single.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join('\n')}
${curves.map(({ name, title, axis }) => `  ${name.padEnd(16)} a curve: ${title.toLowerCase()} (${axis})`).join('\n')}`;

const wanted = readWords();
if (isAnswer(wanted)) give(wanted);
else process.exitCode = await bench(wanted);

function readWords(): Answer | Wanted {
  const options = {
    rounds: { type: 'string', default: '5' },
    tools: { type: 'string' },
    endpoint: { type: 'string' },
    region: { type: 'string', default: 'us-east-1' },
    keep: { type: 'boolean', default: false },
  } as const;
  const told = readCommandLine({ usage: USAGE, options, takes: names });
  if (isAnswer(told)) return told;
  const { values, positionals } = told;
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) return wrongUse(USAGE, 'The rounds must be a whole number above 0.');
  const wholes = curves.filter(({ name }) => positionals.includes(name)).flatMap(({ points }) => points);
  const wants = new Set([...positionals, ...wholes.map(({ job }) => job.name)]);
  const chosen = positionals.length === 0 ? jobs : jobs.filter(({ name }) => wants.has(name));
  const tools = values.tools?.split(',').map((name) => name.trim()) ?? null;
  return { rounds, tools, jobs: chosen, endpoint: values.endpoint, region: values.region, keep: values.keep };
}

async function bench({ rounds, tools: named, jobs: chosen, endpoint, region, keep }: Wanted): Promise<number> {
  await ensureBuilt('cli', { force: true });
  const missing = [await ensureDebianPackages('bench')];
  if (endpoint === undefined) missing.push(await ensureDebianPackages('radosgw'));
  for (const sentence of missing) if (sentence !== null) console.error(sentence);
  const found = await findTools();
  const unknown = named?.filter((name) => !found.some((tool) => tool.name === name)) ?? [];
  if (unknown.length > 0) {
    console.error(`No such tool: ${unknown.join(', ')}. There are ${found.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const tools = found.filter((tool) => (named?.includes(tool.name) ?? true) && isThere(tool));
  const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
  const samples: Record<string, readonly Sample[]> = {};
  const failed: string[] = [];
  try {
    for (const job of chosen) {
      console.log(`\n=== ${job.name}: ${job.about} ===`);
      // A store of its own for each job: its objects are in memory.
      const ground = await openGround(endpoint, region, directory);
      try {
        const note = (line: string): void => {
          console.log(`  ${line}`);
        };
        samples[job.name] = await job.run({ ground, tools, rounds, directory, note });
      } catch (error) {
        failed.push(job.name);
        console.error(`  FAILED: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await ground[Symbol.asyncDispose]();
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const rows = Object.entries(samples).flatMap(([job, own]) => rowsOf(job, own));
  const machine = { cores: availableParallelism(), processor: cpus()[0]?.model ?? '', memoryBytes: totalmem() };
  const versions = Object.fromEntries(tools.map(({ name, version }) => [name, version]));
  await mkdir(results, { recursive: true });
  await writeFile(
    join(results, 'bench.json'),
    `${JSON.stringify({ machine, versions, rows, samples, failed }, null, 2)}\n`,
  );
  await drawCurves(rows, keep ? KEPT : join(results, 'bench'));
  console.log(`\n${asTable(rows)}`);
  if (failed.length > 0) console.error(`\nFAILED: ${failed.join(', ')}`);
  return failed.length > 0 ? 1 : 0;
}

/** Each curve of which a point was measured. */
async function drawCurves(rows: readonly Row[], directory: string): Promise<void> {
  for (const curve of curves) {
    const lines = linesOf(curve, rows);
    if (lines.length === 0) continue;
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, `${curve.name}.svg`), asPicture(curve.title, curve.axis, lines));
  }
}

function isThere({ name, version }: Tool): boolean {
  console.log(version === null ? `${name} IS NOT INSTALLED: it is left out.` : `${name}: ${version}`);
  return version !== null;
}

async function openGround(endpoint: string | undefined, region: string, directory: string): Promise<Ground> {
  if (endpoint === undefined) return Ground.fresh(await mkdtemp(join(directory, 'radosgw-')));
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = process.env;
  return Ground.given({ endpoint, region, accessKeyId, secretAccessKey });
}
