/**
 * A folder of 100,000 files that are all in the bucket: Cairn starts, answers, scrolls and saves, and does nothing while
 * nobody looks. How long each takes is printed as figures; what must hold is that it happens, and that nothing is sent again.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { openHomeForReading } from '../../main/engine/home.ts';
import { makeManyFiles, MANY_ID, roomForMany } from '../support/many-files.ts';
import { type Desk, openDesk } from './desk.ts';
import { median, mostInASecond, noteFigure } from './figures.ts';
import { makeScratch, type RunningApp, type Scratch, startApp } from './support.ts';

const DIRECTORIES = 10;
const FILES = 100_000;
/** How long a scroll from the first row to the last takes, milliseconds. */
const SCROLL = 3_000;

let desk: Desk;
let scratch: Scratch;
let app: RunningApp;
let page: Page;

beforeAll(async () => {
  desk = await openDesk();
  scratch = await makeScratch(roomForMany());
  makeManyFiles({
    home: scratch.home,
    folder: scratch.folder,
    directories: DIRECTORIES,
    filesEach: FILES / DIRECTORIES,
  });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await app.keepEvidence(task.name);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

/** When the snapshots were taken that came while something was done, milliseconds: when they come is the page's own matter. */
async function statusMoments(work: () => Promise<void>): Promise<readonly number[]> {
  await page.evaluate(
    'window.heard = []; window.deafen = window.cairn.on("status", ({ at }) => heard.push(Date.parse(at)))',
  );
  await work();
  return page.evaluate('(deafen(), heard)');
}

interface Scroll {
  readonly frames: readonly number[];
  readonly longTasks: readonly number[];
}

/** Scrolls the list from its first row to its last; @returns how long each frame took, and each long task. */
function scrollThrough(): Promise<Scroll> {
  return page.evaluate<Scroll>(`new Promise((done) => {
    const scroller = document.querySelector('[role="treegrid"]').parentElement;
    const whole = scroller.scrollHeight - scroller.clientHeight;
    const longTasks = [];
    const watch = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
    watch.observe({ type: 'longtask' });
    const frames = [];
    const began = performance.now();
    let last = began;
    const step = (now) => {
      frames.push(now - last);
      last = now;
      const part = Math.min(1, (now - began) / ${String(SCROLL)});
      scroller.scrollTop = whole * part;
      if (part < 1) requestAnimationFrame(step);
      else requestAnimationFrame(() => { watch.disconnect(); done({ frames: frames.slice(1), longTasks }); });
    };
    requestAnimationFrame(step);
  })`);
}

/** As the database has it, without a question of the window. */
function knownFiles(): number {
  const home = openHomeForReading(scratch.home);
  if (!home.ok) throw new Error(home.failure.message);
  const count = home.value.tables?.folders.find(MANY_ID).files ?? 0;
  home.value.close();
  return count;
}

it('starts with all of them known, looks them over, and sends none again', async () => {
  const began = Date.now();
  app = await startApp(desk, scratch);
  page = await app.page();
  await page.getByTestId('folder-card-Many').waitFor();
  const drawn = Date.now();
  await expect
    .poll(() => app.call('status.snapshot', {}), { timeout: 60_000 })
    .toMatchObject({ value: { folders: [{ files: FILES, state: 'idle', queued: 0, active: 0 }] } });
  await expect
    .poll(
      async () => {
        const known = await app.call('status.snapshot', {});
        return known.ok && Date.parse(known.value.folders[0]?.lastScanAt ?? '') > began;
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  const looked = Date.now();
  expect(await app.call('activity.list', {})).toEqual({ ok: true, value: [] });
  const tray = /^(\S+) start, /m.exec(await readFile(join(scratch.home, 'logs', 'app.log'), 'utf8'))?.[1] ?? '';
  const painted = await page.evaluate<number>(
    "performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime",
  );
  await noteFigure('100,000 files: start to tray', (Date.parse(tray) - began) / 1000, 's');
  await noteFigure('100,000 files: start to first paint', (painted - began) / 1000, 's');
  await noteFigure('100,000 files: start to the folder’s card', (drawn - began) / 1000, 's');
  await noteFigure('100,000 files: start to the end of the first look', (looked - began) / 1000, 's');
});

it('answers what the window asks', async () => {
  const directory = 'batch 05';
  const asked = {
    'status.snapshot': {},
    'folder.files (the root)': { folder: 'Many', directory: '' },
    'folder.files (10,000 rows)': { folder: 'Many', directory, limit: 20_000 },
    'folder.files (a search)': { folder: 'Many', search: '_00999', limit: 1000 },
    'queue.list': {},
    'activity.list': {},
  };
  for (const [name, input] of Object.entries(asked)) {
    const words = `(async () => {
      const took = [];
      for (let round = 0; round < 3; round += 1) {
        const began = performance.now();
        const answer = await window.cairn.call(${JSON.stringify(name.split(' ')[0])}, ${JSON.stringify(input)});
        if (!answer.ok) return answer.failure.code;
        took.push(performance.now() - began);
      }
      return took;
    })()`;
    const took = await page.evaluate<readonly number[] | string>(words);
    if (typeof took === 'string') throw new Error(`${name}: ${took}`);
    await noteFigure(`100,000 files: ${name}`, median(took), 'ms');
  }
});

it('shows all of them as rows, and scrolls from the first to the last', async () => {
  await page.locator('[data-testid="nav-folder"][data-name="Many"]').click();
  const directories = page.locator('[data-testid="file-row"][data-kind="directory"]');
  await expect.poll(() => directories.count()).toBe(DIRECTORIES);
  const opened = Date.now();
  // From below, so that those which are still to be opened stay in view.
  for (let at = DIRECTORIES - 1; at >= 0; at -= 1) await directories.nth(at).click();
  const rows = page.locator('[role="treegrid"]');
  await expect.poll(() => rows.getAttribute('aria-rowcount'), { timeout: 30_000 }).toBe(String(FILES + DIRECTORIES));
  await noteFigure('100,000 rows: opened', (Date.now() - opened) / 1000, 's');
  const { frames, longTasks } = await scrollThrough();
  await page.locator(`[data-testid="file-row"][data-path="batch 10/DSC_009999.NEF"]`).waitFor();
  // Whatever the length, few rows are drawn.
  expect(await page.locator('[data-testid="file-row"]').count()).toBeLessThan(200);
  await noteFigure('100,000 rows: longest frame of a scroll', Math.max(...frames), 'ms');
  await noteFigure('100,000 rows: frames of a scroll', frames.length / (SCROLL / 1000), 'a second');
  await noteFigure('100,000 rows: long tasks of a scroll', longTasks.length, '');
  await app.picture('many-files');
});

it('tells of its work while files are saved, and the list scrolls on', async () => {
  const began = Date.now();
  let scrolled: Scroll = { frames: [], longTasks: [] };
  const moments = await statusMoments(async () => {
    const scroll = scrollThrough();
    for (let at = 0; at < 200; at += 1)
      await writeFile(join(scratch.folder, 'batch 01', `new ${String(at)}.txt`), 'new');
    scrolled = await scroll;
    await expect
      .poll(() => app.call('status.snapshot', {}), { timeout: 60_000 })
      .toMatchObject({ value: { folders: [{ files: FILES + 200, state: 'idle' }] } });
  });
  await noteFigure('100,000 files: 200 more saved and sent', (Date.now() - began) / 1000, 's');
  await noteFigure('100,000 files: most updates of the window while busy', mostInASecond(moments), 'a second');
  await noteFigure('100,000 rows: longest frame of a scroll while busy', Math.max(...scrolled.frames), 'ms');
  await noteFigure('100,000 rows: long tasks of a scroll while busy', scrolled.longTasks.length, '');
  expect(moments.length).toBeGreaterThan(0);
});

it('does nothing in the window while nobody sees it, and shows what came when it is seen again', async () => {
  await countMessages();
  // Timers that were set before are counted as well: the page begins anew.
  await page.addInitScript(COUNT_TIMERS);
  await page.reload();
  await page.locator('[role="treegrid"]').waitFor();
  await app.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.hide();
  });
  // A page that is driven counts as seen whatever becomes of its window, so it is told.
  await page.evaluate(`Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'))`);
  // What was begun while it was seen may end.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const before = { ...(await counted()), files: knownFiles() };
  for (let at = 0; at < 20; at += 1)
    await writeFile(join(scratch.folder, 'batch 02', `0 unseen ${String(at)}.txt`), 'new');
  await expect.poll(knownFiles, { timeout: 60_000 }).toBe(before.files + 20);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const after = await counted();
  await noteFigure('hidden: timers of the window', after.timers - before.timers, '');
  await noteFigure('hidden: messages to the window', after.told - before.told, '');
  await noteFigure('hidden: questions of the window', after.asked - before.asked, '');
  expect(after).toEqual({ timers: before.timers, told: before.told, asked: before.asked });

  await page.evaluate(`delete document.visibilityState`);
  await app.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.show();
  });
  await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
  await expect.poll(async () => (await counted()).told, { timeout: 5_000 }).toBe(after.told + 21);
  await page.locator('[data-testid="file-row"][data-path="batch 02"]').click();
  await page.locator('[data-testid="file-row"][data-path="batch 02/0 unseen 0.txt"]').waitFor({ state: 'attached' });
  await page.getByTestId('file-search').fill('DSC_00999');
  await page.locator('[data-testid="file-row"][data-path$="/DSC_009990.NEF"]').first().waitFor();
  await app.picture('many-searched');
  expect(app.complaints).toEqual([]);
});

const COUNT_TIMERS = `
  window.fired = 0;
  for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame']) {
    const real = window[name].bind(window);
    window[name] = (work, ...more) => real((...words) => { window.fired += 1; return work(...words); }, ...more);
  }`;

/** From here on each event that is sent to the page is counted, and each call that it makes. */
async function countMessages(): Promise<void> {
  await app.electron.evaluate(({ BrowserWindow, ipcMain }) => {
    const counts = { told: 0, asked: 0 };
    Object.assign(globalThis, { counts });
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    // Where Electron keeps who answers a call.
    const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, (...words: unknown[]) => unknown> })
      ._invokeHandlers;
    const handle = handlers.get('cairn:call');
    if (contents === undefined || handle === undefined) throw new Error('there is no window, or nobody answers it');
    const send = contents.send.bind(contents);
    contents.send = (channel: string, ...words: unknown[]) => {
      counts.told += 1;
      send(channel, ...words);
    };
    handlers.set('cairn:call', (...words: unknown[]) => {
      counts.asked += 1;
      return handle(...words);
    });
  });
}

async function counted(): Promise<{ timers: number; told: number; asked: number }> {
  const timers = await page.evaluate<number>('fired');
  const counts = await app.electron.evaluate(
    () => (globalThis as unknown as { counts: { told: number; asked: number } }).counts,
  );
  return { timers, ...counts };
}
