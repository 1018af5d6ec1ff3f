/**
 * The app as a package: what it holds, how it is locked, and the way from nothing to the first VersionId in it. Built
 * with the Electron that the tests run on; where that is the stand-in, its database's native part is exchanged.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { flipFuses, FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackages } from '../support/package/build-packages.ts';
import { must } from '../support/processes.ts';
import { type Desk, openDesk } from './desk.ts';
import {
  endingOf,
  environmentOf,
  expectNothingLeft,
  findElectron,
  makeScratch,
  type Scratch,
  startPackaged,
} from './support.ts';

const isLinux = process.platform === 'linux';
const hasDebian = existsSync('/usr/bin/dpkg-deb');
if (!isLinux) console.error('NOT RUN: the packaged app is driven on Linux alone.');
else if (!hasDebian) console.error('NOT RUN: the Debian package is not looked at, since there is no dpkg-deb.');

let desk: Desk;
let scratch: Scratch;
let output: string;
let unpacked: string;

beforeAll(async () => {
  if (!isLinux) return;
  desk = await openDesk();
  scratch = await makeScratch();
  output = join(scratch.root, 'release');
  unpacked = join(output, `linux${process.arch === 'x64' ? '' : `-${process.arch}`}-unpacked`);
  const electron = await findElectron();
  const targets = hasDebian ? ['dir', 'deb'] : ['dir'];
  expect(await buildPackages({ electron, targets, output, updates: null, isForTests: true })).toBeNull();
});
afterAll(async () => {
  if (!isLinux) return;
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

const archive = (): string => join(unpacked, 'resources', 'app.asar');
/** Where the native part of the database lies, relative to the package. */
const native = (): string => `node_modules/better-sqlite3/prebuilds/${process.platform}-${process.arch}.node`;

async function filesIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((one) => !one.isDirectory()).map((one) => join(one.parentPath, one.name).slice(folder.length));
}

describe.runIf(isLinux)('the package', () => {
  it('holds what runs, and no source, no test, no map, no other computer’s binary', () => {
    const files = listPackage(archive(), { isPack: false }).map((path) => path.slice(1));
    const folders = new Set(files.flatMap((path) => path.split('/').map((_, at, all) => all.slice(0, at).join('/'))));
    const wanted = [
      /^package\.json$/,
      /^LICENSE$/,
      /^dist\/(app|engine|[a-z0-9]+-worker|chunk-[\w-]+)\.js$/,
      /^dist\/preload\.cjs$/,
      /^dist\/icons\/(app|tray-[a-z-]+-\d+(@2x)?)\.png$/,
      /^dist\/renderer\/index\.html$/,
      /^dist\/renderer\/assets\/[\w-]+\.(js|css|woff2|svg)$/,
      /^node_modules\/better-sqlite3\/(package\.json|LICENSE|lib\/.+\.js)$/,
    ];
    const strange = files.filter(
      (path) => !folders.has(path) && path !== native() && !wanted.some((pattern) => pattern.test(path)),
    );
    expect(strange).toEqual([]);
    const workers = ['history', 's3', 'transfer', 'watch'].map((room) => `dist/${room}-worker.js`);
    const needed = ['dist/app.js', 'dist/engine.js', ...workers, 'dist/preload.cjs', 'package.json'];
    for (const path of [...needed, 'dist/renderer/index.html', native()]) expect(files).toContain(path);
  });

  it('keeps one file beside the archive: the native part of the database', async () => {
    expect(await filesIn(`${archive()}.unpacked/`)).toEqual([native()]);
  });

  it('is small beside Electron itself: below 8 MiB', async () => {
    const sizes = await Promise.all([archive(), join(`${archive()}.unpacked`, native())].map((file) => stat(file)));
    const bytes = sizes.reduce((sum, one) => sum + one.size, 0);
    console.log(`app.asar ${String(sizes[0]?.size)} B, native part ${String(sizes[1]?.size)} B`);
    expect(bytes).toBeLessThan(8 * 1024 * 1024);
  });

  it('names itself, and neither scripts nor tools', () => {
    const about = JSON.parse(extractFile(archive(), 'package.json').toString('utf8')) as Record<string, unknown>;
    expect(about).toMatchObject({ name: 'cairn', main: 'dist/app.js', type: 'module' });
    expect(Object.keys(about)).not.toContain('scripts');
    expect(Object.keys(about)).not.toContain('devDependencies');
  });

  it('does not look for newer releases, where the build was told no place', () => {
    expect(existsSync(join(unpacked, 'resources', 'app-update.yml'))).toBe(false);
  });

  it('has every lock closed', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'cairn'));
    const states = Object.fromEntries(
      Object.entries(wire)
        .filter(([key]) => /^\d+$/.test(key))
        .map(([key, state]) => [FuseV1Options[Number(key)] ?? key, state]),
    );
    expect(states).toMatchObject({
      RunAsNode: FuseState.DISABLE,
      EnableCookieEncryption: FuseState.ENABLE,
      EnableNodeOptionsEnvironmentVariable: FuseState.DISABLE,
      EnableNodeCliInspectArguments: FuseState.DISABLE,
      EnableEmbeddedAsarIntegrityValidation: FuseState.ENABLE,
      OnlyLoadAppFromAsar: FuseState.ENABLE,
      LoadBrowserProcessSpecificV8Snapshot: FuseState.DISABLE,
      GrantFileProtocolExtraPrivileges: FuseState.DISABLE,
    });
  });
});

describe.runIf(isLinux && hasDebian)('the Debian package', () => {
  let deb: string;
  beforeAll(async () => {
    const name = (await readdir(output)).find((file) => file.endsWith('.deb'));
    deb = join(output, name ?? 'none');
  });

  it('says what it is and what it needs', async () => {
    const fields = await must('dpkg-deb', ['--field', deb]);
    expect(fields).toMatch(/^Package: cairn$/m);
    expect(fields).toMatch(/^Version: \d+\.\d+\.\d+$/m);
    expect(fields).toMatch(/^Architecture: (amd64|arm64)$/m);
    expect(fields).toMatch(/^Depends: .*libgtk-3-0.*libsecret-1-0/m);
    expect(fields).toMatch(/^Description: Keeps folders in S3/m);
  });

  it('installs the app, an entry of the menu, and icons of each size; nothing elsewhere', async () => {
    const listed = (await must('dpkg-deb', ['--contents', deb]))
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('d'))
      .map((line) => ({ line, path: line.split(/\s+/).slice(5).join(' ').replace(/^\./, '') }));
    const paths = listed.map(({ path }) => path);
    const installed = paths.filter((path) => path.startsWith('/opt/Cairn/')).map((path) => path.slice(10));
    expect(installed.sort()).toEqual([...(await filesIn(unpacked))].sort());
    const others = paths.filter((path) => !path.startsWith('/opt/Cairn/')).sort();
    const icons = [128, 16, 256, 32, 48, 512, 64].map(
      (size) => `/usr/share/icons/hicolor/${String(size)}x${String(size)}/apps/cairn.png`,
    );
    expect(others).toEqual(['/usr/share/applications/cairn.desktop', ...icons]);
    // Nobody but root may write any of it.
    expect(listed.filter(({ line }) => !/^-rw[x-]r-[x-]r-[x-] root\/root /.test(line))).toEqual([]);
  });

  it('comes with an entry that the desktop understands', async () => {
    const to = join(scratch.root, 'deb');
    await mkdir(to);
    await must('sh', ['-c', 'dpkg-deb --fsys-tarfile "$0" | tar -x -C "$1" ./usr', deb, to]);
    const entry = await readFile(join(to, 'usr/share/applications/cairn.desktop'), 'utf8');
    expect(entry).toMatch(/^Exec=\/opt\/Cairn\/cairn/m);
    expect(entry).toMatch(/^Icon=cairn$/m);
    expect(entry).toMatch(/^Categories=Utility;$/m);
    // Links lead into the window, and nothing else is opened by Cairn.
    expect(entry).toMatch(/^Exec=\/opt\/Cairn\/cairn %U$/m);
    expect(entry).toMatch(/^MimeType=x-scheme-handler\/cairn;$/m);
  });
});

describe.runIf(isLinux)('the packaged program, exactly as it was built', () => {
  it('cannot be made a Node, be debugged, or be given code, by switches or by its environment', async () => {
    const electron = await findElectron();
    const code = join(scratch.root, 'foreign.cjs');
    const mark = join(scratch.root, 'foreign code ran');
    await writeFile(code, `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');`);
    const env = {
      ...environmentOf(electron, desk, scratch),
      ELECTRON_RUN_AS_NODE: '1',
      NODE_OPTIONS: `--require ${JSON.stringify(code)}`,
    };
    const words = ['--inspect=0', '-r', code, '--home', scratch.home, '--hidden'];
    const program = spawn(join(unpacked, 'cairn'), [...electron.switches, ...words], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    program.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const ending = endingOf(program);
    const log = join(scratch.home, 'logs', 'app.log');
    await expect.poll(() => readFile(log, 'utf8').catch(() => ''), { timeout: 20_000 }).toContain(' start, ');
    program.kill('SIGTERM');
    expect(await ending).toEqual({ code: 0, signal: null });
    expect(existsSync(mark)).toBe(false);
    expect(said).not.toMatch(/Debugger listening/);
    await expectNothingLeft(scratch);
  });
});

/** A list of releases that names one newer than any. */
async function serveReleases(asked: string[]): Promise<AsyncDisposable & { readonly address: string }> {
  const sha512 = Buffer.alloc(64, 1).toString('base64');
  const file = `files:\n  - url: Cairn.AppImage\n    sha512: ${sha512}\n    size: 1000\n`;
  const server = createServer((request, answer) => {
    asked.push(new URL(request.url ?? '/', 'http://x').pathname);
    answer.end(`version: 9.9.9\n${file}path: Cairn.AppImage\nsha512: ${sha512}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

describe.runIf(isLinux)('a person at the packaged app', () => {
  it('comes from nothing to the first VersionId', async () => {
    // A copy, in which one lock is opened: through it Playwright drives the program. All others stay closed.
    const copy = join(scratch.root, 'driven');
    await cp(unpacked, copy, { recursive: true });
    const program = join(copy, 'cairn');
    await flipFuses(program, { version: FuseVersion.V1, [FuseV1Options.EnableNodeCliInspectArguments]: true });
    const own = (await findElectron()).env['CAIRN_SQLITE_BINDING'];
    if (own !== undefined) await copyFile(own, join(copy, 'resources', 'app.asar.unpacked', native()));
    // An app in a folder would come first, were it not locked out.
    const foreign = join(copy, 'resources', 'app');
    await mkdir(foreign);
    await writeFile(join(foreign, 'package.json'), '{ "name": "foreign", "main": "main.cjs" }');
    await writeFile(join(foreign, 'main.cjs'), 'process.exit(7);');

    // A server of releases, and what the build writes where it is told of one.
    const asked: string[] = [];
    await using releases = await serveReleases(asked);
    const settings = `provider: generic\nurl: ${releases.address}\nupdaterCacheDirName: cairn-updater\n`;
    await writeFile(join(copy, 'resources', 'app-update.yml'), settings);

    // The variable names a library to load, for tests of the sources; the packaged app must not heed it.
    await using app = await startPackaged(desk, scratch, program, {
      CAIRN_SQLITE_BINDING: join(scratch.root, 'nowhere.node'),
      APPIMAGE: program,
    });
    const page = await app.page();
    await page.getByTestId('practice-first').click();
    await app.answerPicker(scratch.folder);
    await page.getByTestId('add-pick').click();
    await expect.poll(() => page.getByTestId('add-path').inputValue()).toBe(scratch.folder);
    await page.getByTestId('add-next').click();
    await page.getByTestId('add-start').click();
    await page.locator('[data-testid="folder-state"][data-state="idle"]').waitFor();
    await writeFile(join(scratch.folder, 'first.txt'), 'one');
    const row = page.locator('[data-testid="file-row"][data-path="first.txt"][data-state="sync"]');
    await row.click();
    const id = await page.getByTestId('inspector').getByTestId('version').getAttribute('data-version-id');
    expect(id).toMatch(/\S{8,}/);
    await expect.poll(() => app.log(), { timeout: 20_000 }).toContain('there is a newer release, 9.9.9');
    // It was looked for, and nothing was fetched without a word.
    expect(new Set(asked)).toEqual(new Set(['/latest-linux.yml']));
    await app.picture('packaged');
    expect(app.complaints).toEqual([]);
    expect(await app.electron.evaluate(({ app: one }) => one.isPackaged)).toBe(true);
  });
});
