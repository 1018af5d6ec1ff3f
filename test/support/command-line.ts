/**
 * What a script of this folder is told on its command line. In: its usage, its options and the names that it takes. Out:
 * what was asked of it, or what is to be said in its stead: the usage, or what is wrong with the words.
 */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

export interface Script<Options extends ParseArgsOptionsConfig> {
  /** What `--help` prints, and what a wrong word is answered with; the first line shows the whole command. */
  readonly usage: string;
  readonly options: Options;
  /** The names that may stand beside the options. */
  readonly takes: readonly string[];
}

/** Instead of the script's own work. */
export interface Answer {
  readonly code: 0 | 2;
  readonly says: string;
}

type Parsed<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: true }>
>;

/** Reads the words that came after the script's name. */
export function readCommandLine<Options extends ParseArgsOptionsConfig>(
  { usage, options, takes }: Script<Options>,
  words: readonly string[] = process.argv.slice(2),
): Parsed<Options> | Answer {
  if (words.includes('--help') || words.includes('-h')) return { code: 0, says: usage };
  try {
    const parsed = parseArgs({ args: [...words], options, allowPositionals: true });
    const unknown = parsed.positionals.find((word) => !takes.includes(word));
    return unknown === undefined ? parsed : wrongUse(usage, notTaken(unknown, takes));
  } catch (error) {
    return wrongUse(usage, firstSentence(error));
  }
}

/** The answer to words that cannot be followed. @param problem a sentence. */
export function wrongUse(usage: string, problem: string): Answer {
  return { code: 2, says: `${problem}\n\n${usage}` };
}

export function isAnswer(told: object): told is Answer {
  return 'says' in told;
}

/** Says it where it belongs, and sets the exit code. */
export function give({ code, says }: Answer): void {
  if (code === 0) console.log(says);
  else console.error(says);
  process.exitCode = code;
}

function notTaken(word: string, takes: readonly string[]): string {
  return takes.length === 0
    ? `“${word}” is one word too many.`
    : `There is no “${word}”. There is: ${takes.join(', ')}.`;
}

/** Node goes on with advice about dashes that helps nobody here. */
function firstSentence(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return `${said.split(/\.\s|\n/)[0]?.replace(/\.$/, '') ?? said}.`;
}
