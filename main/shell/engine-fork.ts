/** Starts the engine's process. In: its program and the home. Out: the port to it; what it prints goes into the log. */
import { createInterface } from 'node:readline';
import { utilityProcess } from 'electron';
import type { EngineChild } from './engine-process.ts';

export function forkEngine(program: string, home: string, log: (line: string) => void): EngineChild {
  const child = utilityProcess.fork(program, [home], {
    stdio: ['ignore', 'pipe', 'pipe'],
    serviceName: 'Cairn engine',
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', log);
  }
  return {
    post(message) {
      child.postMessage(message);
    },
    onMessage(listener) {
      child.on('message', listener);
    },
    onExit(listener) {
      child.on('exit', listener);
    },
    kill() {
      const pid = child.pid;
      // `child.kill` only asks, by SIGTERM, and the engine was asked before.
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    },
  };
}
