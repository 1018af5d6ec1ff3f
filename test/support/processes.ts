/** Starts other programs and waits for them. In: a command. Out: how it ended and what it said. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Ended {
  /** Exit code; null where a signal ended it, or where it could not be started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
  /** It was ended because its time was up. */
  readonly timedOut: boolean;
}

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment. Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program, and what it started, is killed. */
  readonly timeout?: number;
  /** Show its output while it runs, besides gathering it. */
  readonly show?: boolean;
}

/** Groups that run now. They do not hear the terminal's Ctrl C, so whoever leads the run ends them. */
const groups = new Set<number>();

/** Kills every program that was started with a time limit and still runs, with all that it started. */
export function killAll(): void {
  for (const pid of groups) killGroup(pid);
}

/** Runs a program to its end. Never throws: a program that cannot be started ends with code null and the reason. */
export function run(command: string, options: readonly string[], given: RunOptions = {}): Promise<Ended> {
  const started = performance.now();
  // A group of its own, so that a time limit ends its children, too.
  const child = spawn(command, [...options], {
    cwd: given.cwd,
    env: given.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: given.timeout !== undefined && process.platform !== 'win32',
  });
  if (given.timeout !== undefined && child.pid !== undefined) groups.add(child.pid);
  let stdout = '';
  let stderr = '';
  let timedOut = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (given.show === true) process.stdout.write(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (given.show === true) process.stderr.write(text);
  });
  const timer =
    given.timeout === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          killGroup(child.pid);
        }, given.timeout);
  return new Promise((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(timer);
      if (child.pid !== undefined) groups.delete(child.pid);
      resolve({ code, signal, stdout, stderr, milliseconds: performance.now() - started, timedOut });
    };
    child.once('error', (error) => {
      stderr += error.message;
      end(null, null);
    });
    child.once('close', end);
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** Runs a program to its end and gives what it printed; throws a sentence with what it said where it failed. */
export async function must(command: string, options: readonly string[], given: RunOptions = {}): Promise<string> {
  const ended = await run(command, options, given);
  if (ended.code === 0) return ended.stdout;
  const how = ended.timedOut ? 'took too long' : `ended with ${String(ended.code ?? ended.signal ?? 'no code')}`;
  const said = (ended.stderr + ended.stdout).trim().slice(-2000);
  throw new Error(`${command} ${options.slice(0, 3).join(' ')} ${how}: ${said}`);
}

/** What a program prints, as lines, as soon as `last` is one of them. Throws where it ends before that. */
export async function linesUntil(child: ChildProcess, last: string): Promise<readonly string[]> {
  let heard = '';
  for await (const chunk of child.stdout ?? []) {
    heard += String(chunk);
    const lines = heard.split('\n');
    if (lines.includes(last)) return lines;
  }
  throw new Error(`${child.spawnfile} ended before it said ${last}`);
}
