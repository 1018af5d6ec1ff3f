/** The first start on a computer, and what the window's page can and cannot reach. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
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

/** Runs words in the page, outside of the debugger, which may do what the page itself may not. */
function inPage<T>(words: string): Promise<T> {
  const whole = `new Promise((resolve) => setTimeout(async () => {
    try { resolve(await (${words})); } catch (error) { resolve('refused: ' + error.name); }
  }, 0))`;
  return page.evaluate<T>(whole);
}

describe('the first start', () => {
  it('shows an overview without a folder, with two ways to begin', async () => {
    await page.getByTestId('overview').waitFor();
    await page.getByTestId('add-folder').waitFor();
    await page.getByTestId('practice-first').waitFor();
    expect(await page.title()).toBe('Cairn');
    await app.picture('first-start');
  });

  it('is served from the app alone, and nothing of the page was refused', async () => {
    expect(page.url()).toBe('app://cairn/index.html');
    const addresses = await page.evaluate<string[]>(
      "[...document.querySelectorAll('[src], link[href]')].map((one) => one.src || one.href)",
    );
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => !/^(app:\/\/cairn\/|data:)/.test(address))).toEqual([]);
    expect(app.complaints).toEqual([]);
  });

  it('knows its version and its home', async () => {
    const about: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    const info = await app.call('app.info', {});
    expect(info).toMatchObject({ ok: true, value: { home: scratch.home, platform: process.platform } });
    expect(about).toMatchObject({ version: info.ok ? info.value.version : 'none' });
  });

  it('has a window of 1120 by 760 that does not go below 760 by 520', async () => {
    const sizes = await app.electron.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0];
      return [window?.getSize(), window?.getMinimumSize()];
    });
    expect(sizes).toEqual([
      [1120, 760],
      [760, 520],
    ]);
  });
});

describe('the page', () => {
  it('reaches nothing of Node or Electron, and three functions of Cairn', async () => {
    const kinds = await page.evaluate<string[]>(
      "['require', 'process', 'module', 'global', 'Buffer', 'electron'].map((name) => typeof window[name])",
    );
    expect(new Set(kinds)).toEqual(new Set(['undefined']));
    expect(await page.evaluate('Object.keys(window.cairn)')).toEqual(['call', 'on', 'pathOf']);
    // Only what a person dropped has a path.
    expect(
      await page.evaluate("[new File(['x'], 'x.txt'), '/etc/passwd', null, {}].map((one) => window.cairn.pathOf(one))"),
    ).toEqual(['', '', '', '']);
    // What the bridge puts there can be neither replaced nor widened by the page.
    expect(
      await page.evaluate('(() => { try { window.cairn.call = 1; } catch {} return typeof window.cairn.call; })()'),
    ).toBe('function');
  });

  it('runs isolated, sandboxed and without Node', async () => {
    const settings = await app.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity } = contents.getLastWebPreferences();
      return { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity };
    });
    expect(settings).toEqual({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    });
  });

  it('cannot evaluate text, add a script, or ask a network or a file', async () => {
    expect(await inPage("eval('1 + 1')")).toMatch(/refused/);
    await inPage(
      "document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.bad = 1' }))",
    );
    expect(await page.evaluate('typeof window.bad')).toBe('undefined');
    for (const address of [
      'https://example.com/',
      'http://127.0.0.1:1/',
      'file:///etc/passwd',
      'app://other/index.html',
    ]) {
      expect(await inPage(`fetch('${address}').then((answer) => answer.status)`)).toMatch(/refused/);
    }
    expect(await inPage("fetch('app://cairn/index.html').then((answer) => answer.status)")).toMatch(/refused/);
  });

  it('is served the files of the window, and none above or beside them', async () => {
    const ask = (method: string, path: string): Promise<number> =>
      app.electron.evaluate(
        async ({ session }, [how, where]) =>
          (await session.defaultSession.fetch(`app://cairn/${where ?? ''}`, { method: how ?? 'GET' })).status,
        [method, path],
      );
    expect(await ask('GET', 'index.html')).toBe(200);
    expect(await ask('POST', 'index.html')).toBe(404);
    for (const path of ['%2e%2e%2fpreload.cjs', '..%2Fengine.js', 'nothing.js', 'assets', '%00.js']) {
      expect(await ask('GET', path)).toBe(404);
    }
  });

  it('gets its policy and no guessing of types with every file', async () => {
    const headers = await app.electron.evaluate(async ({ session }) => {
      const answer = await session.defaultSession.fetch('app://cairn/index.html');
      return [answer.headers.get('content-security-policy'), answer.headers.get('x-content-type-options')];
    });
    expect(headers[0]).toContain("default-src 'none'");
    expect(headers[0]).not.toMatch(/unsafe|https?:|\*/);
    expect(headers[1]).toBe('nosniff');
  });

  it('cannot leave, open another window, or hold a frame or a webview', async () => {
    for (const address of ['https://example.com/', 'file:///etc/passwd', 'data:text/html,x']) {
      await inPage(`(location.href = '${address}', 0)`);
      await inPage('new Promise((resolve) => setTimeout(resolve, 150))');
      expect(page.url()).toBe('app://cairn/index.html');
    }
    expect(await inPage("window.open('app://cairn/index.html') === null")).toBe(true);
    await inPage(
      "document.body.append(Object.assign(document.createElement('iframe'), { src: 'app://cairn/index.html' }))",
    );
    await inPage(
      "document.body.append(Object.assign(document.createElement('webview'), { src: 'app://cairn/index.html' }))",
    );
    await inPage('new Promise((resolve) => setTimeout(resolve, 300))');
    const contents = await app.electron.evaluate(({ webContents }) => webContents.getAllWebContents().length);
    expect(contents).toBe(1);
    await page.evaluate("document.querySelectorAll('iframe, webview').forEach((one) => one.remove())");
  });

  it('gets no permission', async () => {
    expect(await inPage('Notification.requestPermission()')).toBe('denied');
    expect(await inPage("navigator.permissions.query({ name: 'geolocation' }).then((answer) => answer.state)")).toBe(
      'denied',
    );
    expect(await inPage('navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 1)')).toMatch(/refused/);
    expect(await inPage('navigator.clipboard.readText()')).toMatch(/refused/);
  });
});

describe('calls of any shape', () => {
  it('are answered with a failure, and the app lives on', async () => {
    const words = `(async () => {
      const circle = {}; circle.self = circle;
      const values = [undefined, null, 0, -1, NaN, '', 'x', [], {}, { a: 1 }, 1n, circle, () => 1, Symbol('s'), new Map(),
        new Date(), new Uint8Array(9), new Error('e'), document, window, new Proxy({}, {}), 'x'.repeat(1 << 20),
        { folder: 'x', path: '../../etc/passwd' }, { folder: { toString: () => 'x' } }, { __proto__: { folder: 'x' } }];
      const names = ['folder.add', 'folder.files', 'folder.remove', 'versions.restore', 'app.showOnDisk', 'app.copyText',
        'folder.pause', '__proto__', 'constructor', 'toString', '', 'app.', 'app.nothing', 'folder.nothing', ...values];
      const wrong = [];
      for (const name of names) for (const value of values) {
        const isFair = typeof name === 'string' && value !== null && typeof value === 'object' && value.path !== undefined;
        let answer;
        try { answer = await window.cairn.call(name, value); }
        catch (error) {
          // What cannot pass the bridge between the page and the preload script is refused there.
          if (!/could not be cloned|circular|not supported/i.test(error.message)) wrong.push([String(name), 'threw ' + error.message]);
          continue;
        }
        if (typeof answer !== 'object' || typeof answer.ok !== 'boolean') wrong.push([String(name), 'no Result']);
        else if (answer.ok) wrong.push([String(name), 'was done']);
        else if (answer.failure.code === 'internal') wrong.push([String(name), answer.failure.message]);
        else if (isFair && !answer.failure.code.startsWith('unknown-') && answer.failure.code !== 'bad-input') wrong.push([name, answer.failure.code]);
      }
      return wrong;
    })()`;
    expect(await page.evaluate(words)).toEqual([]);
    expect(await app.call('folder.list', {})).toEqual({ ok: true, value: [] });
  });

  it('and listeners for what is no event are refused', async () => {
    const words = `['nothing', '__proto__', 7, null].map((name) => {
      try { window.cairn.on(name, () => undefined); return 'heard'; } catch { return 'refused'; }
    })`;
    expect(await page.evaluate(words)).toEqual(['refused', 'refused', 'refused', 'refused']);
  });
});
