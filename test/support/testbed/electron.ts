/**
 * The Electron that tests, `npm start` and the demo run. In: what this computer and its network offer. Out: the
 * official one; where it cannot be downloaded, on Linux (x64), the stand-in; else the reason why there is none.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from '../processes.ts';
import { makeSqliteForNodeApiNine } from './sqlite.ts';
import { makeStandIn, STAND_IN_VERSION } from './stand-in.ts';

export interface Electron {
  readonly kind: 'official' | 'stand-in';
  readonly version: string;
  /** Folder of the distribution. */
  readonly dist: string;
  /** The program in it. */
  readonly path: string;
  /** Switches that it needs here, before the app's own arguments. */
  readonly switches: readonly string[];
  /**
   * What to add to its environment. ELECTRON_OVERRIDE_DIST_PATH: for the `electron` package and Playwright.
   * CAIRN_SQLITE_BINDING: for the app, the native part of better-sqlite3 where the ready-made one does not load.
   */
  readonly env: Readonly<Record<string, string>>;
}

export interface NoElectron {
  /** A sentence that says why, and what would help. */
  readonly missing: string;
}

const second = 1000;
const root = dirname(createRequire(import.meta.url).resolve('electron/package.json'));

/**
 * Finds or fetches an Electron. What was fetched before is used again. Prints a notice where it is the stand-in.
 * CAIRN_ELECTRON=official or =stand-in asks for one of the two alone.
 */
export async function ensureElectron(): Promise<Electron | NoElectron> {
  const given = await givenElectron();
  if (given !== null) return given;
  const wanted = process.env['CAIRN_ELECTRON'];
  const standInPossible = process.platform === 'linux' && process.arch === 'x64';
  let reason = 'the official one is not wanted (CAIRN_ELECTRON=stand-in)';
  if (wanted !== 'stand-in') {
    // Where nothing else serves, a slow download is better than none.
    const official = await ensureOfficial(standInPossible && wanted !== 'official' ? 20 * second : 600 * second);
    if (!('missing' in official)) return official;
    reason = official.missing;
    if (wanted === 'official') return official;
  }
  if (!standInPossible) {
    return { missing: `${reason}; and a stand-in exists for Linux (x64) alone.` };
  }
  try {
    const dist = await makeStandIn();
    const nativeBinding = await makeSqliteForNodeApiNine();
    notice(reason);
    return {
      kind: 'stand-in',
      version: STAND_IN_VERSION,
      dist,
      path: join(dist, 'electron'),
      switches: switches(),
      env: { ELECTRON_OVERRIDE_DIST_PATH: dist, CAIRN_SQLITE_BINDING: nativeBinding },
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { missing: `${reason}; and the stand-in could not be made: ${why}` };
  }
}

/** The one that ELECTRON_OVERRIDE_DIST_PATH names: a run of the tests hands what it found to each test in this way. */
async function givenElectron(): Promise<Electron | null> {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (dist === undefined || !existsSync(join(dist, 'electron'))) return null;
  const version = (await textOf(join(dist, 'version'))).trim().replace(/^v/, '');
  const binding = process.env['CAIRN_SQLITE_BINDING'];
  return {
    kind: version === versionIn(await textOf(join(root, 'package.json'))) ? 'official' : 'stand-in',
    version,
    dist,
    path: join(dist, 'electron'),
    switches: switches(),
    env: {
      ELECTRON_OVERRIDE_DIST_PATH: dist,
      ...(binding === undefined ? {} : { CAIRN_SQLITE_BINDING: binding }),
    },
  };
}

/** Chromium refuses its own sandbox to root on Linux. */
function switches(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

let noticed = false;
function notice(reason: string): void {
  if (noticed) return;
  noticed = true;
  console.error(
    `Notice: Electron ${STAND_IN_VERSION} stands in, since ${reason}. ` +
      'It is a real Electron, but not the version that ships.',
  );
}

async function ensureOfficial(patience: number): Promise<Electron | NoElectron> {
  const version = await textOf(join(root, 'package.json')).then(versionIn);
  if (!(await isInstalled(version))) {
    // The package's own program for it; it checks what it downloads against checksums that came with the package.
    const env = { ...process.env };
    delete env['ELECTRON_OVERRIDE_DIST_PATH'];
    const ended = await run(process.execPath, [join(root, 'install.js')], { env, timeout: patience });
    if (!(await isInstalled(version))) {
      const said = /^\w*Error:.*$/m.exec(ended.stderr)?.[0] ?? `exit code ${String(ended.code)}`;
      const why = ended.timedOut ? `not within ${String(patience / second)} s` : said;
      return { missing: `the official Electron ${version} cannot be downloaded here (${why})` };
    }
  }
  const dist = join(root, 'dist');
  const path = join(dist, await textOf(join(root, 'path.txt')));
  return { kind: 'official', version, dist, path, switches: switches(), env: {} };
}

async function isInstalled(version: string): Promise<boolean> {
  const installed = (await textOf(join(root, 'dist/version'))).trim().replace(/^v/, '');
  const program = await textOf(join(root, 'path.txt'));
  return installed === version && program !== '' && existsSync(join(root, 'dist', program));
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function versionIn(text: string): string {
  const about: unknown = JSON.parse(text);
  if (typeof about === 'object' && about !== null && 'version' in about) return String(about.version);
  throw new Error('The package electron names no version.');
}
