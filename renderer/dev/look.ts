/**
 * Takes pictures of the window without the app. In: names of scenes (none: all). Out: PNG files in `test-results/look`,
 * light and dark, and every message that the page wrote to its console, content security policy included.
 */
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { windowConfig } from '../../vite.config.ts';
import type { Scene } from './fake.ts';

interface Shot {
  readonly scene: Scene;
  readonly width?: number;
  readonly locale?: string;
  readonly steps?: (page: Page) => Promise<void>;
}

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

const shots: Readonly<Record<string, Shot>> = {
  overview: { scene: 'busy', steps: (page) => page.waitForTimeout(1200) },
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
      await page.evaluate(() => {
        document.querySelector('[role="treegrid"]')?.parentElement?.scrollTo(0, 140_000);
      });
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
  activity: { scene: 'busy', steps: (page) => page.click('[data-testid="nav-activity"]') },
  menu: {
    scene: 'busy',
    steps: (page) => page.click('[data-testid="folder-card-Thesis"] [data-testid="folder-menu"]'),
  },
  remove: {
    scene: 'busy',
    async steps(page) {
      await page.click('[data-testid="folder-card-Thesis"] [data-testid="folder-menu"]');
      await page.click('[data-testid="folder-remove"]');
    },
  },
  'add-1': { scene: 'busy', steps: (page) => page.click('[data-testid="add-folder"]') },
  'add-2': {
    scene: 'busy',
    async steps(page) {
      await page.click('[data-testid="add-folder"]');
      await page.click('[data-testid="add-next"]');
    },
  },
  'add-3': {
    scene: 'busy',
    async steps(page) {
      await page.click('[data-testid="add-folder"]');
      await page.click('[data-testid="add-next"]');
      await page.click('[data-testid="add-next"]');
      await page.fill('[data-testid="add-path"]', '/home/mara/Documents/papers');
      await page.click('[data-testid="add-start"]');
    },
  },
  'add-practice': { scene: 'empty', steps: (page) => page.click('[data-testid="practice-first"]') },
  stopped: { scene: 'stopped', steps: (page) => page.waitForTimeout(700) },
  down: { scene: 'down', steps: (page) => page.waitForTimeout(700) },
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

const here = fileURLToPath(new URL('.', import.meta.url));
const results = join(here, '../../test-results/look');
const work = await mkdtemp(join(tmpdir(), 'cairn-look-'));
await mkdir(results, { recursive: true });

const config = windowConfig();
await build({ ...config, logLevel: 'warn', build: { ...config.build, outDir: join(work, 'window') } });
await build({
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: join(work, 'fake'),
    emptyOutDir: true,
    lib: { entry: join(here, 'fake.ts'), formats: ['iife'], name: 'fake', fileName: 'fake' },
  },
});
const fake = await readFile(join(work, 'fake/fake.iife.js'), 'utf8');

const server = createServer((request, response) => {
  const path = join(work, 'window', (request.url ?? '/').replace(/\?.*/, '').replace(/\/$/, '/index.html'));
  if (!existsSync(path)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
  createReadStream(path).pipe(response);
});
const port = await new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' && address !== null ? address.port : 0);
  });
});

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const wanted = process.argv.slice(2);
try {
  for (const [name, shot] of Object.entries(shots)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({
        viewport: { width: shot.width ?? 1120, height: 760 },
        colorScheme,
        locale: shot.locale ?? 'en-GB',
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
      });
      page.on('console', (message) => {
        console.log(`${name}-${colorScheme}: ${message.text()}`);
      });
      page.on('pageerror', (error) => {
        console.log(`${name}-${colorScheme}: ${error.message}`);
      });
      page.setDefaultTimeout(8000);
      await page.clock.setSystemTime(new Date('2026-11-22T14:32:10Z'));
      await page.addInitScript(`${fake}; fake.install(${JSON.stringify(shot.scene)});`);
      await page.goto(`http://127.0.0.1:${String(port)}/`);
      await page.waitForTimeout(300);
      try {
        await shot.steps?.(page);
      } catch (error) {
        console.log(`${name}-${colorScheme}: ${String(error)}`);
      }
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(results, `${name}-${colorScheme}.png`) });
      await page.close();
    }
  }
} finally {
  await browser.close();
  server.close();
  await rm(work, { recursive: true, force: true });
}
