/**
 * Packages of the app. In: `dist/`, an Electron, and which kinds of packages. Out: a folder with them, put together by
 * electron-builder as `electron-builder.yml` says.
 */
import { cp, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createPackage } from '@electron/asar';
import { cache, root } from '../paths.ts';
import { run } from '../processes.ts';
import type { Electron } from '../testbed/electron.ts';
import { makeIcons } from './icons.ts';

export interface PackageOrder {
  readonly electron: Electron;
  /** As electron-builder calls them: `dir`, `deb`, `AppImage`, `dmg`, `zip`, `nsis`. Empty: all of this platform's. */
  readonly targets: readonly string[];
  /** Where they shall lie, absolute. */
  readonly output: string;
  /** Where the app looks for newer releases. Null: it does not look. */
  readonly updates: string | null;
  /** For packages that nobody downloads: pressed quickly, and a Debian package without a download of `fpm`. */
  readonly isForTests: boolean;
}

const PLATFORMS: Readonly<Record<string, string>> = { linux: '--linux', darwin: '--mac', win32: '--win' };

/** @returns null where all were built, else what electron-builder said. */
export async function buildPackages(order: PackageOrder): Promise<string | null> {
  const platform = PLATFORMS[process.platform];
  if (platform === undefined) return `Cairn has no packages for ${process.platform}.`;
  await makeIcons(join(cache, 'package'));
  const words = [platform, ...order.targets, '--publish', 'never', `-c.directories.output=${order.output}`];
  if (order.updates !== null) {
    words.push('-c.publish.provider=generic', `-c.publish.url=${order.updates}`);
  }
  if (order.isForTests) words.push('-c.deb.compression=gz', '-c.compression=store');
  const env: NodeJS.ProcessEnv = { ...process.env };
  if (order.isForTests) {
    env['CUSTOM_FPM_PATH'] = join(root, 'test/support/package/fpm.mjs');
    // The stand-in for fpm is started by its first line, and must meet this Node.
    env['PATH'] = `${dirname(process.execPath)}:${env['PATH'] ?? ''}`;
  }
  const staged = join(order.output, '.electron');
  try {
    if (order.electron.kind === 'stand-in') {
      await stage(order.electron.dist, staged);
      words.push(`-c.electronDist=${staged}`, `-c.electronVersion=${order.electron.version}`);
    }
    const builder = join(dirname(createRequire(import.meta.url).resolve('electron-builder/package.json')), 'cli.js');
    const ended = await run(process.execPath, [builder, ...words], { cwd: root, env, timeout: 900_000 });
    return ended.code === 0 ? null : (ended.stderr + ended.stdout).trim().slice(-4000);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

/** electron-builder looks into the app that Electron comes with, and removes it: it expects an archive, not a folder. */
async function stage(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const own = join(from, 'resources', 'default_app.asar');
  await cp(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => path !== own });
  await createPackage(own, join(to, 'resources', 'default_app.asar'));
}
