/** Newer releases: electron-updater itself against a server of our own, and what a person is asked before. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type RequestOptions, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppImageUpdater as RealUpdater } from 'electron-updater';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startUpdates, type Updates } from '../../../main/shell/updates.ts';
import { updateAddress, updaterOf } from '../../../main/shell/updater.ts';

const OURS = '0.5.0';
const RELEASE = Buffer.from('the bytes of a newer release '.repeat(5_000));
const require = createRequire(import.meta.url);
const { AppImageUpdater } = require('electron-updater/out/AppImageUpdater.js') as {
  AppImageUpdater: typeof RealUpdater;
};
const { ElectronHttpExecutor } = require('electron-updater/out/electronHttpExecutor.js') as {
  ElectronHttpExecutor: new () => object;
};

/** The updater's own downloads and checks; only the socket is Node's, where Electron's is not there. */
class NodeExecutor extends ElectronHttpExecutor {
  createRequest(options: RequestOptions, callback: (answer: IncomingMessage) => void): unknown {
    // A connection for each request: the updater adds a listener to the socket each time.
    return request({ ...options, agent: false }, callback);
  }
}

let scratch: string;
let server: Server;
let address: string;
/** What the server says: its list of releases, and the bytes of the release. */
let feed: string;
let bytes: Buffer;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((incoming, answer) => {
    const path = new URL(incoming.url ?? '/', 'http://x').pathname;
    asked.push(path);
    if (path === '/latest-linux.yml' && feed !== '') answer.end(feed);
    else if (path === '/Cairn.AppImage') answer.end(bytes);
    else answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.close();
});
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'cairn-update-'));
  await writeFile(join(scratch, 'old.AppImage'), 'the present one');
  await writeFile(
    join(scratch, 'app-update.yml'),
    `provider: generic\nurl: ${address}\nupdaterCacheDirName: cairn-updater\n`,
  );
  vi.stubEnv('APPIMAGE', join(scratch, 'old.AppImage'));
  asked.length = 0;
  bytes = RELEASE;
  feed = listOf('0.6.0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(scratch, { recursive: true, force: true });
});

function listOf(version: string, of = RELEASE): string {
  const sha512 = createHash('sha512').update(of).digest('base64');
  return [
    `version: ${version}`,
    `files:\n  - url: Cairn.AppImage\n    sha512: ${sha512}\n    size: ${String(of.length)}`,
    `path: Cairn.AppImage\nsha512: ${sha512}\nreleaseDate: '2026-11-22T12:00:00.000Z'`,
  ].join('\n');
}

function openReal(): { updater: ReturnType<typeof updaterOf>; real: RealUpdater; lines: string[] } {
  const real = new AppImageUpdater(null, {
    version: OURS,
    name: 'Cairn',
    isPackaged: true,
    appUpdateConfigPath: join(scratch, 'app-update.yml'),
    userDataPath: scratch,
    baseCachePath: scratch,
    whenReady: () => Promise.resolve(),
    relaunch: () => undefined,
    quit: () => undefined,
    onQuit: () => undefined,
  });
  Object.assign(real, { httpExecutor: new NodeExecutor() });
  const lines: string[] = [];
  const updater = updaterOf(real, (line) => lines.push(line));
  return { updater, real, lines };
}

/** Files of downloads that the updater kept. */
async function kept(): Promise<readonly string[]> {
  const files = await readdir(scratch, { recursive: true });
  return files.filter((file) => file.endsWith('.AppImage') && file !== 'old.AppImage');
}

describe('electron-updater', () => {
  it('finds a newer release, and fetches it whole', async () => {
    const { updater } = openReal();
    expect(await updater.check()).toBe('0.6.0');
    expect(asked).not.toContain('/Cairn.AppImage');
    await updater.download();
    const [file = 'none'] = await kept();
    expect((await readFile(join(scratch, file))).equals(RELEASE)).toBe(true);
    expect(await readFile(join(scratch, 'old.AppImage'), 'utf8')).toBe('the present one');
  });

  it.each(['0.4.9', '0.5.0', '0.5.0-beta.1', '0.0.1'])(
    'takes %s for no release that is newer than 0.5.0',
    async (old) => {
      feed = listOf(old);
      expect(await openReal().updater.check()).toBeNull();
    },
  );

  it.each([
    ['other bytes of the same length', () => Buffer.from(RELEASE).fill('x', 100, 101)],
    ['one byte less', () => RELEASE.subarray(1)],
    ['a byte more', () => Buffer.concat([RELEASE, Buffer.from('x')])],
    ['nothing', () => Buffer.alloc(0)],
  ])('refuses a release that was tampered with: %s', async (_, tampered) => {
    bytes = tampered();
    const { updater } = openReal();
    expect(await updater.check()).toBe('0.6.0');
    await expect(updater.download()).rejects.toThrow(/sha512|checksum|size/i);
    expect(await kept()).toEqual([]);
  });

  it.each(['version: newest\nfiles: []\npath: x\nsha512: x', '{ no yaml', 'version: 0.6.0', ''])(
    'offers nothing where the list is %j',
    async (list) => {
      feed = list;
      const { updater } = openReal();
      const version = await updater.check().catch(() => null);
      if (version !== null) await expect(updater.download()).rejects.toThrow();
      expect(await kept()).toEqual([]);
    },
  );
});

describe('a person', () => {
  let updates: Updates;
  afterEach(() => {
    updates.stop();
  });

  /** @param answer what the person says when asked. */
  function begin(answer: boolean): { told: string[]; lines: string[] } {
    const told: string[] = [];
    const { updater, lines } = openReal();
    updates = startUpdates({
      updater: { ...updater, install: () => told.push('installed') },
      ask: (version) => Promise.resolve(told.push(`asked ${version}`) > 0 && answer),
      tellFailed: (version) => Promise.resolve(void told.push(`failed ${version}`)),
      putAway: () => Promise.resolve(void told.push('put away')),
      onChange: () => told.push(updates.state().kind),
      log: (line) => lines.push(line),
    });
    return { told, lines };
  }

  it('is told of a release once, and nothing is fetched unasked', async () => {
    const { told } = begin(true);
    await updates.look();
    await updates.look();
    expect(told).toEqual(['available']);
    expect(asked).not.toContain('/Cairn.AppImage');
  });

  it('who says no gets nothing', async () => {
    const { told } = begin(false);
    await updates.look();
    await updates.choose();
    expect(told).toEqual(['available', 'asked 0.6.0']);
    expect(asked).not.toContain('/Cairn.AppImage');
    expect(updates.state()).toEqual({ kind: 'available', version: '0.6.0' });
  });

  it('who says yes gets it, after all was put away', async () => {
    const { told } = begin(true);
    await updates.look();
    await updates.choose();
    expect(told).toEqual(['available', 'asked 0.6.0', 'downloading', 'put away', 'installed']);
  });

  it('is told where the release was tampered with, and the app goes on', async () => {
    bytes = Buffer.from(RELEASE).fill('x', 100, 101);
    const { told, lines } = begin(true);
    await updates.look();
    await updates.choose();
    expect(told).toEqual(['available', 'asked 0.6.0', 'downloading', 'available', 'failed 0.6.0']);
    expect(lines.join('\n')).toMatch(/0\.6\.0 was not installed: .*sha512/);
    expect(existsSync(join(scratch, 'old.AppImage'))).toBe(true);
  });

  it('hears nothing of a server that does not answer', async () => {
    feed = '';
    const { told, lines } = begin(true);
    await updates.look();
    await updates.choose();
    expect(told).toEqual([]);
    expect(lines.join('\n')).toContain('could not be looked for');
  });
});

describe('the address of releases', () => {
  it.each([
    ['provider: generic\nurl: https://cairn.invalid/releases\n', 'https://cairn.invalid/releases'],
    [
      "provider: generic\nurl: 'https://cairn.invalid/'\nupdaterCacheDirName: cairn-updater\n",
      'https://cairn.invalid/',
    ],
    ['provider: generic\nurl: http://127.0.0.1:8080\n', 'http://127.0.0.1:8080'],
    ['provider: generic\nurl: http://cairn.invalid/\n', null],
    ['provider: generic\nurl: http://127.0.0.1.cairn.invalid/\n', null],
    ['provider: generic\nurl: file:///tmp\n', null],
    ['provider: generic\nurl: nonsense\n', null],
    ['provider: github\nurl: https://cairn.invalid/\n', null],
    ['', null],
  ])('%j is read as %j', (settings, expected) => {
    expect(updateAddress(settings)).toBe(expected);
  });
});
