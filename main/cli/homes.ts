/** Opens a home for a command and closes it whatever happens. */
import { EXIT, type ExitCode } from '../contract/errors.ts';
import { Engine } from '../engine/engine.ts';
import { openHome, openHomeForReading, type OpenHome, type ReadHome } from '../engine/home.ts';
import { ended, type Invocation } from './command.ts';

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

/** For commands that change something: under the lock. */
export async function changing(
  invocation: Invocation,
  work: (home: OpenHome) => Promise<ExitCode> | ExitCode,
): Promise<ExitCode> {
  const home = openHome(invocation.home);
  if (!home.ok) return ended(invocation.output, home.failure);
  try {
    return await work(home.value);
  } finally {
    home.value.close();
  }
}

/** A file that keeps changing is parked after this by commands that end, milliseconds. */
const PATIENCE_MS = 30_000;

/** For commands that send: with an engine, which is stopped in the end. */
export async function withEngine(
  invocation: Invocation,
  watch: boolean,
  work: (engine: Engine) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { output } = invocation;
  const step = process.env['CAIRN_TEST_END_AT'];
  const engine = await Engine.open({
    home: invocation.home,
    watch,
    log: (line) => {
      output.log(line);
    },
    patienceMs: watch ? null : PATIENCE_MS,
    ...(step === undefined ? {} : { onStep: endAt(step) }),
  });
  if (!engine.ok) return ended(output, engine.failure);
  try {
    return await work(engine.value);
  } finally {
    await engine.value.stop();
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
