/**
 * What a person sets, sends first, leaves out and decides, in the window: it counts at once. Settings are there at the next
 * start.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Desk, openDesk } from './desk.ts';
import { keepNotes, makeScratch, type RunningApp, type Scratch, startApp } from './support.ts';

let desk: Desk;
let scratch: Scratch;

beforeAll(async () => {
  desk = await openDesk();
  scratch = await makeScratch();
});
afterAll(async () => {
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

/** Writes two dozen files and waits until the bucket has them. */
async function fill(app: RunningApp): Promise<void> {
  await keepNotes(app);
  for (let index = 10; index < 34; index += 1) {
    await writeFile(join(scratch.folder, `note-${String(index)}.txt`), `note ${String(index)}`);
  }
  await expect
    .poll(() => app.call('status.snapshot', {}), { timeout: 20_000 })
    .toMatchObject({ value: { folders: [{ files: 24, state: 'idle' }] } });
}

it('one that waits is left out, taken back, and sent first; deletes that wait are shown and kept', async () => {
  await using app = await startApp(desk, scratch);
  const page = await app.page();
  await page.getByTestId('nav-overview').waitFor();
  await fill(app);
  await app.call('folder.interval', { folder: 'Notes', seconds: 3600 });
  await writeFile(join(scratch.folder, 'note-10.txt'), 'changed');
  await page.locator('[data-testid="nav-folder"]').click();
  await page.getByTestId('tab-queue').click();
  const row = page.locator('[data-testid="queue-row"][data-path="note-10.txt"]');
  await row.getByTestId('queue-forget').click();
  await page.getByTestId('dialog-yes').click();
  await row.waitFor({ state: 'detached' });
  await page.getByTestId('tab-files').click();
  await page.locator('[data-testid="file-row"][data-path="note-10.txt"][data-state="forgotten"]').click();
  await page.getByTestId('take-back').click();
  await page.getByTestId('tab-queue').click();
  await row.waitFor();
  await expect.poll(() => page.getByTestId('queue-notes').textContent()).toContain('1 waits for the interval');
  await expect.poll(() => row.textContent()).toContain('Saved again too soon');
  await app.picture('queue-waits');
  // It waits for an hour: nothing is on its way.
  expect(await page.getByRole('complementary').first().textContent()).toContain('1 waits for the interval');
  await row.getByTestId('queue-first').click();
  await expect
    .poll(() => app.call('versions.list', { folder: 'Notes', path: 'note-10.txt' }))
    .toMatchObject({ value: [{ isLatest: true }, { isLatest: false }] });

  for (let index = 20; index < 30; index += 1) await rm(join(scratch.folder, `note-${String(index)}.txt`));
  await page.getByTestId('nav-overview').click();
  await page.getByTestId('remedy-discard').waitFor({ timeout: 60_000 });
  await app.picture('overview-attention');
  await page.getByTestId('remedy-discard').click();
  await expect.poll(() => page.getByTestId('brake-names').textContent()).toContain('note-20.txt');
  await app.picture('brake-question');
  await page.getByTestId('dialog-yes').click();
  await expect
    .poll(() => app.call('status.snapshot', {}), { timeout: 20_000 })
    .toMatchObject({ value: { folders: [{ brake: null, state: 'idle' }] } });
  const kept = await app.call('versions.list', { folder: 'Notes', path: 'note-20.txt' });
  expect(kept).toMatchObject({ value: [{ deleteMarker: false, isLatest: true }] });
  expect(app.complaints).toEqual([]);
});

it('theme, language and limits count at once and stay; a file of diagnostics is written', async () => {
  {
    await using app = await startApp(desk, scratch);
    const page = await app.page();
    const isDark = (): Promise<boolean> => page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches");
    await page.getByTestId('nav-settings').click();
    await page.getByTestId('limit-now').waitFor();
    await app.picture('settings');
    await page.getByRole('radio', { name: 'Dark' }).click();
    await expect.poll(isDark).toBe(true);
    await page.getByTestId('limit-always').fill('1.5');
    await page.getByRole('radio', { name: 'MB/s' }).last().click();
    await page.getByTestId('limit-save').click();
    await expect.poll(() => app.call('settings.limits', {})).toMatchObject({ value: { default: 1_572_864 } });
    expect(await page.getByTestId('limit-now').textContent()).toBe('now at most 1.50 MB/s');

    const file = join(scratch.root, 'diagnostics.json');
    await app.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
    await page.getByTestId('diagnostics-write').click();
    await page.getByText(file).waitFor();
    const held = await readFile(file, 'utf8');
    expect(JSON.parse(held)).toMatchObject({
      names: 'left out',
      engine: { folders: [{ doctor: { store: 'practice' } }] },
    });
    const practice = await readFile(join(scratch.home, 'practice', 'practice.json'), 'utf8');
    expect(held).not.toContain((JSON.parse(practice) as { secretAccessKey: string }).secretAccessKey);

    await page.getByRole('radio', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
    // The keyboard stays on the choice, in a window that was drawn anew.
    await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('data-value')")).toBe('de');
    expect(await page.evaluate('document.documentElement.lang')).toBe('de');
    await app.picture('settings-german');
    expect(app.complaints).toEqual([]);
  }
  const memory: unknown = JSON.parse(await readFile(join(scratch.home, 'electron', 'shell.json'), 'utf8'));
  expect(memory).toMatchObject({ theme: 'dark', language: 'de' });
  await using again = await startApp(desk, scratch);
  const page = await again.page();
  await page.getByRole('heading', { name: 'Einstellungen' }).or(page.getByTestId('nav-settings')).first().waitFor();
  expect(await page.getByTestId('nav-settings').textContent()).toBe('Einstellungen');
  expect(await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")).toBe(true);
});
