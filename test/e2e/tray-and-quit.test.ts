/** The tray, the one window of one home, and every way to end: nothing is left behind, and the home is free again. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { openHome } from '../../main/engine/home.ts';
import { type Desk, openDesk, openPanel, TRAY, useHands } from './desk.ts';
import {
  endingOf,
  expectNothingLeft,
  keepNotes,
  keepPicture,
  makeScratch,
  processesOf,
  type RunningApp,
  type Scratch,
  startApp,
  startPlainly,
} from './support.ts';

let desk: Desk;
let scratch: Scratch;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
});
beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(async () => {
  await expectNothingLeft(scratch);
  await scratch[Symbol.asyncDispose]();
});

const windows = (app: RunningApp): Promise<number> =>
  app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
const closeWindow = (app: RunningApp): Promise<void> =>
  app.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
  });

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface TrayIcon {
  readonly png: Buffer;
  readonly points: Buffer;
  /** How many different ones there are. */
  readonly colours: number;
  /** Of the whole screen. */
  readonly size: { readonly width: number; readonly height: number };
}

/** The tray's icon as it stands on the screen. */
async function trayIcon(app: RunningApp): Promise<TrayIcon> {
  const size = await app.electron.evaluate(({ screen }) => screen.getPrimaryDisplay().size);
  const place = { x: size.width - TRAY.height, y: size.height - TRAY.height, width: TRAY.height, height: TRAY.height };
  const seen = await app.screen(place);
  const colours = new Set<number>();
  for (let at = 0; at + 4 <= seen.points.length; at += 4) colours.add(seen.points.readUInt32LE(at));
  return { ...seen, size, colours: colours.size };
}

describe('the tray', () => {
  it('shows an icon, and another one where the state is another', async () => {
    await using panel = await openPanel(desk);
    expect(panel).toBeDefined();
    await using app = await startApp(desk, scratch);
    await (await app.page()).getByTestId('overview').waitFor();
    // A blank place has one colour, or two where the panel has an edge.
    await expect.poll(async () => (await trayIcon(app)).colours, { timeout: 15_000 }).toBeGreaterThan(8);
    expect(await app.call('status.snapshot', {})).toMatchObject({ ok: true });
    // The tray is drawn at most twice a second.
    await pause(1_000);
    const first = await trayIcon(app);
    await keepPicture('tray-sync', first.png);

    await keepNotes(app);
    expect(await app.call('folder.pause', { folder: 'Notes', paused: true })).toMatchObject({ ok: true });
    await expect.poll(async () => (await trayIcon(app)).points.equals(first.points), { timeout: 15_000 }).toBe(false);
    await pause(1_000);
    await keepPicture('tray-paused', (await trayIcon(app)).png);
    await keepPicture('desk-light', (await app.screen(null)).png);
    await app.setTheme('dark');
    await pause(1_000);
    await keepPicture('desk-dark', (await app.screen(null)).png);
  });

  it('names the last files, and a click on one opens the window at its versions', async () => {
    await using panel = await openPanel(desk);
    expect(panel).toBeDefined();
    await using app = await startApp(desk, scratch);
    await (await app.page()).getByTestId('overview').waitFor();
    await keepNotes(app);
    await writeFile(join(scratch.folder, 'diary & more_1.txt'), 'today');
    await expect
      .poll(async () => {
        const known = await app.call('status.snapshot', {});
        return known.ok && known.value.folders[0]?.state === 'idle' && known.value.lastSaved[0]?.path;
      })
      .toBe('diary & more_1.txt');
    await closeWindow(app);
    await expect.poll(() => windows(app)).toBe(0);
    await pause(1_500);
    const { size } = await trayIcon(app);
    const half = TRAY.height / 2;
    await useHands(desk, 'mousemove', String(size.width - half), String(size.height - half), 'click', '3');
    await pause(1_000);
    await keepPicture('tray-menu', (await app.screen(null)).png);
    const opened = app.electron.waitForEvent('window');
    await useHands(desk, 'key', 'Down', 'key', 'Return');
    const page = await opened;
    await page.locator('[data-testid="inspector"][data-path="diary & more_1.txt"]').waitFor();
    await page.getByTestId('version').first().waitFor();
  });

  it('has a menu, whose last line quits', async () => {
    await using panel = await openPanel(desk);
    expect(panel).toBeDefined();
    await using app = await startApp(desk, scratch);
    await (await app.page()).getByTestId('overview').waitFor();
    await expect.poll(async () => (await trayIcon(app)).colours, { timeout: 15_000 }).toBeGreaterThan(8);
    expect(await app.call('status.snapshot', {})).toMatchObject({ ok: true });
    // Until the tray shows what the engine says: a menu that is replaced while it opens closes again.
    await pause(1_500);
    const { size } = await trayIcon(app);
    const before = (await app.screen(null)).points;
    const half = TRAY.height / 2;
    await useHands(desk, 'mousemove', String(size.width - half), String(size.height - half), 'click', '3');
    await expect.poll(async () => (await app.screen(null)).points.equals(before)).toBe(false);
    await pause(500);
    await useHands(desk, 'key', 'Up', 'key', 'Return');
    await expect.poll(() => app.main.exitCode, { timeout: 10_000 }).toBe(0);
  });

  it('is all that there is after a hidden start, until a second start opens the window', async () => {
    await using app = await startApp(desk, scratch, '--hidden');
    await expect.poll(async () => (await processesOf(scratch)).length).toBeGreaterThan(1);
    expect(await windows(app)).toBe(0);
    const still = await startPlainly(desk, scratch, '--hidden');
    expect(await endingOf(still)).toEqual({ code: 0, signal: null });
    expect(await windows(app)).toBe(0);
    const second = await startPlainly(desk, scratch);
    expect(await endingOf(second)).toEqual({ code: 0, signal: null });
    await expect.poll(() => windows(app)).toBe(1);
  });
});

describe('one home has one Cairn', () => {
  it('a second start brings the first window to the front and ends', async () => {
    await using app = await startApp(desk, scratch);
    await app.page();
    await app.electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.hide();
    });
    const second = await startPlainly(desk, scratch);
    expect(await endingOf(second)).toEqual({ code: 0, signal: null });
    await expect
      .poll(() => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible()))
      .toBe(true);
    expect(await windows(app)).toBe(1);
  });

  it('a link that is opened leads the window to its place, and any other text does nothing', async () => {
    await using app = await startApp(desk, scratch);
    await (await app.page()).getByTestId('overview').waitFor();
    await keepNotes(app);
    await writeFile(join(scratch.folder, 'über uns #1.txt'), 'today');
    await expect
      .poll(async () => {
        const known = await app.call('status.snapshot', {});
        return known.ok && known.value.folders[0]?.state === 'idle' && known.value.lastSaved.length;
      })
      .toBe(1);
    await closeWindow(app);
    await expect.poll(() => windows(app)).toBe(0);
    const open = async (link: string): Promise<void> => {
      expect(await endingOf(await startPlainly(desk, scratch, link))).toEqual({ code: 0, signal: null });
    };

    for (const nothing of ['cairn://folder/Other', 'cairn://versions/Notes/../x', 'cairn://remove/Notes']) {
      await open(nothing);
    }
    await expect
      .poll(async () => (await app.log()).match(/a link was refused: .*/g))
      .toEqual([
        'a link was refused: link-unknown-folder',
        'a link was refused: link-bad-name',
        'a link was refused: link-unknown-place',
      ]);
    expect(await windows(app)).toBe(0);

    const opened = app.electron.waitForEvent('window');
    await open('cairn://versions/Notes/%C3%BCber%20uns%20%231.txt');
    const page = await opened;
    await page.locator('[data-testid="inspector"][data-path="über uns #1.txt"]').waitFor();
    await page.getByTestId('version').first().waitFor();
    await open('cairn://settings');
    await page.getByTestId('settings').waitFor();
    await open('cairn://versions/Notes');
    await page.locator('[data-testid="tab-versions"][aria-selected="true"]').waitFor();
    expect(await windows(app)).toBe(1);
    expect(app.complaints).toEqual([]);
  });

  it('a start by a link leads there, too, as soon as the engine knows the folder', async () => {
    {
      await using app = await startApp(desk, scratch);
      await (await app.page()).getByTestId('overview').waitFor();
      await keepNotes(app);
    }
    await using again = await startApp(desk, scratch, 'cairn://folder/Notes');
    await (await again.page()).getByTestId('folder-state').waitFor();
  });

  it('and another home has another', async () => {
    await using other = await makeScratch();
    await using first = await startApp(desk, scratch);
    await using second = await startApp(desk, other);
    expect(await first.call('app.info', {})).toMatchObject({ value: { home: scratch.home } });
    expect(await second.call('app.info', {})).toMatchObject({ value: { home: other.home } });
  });
});

describe('closing the window', () => {
  it('leaves the tray and the engine, says so once, and remembers where the window was', async () => {
    await using app = await startApp(desk, scratch);
    await app.page();
    await app.electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 60, y: 50, width: 900, height: 640 });
    });
    await closeWindow(app);
    await expect.poll(() => windows(app)).toBe(0);
    expect(app.main.exitCode).toBeNull();
    const memory: unknown = JSON.parse(await readFile(join(scratch.home, 'electron', 'shell.json'), 'utf8'));
    expect(memory).toMatchObject({ closeExplained: true, window: { x: 60, y: 50, width: 900, height: 640 } });

    const second = await startPlainly(desk, scratch);
    await endingOf(second);
    await expect.poll(() => windows(app)).toBe(1);
    const bounds = await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
    expect(bounds).toEqual({ x: 60, y: 50, width: 900, height: 640 });
  });
});

describe('the end', () => {
  it.each(['quit', 'SIGTERM', 'SIGINT'] as const)('by %s is clean: exit code 0, and the home is free', async (how) => {
    const app = await startApp(desk, scratch);
    await (await app.page()).getByTestId('overview').waitFor();
    if (how !== 'quit') app.main.kill(how);
    const ending = how === 'quit' ? await app.quit() : await app.ended();
    expect(ending).toEqual({ code: 0, signal: null });
    await expectNothingLeft(scratch);
    expect(await app.log()).toMatch(/ quit\n$/);
    expect(existsSync(join(scratch.home, 'electron', 'SingletonLock'))).toBe(false);

    await using again = await startApp(desk, scratch);
    expect(await again.call('folder.list', {})).toEqual({ ok: true, value: [] });
  });

  it('by kill -9 takes the engine along', async () => {
    const app = await startApp(desk, scratch);
    await (await app.page()).getByTestId('overview').waitFor();
    app.main.kill('SIGKILL');
    expect(await app.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    await expectNothingLeft(scratch);
    await using again = await startApp(desk, scratch);
    expect(await again.call('folder.list', {})).toEqual({ ok: true, value: [] });
  });
});

describe('an engine that ends by itself', () => {
  const killEngine = async (): Promise<void> => {
    const engine = (await processesOf(scratch)).find((line) => line.includes('node.mojom.NodeService'));
    if (engine === undefined) throw new Error('the engine does not run');
    process.kill(Number(engine.split(' ')[0]), 'SIGKILL');
  };

  it('is started again; after three times the window says that it stays down', async () => {
    await using app = await startApp(desk, scratch);
    const page = await app.page();
    await page.getByTestId('overview').waitFor();
    await killEngine();
    await expect.poll(() => app.call('folder.list', {})).toMatchObject({ ok: false, failure: { code: 'engine-down' } });
    await expect.poll(() => app.call('folder.list', {}), { timeout: 10_000 }).toEqual({ ok: true, value: [] });
    await killEngine();
    await expect
      .poll(() => app.call('folder.list', {}), { timeout: 15_000, interval: 500 })
      .toEqual({ ok: true, value: [] });
    await killEngine();
    await page.getByTestId('engine-stopped').waitFor();
    await app.picture('engine-stopped');
    await page.getByTestId('engine-start').click();
    await page.getByTestId('overview').waitFor();
    await expect.poll(() => app.call('folder.list', {})).toEqual({ ok: true, value: [] });
    expect(await app.quit()).toEqual({ code: 0, signal: null });
  });
});

describe('a home in which another Cairn works', () => {
  it('is told in a dialog, and the exit code is 1', async () => {
    const other = openHome(scratch.home);
    if (!other.ok) throw new Error(other.failure.message);
    try {
      const app = await startPlainly(desk, scratch);
      const ending = endingOf(app);
      const find = (): Promise<string> => useHands(desk, 'search', '--onlyvisible', '--name', '^Cairn$');
      await expect.poll(find, { timeout: 20_000 }).toMatch(/^\d+$/);
      await pause(500);
      expect(app.exitCode).toBeNull();
      await useHands(desk, 'windowfocus', '--sync', await find(), 'key', 'Return');
      expect(await ending).toEqual({ code: 1, signal: null });
    } finally {
      other.value.close();
    }
  });
});

describe('a home that cannot be opened', () => {
  it('is told in the window, and not tried over and over', async () => {
    await mkdir(scratch.home, { recursive: true });
    await writeFile(join(scratch.home, 'config.json'), '{ this is no JSON');
    await using app = await startApp(desk, scratch);
    const page = await app.page();
    await page.getByTestId('engine-stopped').waitFor();
    expect(await app.call('folder.list', {})).toMatchObject({ ok: false, failure: { code: 'config-malformed' } });
    await app.picture('home-refused');
    expect(await app.log()).not.toContain('engine crash');
    expect(await readFile(join(scratch.home, 'config.json'), 'utf8')).toBe('{ this is no JSON');
    // What the window names is mended, and the person asks for another try.
    const named = (await page.getByTestId('engine-file').textContent()) ?? '';
    expect(named).toBe(join(scratch.home, 'config.json'));
    await rm(named);
    await page.getByTestId('engine-start').click();
    await page.getByTestId('overview').waitFor();
    expect(await app.call('folder.list', {})).toEqual({ ok: true, value: [] });
  });
});
