/**
 * `npm test`. In: nothing, or the kinds that are wanted. Out: what each test said that failed, a table, what could
 * not run and why, and as the last line the sums. Exit code 1 where anything failed.
 *
 *   node test/support/run-tests.ts [lint] [unit] [conformance] [scenarios] [faults] [e2e]
 */
import { ensureBuilt } from './build.ts';
import { give, isAnswer, readCommandLine } from './command-line.ts';
import { lint } from './lint.ts';
import { isStarted } from './paths.ts';
import { killAll } from './processes.ts';
import { kinds, notRun, type Outcome } from './runner/kinds.ts';
import { runKind } from './runner/run-kind.ts';
import { isGood, summary } from './runner/summary.ts';

const words = ['lint', ...new Set(kinds.map((kind) => kind.project))];

async function runTests(asked: readonly string[]): Promise<boolean> {
  const wanted = (word: string): boolean => asked.length === 0 || asked.includes(word);
  const outcomes: Outcome[] = [];
  const remarks: string[] = [];
  if (wanted('lint')) outcomes.push(await runLint());

  const tests = kinds.filter((kind) => wanted(kind.project));
  const build = tests.length === 0 ? null : await runBuild();
  if (build !== null) outcomes.push(build);
  for (const kind of tests) {
    // Unit tests read the sources; all others also run what was built.
    const isBlocked = build !== null && build.failed > 0 && kind.project !== 'unit';
    const outcome = isBlocked
      ? notRun(kind.name, 'the build failed')
      : await runKind(kind, (sentence) => remarks.push(sentence));
    outcomes.push(outcome);
  }
  for (const line of summary(outcomes, remarks)) console.log(line);
  return isGood(outcomes);
}

async function runLint(): Promise<Outcome> {
  console.log('=== lint ===');
  const started = performance.now();
  const tools = await lint();
  const failures = tools.filter((tool) => !tool.passed).map((tool) => tool.name);
  const seconds = (performance.now() - started) / 1000;
  const passed = tools.length - failures.length;
  return { name: 'lint', passed, failed: failures.length, skipped: 0, seconds, notRun: null, failures };
}

/** @returns null where it went well: a build is no test. */
async function runBuild(): Promise<Outcome | null> {
  try {
    await ensureBuilt();
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.log(`\n=== build ===\n${why}`);
    return { ...notRun('build', ''), notRun: null, failed: 1, failures: [why.split('\n')[0] ?? why] };
  }
}

const USAGE = `Usage: npm test [-- kind…]

Everything, one kind after the other; the last line holds the sums.

  kind   ${words.join(', ')}`;

async function runUntilStopped(asked: readonly string[]): Promise<void> {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      killAll();
      process.exit(code);
    });
  }
  process.exitCode = (await runTests(asked)) ? 0 : 1;
}

if (isStarted(import.meta.url)) {
  const told = readCommandLine({ usage: USAGE, options: {}, takes: words });
  if (isAnswer(told)) give(told);
  else await runUntilStopped(told.positionals);
}
