/** A program that runs until it is stopped. In: its command line. Out: its stop, and how it ended if it did. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';

export interface Daemon {
  /** Null while it runs, else how it ended and what it said last. */
  ended(): string | null;
  /** Asks it to end, insists after 5 s, and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a daemon in the foreground, as a child of this process.
 * `setpriv --pdeathsig` lets the kernel end it where this process is killed and can end nothing itself.
 */
export function startDaemon(program: string, options: readonly string[], log: string): Daemon {
  const output = openSync(log, 'w');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...options], { stdio: ['ignore', output, output] });
  closeSync(output);
  // A field, since what a callback writes into a variable is not seen by the checks after an await.
  const state: { end: string | null } = { end: null };
  const gone = once(child, 'close').then(
    ([code, signal]: unknown[]) => {
      const said = readFileSync(log, 'utf8').trim().slice(-1000);
      state.end = `${program} ended with ${String(code ?? signal)}. ${said}`;
    },
    (error: unknown) => {
      state.end = `${program} could not be started: ${String(error)}`;
    },
  );
  return {
    ended: () => state.end,
    stop: async () => {
      if (state.end !== null) return;
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(insist);
    },
  };
}
