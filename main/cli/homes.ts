/** Opens a home for a command and closes it whatever happens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, type ExitCode } from '../contract/errors.ts';
import { Engine } from '../engine/engine.ts';
import { openHomeForReading, type ReadHome } from '../engine/home.ts';
import { openPracticeServers } from '../engine/practice.ts';
import { serve } from '../engine/serve.ts';
import type { Call } from '../engine/socket.ts';
import { LOCK_LOOK_MS, LOCK_PATIENCE_MS } from './change.ts';
import { ended, type Invocation } from './command.ts';
import { ringFromStdin } from './key-stdin.ts';

/** For commands that only report. */
export async function reading(
  invocation: Invocation,
  work: (home: ReadHome) => Promise<ExitCode> | ExitCode,
): Promise<ExitCode> {
  const home = openHomeForReading(invocation.home);
  if (!home.ok) return ended(invocation.output, home.failure);
  try {
    return await work(home.value);
  } finally {
    home.value.close();
  }
}

/** A file that keeps changing is parked after this by commands that end, milliseconds. */
const PATIENCE_MS = 30_000;

/** What came of asking the engine that has the home; `gone`: it ended, so the work is to be done here after all. */
export type AskedThere = ExitCode | 'nobody' | 'gone';

/**
 * For commands that send: with an engine, which is stopped in the end and which other programs may call meanwhile.
 * @param there is tried where another engine has the home; left out: the home is locked then.
 */
export async function withEngine(
  invocation: Invocation,
  watch: boolean,
  work: (engine: Engine, call: Call) => Promise<ExitCode>,
  there: () => Promise<AskedThere> = () => Promise.resolve('nobody'),
): Promise<ExitCode> {
  const { output } = invocation;
  const log = (line: string): void => {
    output.log(line);
  };
  const ring = await ringFromStdin(invocation);
  if (!ring.ok) return ended(output, ring.failure);
  const step = process.env['CAIRN_TEST_END_AT'];
  let until = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    const engine = await Engine.open({
      home: invocation.home,
      watch,
      log,
      patienceMs: watch ? null : PATIENCE_MS,
      hurry: invocation.hurry,
      ring: ring.value,
      ...(step === undefined ? {} : { onStep: endAt(step) }),
    });
    if (engine.ok) return serving(engine.value, log, work);
    if (engine.failure.code !== 'home-locked') return ended(output, engine.failure);
    const asked = await there();
    if (asked !== 'nobody' && asked !== 'gone') return asked;
    if (asked === 'gone') until = performance.now() + LOCK_PATIENCE_MS;
    if (performance.now() > until || invocation.signal.aborted) return ended(output, engine.failure);
    await sleep(LOCK_LOOK_MS);
  }
}

async function serving(
  engine: Engine,
  log: (line: string) => void,
  work: (engine: Engine, call: Call) => Promise<ExitCode>,
): Promise<ExitCode> {
  const served = await serve(engine, openPracticeServers(null), log);
  try {
    return await work(engine, served.call);
  } finally {
    await served.stop();
    await engine.stop();
  }
}

/** For tests of crashes: the process kills itself at a named moment, as a power cut would. `NAME:3` is the third time. */
function endAt(wanted: string): (step: string) => void {
  const [name, times = '1'] = wanted.split(':');
  let left = Number(times);
  return (step) => {
    if (step !== name) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}

export { EXIT };
