/** The demo in the app itself: the same steps in its window, one after the other, slowly enough to be followed. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { Stage } from './stage.ts';
import { root } from '../paths.ts';
import { ensureDebianPackages } from '../testbed/debian.ts';
import { ensureElectron } from '../testbed/electron.ts';
import { compare, FIRST, NAME, save, SECOND } from './letter.ts';
import { runInTerminal } from './terminal.ts';

/** Long enough to read what a step changed, milliseconds. */
const PAUSE = 1_200;

export async function runInWindow(stage: Stage): Promise<void> {
  const lacking = await ensureDebianPackages('electron');
  if (lacking !== null) console.error(`Notice: ${lacking}`);
  const electron = await ensureElectron();
  if ('missing' in electron) {
    console.log(`There is no Electron to show a window with (${electron.missing}), so this happens in the terminal.\n`);
    await runInTerminal(stage);
    return;
  }
  const user = join(stage.root, 'user');
  await mkdir(user);
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(AWS_|CAIRN_)/.test(entry[0]),
  );
  const app = await _electron.launch({
    executablePath: electron.path,
    args: [...electron.switches, root, '--home', stage.home],
    env: { ...Object.fromEntries(kept), ...electron.env },
    cwd: root,
    colorScheme: null,
  });
  const ended = new Promise<void>((resolve) => {
    app.process().once('exit', () => {
      resolve();
    });
  });
  try {
    await show(stage, app);
    if (stage.stay) console.log('The window stays. Quit Cairn from its icon in the tray, or end this with Ctrl C.');
  } catch (error) {
    await quit(app, ended);
    throw error;
  }
  if (stage.stay) await ended;
  else await quit(app, ended);
}

async function show(stage: Stage, app: ElectronApplication): Promise<void> {
  const page = await app.firstWindow();
  console.log('A folder is kept in the practice bucket, on this disk.');
  await page.getByTestId('practice-first').click();
  await page.getByTestId('add-path').fill(stage.folder);
  await sleep(PAUSE);
  await page.getByTestId('add-next').click();
  await sleep(PAUSE);
  await page.getByTestId('add-start').click();
  await page.locator('[data-testid="folder-state"][data-state="idle"]').waitFor();

  await save(stage, FIRST);
  const row = page.locator(`[data-testid="file-row"][data-path="${NAME}"][data-state="sync"]`);
  await row.waitFor();
  await row.click();
  const [first = ''] = await versionIds(page, 1);
  console.log(`${NAME} is saved: VersionId ${first}`);
  await sleep(PAUSE);

  await save(stage, SECOND);
  const [second = ''] = await versionIds(page, 2);
  console.log(`It is changed and saved again: VersionId ${second}`);
  await sleep(PAUSE);

  await page.getByTestId('inspector').getByTestId('version').nth(1).getByTestId('restore').click();
  const to = await page.getByTestId('restored-to').getAttribute('data-to');
  if (to === null) throw new Error('The window does not say where the version lies.');
  console.log(`The first one is brought back: ${to}`);
  await compare(to);
  await sleep(PAUSE);
}

/** Waits until the file's timeline shows so many versions. */
async function versionIds(page: Page, count: number): Promise<readonly string[]> {
  const versions = page.getByTestId('inspector').getByTestId('version');
  await versions.nth(count - 1).waitFor();
  const ids: string[] = [];
  for (const version of await versions.all()) ids.push((await version.getAttribute('data-version-id')) ?? '');
  return ids;
}

async function quit(app: ElectronApplication, ended: Promise<void>): Promise<void> {
  // The answer may never come, since the app is gone by then.
  app
    .evaluate(({ app: electronApp }) => {
      electronApp.quit();
    })
    .catch(() => undefined);
  await ended;
}
