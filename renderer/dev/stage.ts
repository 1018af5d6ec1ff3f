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

/** Builds the window and the stand-in, serves them on this computer only, and starts a browser. */
export async function openStage(): Promise<Stage> {
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
      await page.clock.setSystemTime(new Date('2026-11-22T14:32:10Z'));
      await page.addInitScript(`${fake}; fake.install(${JSON.stringify(scene)});`);
      await page.goto(origin);
      await page.waitForTimeout(300);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
      await rm(work, { recursive: true, force: true });
    },
  };
}
