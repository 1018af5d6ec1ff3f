/**
 * Reads the whole tree with five tools. In: nothing, or the names of some of them. Out: one line each with its result,
 * what a failing one said, and exit code 1 where any failed.
 *
 *   node test/support/lint.ts [types] [window-types] [rules] [format] [rooms]
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { give, isAnswer, readCommandLine } from './command-line.ts';
import { isStarted, root } from './paths.ts';
import { run } from './processes.ts';

interface Tool {
  readonly name: string;
  /** What it watches over, for the line that it gets. */
  readonly about: string;
  /** Script of an installed package, relative to `node_modules/`, and its arguments. */
  readonly script: string;
  readonly options: readonly string[];
}

const tools: readonly Tool[] = [
  { name: 'types', about: 'tsc', script: 'typescript/bin/tsc', options: ['--noEmit'] },
  {
    name: 'window-types',
    about: 'svelte-check',
    script: 'svelte-check/bin/svelte-check',
    options: ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
  },
  { name: 'rules', about: 'eslint', script: 'eslint/bin/eslint.js', options: ['.', '--max-warnings', '0'] },
  {
    name: 'format',
    about: 'prettier',
    script: 'prettier/bin/prettier.cjs',
    options: ['--check', '--log-level', 'warn', '.'],
  },
  {
    name: 'rooms',
    about: 'dependency-cruiser',
    script: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    options: ['main', 'renderer', 'test'],
  },
];

export interface LintResult {
  readonly name: string;
  readonly passed: boolean;
}

/** Runs the tools, as many at once as there are cores, and prints one line each. */
export async function lint(names: readonly string[] = []): Promise<readonly LintResult[]> {
  const waiting = tools.filter((tool) => names.length === 0 || names.includes(tool.name));
  const results: LintResult[] = [];
  const workOff = async (): Promise<void> => {
    for (let tool = waiting.shift(); tool !== undefined; tool = waiting.shift()) results.push(await runTool(tool));
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, workOff));
  return results;
}

async function runTool(tool: Tool): Promise<LintResult> {
  const script = join(root, 'node_modules', tool.script);
  const ended = await run(process.execPath, [script, ...tool.options], { cwd: root });
  const passed = ended.code === 0;
  const seconds = (ended.milliseconds / 1000).toFixed(1);
  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${tool.name} (${tool.about}, ${seconds} s)`);
  if (!passed) console.log(`${(ended.stdout + ended.stderr).trimEnd()}\n`);
  return { name: tool.name, passed };
}

const USAGE = `Usage: npm run lint [-- tool…]

Reads the whole tree, and prints one line a tool.

${tools.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join('\n')}`;

if (isStarted(import.meta.url)) {
  const told = readCommandLine({ usage: USAGE, options: {}, takes: tools.map(({ name }) => name) });
  if (isAnswer(told)) give(told);
  else {
    const results = await lint(told.positionals);
    process.exitCode = results.every((result) => result.passed) ? 0 : 1;
  }
}
