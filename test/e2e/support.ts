/** The real app for a test. In: a home, or none for a fresh one. Out: its window, its words, and its clean end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { CallInput, CallName, CallOutput } from '../../main/contract/calls.ts';
import type { Result } from '../../main/contract/result.ts';
import { ensureBuilt } from '../support/build.ts';
import { results, root } from '../support/paths.ts';
import { type Electron, ensureElectron } from '../support/testbed/electron.ts';
import type { Desk } from './desk.ts';

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A folder of its own for one test: the home, the person's own folder, and what is to be kept. Removed at the end. */
export interface Scratch extends AsyncDisposable {
  readonly root: string;
  readonly home: string;
  /** A folder that a person might want kept. */
  readonly folder: string;
}

export async function makeScratch(place = tmpdir()): Promise<Scratch> {
  const scratch = await mkdtemp(join(place, 'cairn-e2e-'));
  const folder = join(scratch, 'Notes');
  await mkdir(folder);
  await mkdir(join(scratch, 'user'));
  return {
    root: scratch,
    home: join(scratch, 'home'),
    folder,
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true, force: true }),
  };
}

/** Texts on the page that are cut, other than names and paths that a title tells whole. */
const CUT_TEXTS = `[...document.querySelectorAll('body *')]
  .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
  .filter((one) => getComputedStyle(one).textOverflow === 'ellipsis')
  .map((one) => ({ text: one.textContent.trim(), whole: one.closest('[title]')?.title ?? '' }))
  .filter(({ text, whole }) => !whole.includes(text) || /[.…]$/.test(text))
  .map(({ text }) => text)`;

export class RunningApp implements AsyncDisposable {
  readonly electron: ElectronApplication;
  readonly scratch: Scratch;
  /** Electron's first process; it can be asked after its end, too. */
  readonly main: ChildProcess;
  /** What pages wrote on their consoles as errors and warnings, for example what their content security policy refused. */
  readonly complaints: string[] = [];
  readonly #ended: Promise<Ending>;

  constructor(electron: ElectronApplication, scratch: Scratch) {
    this.electron = electron;
    this.scratch = scratch;
    this.main = electron.process();
    this.#ended = new Promise((resolve) => {
      this.main.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
    const listen = (page: Page): void => {
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
      });
      page.on('pageerror', (error) => {
        this.complaints.push(error.message);
      });
    };
    electron.windows().forEach(listen);
    electron.on('window', listen);
  }

  /** The window, as soon as it shows its first screen. */
  async page(): Promise<Page> {
    const page = await this.electron.firstWindow();
    await page.waitForLoadState();
    return page;
  }

  /** Makes a call of the contract through the window, as the window itself would. */
  async call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>> {
    const page = await this.page();
    const words = `window.cairn.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`;
    return page.evaluate<Result<CallOutput<Name>>>(words);
  }

  /**
   * Keeps pictures of the window in both themes, to be looked at: `test-results/screens/NAME-{light,dark}.png`. What no
   * person should have to look for is held here: a name may be cut where its whole is told, a sentence never.
   */
  async picture(name: string): Promise<void> {
    const page = await this.page();
    expect(await page.evaluate<readonly string[]>(CUT_TEXTS), `texts that are cut on ${name}`).toEqual([]);
    for (const theme of ['light', 'dark'] as const) {
      await this.setTheme(theme);
      await page.screenshot({ path: await screenFile(`${name}-${theme}`), animations: 'disabled', caret: 'hide' });
    }
    await this.setTheme('light');
  }

  async setTheme(theme: 'light' | 'dark'): Promise<void> {
    const page = await this.page();
    await this.electron.evaluate(({ nativeTheme }, source) => {
      nativeTheme.themeSource = source;
    }, theme);
    await expect
      .poll(() => page.evaluate<boolean>("matchMedia('(prefers-color-scheme: dark)').matches"))
      .toBe(theme === 'dark');
  }

  /** The whole screen, with whatever else is on it, as PNG; and a part of it as bytes, four a point. */
  async screen(
    part: { x: number; y: number; width: number; height: number } | null,
  ): Promise<{ png: Buffer; points: Buffer }> {
    const seen = await this.electron.evaluate(async ({ desktopCapturer, screen }, cut) => {
      const size = screen.getPrimaryDisplay().size;
      const [source] = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize: size });
      if (source === undefined) throw new Error('there is no screen');
      const image = cut === null ? source.thumbnail : source.thumbnail.crop(cut);
      return { png: image.toPNG().toString('base64'), points: image.toBitmap().toString('base64') };
    }, part);
    return { png: Buffer.from(seen.png, 'base64'), points: Buffer.from(seen.points, 'base64') };
  }

  /** What the app itself answers in place of the system's picker. */
  async answerPicker(path: string | null): Promise<void> {
    await this.electron.evaluate(({ dialog }, chosen) => {
      const answer = { canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] };
      dialog.showOpenDialog = () => Promise.resolve(answer);
    }, path);
  }

  /** Waits for the end, however it was asked for. */
  ended(): Promise<Ending> {
    return this.#ended;
  }

  /** Quits as the menu does. */
  async quit(): Promise<Ending> {
    // The answer to this may never come, since the app is gone.
    this.electron
      .evaluate(({ app }) => {
        app.quit();
      })
      .catch(() => undefined);
    return this.#ended;
  }

  /** Keeps what a failed test leaves: the window as it stands, what is known, and the log. */
  async keepEvidence(name: string): Promise<void> {
    const file = await screenFile(`failed-${name.replaceAll(/[^\w]+/g, '-')}`);
    await this.page()
      .then((page) => page.screenshot({ path: file, timeout: 5_000 }))
      .catch(() => undefined);
    const known = await this.call('status.snapshot', {}).catch(String);
    await writeFile(
      `${file}.txt`,
      `${JSON.stringify(known, null, 1)}\n${this.complaints.join('\n')}\n${await this.log()}`,
    );
  }

  async log(): Promise<string> {
    return readFile(join(this.scratch.home, 'logs', 'app.log'), 'utf8').catch(() => '');
  }

  /** Ends the app where it still runs, and holds that nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    const main = this.main;
    if (main.exitCode === null && main.signalCode === null) await this.quit();
    await expectNothingLeft(this.scratch);
  }
}

let electron: Electron | null = null;

export async function findElectron(): Promise<Electron> {
  if (electron !== null) return electron;
  await ensureBuilt();
  const found = await ensureElectron();
  if ('missing' in found) throw new Error(found.missing);
  electron = found;
  return found;
}

/** Makes the scratch's folder one that is kept in the practice bucket. */
export async function keepNotes(app: RunningApp): Promise<void> {
  const connection = await app.call('connection.practice', {});
  if (!connection.ok) throw new Error(connection.failure.message);
  const buckets = await app.call('connection.buckets', { connection: connection.value.name });
  const added = await app.call('folder.add', {
    path: app.scratch.folder,
    connection: connection.value.name,
    bucket: (buckets.ok && buckets.value[0]) || 'practice',
    prefix: 'n/',
  });
  expect(added).toMatchObject({ ok: true });
}

/** An environment that leads the app to nobody's own files or account. */
export function environmentOf(found: Electron, desk: Desk, scratch: Scratch): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(XDG_|AWS_|CAIRN_|INIT_CWD$)/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    ...found.env,
    ...desk.env,
    HOME: join(scratch.root, 'user'),
    LANG: 'C.UTF-8',
  };
}

/** Starts the app on the scratch's home and waits until it can be spoken to. */
export async function startApp(desk: Desk, scratch: Scratch, ...words: readonly string[]): Promise<RunningApp> {
  const found = await findElectron();
  const started = await _electron.launch({
    executablePath: found.path,
    args: [...found.switches, root, '--home', scratch.home, '--lang=en-GB', ...words],
    env: environmentOf(found, desk, scratch),
    cwd: root,
    timeout: 60_000,
    // The theme is the app's own, not one that is put on the page from outside.
    colorScheme: null,
  });
  return new RunningApp(started, scratch);
}

/** The same with a packaged app. In: its program, which must let itself be driven; what to add to its environment. */
export async function startPackaged(
  desk: Desk,
  scratch: Scratch,
  program: string,
  added: Readonly<Record<string, string>> = {},
): Promise<RunningApp> {
  const found = await findElectron();
  const started = await _electron.launch({
    executablePath: program,
    args: [...found.switches, '--home', scratch.home, '--lang=en-GB'],
    env: { ...environmentOf(found, desk, scratch), ...added },
    cwd: scratch.root,
    timeout: 60_000,
    colorScheme: null,
  });
  return new RunningApp(started, scratch);
}

/** Starts the app without speaking to it, as a second start by a person. */
export async function startPlainly(desk: Desk, scratch: Scratch, ...words: readonly string[]): Promise<ChildProcess> {
  const found = await findElectron();
  return spawn(found.path, [...found.switches, root, '--home', scratch.home, ...words], {
    env: environmentOf(found, desk, scratch),
    stdio: 'ignore',
  });
}

export function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}

/** Every process whose command line names the scratch; each child of Electron does, by its user data folder. */
export async function processesOf(scratch: Scratch): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const found: string[] = [];
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    const words = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    if (words.includes(scratch.root)) found.push(`${id} ${words.replaceAll('\0', ' ').slice(0, 160)}`);
  }
  return found;
}

export async function expectNothingLeft(scratch: Scratch): Promise<void> {
  // Not `expect.poll`, which serves within tests alone; this is called after them, too.
  for (let look = 0; look < 50; look += 1) {
    if ((await processesOf(scratch)).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await processesOf(scratch)).toEqual([]);
}

/** The path of a picture to keep. */
export async function screenFile(name: string): Promise<string> {
  const folder = join(results, 'screens');
  await mkdir(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

export async function keepPicture(name: string, png: Buffer): Promise<void> {
  await writeFile(await screenFile(name), png);
}
