/** What a program costs. In: a command. Out: how long it took, what of the processor, and the most memory at once. */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

export interface Command {
  readonly program: string;
  readonly words: readonly string[];
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export interface Cost {
  readonly seconds: number;
  /** User and system time of the program and of all that it started. */
  readonly cpuSeconds: number;
  /** The most that was resident at once, its children counted; looked at every 20 ms. */
  readonly peakBytes: number;
}

const LOOK_EVERY_MS = 20;
/** The shell's own `times`: the second line is of what it has waited for, descendants included. */
const AND_TELL_TIMES = '"$@"; code=$?; times >&3; exit $code';

/** Runs a command to its end. Throws a sentence where it fails: what failed was not measured. */
export async function measure(command: Command): Promise<Cost> {
  const child = spawn('bash', ['-c', AND_TELL_TIMES, 'bench', command.program, ...command.words], {
    env: command.env,
    cwd: command.cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const began = performance.now();
  let times = '';
  let said = '';
  child.stdio[3]?.on('data', (bytes: Buffer) => (times += bytes.toString()));
  child.stdout?.resume();
  child.stderr?.on('data', (bytes: Buffer) => (said = (said + bytes.toString()).slice(-4000)));
  let peakBytes = 0;
  let isLooking = false;
  const look = setInterval(() => {
    if (isLooking || child.pid === undefined) return;
    isLooking = true;
    void residentOf(child.pid).then((bytes) => {
      peakBytes = Math.max(peakBytes, bytes);
      isLooking = false;
    });
  }, LOOK_EVERY_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const seconds = (performance.now() - began) / 1000;
  clearInterval(look);
  if (code !== 0) {
    throw new Error(`${command.program} ${command.words.join(' ')} ended with ${String(code)}: ${said.trim()}`);
  }
  return { seconds, cpuSeconds: readTimes(times), peakBytes };
}

/** In: `0m1.250s 0m0.310s` twice, of the shell and of its children. Out: the children's sum, seconds. */
export function readTimes(text: string): number {
  const last = text.trim().split('\n').at(-1) ?? '';
  return [...last.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

/** Resident memory of a process and of all below it, bytes; 0 once it is gone. */
export async function residentOf(pid: number): Promise<number> {
  const [status, children] = await Promise.all([
    readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => ''),
    childrenOf(pid),
  ]);
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  const below = await Promise.all(children.map(residentOf));
  return below.reduce((sum, bytes) => sum + bytes, own);
}

/** Processor time that the named children of this process have used so far, seconds: the servers that it started. */
export async function cpuOfChildren(names: ReadonlySet<string>): Promise<number> {
  const ticks = await Promise.all(
    (await childrenOf(process.pid)).map(async (pid) => {
      const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
      const name = /\((.*)\)/.exec(text)?.[1] ?? '';
      // After the name, which may hold anything: user time is the 12th field, system time the 13th.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return names.has(name) ? Number(fields[11]) + Number(fields[12]) : 0;
    }),
  );
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_A_SECOND;
}

/** Linux tells times in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_A_SECOND = 100;

/** Each thread lists the children that it started itself. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const tasks = await readdir(`/proc/${String(pid)}/task`).catch(() => []);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${String(pid)}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  return lists
    .flatMap((list) => list.trim().split(' '))
    .filter((id) => id !== '')
    .map(Number);
}
