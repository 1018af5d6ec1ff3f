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
import type { Stage } from './demo/stage.ts';
import { runInTerminal } from './demo/terminal.ts';
import { runInWindow } from './demo/window.ts';
import { isStarted } from './paths.ts';

async function demo(words: readonly string[]): Promise<void> {
  const unknown = words.filter((word) => word !== '--terminal' && word !== '--stay');
  if (unknown.length > 0) throw new Error(`The demo knows --terminal and --stay, not ${unknown.join(' ')}.`);
  await ensureBuilt();
  const root = await mkdtemp(join(tmpdir(), 'cairn-demo-'));
  try {
    const stage: Stage = {
      root,
      home: join(root, 'home'),
      folder: join(root, 'Letters'),
      stay: words.includes('--stay'),
    };
    await mkdir(stage.folder);
    if (words.includes('--terminal')) await runInTerminal(stage);
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

if (isStarted(import.meta.url)) {
  try {
    await demo(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
