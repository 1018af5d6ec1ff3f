/**
 * Makes `dist/`. In: the sources, and which part is asked for. Out: the programs, or a sentence that says what is
 * missing. A part whose sources have not changed since it was made is left alone.
 *
 *   node test/support/build.ts [--only cli|app|renderer] [--force]
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { give, isAnswer, readCommandLine, wrongUse } from './command-line.ts';
import { isStarted, root } from './paths.ts';

export type BuildPart = 'cli' | 'app' | 'renderer';

interface Target {
  /** Names its stamp in `dist/`. */
  readonly name: string;
  /** Name in `dist/` without ending -> source file, relative to the checkout. */
  readonly entries: Readonly<Record<string, string>>;
  readonly kind: 'node' | 'preload' | 'window';
  /** Folders and files whose change asks for a new build. */
  readonly sources: readonly string[];
  /** Files of `dist/` that are this target's own: whichever a new build did not make is stale. */
  readonly owns: RegExp | null;
}

const dist = join(root, 'dist');
const TOOLS = ['package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', 'test/support/build.ts'];

/** Builds what is asked for, where it is out of date. Throws a sentence where an entry is missing. */
export async function ensureBuilt(part?: BuildPart, options: { readonly force?: boolean } = {}): Promise<void> {
  const force = options.force ?? false;
  const targets = await targetsOf(part);
  // A part that was made with the whole is not made again beside it: its chunks would lie there twice, and be packaged.
  const [whole] = await targetsOf(undefined);
  const hasPrograms = part !== undefined && !force && whole !== undefined && (await isUpToDate(whole));
  for (const target of targets) if (!hasPrograms || target.kind !== 'node') await make(target, force);
}

async function isUpToDate(target: Target): Promise<boolean> {
  return isFresh(stampFileOf(target), await stampOf(target));
}

const stampFileOf = ({ name }: Target): string => join(dist, `.stamp-${name}.json`);

async function targetsOf(part: BuildPart | undefined): Promise<readonly Target[]> {
  const workers = await workerEntries();
  const cli = { cli: 'main/cli/main.ts' };
  const app = { app: 'main/shell/app.ts', engine: 'main/shell/engine-host.ts' };
  const node = (name: string, entries: Target['entries'], owns: RegExp | null): Target => ({
    name,
    entries,
    kind: 'node',
    sources: ['main', ...TOOLS],
    owns,
  });
  const preload: Target = {
    name: 'preload',
    entries: { preload: 'main/shell/preload.ts' },
    kind: 'preload',
    sources: ['main/shell', 'main/contract', ...TOOLS],
    owns: null,
  };
  const window: Target = {
    name: 'renderer',
    entries: { index: 'renderer/index.html' },
    kind: 'window',
    sources: ['renderer', 'main/contract', 'svelte.config.js', ...TOOLS],
    owns: null,
  };
  switch (part) {
    // A part of the programs leaves the others and their chunks alone: they may stem from another state of the tree.
    case 'cli':
      return [node('cli', { ...cli, ...workers }, null)];
    case 'app':
      return [node('app', { ...app, ...workers }, null), preload];
    case 'renderer':
      return [window];
    case undefined:
      return [node('main', { ...cli, ...app, ...workers }, /^[^/]+\.js(\.map)?$/), preload, window];
  }
}

/** Worker threads: `main/ROOM/worker.ts` becomes `dist/ROOM-worker.js`. */
async function workerEntries(): Promise<Record<string, string>> {
  const rooms = await readdir(join(root, 'main'), { withFileTypes: true });
  const entries: Record<string, string> = {};
  for (const room of rooms) {
    const source = `main/${room.name}/worker.ts`;
    if (room.isDirectory() && existsSync(join(root, source))) entries[`${room.name}-worker`] = source;
  }
  return entries;
}

async function make(target: Target, force: boolean): Promise<void> {
  const missing = Object.values(target.entries).filter((source) => !existsSync(join(root, source)));
  if (missing.length > 0) throw new Error(`Cannot build “${target.name}”: ${missing.join(', ')} does not exist.`);

  const stampFile = stampFileOf(target);
  const stamp = await stampOf(target);
  if (!force && (await isFresh(stampFile, stamp))) return;

  const started = performance.now();
  await rm(stampFile, { force: true });
  const files = await bundle(target);
  if (target.owns !== null) await removeStale(target.owns, files);
  if (target.kind === 'preload') await copyIcons();
  await mkdir(dist, { recursive: true });
  // The sources may have changed while they were read: then the stamp of before does not match, and it is made again.
  await writeFile(stampFile, JSON.stringify({ stamp, files }));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.error(`built ${target.name} in ${seconds} s: ${Object.keys(target.entries).join(', ')}`);
}

/** @returns the files made, relative to `dist/`. */
async function bundle(target: Target): Promise<readonly string[]> {
  // Loaded only now: most calls find everything up to date and need neither.
  const vite = await import('vite');
  const config = await import('../../vite.config.ts');
  const quiet = { logLevel: 'warn' } as const;
  const made = await (target.kind === 'window'
    ? vite.build({ ...config.windowConfig(), ...quiet })
    : target.kind === 'node'
      ? vite.build({ ...config.nodeConfig(target.entries), ...quiet })
      : vite.build({ ...config.preloadConfig(target.entries['preload'] ?? ''), ...quiet }));
  const outputs = Array.isArray(made) ? made : [made];
  const folder = target.kind === 'window' ? 'renderer/' : '';
  return outputs.flatMap((one) => ('output' in one ? one.output.map((file) => folder + file.fileName) : []));
}

/** The tray's pictures go along with the app; where they lie in the sources, a packaged app does not reach. */
async function copyIcons(): Promise<void> {
  const from = join(root, 'main', 'shell', 'icons');
  await mkdir(join(dist, 'icons'), { recursive: true });
  for (const name of await readdir(from)) {
    if (name.endsWith('.png')) await copyFile(join(from, name), join(dist, 'icons', name));
  }
}

async function removeStale(owns: RegExp, files: readonly string[]): Promise<void> {
  for (const name of await readdir(dist)) {
    if (owns.test(name) && !files.includes(name)) await rm(join(dist, name));
  }
}

/** Names, sizes and times of all sources: cheap, and a touched file costs no more than a build. */
async function stampOf(target: Target): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(target.entries));
  for (const source of target.sources) await addToStamp(join(root, source), hash);
  return hash.digest('hex');
}

async function addToStamp(path: string, hash: ReturnType<typeof createHash>): Promise<void> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  if (found === null) return;
  if (found.isDirectory()) {
    for (const name of (await readdir(path)).sort()) await addToStamp(join(path, name), hash);
  } else {
    hash.update(`${relative(root, path)}\0${String(found.size)}\0${String(found.mtimeNs)}\n`);
  }
}

async function isFresh(stampFile: string, stamp: string): Promise<boolean> {
  try {
    const written: unknown = JSON.parse(await readFile(stampFile, 'utf8'));
    if (typeof written !== 'object' || written === null || !('stamp' in written) || !('files' in written)) return false;
    if (written.stamp !== stamp || !Array.isArray(written.files)) return false;
    return written.files.every((file) => typeof file === 'string' && existsSync(join(dirname(stampFile), file)));
  } catch {
    return false;
  }
}

const USAGE = `Usage: npm run build [-- [--only cli|app|renderer] [--force]]

Makes dist/. A part whose sources have not changed since it was made is left alone.

  --only PART   cli, app or renderer alone
  --force       make it anew all the same`;

/** @returns the exit code. */
async function build(only: string | undefined, force: boolean): Promise<number> {
  if (only !== undefined && !isPart(only)) {
    give(wrongUse(USAGE, `There is no part “${only}”. There is: cli, app, renderer.`));
    return 2;
  }
  try {
    await ensureBuilt(only, { force });
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function isPart(word: string): word is BuildPart {
  return ['cli', 'app', 'renderer'].includes(word);
}

if (isStarted(import.meta.url)) {
  const options = { only: { type: 'string' }, force: { type: 'boolean', default: false } } as const;
  const told = readCommandLine({ usage: USAGE, options, takes: [] });
  if (isAnswer(told)) give(told);
  else process.exitCode = await build(told.values.only, told.values.force);
}
