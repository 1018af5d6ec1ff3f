/**
 * Starts the app from the sources. In: arguments for the app. Out: its window; its exit code is this one's.
 *
 *   node test/support/start.ts [arguments of the app]
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ensureBuilt } from './build.ts';
import { give } from './command-line.ts';
import { isStarted, root } from './paths.ts';
import { ensureDebianPackages } from './testbed/debian.ts';
import { ensureElectron } from './testbed/electron.ts';

/** @returns the app's exit code, or 1 with a sentence on stderr where it cannot be started. */
export async function start(words: readonly string[]): Promise<number> {
  if (!hasDisplay()) {
    console.error('There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be shown.');
    console.error('The command line works without one: npm run -s cairn -- help');
    return 1;
  }
  const lacking = await ensureDebianPackages('electron');
  if (lacking !== null) console.error(`Notice: ${lacking}`);
  await ensureBuilt();
  const electron = await ensureElectron();
  if ('missing' in electron) {
    console.error(`There is no Electron to run: ${electron.missing}`);
    return 1;
  }
  const child = spawn(electron.path, [...electron.switches, root, ...words], {
    stdio: 'inherit',
    env: { ...process.env, ...electron.env },
  });
  const passOn = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, passOn);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${electron.path} cannot be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code, signal) => {
      for (const one of signals) process.off(one, passOn);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env['DISPLAY']) || Boolean(process.env['WAYLAND_DISPLAY']);
}

const USAGE = `Usage: npm start [-- [--home FOLDER] [--hidden]]

The app, from the sources. Other words are handed to it, too.

  --home FOLDER   where settings and tables lie
  --hidden        without its window, in the tray alone`;

if (isStarted(import.meta.url)) await startAsAsked(process.argv.slice(2));

async function startAsAsked(words: readonly string[]): Promise<void> {
  if (words.includes('--help')) {
    give({ code: 0, says: USAGE });
    return;
  }
  try {
    process.exitCode = await start(words);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
