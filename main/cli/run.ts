/** Finds the command, reads its options, runs it. In: arguments. Out: an exit code, everything printed. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, FailureError, failure, type ExitCode } from '../contract/errors.ts';
import { defaultHome } from '../engine/default-home.ts';
import { ended, usage, type Command, type Invocation } from './command.ts';
import { commands } from './commands/index.ts';
import { helpText } from './help.ts';
import { openOutput, type Output } from './output.ts';

/** Two signals within this are one and the same, milliseconds. */
const ONE_ASKING_MS = 300;

const common = { home: 'string', json: 'boolean', help: 'boolean' } as const;

export async function run(argv: readonly string[]): Promise<ExitCode> {
  const output = openOutput(wantsJson(argv));
  const found = findCommand(argv);
  if (found === null) return withoutCommand(argv, output);
  const { command, rest } = found;
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(command, rest);
  } catch (error) {
    return ended(output, usage(parseProblem(error, command)));
  }
  if (parsed.values['help'] === true) {
    output.say(helpText([command]));
    return EXIT.done;
  }
  const [least, most] = command.takes;
  if (parsed.positionals.length < least || parsed.positionals.length > most) {
    return ended(output, usage(`Usage: cairn ${command.name} ${command.usage}`.trim()));
  }
  return invoke(command, parsed, output);
}

async function invoke(command: Command, parsed: ReturnType<typeof parse>, output: Output): Promise<ExitCode> {
  const abort = new AbortController();
  const hurry = new AbortController();
  let askedMs = 0;
  const stop = (): void => {
    // A terminal sends its Ctrl C to this program and to the one that started it, which hands it on.
    if (abort.signal.aborted && performance.now() - askedMs > ONE_ASKING_MS) hurry.abort();
    if (!abort.signal.aborted) askedMs = performance.now();
    abort.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const base = baseFolder();
  const text = (option: string): string | undefined => {
    const value = parsed.values[option];
    return typeof value === 'string' ? value : undefined;
  };
  const invocation: Invocation = {
    output,
    base,
    home: resolve(base, text('home') ?? defaultHome(process.env, process.platform)),
    positionals: parsed.positionals,
    text,
    flag: (option) => parsed.values[option] === true,
    signal: abort.signal,
    hurry: hurry.signal,
  };
  try {
    return await command.run(invocation);
  } catch (error) {
    if (error instanceof FailureError) return ended(output, error.failure);
    // A database that shows its damage only while it is read, a disk that is full by now.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')) {
      const { databaseFailure } = await import('../engine/home.ts');
      const cause = databaseFailure(error, invocation.home);
      if (cause !== null) return ended(output, cause);
    }
    const reference = `E-${Math.random().toString(16).slice(2, 10).toUpperCase()}`;
    output.log(`${reference} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return ended(output, failure('internal', { reference }));
  } finally {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  }
}

/** What comes behind `--` is never an option, so it is not asked about `--json` either. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json');
}

/** npm runs scripts in the project's folder and names the person's own here. */
function baseFolder(): string {
  const under = process.env['npm_lifecycle_event'] === undefined ? undefined : process.env['INIT_CWD'];
  return under === undefined || under === '' ? process.cwd() : under;
}

interface Found {
  readonly command: Command;
  readonly rest: readonly string[];
}

/** Commands have one or two words; options may stand before and between them. */
function findCommand(argv: readonly string[]): Found | null {
  const places: number[] = [];
  for (let index = 0; index < argv.length && places.length < 2; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') break;
    if (word === '--home') index += 1;
    else if (!word.startsWith('-')) places.push(index);
  }
  const [first, second] = places;
  if (first === undefined) return null;
  const one = argv[first] ?? '';
  const two = second === undefined ? null : `${one} ${argv[second] ?? ''}`;
  const pair = commands.find((command) => command.name === two);
  if (pair !== undefined)
    return { command: pair, rest: argv.filter((_, index) => index !== first && index !== second) };
  const single = commands.find((command) => command.name === one);
  return single === undefined ? null : { command: single, rest: argv.filter((_, index) => index !== first) };
}

function withoutCommand(argv: readonly string[], output: Output): ExitCode {
  // The folder behind `--home` is no word of the command.
  const words = argv.filter((word, index) => !word.startsWith('-') && argv[index - 1] !== '--home');
  const asksForHelp = words[0] === 'help' || argv.includes('--help') || argv.includes('-h');
  if (asksForHelp || words.length === 0) {
    const group = commands.filter((command) => command.name.startsWith(words[1] ?? ''));
    output.say(helpText(group.length === 0 ? commands : group));
    return EXIT.done;
  }
  const group = commands.filter((command) => command.name.startsWith(`${words[0] ?? ''} `));
  if (group.length > 0) {
    const names = group.map((command) => command.name).join(', ');
    return ended(output, usage(`“${words.join(' ')}” is no command. There is: ${names}.`));
  }
  return ended(output, usage(`“${words.join(' ')}” is no command.`));
}

function parse(command: Command, argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries({ ...common, ...command.options }).map(([name, type]) => [
      name,
      name === 'help' ? { type, short: 'h' } : { type },
    ]),
  );
  return parseArgs({ args: withValuesTied(argv, options), options, allowPositionals: true, strict: true });
}

/**
 * `--name -value` as `--name=-value`: a store may begin a VersionId with a dash, and people paste it as it is. What
 * stands behind a text option is its value, unless it is itself an option of the command.
 */
function withValuesTied(
  argv: readonly string[],
  options: Readonly<Record<string, { readonly type: string }>>,
): string[] {
  const isOption = (word: string): boolean =>
    word === '-h' || (word.startsWith('--') && Object.hasOwn(options, word.slice(2).split('=')[0] ?? ''));
  const tied: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') return [...tied, ...argv.slice(at)];
    const next = argv[at + 1] ?? '';
    const takesText = word.startsWith('--') && options[word.slice(2)]?.type === 'string';
    const isValue = next.startsWith('-') && next !== '--' && !isOption(next);
    tied.push(takesText && isValue ? `${word}=${next}` : word);
    if (takesText && isValue) at += 1;
  }
  return tied;
}

function parseProblem(error: unknown, command: Command): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const message = error instanceof Error ? (error.message.split('.')[0] ?? '') : '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    return `${message}. Usage: cairn ${command.name} ${command.usage}`;
  }
  return `The options cannot be read. Usage: cairn ${command.name} ${command.usage}`;
}
