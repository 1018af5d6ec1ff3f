/**
 * `npm run audit`. In: package-lock.json and the registry's database of advisories. Out: what is known against the
 * packages that are used, and exit code 1 where any of it is high or critical. Where the registry does not answer that
 * question, as in closed networks, it says loudly that nothing was looked up, and fails nothing.
 */
import { z } from 'zod';
import { give, isAnswer, readCommandLine } from './command-line.ts';
import { isStarted, root } from './paths.ts';
import { run } from './processes.ts';

const answer = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string().optional() })),
  metadata: z.object({ dependencies: z.object({ total: z.number() }) }),
});
const SERIOUS = ['high', 'critical'];

export interface Verdict {
  readonly kind: 'clean' | 'findings' | 'not-run';
  readonly lines: readonly string[];
}

/** @param said what `npm audit --json` printed. */
export function verdictOf(said: string): Verdict {
  const parsed = answer.safeParse(parse(said));
  if (!parsed.success) {
    const why = z.object({ message: z.string() }).safeParse(parse(said));
    const reason = why.success ? why.data.message : said.trim().slice(0, 200) || 'npm said nothing';
    return { kind: 'not-run', lines: [`NOT RUN: the audit of dependencies looked nothing up: ${reason}`] };
  }
  const found = Object.entries(parsed.data.vulnerabilities);
  const serious = found.filter(([, { severity }]) => SERIOUS.includes(severity));
  const packages = `${String(parsed.data.metadata.dependencies.total)} packages`;
  return {
    kind: serious.length === 0 ? 'clean' : 'findings',
    lines: [
      ...found.map(([name, { severity, range }]) => `${severity}: ${name} ${range ?? ''}`.trim()),
      `audit: ${packages}, ${String(found.length)} with advisories, ${String(serious.length)} of them serious`,
    ],
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function audit(): Promise<void> {
  // Under `npm run` npm names its own program; that one is sure to run on this Node.
  const npm = process.env['npm_execpath'];
  const [command, first] = npm?.endsWith('.js') === true ? [process.execPath, [npm]] : ['npm', []];
  const words = ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];
  const ended = await run(command, [...first, ...words], { cwd: root, timeout: 60_000 });
  const verdict = verdictOf(ended.stdout);
  for (const line of verdict.lines) console.log(line);
  process.exitCode = verdict.kind === 'findings' ? 1 : 0;
}

const USAGE = `Usage: npm run audit

Asks the registry what is known against the packages that are used; serious findings fail. It takes no words.`;

if (isStarted(import.meta.url)) {
  const told = readCommandLine({ usage: USAGE, options: {}, takes: [] });
  if (isAnswer(told)) give(told);
  else await audit();
}
