/**
 * A browser with the built window and the stand-in for the engine. In: a scene, a width, a theme, a language.
 * Out: a page that a script can drive, its clock set to the time of the sample data.
 */
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { windowConfig } from '../../vite.config.ts';
import type { Scene } from './fake.ts';

export interface Setting {
  readonly scene: Scene;
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  readonly locale: string;
  /** Hears the page's console and its errors. */
  readonly report: (text: string) => void;
}

export interface Stage {
  open(setting: Setting): Promise<Page>;
  /** Ends the browser and the server, and removes what was built. */
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

async function serve(directory: string) {
  const server = createServer((request, response) => {
    const path = join(directory, (request.url ?? '/').replace(/\?.*/, '').replace(/\/$/, '/index.html'));
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, origin: `http://127.0.0.1:${String(port)}/` };
}

/** Now, to the sample data. */
export const SAMPLE_TIME = new Date('2026-11-22T14:32:10Z');

/** The built window, served on this computer only, and the script that stands in for the engine. */
export interface Scenery {
  readonly origin: string;
  /** To run in the page before its own scripts: `fake.install(scene)`. */
  readonly fake: string;
  /** Ends the server, and removes what was built. */
  close(): Promise<void>;
}

export async function openScenery(): Promise<Scenery> {
  const work = await mkdtemp(join(tmpdir(), 'cairn-look-'));
  const config = windowConfig();
  await build({ ...config, logLevel: 'error', build: { ...config.build, outDir: join(work, 'window') } });
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: join(work, 'fake'),
      emptyOutDir: true,
      lib: {
        entry: fileURLToPath(new URL('./fake.ts', import.meta.url)),
        formats: ['iife'],
        name: 'fake',
        fileName: 'fake',
      },
    },
  });
  const fake = await readFile(join(work, 'fake/fake.iife.js'), 'utf8');
  const { server, origin } = await serve(join(work, 'window'));
  return {
    origin,
    fake,
    async close() {
      server.close();
      await rm(work, { recursive: true, force: true });
    },
  };
}

/** Builds the window and the stand-in, and starts a browser. */
export async function openStage(): Promise<Stage> {
  const scenery = await openScenery();
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
  return {
    async open({ scene, width, colorScheme, locale, report }) {
      const page = await browser.newPage({
        viewport: { width, height: 760 },
        colorScheme,
        locale,
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
      });
      page.on('console', (message) => {
        report(message.text());
      });
      page.on('pageerror', (error) => {
        report(error.message);
      });
      page.setDefaultTimeout(8000);
      await page.clock.setSystemTime(SAMPLE_TIME);
      await page.addInitScript(`${scenery.fake}; fake.install(${JSON.stringify(scene)});`);
      await page.goto(scenery.origin);
      await page.waitForTimeout(300);
      return page;
    },
    async close() {
      await browser.close();
      await scenery.close();
    },
  };
}
