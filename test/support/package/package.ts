/**
 * `npm run package`. In: nothing, or kinds of packages. Out: `release/`, each file with its size, and a sentence for what
 * could not be built here.
 *
 *   node test/support/package/package.ts [dir] [deb] [AppImage] [dmg] [zip] [nsis]
 *
 * CAIRN_UPDATE_URL says where the packaged app looks for newer releases; without it, the app does not look.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuilt } from '../build.ts';
import { give, isAnswer, readCommandLine } from '../command-line.ts';
import { isStarted, root } from '../paths.ts';
import { ensureElectron } from '../testbed/electron.ts';
import { buildPackages } from './build-packages.ts';

const ALL: Readonly<Record<string, readonly string[]>> = {
  linux: ['dir', 'deb', 'AppImage'],
  darwin: ['dir', 'dmg', 'zip'],
  win32: ['dir', 'nsis'],
};
const here = ALL[process.platform] ?? [];
/** What needs no tool that only a download brings. */
const WITHOUT_DOWNLOADS = ['dir', 'deb'];

async function makePackages(asked: readonly string[]): Promise<boolean> {
  const wanted = asked.length === 0 ? here : asked;
  await ensureBuilt();
  const electron = await ensureElectron();
  if ('missing' in electron) {
    console.error(electron.missing);
    return false;
  }
  const output = join(root, 'release');
  await rm(output, { recursive: true, force: true });
  const isStandIn = electron.kind === 'stand-in';
  const targets = isStandIn ? wanted.filter((target) => WITHOUT_DOWNLOADS.includes(target)) : wanted;
  if (isStandIn) {
    console.error(
      `These packages hold Electron ${electron.version}, which stands in for the one that ships: for a look and for ` +
        'tests, not for anybody’s use. On this Electron their database does not open; the end-to-end tests put one ' +
        'in that does.',
    );
    const left = wanted.filter((target) => !targets.includes(target));
    if (left.length > 0) console.error(`NOT BUILT: ${left.join(', ')}, whose tools electron-builder downloads.`);
  }
  const updates = process.env['CAIRN_UPDATE_URL'] ?? null;
  const said =
    targets.length === 0 ? null : await buildPackages({ electron, targets, output, updates, isForTests: isStandIn });
  if (said !== null) {
    console.error(said);
    return false;
  }
  for (const line of await sizes(output)) console.log(line);
  return targets.length === wanted.length;
}

/** Files of the folder, and its folders with all that is in them. */
async function sizes(folder: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (/\.(ya?ml|blockmap)$/.test(name)) continue;
    const mebibytes = (await sizeOf(join(folder, name))) / 1024 / 1024;
    lines.push(`${mebibytes.toFixed(1).padStart(8)} MiB  release/${name}`);
  }
  return lines;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const within = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return within.reduce((sum, size) => sum + size, 0);
}

const USAGE = `Usage: npm run package [-- kind…]

Packages for this computer’s system, in release/. CAIRN_UPDATE_URL says where the app looks for newer releases.

  kind   here: ${here.join(', ')}`;

if (isStarted(import.meta.url)) {
  const told = readCommandLine({ usage: USAGE, options: {}, takes: here });
  if (isAnswer(told)) give(told);
  else process.exitCode = (await makePackages(told.positionals)) ? 0 : 1;
}
