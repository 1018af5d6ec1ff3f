/** One folder, from the first choice to an earlier version that came back; each step as a person sees it. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { openHomeForReading } from '../../main/engine/home.ts';
import { type Desk, openDesk } from './desk.ts';
import { makeScratch, type RunningApp, type Scratch, startApp } from './support.ts';

let desk: Desk;
let scratch: Scratch;
let app: RunningApp;
let page: Page;

beforeAll(async () => {
  desk = await openDesk();
  scratch = await makeScratch();
  app = await startApp(desk, scratch);
  page = await app.page();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await app.keepEvidence(task.name);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

const NAME = 'letter to Ada.txt';
const row = (path: string, state: string): Locator =>
  page.locator(`[data-testid="file-row"][data-path="${path}"][data-state="${state}"]`);
const versions = (): Locator => page.getByTestId('inspector').getByTestId('version');

async function versionIds(): Promise<readonly (string | null)[]> {
  const ids: (string | null)[] = [];
  for (const version of await versions().all()) ids.push(await version.getAttribute('data-version-id'));
  return ids;
}

describe('a folder in the practice bucket', () => {
  it('is added by picker, after one look at where it will lie', async () => {
    await page.getByTestId('practice-first').click();
    await page.getByTestId('add-path').waitFor();
    await app.answerPicker(null);
    await page.getByTestId('add-pick').click();
    expect(await page.getByTestId('add-path').inputValue()).toBe('');
    await app.answerPicker(scratch.folder);
    await page.getByTestId('add-pick').click();
    await expect.poll(() => page.getByTestId('add-path').inputValue()).toBe(scratch.folder);
    await page.locator('[data-testid="add-measured"][data-files="0"]').waitFor();
    await app.picture('add-folder');
    await page.getByTestId('add-next').click();
    // What the doctor saw is there before anything is sent.
    await page.locator('[data-testid="add-finding"][data-id="versioning"][data-severity="fine"]').waitFor();
    await app.picture('add-how');
    await page.getByTestId('add-start').click();
    await page.locator('[data-testid="folder-state"][data-state="idle"]').waitFor();
    await app.picture('folder-empty');
  });

  it('keeps a saved file: in sync, with its VersionId, which can be copied', async () => {
    await writeFile(join(scratch.folder, NAME), 'Dear Ada,\n');
    await row(NAME, 'sync').waitFor();
    await row(NAME, 'sync').click();
    await expect.poll(versionIds).toHaveLength(1);
    const [id] = await versionIds();
    const told = await app.call('versions.list', { folder: 'Notes', path: NAME });
    expect(told.ok && told.value.map((version) => version.versionId)).toEqual([id]);
    expect(id).toMatch(/\S{8,}/);
    await versions().getByRole('button', { name: 'Copy VersionId' }).click();
    await expect.poll(() => app.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe(id);
  });

  it('keeps a change as a second version', async () => {
    const [first] = await versionIds();
    await writeFile(join(scratch.folder, NAME), 'Dear Ada,\nthe engine weaves.\n');
    await expect.poll(versionIds, { timeout: 15_000 }).toHaveLength(2);
    const ids = await versionIds();
    expect(ids[1]).toBe(first);
    expect(ids[0]).not.toBe(first);
    await row(NAME, 'sync').waitFor();
    await app.picture('inspector');
  });

  it('brings the first version back, byte for byte, beside the present file', async () => {
    await versions().nth(1).getByTestId('restore').click();
    const to = await page.getByTestId('restored-to').getAttribute('data-to');
    if (to === null) throw new Error('the window does not say where the version lies');
    expect(to).not.toBe(join(scratch.folder, NAME));
    expect(await readFile(to, 'utf8')).toBe('Dear Ada,\n');
    expect(await readFile(join(scratch.folder, NAME), 'utf8')).toBe('Dear Ada,\nthe engine weaves.\n');
    await app.picture('restored');
  });

  it('shows a file gone that was removed on disk, and still has its versions', async () => {
    const before = await versionIds();
    await rm(join(scratch.folder, NAME));
    await row(NAME, 'gone').waitFor({ timeout: 60_000 });
    // The practice bucket keeps versions, so the file got a delete marker on top of them.
    await expect.poll(async () => (await versionIds()).slice(1), { timeout: 15_000 }).toEqual(before);
    const told = await app.call('versions.list', { folder: 'Notes', path: NAME });
    expect(told.ok && told.value.map((version) => version.deleteMarker)).toEqual([true, false, false]);
    await app.picture('gone');
  });

  it('has its bucket looked over: what is fine, what is advised, and that changes are seen', async () => {
    await page.getByTestId('tab-health').click();
    await page.locator('[data-testid="finding"][data-id="versioning"][data-severity="fine"]').waitFor();
    expect(await page.locator('[data-testid="finding"][data-severity="problem"]').count()).toBe(0);
    await page.locator('[data-testid="watching"][data-state="watching"]').waitFor();
    await app.picture('health');
    await page.getByTestId('tab-files').click();
  });

  it('brings the folder back as it stood before the file was removed, into a new place', async () => {
    await page.getByTestId('tab-versions').click();
    await page.getByTestId('then-row').first().waitFor();
    const goneSince = page.locator(`[data-testid="then-row"][data-path="${NAME}"][data-mark="gone"]`);
    for (let step = 0; step < 8 && !(await goneSince.isVisible()); step += 1) {
      await page.getByTestId('time-earlier').click();
      await page.locator('[data-testid="versions-tab"][aria-busy="false"]').waitFor();
    }
    await goneSince.waitFor();
    await app.picture('versions');
    const back = join(scratch.root, 'back');
    await mkdir(back);
    await app.answerPicker(back);
    await page.getByTestId('restore-change').click();
    await page.locator(`[data-testid="restore-target"][data-to^="${back}"]`).waitFor();
    await page.getByTestId('restore-then').click();
    const to = await page.getByTestId('restore-done').getAttribute('data-to');
    if (to === null) throw new Error('the window does not say where the folder lies');
    expect(to.startsWith(back), to).toBe(true);
    expect(await readFile(join(to, NAME), 'utf8')).toBe('Dear Ada,\nthe engine weaves.\n');
    await app.picture('versions-restored');
  });

  describe('two files that changed', () => {
    const POEM = { then: 'one line\nthe old horse\n', now: 'one line\nthe new horse\n' };
    const LIST = { then: 'milk\n', now: 'milk\neggs\n' };
    const then = (path: string): Locator => page.locator(`[data-testid="then-row"][data-path="${path}"]`);
    const write = async (state: 'then' | 'now'): Promise<void> => {
      await writeFile(join(scratch.folder, 'poem.txt'), POEM[state]);
      await writeFile(join(scratch.folder, 'list.txt'), LIST[state]);
    };
    const versionsOf = async (path: string): Promise<number> => {
      const told = await app.call('versions.list', { folder: 'Notes', path });
      return told.ok ? told.value.length : 0;
    };

    it('are chosen as they stood, and come into a new folder, byte for byte', async () => {
      for (const [state, count] of [
        ['then', 1],
        ['now', 2],
      ] as const) {
        await write(state);
        await expect.poll(() => versionsOf('poem.txt'), { timeout: 15_000 }).toBe(count);
        await expect.poll(() => versionsOf('list.txt'), { timeout: 15_000 }).toBe(count);
      }
      await page.getByTestId('restore-dismiss').click();
      await page.getByTestId('tab-files').click();
      await page.getByTestId('tab-versions').click();
      await page.getByTestId('time-now').click();
      await then('poem.txt').waitFor();
      const both = page.locator('[data-mark="changed"]');
      for (let step = 0; step < 8 && (await both.count()) < 2; step += 1) {
        await page.getByTestId('time-earlier').click();
        await page.locator('[data-testid="versions-tab"][aria-busy="false"]').waitFor();
      }
      await then('poem.txt').getByTestId('check').click();
      await then('list.txt').getByTestId('check').click();
      await page.locator('[data-testid="chosen"][data-files="2"]').waitFor();
      await app.picture('versions-chosen');
      await page.getByTestId('restore-then').click();
      const to = await page.getByTestId('restore-done').getAttribute('data-to');
      expect((await readdir(to ?? '')).sort()).toEqual(['list.txt', 'poem.txt']);
      expect(await readFile(join(to ?? '', 'poem.txt'), 'utf8')).toBe(POEM.then);
      expect(await readFile(join(to ?? '', 'list.txt'), 'utf8')).toBe(LIST.then);
      await page.getByTestId('restore-dismiss').click();
    });

    it('are compared with what is on disk', async () => {
      await then('poem.txt').click();
      const lines = page.getByTestId('compare-text').locator('.removed, .added');
      await expect
        .poll(() => lines.allInnerTexts())
        .toEqual([expect.stringContaining('the old horse'), expect.stringContaining('the new horse')]);
      await app.picture('versions-compared');
      await page.getByTestId('compare-close').click();
    });

    it('one is put back in place after a question; the other stays as it is', async () => {
      await then('list.txt').getByTestId('check').click();
      await page.getByTestId('restore-in-place').click();
      await page.locator('dialog[open]').waitFor();
      await app.picture('versions-ask');
      expect(await readFile(join(scratch.folder, 'poem.txt'), 'utf8')).toBe(POEM.now);
      await page.getByTestId('dialog-yes').click();
      await page.getByTestId('restore-done').waitFor();
      expect(await readFile(join(scratch.folder, 'poem.txt'), 'utf8')).toBe(POEM.then);
      expect(await readFile(join(scratch.folder, 'list.txt'), 'utf8')).toBe(LIST.now);
      await app.picture('versions-replaced');
      await page.getByTestId('restore-dismiss').click();
    });

    it('one is made the current version in the bucket, and the disk stays', async () => {
      await page.getByTestId('tab-files').click();
      await row('list.txt', 'sync').click();
      await expect.poll(versionIds).toHaveLength(2);
      const before = await versionIds();
      await page.getByTestId('version-more').nth(1).click();
      await page.getByTestId('version-current').click();
      await page.getByTestId('dialog-yes').click();
      await page.getByTestId('version-made-current').waitFor();
      await expect.poll(async () => (await versionIds()).slice(1)).toEqual(before);
      expect(await readFile(join(scratch.folder, 'list.txt'), 'utf8')).toBe(LIST.now);
      await app.picture('version-current');
    });
  });

  it('tells in the activity what happened, newest first', async () => {
    await page.getByTestId('nav-activity').click();
    await page.getByTestId('activity-row').first().waitFor();
    const kinds: (string | null)[] = [];
    for (const line of await page.getByTestId('activity-row').all()) kinds.push(await line.getAttribute('data-kind'));
    for (const kind of ['saved', 'restored', 'gone']) expect(kinds).toContain(kind);
    expect(kinds.indexOf('gone')).toBeLessThan(kinds.lastIndexOf('saved'));
    await app.picture('activity');
  });

  it('gets another policy by the form: tried, saved, and carried by the next file', async () => {
    await page.locator('[data-testid="nav-folder"][data-name="Notes"]').click();
    await page.getByTestId('tab-policy').click();
    await page.getByTestId('cost-free').waitFor();
    await app.picture('policy-empty');
    await page.locator('[data-field="storageClass"] select').selectOption('STANDARD_IA');
    await page.locator('[data-field="tags"] input').fill('project=engine');
    await page.locator('[data-field="tags"] input').press('Enter');
    await page.getByTestId('try-path').fill('ode.txt');
    await page.getByTestId('try-size').fill('20 MB');
    const line = (name: string): Locator => page.locator(`[data-testid="request"] [data-name="${name}"]`);
    await line('StorageClass').and(page.locator('[data-by="base"]')).getByText('STANDARD_IA').waitFor();
    await line('Tagging').getByText('project=engine').waitFor();
    await page.getByTestId('try').getByText('20 MB, a multipart upload').waitFor();
    await app.picture('policy');
    await page.getByTestId('policy-save').click();
    await page.locator('[data-testid="policy-foot"][data-dirty="false"]').waitFor();

    await writeFile(join(scratch.folder, 'ode.txt'), 'a rose\n');
    await page.getByTestId('tab-files').click();
    await row('ode.txt', 'sync').waitFor();
    const told = await app.call('versions.list', { folder: 'Notes', path: 'ode.txt' });
    expect(told.ok && told.value.map((version) => version.storageClass)).toEqual(['STANDARD_IA']);
    const home = openHomeForReading(scratch.home);
    if (!home.ok) throw new Error(home.failure.message);
    const [folder] = home.value.settings.folders;
    const receipts = [...(home.value.tables?.receipts.every(folder?.id ?? '') ?? [])];
    home.value.close();
    expect(receipts.filter(({ path }) => path === 'ode.txt')).toMatchObject([
      { storageClass: 'STANDARD_IA', policyVersion: 2, request: { Tagging: 'project=engine' }, dropped: [] },
    ]);
  });

  it('has what is stored brought under it, after a look at the plan', async () => {
    await page.getByTestId('tab-policy').click();
    await page.getByTestId('policy-apply').click();
    await page
      .getByTestId('plan')
      .getByText(/ a new version by a copy in the bucket/)
      .waitFor();
    await app.picture('policy-plan');
    await page.getByTestId('dialog-yes').click();
    await page
      .getByTestId('apply-done')
      .getByText(/under the policy now/)
      .waitFor();
    const left = await app.call('policy.plan', { folder: 'Notes' });
    expect(left).toMatchObject({ value: { summary: { files: 0 } } });
    await app.picture('policy-applied');
  });

  it('has its earlier versions kept for a month, by a rule that is shown first', async () => {
    await page.getByTestId('view-keeping').click();
    await page.getByTestId('keep-now').getByText('Every version is kept.').waitFor();
    await page.getByTestId('keep-days').fill('30');
    await page.getByTestId('keep-look').click();
    await page.getByTestId('keep-change').waitFor();
    await app.picture('policy-keeping');
    await page.getByTestId('keep-write').click();
    await page.getByTestId('keep-now').getByText('Versions for 30 days.').waitFor();
    expect(await app.call('folder.keep', { folder: 'Notes' })).toMatchObject({
      value: { keep: { days: 30, newest: null } },
    });
    await page.getByTestId('nav-overview').click();
  });
});

describe('a second folder', () => {
  it('by typed path: a wrong one is refused in words, the right one is kept', async () => {
    const photos = join(scratch.root, 'Photos & more');
    await mkdir(join(photos, '2026', 'Norway'), { recursive: true });
    for (let number = 1; number <= 30; number += 1) {
      const bytes = Buffer.alloc(20_000 + number * 997, number);
      await writeFile(join(photos, number % 3 === 0 ? '.' : '2026/Norway', `DSC_${String(4400 + number)}.NEF`), bytes);
    }
    await page.getByTestId('nav-overview').click();
    await page.getByTestId('add-folder').click();
    await page.getByTestId('add-practice').click();
    await page.getByTestId('add-next').click();
    await page.locator('[data-testid="add-versioning"][data-versioning="enabled"]').waitFor();
    await app.picture('add-bucket');
    await page.getByTestId('add-next').click();
    await page.getByTestId('add-path').fill(join(scratch.root, 'nowhere'));
    await page.getByTestId('add-next').click();
    await page
      .getByText('nowhere', { exact: false })
      .and(page.getByRole('alert'))
      .or(page.getByText('is not a folder'))
      .first()
      .waitFor();
    await app.picture('add-refused');
    await page.getByTestId('add-path').fill(photos);
    await page.locator('[data-testid="add-measured"][data-files="30"]').waitFor();
    await page.getByTestId('add-next').click();
    await page.getByTestId('add-start').filter({ hasText: '30' }).click();
    await page.locator('[data-testid="folder-state"][data-state="idle"]').waitFor();
    await row('2026', 'sync').waitFor();
    await row('2026', 'sync').click();
    await page.locator('[data-testid="file-row"][data-path="2026/Norway"]').click();
    await row('2026/Norway/DSC_4401.NEF', 'sync').click();
    await app.picture('folder-files');
    await page.getByTestId('file-search').fill('DSC_9999');
    await page.getByTestId('search-clear').waitFor();
    await app.picture('files-no-match');
    await page.getByTestId('search-clear').click();
    await row('2026/Norway/DSC_4401.NEF', 'sync').waitFor();
  });

  it('stands in the overview beside the first: state, files, size and what was saved last', async () => {
    await page.getByTestId('nav-overview').click();
    const toldOf = async (folder: string): Promise<readonly string[]> => {
      const card = page.getByTestId(`folder-card-${folder}`);
      await card.and(page.locator('[data-state="idle"]')).waitFor();
      return card.locator('dd').allInnerTexts();
    };
    expect(await toldOf('Notes')).toEqual(['4', expect.stringMatching(/^\d+ B$/), expect.stringMatching(/\.txt$/)]);
    expect(await toldOf('Photos & more')).toEqual([
      '30',
      expect.stringMatching(/^[\d,]+ KB$/),
      expect.stringMatching(/DSC_44\d\d\.NEF$/),
    ]);
    for (const span of ['hour', 'day', 'minutes']) {
      await page.locator(`[data-testid="chart-span"] [data-value="${span}"]`).click();
      await page.locator(`[data-testid="chart-span"] [data-value="${span}"][aria-checked="true"]`).waitFor();
    }
    await app.picture('overview');
  });

  it('has its chart drawn in the colours of the theme, whichever that is', async () => {
    // The dot at the newest point is full of the line’s own colour.
    const drawn = (): Promise<{ readonly line: string; readonly isThere: boolean }> =>
      page.evaluate(`(() => {
        const line = getComputedStyle(document.querySelector('[data-testid="chart"]')).getPropertyValue('--ink-line');
        const [red, green, blue] = line.match(/\\d+/g).map(Number);
        const canvas = document.querySelector('[data-testid="chart"] canvas');
        // From a copy: the chart’s own canvas is made for drawing, and complains of being read.
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        const isHere = (_, at) => data[4 * at] === red && data[4 * at + 1] === green && data[4 * at + 2] === blue;
        return { line, isThere: Array.from({ length: data.length / 4 }, isHere).includes(true) };
      })()`);
    await expect.poll(async () => (await drawn()).isThere).toBe(true);
    const light = (await drawn()).line;
    await app.setTheme('dark');
    await expect.poll(async () => (await drawn()).isThere).toBe(true);
    expect((await drawn()).line).not.toBe(light);
    await app.setTheme('light');
    expect(await page.getByTestId('chart').getAttribute('aria-label')).not.toBe('');
  });

  it('can be read in the smallest window, too', async () => {
    const setSize = (width: number, height: number): Promise<void> =>
      app.electron.evaluate(
        ({ BrowserWindow }, [wide, high]) => {
          BrowserWindow.getAllWindows()[0]?.setSize(wide ?? 0, high ?? 0);
        },
        [width, height],
      );
    await setSize(300, 200);
    await expect.poll(() => page.evaluate('[innerWidth, innerHeight]')).toEqual([760, 520]);
    await app.picture('small-overview');
    await page.locator('[data-testid="nav-folder"][data-name="Photos & more"]').click();
    await row('2026/Norway/DSC_4401.NEF', 'sync').click();
    await page.getByTestId('version').first().waitFor();
    await app.picture('small-inspector');
    // Nothing reaches beyond the window’s right edge.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(760);
    await setSize(1120, 760);
    await expect.poll(() => page.evaluate('innerWidth')).toBe(1120);
  });

  it('keeps the row at the top of the list where it stands while files come above it', async () => {
    const list = page.locator('[role="treegrid"]');
    const counted = async (): Promise<number> => Number(await list.getAttribute('aria-rowcount'));
    const before = await counted();
    // A few pixels of it out of view, as a wheel leaves it.
    const path = await page.evaluate<string>(`(() => {
      const scroller = document.querySelector('[role="treegrid"]').parentElement;
      scroller.scrollTop = 10 * 28 + 5;
      const { left, top } = scroller.getBoundingClientRect();
      return document.elementFromPoint(left + 40, top + 10).closest('[data-testid="file-row"]').dataset.path;
    })()`);
    expect(path).toContain('Norway/DSC_');
    const stood = await row(path, 'sync').boundingBox();
    for (const name of ['A 1', 'A 2', 'A 3'])
      await writeFile(join(scratch.root, 'Photos & more', '2026', 'Norway', `${name}.NEF`), name);
    await expect.poll(counted, { timeout: 15_000 }).toBe(before + 3);
    expect(await row(path, 'sync').boundingBox()).toEqual(stood);
  });

  it('pauses and goes on', async () => {
    await page.locator('[data-testid="nav-folder"][data-name="Notes"]').click();
    await page.getByTestId('folder-pause').click();
    await page.locator('[data-testid="folder-state"][data-state="paused"]').waitFor();
    await writeFile(join(scratch.folder, 'while paused.txt'), 'waits');
    await app.picture('folder-paused');
    await page.getByTestId('folder-pause').click();
    await row('while paused.txt', 'sync').waitFor();
  });
});

describe('the whole of it', () => {
  it('left no complaint on the page’s console', () => {
    expect(app.complaints).toEqual([]);
  });

  it('is there again at the next start', async () => {
    expect(await app.quit()).toEqual({ code: 0, signal: null });
    app = await startApp(desk, scratch);
    page = await app.page();
    await page.getByTestId('folder-card-Notes').waitFor();
    await page.locator('[data-testid="nav-folder"][data-name="Photos & more"]').click();
    await page.locator('[data-testid="folder-state"][data-state="idle"]').waitFor();
    await expect.poll(() => page.locator('[data-testid="file-row"]').count()).toBeGreaterThan(5);
  });
});
