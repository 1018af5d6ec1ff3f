/** A desk for the app: a display, and a panel with a tray. In: nothing. Out: an environment, and the tray's place. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesUntil, must, run } from '../support/processes.ts';

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

/**
 * A session of its own at this desk. In: what it begins with, as words of a shell, and what to add to its environment.
 * Programs that these words leave running in the background have to end with their bus.
 */
export async function openSession(desk: Desk, begin: string, added: Readonly<Record<string, string>>): Promise<Desk> {
  // The session ends with its one program, which ends when nobody reads from it any more.
  const script = `echo "$DBUS_SESSION_BUS_ADDRESS"; ${begin}; echo ready; cat >/dev/null`;
  const session = spawn('dbus-run-session', ['--', 'sh', '-c', script], {
    env: { ...process.env, ...desk.env, ...added },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [address] = await linesUntil(session, 'ready');
  return {
    env: { ...desk.env, DBUS_SESSION_BUS_ADDRESS: address ?? '' },
    [Symbol.asyncDispose]: async () => {
      const gone = once(session, 'exit');
      session.stdin.end();
      await gone;
    },
  };
}

/** A notice as the desktop was given it. */
export interface ShownNotice {
  readonly from: string;
  readonly title: string;
  readonly body: string;
}

/** A desk whose session shows notices, by dunst: in the upper left corner, and until they are closed. */
export interface NoticeDesk extends Desk {
  /** How many stand on the screen. */
  readonly standing: () => Promise<number>;
  /** Those that stand there no more, the last one first. */
  readonly closed: () => Promise<readonly ShownNotice[]>;
  /** As a person does who clicks on the one that came first. */
  readonly click: () => Promise<void>;
}

/** A click does what the notice is for and closes it, as on most desktops. What lies still for long stays on the screen, too. */
const DUNSTRC = `[global]
origin = top-left
offset = 20x20
width = 400
sort = no
font = DejaVu Sans 11
mouse_left_click = do_action, close_current
[urgency_low]
timeout = 0
[urgency_normal]
timeout = 0
[urgency_critical]
timeout = 0
`;

export async function openNoticeDesk(desk: Desk): Promise<NoticeDesk> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-dunst-'));
  const settings = join(folder, 'dunstrc');
  await writeFile(settings, DUNSTRC);
  // Whoever calls the name before it is taken has the bus start a dunst of its own, with settings of its own.
  const bus = '--dest=org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner';
  const asks = `dbus-send --print-reply=literal ${bus} string:org.freedesktop.Notifications`;
  const waits = `until ${asks} | grep -q true; do sleep 0.1; done`;
  const session = await openSession(desk, `dunst -conf '${settings}' >/dev/null 2>&1 & ${waits}`, {});
  const env = { ...process.env, ...session.env };
  return {
    env: session.env,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
    standing: async () => Number((await must('dunstctl', ['count', 'displayed'], { env })).trim()),
    closed: async () => {
      const place = ['--dest=org.freedesktop.Notifications', '/org/freedesktop/Notifications'];
      const call = 'org.dunstproject.cmd0.NotificationListHistory';
      return noticesIn(await must('dbus-send', ['--print-reply', ...place, call], { env }));
    },
    click: async () => {
      await useHands(session, 'mousemove', '60', '45', 'click', '1');
    },
  };
}

/** In: what dbus-send prints of a list of dictionaries. A string that spans lines is printed so. */
function noticesIn(printed: string): readonly ShownNotice[] {
  return printed
    .split(/^ {6}array \[$/m)
    .slice(1)
    .map((one) => {
      const field = (name: string): string =>
        new RegExp(`string "${name}"\\s+variant\\s+string "(.*?)"\\n`, 's').exec(one)?.[1] ?? '';
      return { from: field('appname'), title: field('summary'), body: field('body') };
    });
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
