/**
 * The window by the keyboard alone: a folder is added, a file opened, a version brought back. Each screen on the way is
 * looked over by axe in both themes, and again at twice the size.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { type Desk, openDesk } from './desk.ts';
import { keepPicture, makeScratch, type RunningApp, type Scratch, startApp } from './support.ts';

let desk: Desk;
let scratch: Scratch;
let app: RunningApp;
let page: Page;

beforeAll(async () => {
  desk = await openDesk();
  scratch = await makeScratch();
  app = await startApp(desk, scratch);
  page = await app.page();
  await bringAxe(page);
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await app.keepEvidence(task.name);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

/** By the debugger, which the page's own policy does not bind; the page itself could load no such script. */
async function bringAxe(to: Page): Promise<void> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await to.evaluate(`${source}; undefined`);
}

/** Serious and critical findings in both themes: rule, what it is about, and where. */
async function findings(of: RunningApp): Promise<readonly string[]> {
  const seen = await of.page();
  const found: string[] = [];
  for (const theme of ['light', 'dark'] as const) {
    await of.setTheme(theme);
    // Half-way between two themes a colour is neither's. What turns for ever is no change of colour.
    await seen.evaluate(`Promise.all(document.getAnimations()
      .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
      .map((one) => one.finished.catch(() => undefined))).then(() => undefined)`);
    const results = await seen.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
    expect(results.passes.length).toBeGreaterThan(5);
    for (const { impact, id, nodes } of results.violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      for (const node of nodes) found.push(`${theme}: ${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`);
    }
  }
  await of.setTheme('light');
  return found;
}

/** The practice bucket is no backup, and whoever uses it is told so wherever they are. */
async function expectNoBackupIsSaid(): Promise<void> {
  await page.getByTestId('no-backup').getByText('On this disk, no backup').waitFor();
}

/** Presses Tab until the focus is on what is asked for, and holds that the focus can be seen there. */
async function tabTo(selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`)) {
      expect(await page.evaluate("document.activeElement.matches(':focus-visible')")).toBe(true);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key does not come to ${selector}`);
}
const testid = (id: string): string => `[data-testid="${id}"]`;

async function expectFocus(id: string): Promise<void> {
  await expect.poll(() => page.evaluate("document.activeElement.getAttribute('data-testid')")).toBe(id);
}

const NAME = 'letter.txt';
const row = (path: string): ReturnType<Page['locator']> =>
  page.locator(`[data-testid="file-row"][data-path="${path}"][data-state="sync"]`);

describe('by the keyboard alone', () => {
  it('a folder is added', async () => {
    await page.getByTestId('practice-first').waitFor();
    expect(await findings(app)).toEqual([]);
    await tabTo(testid('practice-first'));
    await page.keyboard.press('Enter');
    await page.getByTestId('add-path').waitFor();
    await tabTo(testid('add-path'));
    await page.keyboard.type(scratch.folder);
    await page.getByTestId('add-goes').waitFor();
    expect(await findings(app)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="add-doctor"][data-state="seen"][aria-busy="false"]').waitFor();
    expect(await findings(app)).toEqual([]);
    await tabTo(testid('add-start'));
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="folder-state"][data-state="idle"]').waitFor();
    expect(await findings(app)).toEqual([]);
  });

  it('a file is opened', async () => {
    await mkdir(join(scratch.folder, 'drafts'));
    await writeFile(join(scratch.folder, 'drafts', 'one.txt'), 'a draft');
    await writeFile(join(scratch.folder, NAME), 'Dear Ada,\n');
    await row(NAME).waitFor();
    await tabTo('[role="treegrid"]');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await row('drafts/one.txt').waitFor();
    await page.keyboard.type('let');
    await page.keyboard.press('Enter');
    await page.locator(`[data-testid="inspector"][data-path="${NAME}"]`).waitFor();
    await page.getByTestId('version').first().waitFor();
    expect(await findings(app)).toEqual([]);
  });

  it('an earlier version is brought back', async () => {
    await writeFile(join(scratch.folder, NAME), 'Dear Ada,\nthe engine weaves.\n');
    const restore = page.getByTestId('inspector').getByTestId('restore');
    await expect.poll(() => page.getByTestId('version').count(), { timeout: 15_000 }).toBe(2);
    await restore.last().waitFor();
    await page.evaluate("document.querySelectorAll('[data-testid=\"version\"]')[1].setAttribute('data-wanted', '')");
    await tabTo(`[data-wanted] ${testid('restore')}`);
    await page.keyboard.press('Enter');
    const to = await page.getByTestId('restored-to').getAttribute('data-to');
    expect(await readFile(to ?? '', 'utf8')).toBe('Dear Ada,\n');
    expect(await findings(app)).toEqual([]);
    await tabTo(`[data-wanted] ${testid('version-more')}`);
    await page.keyboard.press('Enter');
    await tabTo(testid('version-with-now'));
    await page.keyboard.press('Enter');
    await page.getByTestId('compare-text').waitFor();
    expect(await findings(app)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByTestId('inspector').waitFor({ state: 'detached' });
    await page.getByTestId('compare').waitFor({ state: 'detached' });
  });
});

describe('every other screen', () => {
  it.each(['activity', 'queue', 'policy', 'versions', 'health'])(
    'the folder’s %s, which says that practice is no backup',
    async (name) => {
      await tabTo('[role="tab"]');
      while (!(await page.evaluate<boolean>(`document.activeElement.matches('${testid(`tab-${name}`)}')`))) {
        await page.keyboard.press('ArrowRight');
      }
      await page.locator(`${testid(`tab-${name}`)}[aria-selected="true"]`).waitFor();
      await expectNoBackupIsSaid();
      expect(await findings(app)).toEqual([]);
      // Versions and health are kept where something happened to them.
      if (name === 'activity' || name === 'queue') await app.picture(`folder-${name}`);
    },
  );

  it('files are chosen, looked at, and asked about before they are put back in place', async () => {
    await tabTo('[role="tab"]');
    while (!(await page.evaluate<boolean>(`document.activeElement.matches('${testid('tab-versions')}')`))) {
      await page.keyboard.press('ArrowLeft');
    }
    await page.getByTestId('then-row').first().waitFor();
    await tabTo('[role="treegrid"]');
    await page.keyboard.press('End');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowUp');
    await page.locator('[data-testid="chosen"][data-files="2"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="seen"][data-kind="text"]').waitFor();
    expect(await findings(app)).toEqual([]);
    await app.picture('versions-seen');
    await tabTo(testid('restore-in-place'));
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    expect(await findings(app)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
  });

  it('the policy: rules are added, sorted by keys and by dragging, and what is not saved is asked about', async () => {
    await page.focus(testid('tab-policy'));
    await page.keyboard.press('Enter');
    await page.getByTestId('cost').waitFor();
    const patterns = page.locator(`${testid('layer-rule')} b`);
    for (const pattern of ['*.mp4', 'raw/**']) {
      await tabTo(testid('rule-add'));
      await page.keyboard.press('Enter');
      await tabTo(testid('rule-match'));
      await page.keyboard.press('Backspace');
      await page.keyboard.press('Control+A');
      await page.keyboard.type(pattern);
      await page.keyboard.press('Enter');
      await page.focus(testid('layer-base'));
    }
    await expect.poll(() => patterns.allTextContents()).toEqual(['*.mp4', 'raw/**']);
    await tabTo(`${testid('layer-rule')}[data-index="1"]`);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => patterns.allTextContents()).toEqual(['raw/**', '*.mp4']);
    expect(await page.evaluate("document.activeElement.getAttribute('data-index')")).toBe('0');
    await patterns.nth(0).dragTo(patterns.nth(1));
    await expect.poll(() => patterns.allTextContents()).toEqual(['*.mp4', 'raw/**']);
    await page.getByTestId('layer-rule').nth(1).click();
    await page.getByTestId('rule-minSize').fill('much');
    await page.getByTestId('rule-maxSize').focus();
    await page.getByTestId('field-wrong').waitFor();
    expect(await findings(app)).toEqual([]);
    await app.picture('policy-wrong');
    for (const view of ['view-keeping', 'view-json']) {
      await page.focus(testid(view));
      await page.keyboard.press('Enter');
      expect(await findings(app)).toEqual([]);
    }
    await app.picture('policy-json');
    await page.focus(testid('tab-policy'));
    await page.keyboard.press('ArrowLeft');
    await page.locator('dialog[open]').waitFor();
    expect(await findings(app)).toEqual([]);
    await app.picture('policy-leave');
    // Once it is answered, nothing asks again, and the keys go on from the tab that is open.
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await expectFocus('tab-policy');
    await page.keyboard.press('ArrowLeft');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator(`${testid('tab-queue')}[aria-selected="true"]`).waitFor();
    await expectFocus('tab-queue');
  });

  it('the folder’s menu, and the question before a folder is let go', async () => {
    await tabTo(testid('folder-menu'));
    await page.keyboard.press('Enter');
    await page.locator('[role="menu"]').waitFor();
    expect(await findings(app)).toEqual([]);
    await app.picture('folder-menu');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    expect(await findings(app)).toEqual([]);
    await app.picture('folder-remove');
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'hidden' });
  });

  it('a menu goes round by its keys, is searched by letters, and gives the focus back', async () => {
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent.trim()');
    await tabTo(testid('folder-menu'));
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).toBe('Pause for an hour');
    await page.keyboard.press('ArrowUp');
    await expect.poll(focused).toBe('Remove…');
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).toBe('Pause for an hour');
    await page.keyboard.type('sc');
    await expect.poll(focused).toBe('Scan now');
    const box = await page.locator('[role="menu"]').boundingBox();
    const button = await page.getByTestId('folder-menu').boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeCloseTo((button?.x ?? 0) + (button?.width ?? 0), 0);
    await page.keyboard.press('Escape');
    await page.locator('[role="menu"]').waitFor({ state: 'detached' });
    await expectFocus('folder-menu');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('Pause for an hour');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await expectFocus('folder-menu');
  });

  it('overview, activity and settings, which say that practice is no backup', async () => {
    for (const place of ['nav-activity', 'nav-settings', 'nav-overview']) {
      await tabTo(testid(place));
      await page.keyboard.press('Enter');
      await page.locator(`${testid(place)}[aria-current="page"]`).waitFor();
      await expectNoBackupIsSaid();
      expect(await findings(app)).toEqual([]);
    }
  });

  it('the steps to a second folder, and a refusal', async () => {
    await tabTo(testid('side-add-folder'));
    await page.keyboard.press('Enter');
    await page.getByTestId('add-practice').waitFor();
    expect(await findings(app)).toEqual([]);
    // An address in clear, then how to sign in there: both steps that practice does without.
    await page.getByTestId('add-store-other').locator('input').check();
    await tabTo(testid('add-endpoint'));
    await page.keyboard.type('http://s3.example.com');
    expect(await findings(app)).toEqual([]);
    await app.picture('add-clear');
    await page.keyboard.press('Enter');
    await page.getByTestId('add-chain').waitFor();
    await page.getByTestId('add-key-secret').waitFor();
    expect(await findings(app)).toEqual([]);
    await app.picture('add-keys');
    await tabTo(testid('add-back'));
    await page.keyboard.press('Enter');
    await page.getByTestId('add-practice').locator('input').check();
    await page.keyboard.press('Enter');
    await page.getByTestId('add-prefix').waitFor();
    await page.getByTestId('add-bucket-new').locator('input').check();
    await page.getByTestId('add-bucket').fill('Not_A_Name');
    expect(await findings(app)).toEqual([]);
    await app.picture('add-bucket-wrong');
    await page.getByTestId('add-bucket-practice').locator('input').check();
    await page.getByTestId('add-next').click();
    await page.getByTestId('add-path').fill(join(scratch.root, 'nowhere'));
    await page.keyboard.press('Enter');
    await page.getByRole('alert').first().waitFor();
    expect(await findings(app)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('what is shown where the engine cannot work', async () => {
    await using other = await makeScratch();
    await mkdir(other.home);
    await writeFile(join(other.home, 'config.json'), '{ no JSON');
    await using broken = await startApp(desk, other);
    const shown = await broken.page();
    await shown.getByTestId('engine-stopped').waitFor();
    await bringAxe(shown);
    expect(await findings(broken)).toEqual([]);
  });
});

describe('a person who asks for less motion', () => {
  it('gets none: what moves otherwise stands still', async () => {
    // Seconds, of all that is on the screen.
    const longest = (): Promise<number> =>
      page.evaluate(`Math.max(...[...document.querySelectorAll('*')].flatMap((one) => {
        const { transitionDuration, animationDuration } = getComputedStyle(one);
        return [...transitionDuration.split(','), ...animationDuration.split(',')].map(Number.parseFloat);
      }))`);
    expect(await longest()).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await expect.poll(longest).toBe(0);
    await page.emulateMedia({ reducedMotion: null });
  });
});

describe('at twice the size', () => {
  it('nothing lies beyond the window, and all can still be reached', async () => {
    const zoom = (factor: number): Promise<void> =>
      app.electron.evaluate(({ BrowserWindow }, by) => {
        BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(by);
      }, factor);
    // By Electron: Playwright's own pictures show a part of a page that is zoomed by its window.
    const zoomed = async (name: string): Promise<void> => {
      await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
      const png = await app.electron.evaluate(async ({ BrowserWindow }) => {
        const image = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage();
        return image?.toPNG().toString('base64') ?? '';
      });
      await keepPicture(name, Buffer.from(png, 'base64'));
    };
    await tabTo(testid('nav-overview'));
    await page.keyboard.press('Enter');
    await page.getByTestId('folder-card-Notes').waitFor();
    await zoom(2);
    await expect.poll(() => page.evaluate('innerWidth')).toBe(560);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(560);
    await zoomed('zoom-overview');
    await tabTo(`${testid('nav-folder')}[data-name="Notes"]`);
    await page.keyboard.press('Enter');
    await row(NAME).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(560);
    await zoomed('zoom-files');
    // The tabs keep to one line, and the arrows bring the last of them into view.
    await page.focus(testid('tab-files'));
    await page.keyboard.press('ArrowLeft');
    const places = `['[role="tablist"]', '[data-testid="tab-health"]'].map((one) => document.querySelector(one).getBoundingClientRect())`;
    const [list, last] = await page.evaluate<{ height: number; right: number }[]>(
      `${places}.map(({ height, right }) => ({ height, right }))`,
    );
    expect(list?.height).toBeLessThan(40);
    expect(last?.right).toBeLessThanOrEqual((list?.right ?? 0) + 1);
    await page.getByTestId('tab-policy').click();
    await page.getByTestId('cost').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(560);
    await zoomed('zoom-policy');
    await page.getByTestId('tab-files').click();
    await row(NAME).waitFor();
    await tabTo('[role="treegrid"]');
    await page.keyboard.type('let');
    await page.keyboard.press('Enter');
    await page.getByTestId('version').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(560);
    await zoomed('zoom-inspector');
    expect(await findings(app)).toEqual([]);
    await zoom(1);
    expect(app.complaints).toEqual([]);
  });
});
