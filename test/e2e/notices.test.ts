/** Notices on a desktop that shows them: each comes with its words, and a click leads to its place. */
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { wordsFor } from '../../main/shell/words.ts';
import { type Desk, type NoticeDesk, openDesk, openNoticeDesk } from './desk.ts';
import {
  expectNothingLeft,
  keepNotes,
  keepPicture,
  makeScratch,
  type RunningApp,
  type Scratch,
  startApp,
} from './support.ts';

const isLinux = process.platform === 'linux';
const hasDesktop = isLinux && existsSync('/usr/bin/dunst');
if (!hasDesktop)
  console.error('NOT RUN: notices on a desktop are not looked at, since there is no dunst to show them.');

let desk: Desk;
let scratch: Scratch;
let notices: NoticeDesk;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
});
beforeEach(async () => {
  scratch = await makeScratch();
  if (hasDesktop) notices = await openNoticeDesk(desk);
});
afterEach(async () => {
  if (hasDesktop) await notices[Symbol.asyncDispose]();
  await expectNothingLeft(scratch);
  await scratch[Symbol.asyncDispose]();
});

async function closeWindow(app: RunningApp): Promise<void> {
  await app.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
  });
  await expect.poll(() => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
}

/** Waits for a notice, keeps a picture of it, and clicks on it. */
async function clickNotice(app: RunningApp, picture: string): Promise<void> {
  await expect.poll(() => notices.standing(), { timeout: 20_000 }).toBe(1);
  await keepPicture(picture, (await app.screen(null)).png);
  await notices.click();
}

describe.runIf(hasDesktop)('on a desktop', () => {
  it('the first closing is told in the language that was chosen, and a click opens the window again', async () => {
    await using app = await startApp(notices, scratch);
    await (await app.page()).getByTestId('overview').waitFor();
    expect(await app.call('app.settings', { change: { language: 'de' } })).toMatchObject({ ok: true });
    await closeWindow(app);
    const opened = app.electron.waitForEvent('window');
    await clickNotice(app, 'notice-closed');
    await (await opened).getByTestId('overview').waitFor();
    const german = wordsFor('de');
    expect(await notices.closed()).toEqual([
      {
        from: 'Cairn',
        title: german.closedTitle,
        body: german.closedBody,
      },
    ]);
    await closeWindow(app);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await notices.standing()).toBe(0);
  });

  it('a folder that needs a person is named with its cause, and a click opens the window at it', async () => {
    await using app = await startApp(notices, scratch);
    await (await app.page()).getByTestId('overview').waitFor();
    await keepNotes(app);
    await expect
      .poll(async () => {
        const known = await app.call('status.snapshot', {});
        return known.ok && known.value.folders[0]?.state;
      })
      .toBe('idle');
    await closeWindow(app);
    const first = app.electron.waitForEvent('window');
    await clickNotice(app, 'notice-tray');
    await first;
    await closeWindow(app);

    await rename(scratch.folder, `${scratch.folder}, moved`);
    const opened = app.electron.waitForEvent('window');
    await clickNotice(app, 'notice-attention');
    const page = await opened;
    expect((await notices.closed())[0]).toEqual({
      from: 'Cairn',
      title: 'Notes needs you',
      body: 'The folder on disk is not there, or is another one. Nothing is lost.',
    });
    await page.getByTestId('folder-state').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('Notes');
  });
});
