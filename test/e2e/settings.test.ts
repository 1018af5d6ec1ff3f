/** Settings as a person changes them: they count at once, and are there at the next start. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Desk, openDesk } from './desk.ts';
import { makeScratch, type Scratch, startApp } from './support.ts';

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

it('theme, language and limits count at once and stay', async () => {
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

    await page.getByRole('radio', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
    // The keyboard stays on the choice, in a window that was drawn anew.
    await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('data-value')")).toBe('de');
    expect(await page.evaluate('document.documentElement.lang')).toBe('de');
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
