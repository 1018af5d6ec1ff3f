/** The window's page is killed: it comes back by itself, at the place where it was, and the engine has noticed nothing. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDesk } from './desk.ts';
import { keepNotes, makeScratch, startApp } from './support.ts';

it('a killed page comes back as it was', async () => {
  await using desk = await openDesk();
  await using scratch = await makeScratch();
  await using app = await startApp(desk, scratch);
  const page = await app.page();
  await keepNotes(app);
  await writeFile(join(scratch.folder, 'letter.txt'), 'Dear Ada');
  await page.locator('[data-testid="nav-folder"][data-name="Notes"]').click();
  await page.locator('[data-testid="file-row"][data-path="letter.txt"][data-state="sync"]').click();
  await page.getByTestId('version').first().waitFor();

  // From here on by Electron alone: for Playwright a page that was killed is gone for good.
  const seen = (): Promise<unknown> =>
    app.electron.evaluate(async ({ BrowserWindow }) => {
      const [window, ...others] = BrowserWindow.getAllWindows();
      if (window === undefined || window.webContents.isCrashed() || window.webContents.isLoading()) return null;
      const words = `({
        path: document.querySelector('[data-testid="inspector"]')?.dataset.path,
        versions: document.querySelectorAll('[data-testid="version"]').length,
        folder: document.querySelector('h1')?.textContent,
      })`;
      const shown: unknown = await window.webContents.executeJavaScript(words);
      return { shown, id: window.id, bounds: window.getBounds(), others: others.length };
    });
  const before = await seen();
  expect(before).toMatchObject({ shown: { path: 'letter.txt', versions: 1, folder: 'Notes' } });
  await app.electron.evaluate(({ BrowserWindow }) => {
    process.kill(BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0, 'SIGKILL');
  });
  await expect.poll(() => app.log(), { timeout: 10_000 }).toMatch(/the window’s page ended \((killed|crashed)/);
  await expect.poll(seen, { timeout: 20_000, interval: 200 }).toEqual(before);
  expect(await app.log()).not.toContain('engine crash');

  // It hears what happens again.
  await writeFile(join(scratch.folder, 'letter.txt'), 'Dear Ada, again');
  await expect.poll(seen, { timeout: 20_000, interval: 200 }).toMatchObject({ shown: { versions: 2 } });
});
