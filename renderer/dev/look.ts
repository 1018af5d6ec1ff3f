/**
 * Takes pictures of the window without the app. In: names of scenes (none: all), `--german` for all of them in German. Out: PNG files in `test-results/look`,
 * light and dark, and every message that the page wrote to its console, content security policy included.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { addingShots } from './look-adding.ts';
import type { Shot } from './shot.ts';
import { openStage } from './stage.ts';

const openFolder = (name: string) => async (page: Page) => {
  await page.click(`[data-testid="nav-folder"][data-name="${name}"]`);
};
const openThesis = async (page: Page): Promise<void> => {
  await openFolder('Thesis')(page);
  for (const directory of ['chapters', 'data', 'data/2026-season', 'figures']) {
    await page.click(`[data-testid="file-row"][data-path="${directory}"]`);
    await page.waitForTimeout(700);
  }
  await page.click('[data-testid="file-row"][data-path="chapters/04-results.tex"]');
  await page.waitForSelector('[data-testid="version"]');
};

const openSettings = async (page: Page): Promise<void> => {
  await page.click('[data-testid="nav-settings"]');
  await page.waitForSelector('[data-testid="limit-now"]');
};
const openRing = async (page: Page): Promise<void> => {
  await openSettings(page);
  await page.locator('[data-testid="ring"]').evaluate((ring) => {
    ring.closest('.scroll')?.scrollBy(0, ring.getBoundingClientRect().top - 44);
  });
};
const then = (path: string): string => `[data-testid="then-row"][data-path="${path}"]`;
const openVersions = async (page: Page): Promise<void> => {
  await openFolder('Thesis')(page);
  await page.click('[data-testid="tab-versions"]');
  await page.locator('[data-testid="time-range"]').fill('120');
  await page.click(then('chapters'));
  await page.click(then('figures'));
  await page.click(`${then('chapters/04-results.tex')} [data-testid="check"]`);
  await page.click(`${then('figures/old-map.tif')} [data-testid="check"]`);
};

const openPolicy = (name: string) => async (page: Page) => {
  await openFolder(name)(page);
  await page.click('[data-testid="tab-policy"]');
  await page.waitForSelector('[data-testid="cost"]');
};

const chooseOwnKey = (page: Page) => page.selectOption('[data-field="encryption.mode"] select', 'customer');

export const shots: Readonly<Record<string, Shot>> = {
  overview: { scene: 'busy', steps: (page) => page.waitForTimeout(1200) },
  'overview-hour': {
    scene: 'busy',
    async steps(page) {
      await page.click('[data-testid="chart-span"] [data-value="hour"]');
      await page.waitForTimeout(1200);
    },
  },
  'overview-german': { scene: 'busy', locale: 'de-DE', steps: (page) => page.waitForTimeout(1200) },
  'overview-narrow': { scene: 'busy', width: 900, steps: (page) => page.waitForTimeout(1200) },
  empty: { scene: 'empty' },
  'folder-files': { scene: 'busy', steps: openThesis },
  'folder-files-german': { scene: 'busy', locale: 'de-DE', steps: openThesis },
  'folder-files-narrow': { scene: 'busy', width: 900, steps: openThesis },
  restored: {
    scene: 'busy',
    async steps(page) {
      await openThesis(page);
      await page.locator('[data-testid="restore"]').nth(1).click();
      await page.waitForSelector('[data-testid="restored-to"]');
    },
  },
  attention: {
    scene: 'busy',
    async steps(page) {
      await openThesis(page);
      await page.click('[data-testid="file-row"][data-path="chapters/appendix-a_tables.xlsx"]');
    },
  },
  keyboard: {
    scene: 'busy',
    async steps(page) {
      await openFolder('Thesis')(page);
      await page.focus('[role="treegrid"]');
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(700);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
    },
  },
  offline: { scene: 'busy', steps: openFolder('NAS projects') },
  practice: { scene: 'practice', steps: openFolder('Practice') },
  huge: {
    scene: 'huge',
    async steps(page) {
      await openFolder('Archive')(page);
      await page.waitForSelector('[data-testid="file-row"]');
      await page.locator('[role="treegrid"]').evaluate((rows) => rows.parentElement?.scrollTo(0, 140_000));
    },
  },
  'no-match': {
    scene: 'busy',
    async steps(page) {
      await openFolder('Thesis')(page);
      await page.fill('[data-testid="file-search"]', 'readme-frist.md');
    },
  },
  queue: {
    scene: 'busy',
    async steps(page) {
      await openFolder('Thesis')(page);
      await page.click('[data-testid="tab-queue"]');
    },
  },
  versions: {
    scene: 'busy',
    async steps(page) {
      await openVersions(page);
      await page.click(then('chapters/04-results.tex'));
      await page.waitForSelector('[data-testid="compare-text"]');
    },
  },
  attached: {
    scene: 'attached',
    async steps(page) {
      await openFolder('Old laptop')(page);
      await page.waitForSelector('[data-testid="then-row"]');
      await page.click('[data-testid="then-row"][data-path="chapters"]');
    },
  },
  'attached-german': { scene: 'attached', locale: 'de-DE', steps: openFolder('Thesis') },
  'attached-overview': { scene: 'attached', steps: (page) => page.waitForTimeout(600) },
  'attached-health': {
    scene: 'attached',
    async steps(page) {
      await openFolder('Old laptop')(page);
      await page.click('[data-testid="tab-health"]');
    },
  },
  'versions-counting': {
    scene: 'counting',
    steps: async (page) => {
      await openFolder('Thesis')(page);
      await page.click('[data-testid="tab-versions"]');
      await page.waitForSelector('[data-testid="then-row"]');
      await page.click(then('chapters'));
    },
  },
  'versions-none': { scene: 'busy', steps: openVersions },
  'versions-german': {
    scene: 'busy',
    locale: 'de-DE',
    async steps(page) {
      await openVersions(page);
      await page.click(then('chapters/04-results.tex'));
    },
  },
  'versions-narrow': {
    scene: 'busy',
    width: 760,
    async steps(page) {
      await openVersions(page);
      await page.click(then('chapters/04-results.tex'));
    },
  },
  'folder-zoomed': {
    scene: 'busy',
    width: 560,
    async steps(page) {
      await openFolder('Thesis')(page);
      await page.focus('[data-testid="tab-files"]');
      await page.keyboard.press('ArrowLeft');
    },
  },
  'versions-zoomed': { scene: 'busy', width: 560, steps: openVersions },
  'versions-picture': {
    scene: 'busy',
    async steps(page) {
      await openVersions(page);
      await page.click(then('figures/old-map.tif'));
      await page.waitForSelector('[data-testid="seen"] img');
    },
  },
  'versions-keys': {
    scene: 'busy',
    async steps(page) {
      await openVersions(page);
      await page.focus('[role="treegrid"]');
      for (const key of ['Home', 'ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
    },
  },
  'versions-ask': {
    scene: 'busy',
    async steps(page) {
      await openVersions(page);
      await page.click('[data-testid="restore-in-place"]');
    },
  },
  'versions-replaced': {
    scene: 'busy',
    async steps(page) {
      await openVersions(page);
      await page.click('[data-testid="restore-in-place"]');
      await page.click('[data-testid="dialog-yes"]');
    },
  },
  'versions-restored': {
    scene: 'busy',
    async steps(page) {
      await openVersions(page);
      await page.click('[data-testid="restore-then"]');
    },
  },
  'versions-busy': {
    scene: 'slow',
    async steps(page) {
      await openVersions(page);
      await page.click('[data-testid="restore-then"]');
      await page.waitForTimeout(400);
    },
  },
  'versions-failed': {
    scene: 'failing',
    async steps(page) {
      await openVersions(page);
      await page.click('[data-testid="restore-then"]');
    },
  },
  timeline: {
    scene: 'busy',
    async steps(page) {
      await openThesis(page);
      await page.locator('[data-testid="version-more"]').nth(1).click();
      await page.locator('[data-testid="version-with-now"]').click();
      await page.waitForSelector('[data-testid="compare-text"]');
    },
  },
  'timeline-archived': {
    scene: 'busy',
    async steps(page) {
      await openThesis(page);
      await page.locator('[data-testid="version-more"]').nth(5).click();
      await page.locator('[data-testid="version-more"]').nth(6).click();
      await page.waitForSelector('[data-testid="thaw-offer"]');
      await page.click('[data-testid="thaw-pick"]');
    },
  },
  'timeline-current': {
    scene: 'busy',
    async steps(page) {
      await openThesis(page);
      await page.locator('[data-testid="version-more"]').nth(1).click();
      await page.locator('[data-testid="version-current"]').click();
    },
  },
  policy: {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Photos 2026')(page);
      await page.locator('[data-field="metadata"] input').fill('season=autumn');
      await page.locator('[data-field="metadata"] input').press('Enter');
      await page.waitForTimeout(400);
    },
  },
  'policy-german': { scene: 'busy', locale: 'de-DE', steps: openPolicy('Photos 2026') },
  'policy-narrow': { scene: 'busy', width: 900, steps: openPolicy('Photos 2026') },
  'policy-empty': { scene: 'busy', steps: openPolicy('Client work') },
  'policy-greyed': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Website')(page);
      await page.locator('[data-field="grants.writeAcp"]').scrollIntoViewIfNeeded();
    },
  },
  'policy-greyed-german': { scene: 'busy', locale: 'de-DE', steps: openPolicy('Website') },
  'policy-greyed-top': { scene: 'busy', steps: openPolicy('Website') },
  'policy-rule': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Photos 2026')(page);
      await page.locator('[data-testid="layer-rule"][data-index="2"]').focus();
      await page.keyboard.press('Alt+ArrowUp');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(400);
    },
  },
  'policy-wrong': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Photos 2026')(page);
      await page.locator('[data-field="tags"] input').fill('aws:bill=x');
      await page.locator('[data-field="tags"] input').press('Enter');
      await page.locator('[data-field="cacheControl"] input').fill('max-age=60 ');
      await page.waitForTimeout(600);
      await page.locator('[data-field="contentType"]').scrollIntoViewIfNeeded();
    },
  },
  'policy-key': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Client work')(page);
      await chooseOwnKey(page);
      await page.selectOption('[data-field="encryption.keyRef"] select', 'photos');
      await page.waitForTimeout(400);
    },
  },
  'policy-key-none': {
    scene: 'practice',
    locale: 'de-DE',
    async steps(page) {
      await openPolicy('Practice')(page);
      await chooseOwnKey(page);
      await page.waitForSelector('[data-testid="key-none"]');
    },
  },
  'policy-json': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Photos 2026')(page);
      await page.click('[data-testid="view-json"]');
      const text = await page.inputValue('[data-testid="json-text"]');
      await page.fill('[data-testid="json-text"]', text.replace('"STANDARD_IA"', '"COLD"').replace('60', '60 '));
      await page.waitForTimeout(400);
    },
  },
  'policy-plan': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Photos 2026')(page);
      await page.click('[data-testid="policy-apply"]');
    },
  },
  'policy-applying': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Photos 2026')(page);
      await page.click('[data-testid="policy-apply"]');
      await page.click('[data-testid="dialog-yes"]');
    },
  },
  'policy-leave': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Photos 2026')(page);
      await page.selectOption('[data-field="storageClass"] select', 'GLACIER_IR');
      await page.click('[data-testid="tab-files"]');
    },
  },
  'policy-keeping': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Photos 2026')(page);
      await page.click('[data-testid="view-keeping"]');
      await page.fill('[data-testid="keep-days"]', '90');
      await page.click('[data-testid="keep-look"]');
    },
  },
  'policy-ignore': {
    scene: 'busy',
    async steps(page) {
      await openPolicy('Photos 2026')(page);
      await page.click('[data-testid="view-keeping"]');
      await page.fill('[data-testid="ignore-path"]', 'cache/preview.tmp');
      await page.click('[data-testid="ignore-why"]');
      await page.locator('[data-testid="ignore-reason"]').scrollIntoViewIfNeeded();
    },
  },
  health: {
    scene: 'busy',
    async steps(page) {
      await openFolder('Thesis')(page);
      await page.click('[data-testid="tab-health"]');
      await page.click('[data-testid="finding"][data-id="lifecycle-expire-old"] [data-testid="finding-show"]');
    },
  },
  'health-german': {
    scene: 'busy',
    locale: 'de-DE',
    async steps(page) {
      await openFolder('Thesis')(page);
      await page.click('[data-testid="tab-health"]');
    },
  },
  activity: { scene: 'busy', steps: (page) => page.click('[data-testid="nav-activity"]') },
  menu: {
    scene: 'busy',
    steps: (page) => page.click('[data-testid="folder-card-Thesis"] [data-testid="folder-menu"]'),
  },
  keys: {
    scene: 'keys',
    steps: (page) => page.waitForTimeout(700),
  },
  'keys-dialog': {
    scene: 'keys',
    async steps(page) {
      await page.click('[data-testid="remedy-keys"]');
      await page.fill('[data-testid="keys-id"]', 'AKIAEXAMPLE');
    },
  },
  'keys-german': {
    scene: 'keys',
    locale: 'de-DE',
    steps: (page) => page.click('[data-testid="remedy-keys"]'),
  },
  remove: {
    scene: 'busy',
    async steps(page) {
      await page.click('[data-testid="folder-card-Thesis"] [data-testid="folder-menu"]');
      await page.click('[data-testid="folder-remove"]');
    },
  },
  ...addingShots,
  forget: {
    scene: 'busy',
    async steps(page) {
      await openFolder('Thesis')(page);
      await page.click('[data-testid="tab-queue"]');
      await page.locator('[data-testid="queue-forget"]').last().click();
    },
  },
  'left-out': {
    scene: 'busy',
    async steps(page) {
      await openFolder('Thesis')(page);
      await page.click('[data-testid="file-row"][data-path="build.log"]');
      await page.waitForSelector('[data-testid="take-back"]');
    },
  },
  brake: {
    scene: 'waiting',
    async steps(page) {
      await page.click('[data-testid="remedy-release"]');
      await page.waitForSelector('[data-testid="brake-names"]');
    },
  },
  'brake-folder': {
    scene: 'waiting',
    async steps(page) {
      await openFolder('Website')(page);
      await page.click('[data-testid="remedy-discard"]');
      await page.waitForSelector('[data-testid="brake-names"]');
    },
  },
  settings: { scene: 'busy', steps: openSettings },
  'settings-german': {
    scene: 'busy',
    async steps(page) {
      await openSettings(page);
      await page.click('[data-value="de"]');
      await page.waitForTimeout(300);
      await page.locator('[data-testid="settings"] .scroll').evaluate((whole) => {
        whole.scrollTo(0, 4000);
      });
    },
  },
  'settings-limits': {
    scene: 'busy',
    async steps(page) {
      await openSettings(page);
      await page.click('[data-testid="limit-add"]');
      await page.locator('[data-testid="limit-from"]').last().fill('25:00');
    },
  },
  'settings-narrow': { scene: 'busy', width: 760, steps: openSettings },
  ring: {
    scene: 'busy',
    async steps(page) {
      await openRing(page);
      await page.locator('[data-testid="ring-more"]').first().click();
      await page.click('[data-testid="ring-count"]');
    },
  },
  'ring-german': {
    scene: 'busy',
    locale: 'de-DE',
    async steps(page) {
      await openRing(page);
      await page.locator('[data-testid="ring-more"]').first().click();
    },
  },
  'ring-none': { scene: 'bare', steps: openRing },
  'ring-narrow': { scene: 'busy', width: 640, steps: openRing },
  'ring-new': {
    scene: 'busy',
    async steps(page) {
      await openRing(page);
      await page.click('[data-testid="ring-make"]');
      await page.fill('[data-testid="ring-name"]', 'thesis');
    },
  },
  'ring-typed': {
    scene: 'busy',
    async steps(page) {
      await openRing(page);
      await page.click('[data-testid="ring-type"]');
      await page.fill('[data-testid="ring-name"]', 'scans');
      await page.fill('[data-testid="ring-typed"]', 'no key');
    },
  },
  'ring-confirm': {
    scene: 'busy',
    async steps(page) {
      await openRing(page);
      await page.click('[data-testid="ring-confirm"]');
    },
  },
  'ring-needed': {
    scene: 'busy',
    async steps(page) {
      await openRing(page);
      await page.locator('[data-testid="ring-more"]').first().click();
      await page.click('[data-testid="ring-forget"]');
    },
  },
  stopped: { scene: 'stopped', steps: (page) => page.waitForTimeout(700) },
  refused: { scene: 'refused', steps: (page) => page.waitForTimeout(700) },
  down: { scene: 'down', steps: (page) => page.waitForTimeout(700) },
};

/** Takes the pictures. @param german in German, whatever language a scene asks for. */
async function takePictures(wanted: readonly string[], german: boolean): Promise<void> {
  const results = fileURLToPath(new URL('../../test-results/look/', import.meta.url));
  await mkdir(results, { recursive: true });
  const stage = await openStage();
  try {
    for (const [name, shot] of Object.entries(shots)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      for (const colorScheme of ['light', 'dark'] as const) {
        const picture = `${name}${german ? '-in-german' : ''}-${colorScheme}`;
        const page = await stage.open({
          scene: shot.scene,
          width: shot.width ?? 1120,
          colorScheme,
          locale: german ? 'de-DE' : (shot.locale ?? 'en-GB'),
          report: (text) => {
            console.log(`${picture}: ${text}`);
          },
        });
        try {
          await shot.steps?.(page);
        } catch (error) {
          console.log(`${picture}: ${String(error)}`);
        }
        await page.waitForTimeout(300);
        await page.screenshot({ path: join(results, `${picture}.png`) });
        await page.close();
      }
    }
  } finally {
    await stage.close();
  }
}

// A test walks the same scenes.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2);
  const wanted = words.filter((word) => word !== '--german');
  const unknown = wanted.find((name) => !Object.hasOwn(shots, name));
  if (unknown !== undefined) {
    console.error(`There is no scene “${unknown}”. There is: ${Object.keys(shots).join(', ')}.`);
    process.exit(2);
  }
  await takePictures(wanted, wanted.length < words.length);
}
