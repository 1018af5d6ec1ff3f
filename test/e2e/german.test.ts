/** The window in German over the sample scenes: every text that it draws is held against the English ones. */
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shots } from '../../renderer/dev/look.ts';
import { openScenery, SAMPLE_TIME, type Scenery } from '../../renderer/dev/stage.ts';
import { de } from '../../renderer/words/de.ts';
import { en } from '../../renderer/words/en.ts';
import { englishIn } from '../support/in-english.ts';
import { root } from '../support/paths.ts';
import { type Desk, openDesk } from './desk.ts';
import { environmentOf, findElectron, makeScratch, type Scratch, screenFile } from './support.ts';

let desk: Desk;
let scratch: Scratch;
let scenery: Scenery;
let electron: ElectronApplication;
let page: Page;

beforeAll(async () => {
  desk = await openDesk();
  scratch = await makeScratch();
  scenery = await openScenery();
  const found = await findElectron();
  const profile = `--user-data-dir=${join(scratch.root, 'profile')}`;
  electron = await _electron.launch({
    executablePath: found.path,
    args: [...found.switches, join(root, 'test/e2e/bare-window.cjs'), '--lang=de-DE', profile],
    env: environmentOf(found, desk, scratch),
    timeout: 60_000,
  });
  page = await electron.firstWindow();
  page.setDefaultTimeout(8_000);
  await page.clock.setSystemTime(SAMPLE_TIME);
  await page.addInitScript(`${scenery.fake}; fake.install(new URLSearchParams(location.search).get('scene'));`);
});

afterAll(async () => {
  await electron.close();
  await scenery.close();
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

/** The same screens at other widths, in German already, or with very many files. */
const REPEATED = /-(german|narrow|zoomed|keys)$|^(huge|keyboard)$/;

function textsIn(words: object): readonly string[] {
  return Object.values(words).flatMap((text: unknown) =>
    typeof text === 'string' ? [text] : typeof text === 'object' && text !== null ? textsIn(text) : [],
  );
}
/** Texts of the English window; without those that are German as well, such as “Name”. */
const ENGLISH = new Set(textsIn(en).filter((text) => !textsIn(de).includes(text)));

/** Of the sample data, and of no language: what files hold, commands, and code to copy. */
const NOT_OURS =
  '[data-testid="compare-text"], [data-testid="seen"], pre, code, textarea, ' +
  '[data-testid="add-command"] .code, [data-testid="request"] th';

/** A command that is to be copied names itself. */
const COMMAND = /^cairn .*/;

/** All that a person can read, or have read out, each once. A text of its own, since the page is not of this program. */
const TEXTS = `{
  const found = new Set();
  const take = (text) => {
    const plain = (text ?? '').replaceAll(/\\s+/g, ' ').trim();
    if (plain !== '') found.add(plain);
  };
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest(${JSON.stringify(`script, style, ${NOT_OURS}`)}) !== null) continue;
    for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE) take(child.textContent);
    for (const name of ['title', 'aria-label', 'aria-description', 'aria-valuetext', 'placeholder', 'alt']) {
      take(element.getAttribute(name));
    }
  }
  [...found];
}`;

describe('the window in German', () => {
  const scenes = Object.entries(shots).filter(([name]) => !REPEATED.test(name));
  it.each(scenes)('has nothing English on the screen %s', async (name, shot) => {
    await page.goto(`${scenery.origin}?scene=${shot.scene}`);
    await page.waitForTimeout(300);
    await shot.steps?.(page);
    await page.waitForTimeout(300);
    const texts = await page.evaluate<readonly string[]>(TEXTS);
    expect(texts.length).toBeGreaterThan(5);
    const left = texts.filter((text) => ENGLISH.has(text) || englishIn(text.replace(COMMAND, '')).length > 0);
    if (left.length > 0) await page.screenshot({ path: await screenFile(`german-${name}`) });
    expect(left).toEqual([]);
  });
});
