/** A program that runs until it is stopped. In: its command line. Out: its stop, and how it ended if it did. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

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
  let end: string | null = null;
  const gone = once(child, 'close').then(([code, signal]: unknown[]) => {
    end = `${program} ended with ${String(code ?? signal)}. ${readFileSync(log, 'utf8').trim().slice(-1000)}`;
  });
  gone.catch((error: unknown) => {
    end = `${program} could not be started: ${String(error)}`;
  });
  return {
    ended: () => end,
    stop: async () => {
      if (end !== null) return;
      child.kill('SIGTERM');
      const patience = new AbortController();
      await Promise.race([gone, sleep(5000, undefined, { signal: patience.signal }).catch(() => undefined)]);
      patience.abort();
      if (end === null) child.kill('SIGKILL');
      await gone;
    },
  };
}
