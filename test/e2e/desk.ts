/** A desk for the app: a display, and a panel with a tray. In: nothing. Out: an environment, and the tray's place. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { run } from '../support/processes.ts';

export interface Desk extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

/** Uses the display that there is; where there is none, one of its own. */
export async function openDesk(): Promise<Desk> {
  const display = process.env['DISPLAY'];
  if (display !== undefined && display !== '') {
    return { env: { DISPLAY: display }, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await firstLine(server);
  return { env: { DISPLAY: `:${number}` }, [Symbol.asyncDispose]: () => end(server) };
}

/** Where the tray lies on the screen: at the right of the lower edge, one icon wide. */
export const TRAY = { height: 32, edge: 'bottom', align: 'right' } as const;

/** Shows a panel that holds the icons of the tray and nothing else. */
export async function openPanel(desk: Desk): Promise<AsyncDisposable> {
  const panel = spawn(
    'trayer',
    ['--edge', TRAY.edge, '--align', TRAY.align, '--widthtype', 'request', '--height', String(TRAY.height)],
    { env: { ...process.env, ...desk.env }, stdio: 'ignore' },
  );
  await new Promise<void>((resolve, reject) => {
    panel.once('spawn', resolve);
    panel.once('error', (error) => {
      reject(new Error(`the tray cannot be seen without trayer: ${error.message}`));
    });
  });
  return { [Symbol.asyncDispose]: () => end(panel) };
}

/**
 * Moves the pointer and presses keys, as a person at this desk would. In: words of xdotool.
 * @returns what it says, for example the window that it found; empty where it found none.
 */
export async function useHands(desk: Desk, ...words: readonly string[]): Promise<string> {
  const ended = await run('xdotool', words, { env: { ...process.env, ...desk.env } });
  return ended.stdout.trim();
}

async function firstLine(server: ChildProcess): Promise<string> {
  const pipe = server.stdio[3];
  if (pipe === null || pipe === undefined || !('setEncoding' in pipe)) throw new Error('Xvfb has no pipe');
  pipe.setEncoding('utf8');
  const failed = once(server, 'error').then(([error]) => {
    throw error;
  });
  const [line] = (await Promise.race([once(pipe, 'data'), failed])) as [string];
  return line.trim();
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
