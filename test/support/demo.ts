/**
 * `npm run demo`. In: nothing; no account is needed. Out: a saved file with its VersionId, a second version, the first
 * one restored and compared, in a window where there is a display, else in the terminal. Exit code 0 where all held.
 *
 *   node test/support/demo.ts [--terminal] [--stay]
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './build.ts';
import { give, isAnswer, readCommandLine } from './command-line.ts';
import type { Stage } from './demo/stage.ts';
import { runInTerminal } from './demo/terminal.ts';
import { runInWindow } from './demo/window.ts';
import { isStarted } from './paths.ts';

interface Wishes {
  readonly terminal: boolean;
  readonly stay: boolean;
}

async function demo({ terminal, stay }: Wishes): Promise<void> {
  await ensureBuilt();
  const root = await mkdtemp(join(tmpdir(), 'cairn-demo-'));
  try {
    const stage: Stage = {
      root,
      home: join(root, 'home'),
      folder: join(root, 'Letters'),
      stay,
    };
    await mkdir(stage.folder);
    if (terminal) await runInTerminal(stage);
    else if (!hasDisplay()) {
      console.log('There is no display here, so this happens in the terminal.\n');
      await runInTerminal(stage);
    } else await runInWindow(stage);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env['DISPLAY']) || Boolean(process.env['WAYLAND_DISPLAY']);
}

const USAGE = `Usage: npm run demo [-- [--terminal] [--stay]]

A sample folder kept in a practice bucket on this computer, with an earlier version that comes back.

  --terminal   in the terminal, also where there is a display
  --stay       leave the window open`;

async function showIt(wishes: Wishes): Promise<void> {
  try {
    await demo(wishes);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

if (isStarted(import.meta.url)) {
  const no = { type: 'boolean', default: false } as const;
  const told = readCommandLine({ usage: USAGE, options: { terminal: no, stay: no }, takes: [] });
  if (isAnswer(told)) give(told);
  else await showIt(told.values);
}
