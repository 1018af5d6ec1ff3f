/** The rules of who may import whom: each of them is seen to refuse what it is there for, and to let the rest pass. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult, type IConfiguration } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../support/paths.ts';

const rules = createRequire(import.meta.url)(`${root}/.dependency-cruiser.cjs`) as IConfiguration;

/** A house in which every import is allowed. */
const SOUND: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    type: 'module',
    dependencies: { electron: '1', 'better-sqlite3': '1', chokidar: '1', '@aws-sdk/client-s3': '1', zod: '1' },
  }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'preserve',
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      noEmit: true,
    },
  }),
  ...Object.fromEntries(
    ['electron', 'better-sqlite3', 'chokidar', '@aws-sdk/client-s3', 'zod', 'undeclared'].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'module.exports = {};'],
    ]),
  ),
  'main/contract/calls.ts': `import zod from 'zod'; export type Call = string; export const calls = [zod];`,
  'main/s3/client.ts': `import aws from '@aws-sdk/client-s3'; import { calls } from '../contract/calls.ts'; export const s3 = [aws, calls]; export type Client = number;`,
  'main/store/database.ts': `import sqlite from 'better-sqlite3'; import { readFile } from 'node:fs'; export const store = [sqlite, readFile]; export type Row = number;`,
  'main/scan/walk.ts': `import { stat } from 'node:fs'; export const walk = stat; export type Seen = number;`,
  'main/plan/plan.ts': `import type { Seen } from '../scan/walk.ts'; import type { Row } from '../store/database.ts'; import { join } from 'node:path'; export const plan = (a: Seen, b: Row): string => join(String(a), String(b));`,
  'main/policy/policy.ts': `export const policy = 1;`,
  'main/transfer/put.ts': `import { s3 } from '../s3/client.ts'; import type { Seen } from '../scan/walk.ts'; export const put = (a: Seen): unknown => [s3, a];`,
  'main/watch/worker.ts': `import chokidar from 'chokidar'; export const watch = chokidar;`,
  'main/engine/engine.ts': `import { walk } from '../scan/walk.ts'; import { plan } from '../plan/plan.ts'; import { policy } from '../policy/policy.ts'; import { put } from '../transfer/put.ts'; import { store } from '../store/database.ts'; export const engine = [walk, plan, policy, put, store];`,
  'main/practice/server.ts': `import { createServer } from 'node:http'; export const practice = createServer;`,
  'main/shell/app.ts': `import electron from 'electron'; import { engine } from '../engine/engine.ts'; export const app = [electron, engine];`,
  'main/cli/main.ts': `const { run } = await import('./run.ts'); run();`,
  'main/cli/run.ts': `import { engine } from '../engine/engine.ts'; import { practice } from '../practice/server.ts'; export const run = (): unknown => [engine, practice];`,
  'renderer/main.ts': `import { view } from './view.ts'; export const main = view;`,
  'renderer/view.ts': `import { calls } from '../main/contract/calls.ts'; export const view = calls;`,
  'renderer/dev/look.ts': `import { readFile } from 'node:fs'; import { fake } from './fake.ts'; export const look = [readFile, fake];`,
  'renderer/dev/fake.ts': `export const fake = 1;`,
  'test/support/fake.ts': `export const fake = 1;`,
};

/** One offence each: the rule that must speak, the file that offends, and what it says. */
const OFFENCES: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-cycle', 'main/engine/loop.ts', `import { more } from './more.ts'; export const loop = (): unknown => more;`],
  ['cannot-be-found', 'main/engine/lost.ts', `import { x } from './nowhere.ts'; export const lost = x;`],
  ['not-in-package-json', 'main/engine/undeclared.ts', `import x from 'undeclared'; export const u = x;`],
  [
    'contract-knows-no-room',
    'main/contract/up.ts',
    `import type { Row } from '../store/database.ts'; export type U = Row;`,
  ],
  [
    's3-and-store-know-only-the-contract',
    'main/s3/aside.ts',
    `import { store } from '../store/database.ts'; export const a = store;`,
  ],
  [
    'middle-rooms-look-down-only',
    'main/queue/up.ts',
    `import type { run } from '../cli/run.ts'; export type U = typeof run;`,
  ],
  [
    'middle-rooms-meet-in-the-engine',
    'main/history/aside.ts',
    `import { walk } from '../scan/walk.ts'; export const h = walk;`,
  ],
  ['engine-knows-no-program', 'main/engine/up.ts', `import { run } from '../cli/run.ts'; export const u = run;`],
  ['shell-and-cli-are-apart', 'main/shell/aside.ts', `import { run } from '../cli/run.ts'; export const a = run;`],
  [
    'practice-stands-alone',
    'main/practice/aside.ts',
    `import type { Call } from '../contract/calls.ts'; export type A = Call;`,
  ],
  ['decisions-run-no-driver', 'main/policy/driver.ts', `import { s3 } from '../s3/client.ts'; export const d = s3;`],
  [
    'decisions-reach-nothing-outside',
    'main/plan/disk.ts',
    `import { readFileSync } from 'node:fs'; export const d = readFileSync;`,
  ],
  [
    'window-knows-only-the-contract',
    'renderer/deep.ts',
    `import type { Row } from '../main/store/database.ts'; export type D = Row;`,
  ],
  ['window-has-no-node', 'renderer/node.ts', `import { join } from 'node:path'; export const n = join;`],
  ['window-knows-no-tool', 'renderer/tool.ts', `import { fake } from './dev/fake.ts'; export const t = fake;`],
  [
    'main-knows-no-window-and-no-test',
    'main/engine/test.ts',
    `import { fake } from '../../test/support/fake.ts'; export const t = fake;`,
  ],
  [
    'window-knows-no-test',
    'renderer/test.ts',
    `import { fake } from '../test/support/fake.ts'; export const t = fake;`,
  ],
  ['electron-in-shell', 'main/cli/electron.ts', `import electron from 'electron'; export const e = electron;`],
  ['aws-in-s3', 'main/transfer/aws.ts', `import type aws from '@aws-sdk/client-s3'; export type A = typeof aws;`],
  ['sqlite-in-store', 'main/history/sqlite.ts', `import sqlite from 'better-sqlite3'; export const s = sqlite;`],
  [
    'sqlite-of-node-nowhere',
    'main/store/node.ts',
    `import { DatabaseSync } from 'node:sqlite'; export const d = DatabaseSync;`,
  ],
  ['chokidar-in-watch', 'main/scan/watch.ts', `import chokidar from 'chokidar'; export const c = chokidar;`],
  ['reached-by-no-program', 'main/queue/dead.ts', `export const dead = 1;`],
];

let folder: string;
const at = { before: process.cwd() };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-layers-'));
});
afterAll(async () => {
  process.chdir(at.before);
  await rm(folder, { recursive: true, force: true });
});

async function violations(name: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const house = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(house, path)), { recursive: true });
    await writeFile(join(house, path), text);
  }
  // The cruiser takes several of its paths from the current folder.
  process.chdir(house);
  const { options = {}, ...ruleSet } = rules;
  const tsConfig = extractTSConfig(join(house, 'tsconfig.json'));
  const found = await cruise(
    ['main', 'renderer', 'test'],
    { ...options, ruleSet, validate: true, baseDir: house },
    options.enhancedResolveOptions,
    { tsConfig },
  );
  const output = found.output as ICruiseResult;
  return output.summary.violations.map(({ rule, from, to }) => {
    // Of a file that cannot be reached, the cruiser names the file as the far end.
    return `${rule.name}: ${rule.name === 'reached-by-no-program' ? to : from}`;
  });
}

describe('the rooms', () => {
  test('a sound house passes', async () => {
    expect(await violations('sound', SOUND)).toEqual([]);
  });

  test('each offence is refused by its own rule', async () => {
    const files = {
      ...SOUND,
      ...Object.fromEntries(OFFENCES.map(([, file, text]) => [file, text])),
      'main/engine/more.ts': `import { loop } from './loop.ts'; export const more = loop;`,
    };
    const found = await violations('unsound', files);
    for (const [rule, file] of OFFENCES) expect(found).toContain(`${rule}: ${file}`);
  });

  test('no rule is without its offence', () => {
    const named = (rules.forbidden ?? []).map((rule) => rule.name);
    expect(OFFENCES.map(([rule]) => rule).sort()).toEqual([...named].sort());
  });
});
