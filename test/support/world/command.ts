/** The command line as a real child process. In: arguments. Out: exit code, lines of JSON, what stood on stderr. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../paths.ts';

/** One line of stdout. */
export type Line = Readonly<Record<string, unknown>>;

export interface CairnEnded {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly Line[];
  readonly stderr: string;
  readonly milliseconds: number;
}

export interface CommandOptions {
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Default: the Node that runs the test. */
  readonly node?: string;
  /** Default: the built command line. */
  readonly program?: string;
  /** A program, with its own options, that starts the command, for example as another user. */
  readonly through?: readonly string[];
  /** Without it, what it prints is for a person, and `lines` stays empty. */
  readonly json?: boolean;
  /** After so long the child is killed and the test fails; milliseconds. */
  readonly patience?: number;
}

export const CLI = join(root, 'dist/cli.js');
const PATIENCE = 120_000;
const LOOK = 10;

/** A command that runs. */
export class RunningCairn {
  readonly lines: Line[] = [];
  stderr = '';
  readonly ended: Promise<CairnEnded>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #words: string;
  #isEnded = false;

  constructor(words: readonly string[], options: CommandOptions) {
    this.#words = words.join(' ');
    const started = performance.now();
    const { env, cwd, through = [], json = true } = options;
    const asked = [options.program ?? CLI, ...(json ? ['--json'] : []), ...words];
    const [program = '', ...rest] = [...through, options.node ?? process.execPath, ...asked];
    this.#child = spawn(program, rest, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let isOverdue = false;
    const timer = setTimeout(() => {
      isOverdue = true;
      this.kill('SIGKILL');
    }, options.patience ?? PATIENCE);
    let unended = '';
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!json) return;
      const parts = (unended + text).split('\n');
      unended = parts.pop() ?? '';
      for (const part of parts) this.lines.push(asLine(part));
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        this.#isEnded = true;
        clearTimeout(timer);
        // Killed in the middle of a line: what is left is no line.
        if (unended !== '' && signal === null) this.lines.push(asLine(unended));
        if (isOverdue) reject(new Error(`cairn ${this.#words} did not end in time. It said: ${this.stderr}`));
        const { lines, stderr } = this;
        resolve({ code, signal, lines, stderr, milliseconds: performance.now() - started });
      });
    });
    // Whoever waits for it hears of it; until then it is no unhandled one.
    this.ended.catch(() => undefined);
  }

  get isRunning(): boolean {
    return !this.#isEnded;
  }

  get words(): string {
    return this.#words;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until it has printed what is wanted; throws where it ends before, or where time is up. */
  async until(isThere: (run: RunningCairn) => boolean, what: string, patience = 60_000): Promise<void> {
    const until = performance.now() + patience;
    while (!isThere(this)) {
      if (!this.isRunning) throw new Error(`cairn ${this.#words} ended before ${what}. It said: ${this.stderr}`);
      if (performance.now() > until) {
        throw new Error(`cairn ${this.#words} did not come to ${what} in time. It said: ${this.stderr}`);
      }
      await sleep(LOOK);
    }
  }
}

function asLine(text: string): Line {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`“${text}” is no JSON object.`);
  return value as Line;
}
