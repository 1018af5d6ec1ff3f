/**
 * better-sqlite3 for an Electron that is too old for its ready-made binary. In: its sources, as installed.
 * Out: a `.node` file that takes Node-API 9, for better-sqlite3's own option `nativeBinding`.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cache, root } from '../paths.ts';
import { must } from '../processes.ts';
import { makeOnce } from './make-once.ts';

const FILE = 'better_sqlite3.node';
const minute = 60_000;

/** @returns the file. Throws a sentence where it cannot be made. Takes some 30 s of a compiler, once. */
export async function makeSqliteForNodeApiNine(): Promise<string> {
  const library = packageFolder('better-sqlite3');
  const addon = packageFolder('node-addon-api');
  const headers = packageFolder('node-api-headers');
  const versions = await Promise.all([library, addon, headers].map(versionOf));
  const directory = join(cache, `better-sqlite3-${versions.join('-')}-node-api-9-${process.arch}`);
  await makeOnce(directory, FILE, async (empty) => {
    const front = join(root, 'test/support/testbed/napi-nine.hpp');
    const sqlite = join(library, 'deps/sqlite3');
    const compileSqlite = must(
      'gcc',
      [
        '-O2',
        '-fPIC',
        '-std=gnu99',
        '-w',
        ...(await sqliteDefines(library)),
        '-c',
        'sqlite3.c',
        '-o',
        join(empty, 'sqlite3.o'),
      ],
      { cwd: sqlite, timeout: 10 * minute },
    );
    const compileAddon = must(
      'g++',
      [
        ...['-O2', '-fPIC', '-std=c++20', '-w', '-fvisibility=hidden'],
        ...['-I', addon, '-I', join(headers, 'include'), '-I', sqlite, '-include', front],
        ...['NAPI_VERSION=9', 'NAPI_DISABLE_CPP_EXCEPTIONS', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'].map(define),
        ...['NODE_GYP_MODULE_NAME=better_sqlite3', 'BUILDING_NODE_EXTENSION'].map(define),
        ...['-c', 'src/better_sqlite3.cpp', '-o', join(empty, 'addon.o')],
      ],
      { cwd: library, timeout: 10 * minute },
    );
    // Both to their end, also where one fails: the folder that they write to is removed then.
    await Promise.allSettled([compileSqlite, compileAddon]);
    await Promise.all([compileSqlite, compileAddon]);
    const link = ['-shared', '-o', join(empty, FILE), join(empty, 'addon.o'), join(empty, 'sqlite3.o')];
    await must('g++', [...link, '-Wl,-Bsymbolic', '-ldl', '-lpthread', '-lm'], { timeout: minute });
  });
  return join(directory, FILE);
}

const define = (name: string): string => `-D${name}`;

function packageFolder(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

async function versionOf(folder: string): Promise<string> {
  const about: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (typeof about === 'object' && about !== null && 'version' in about) return String(about.version);
  throw new Error(`${folder} names no version.`);
}

/** The settings that better-sqlite3 itself gives SQLite, so that the engine meets the same database. */
async function sqliteDefines(library: string): Promise<readonly string[]> {
  const text = await readFile(join(library, 'deps/defines.gypi'), 'utf8');
  const defines = [...text.matchAll(/'((?:HAVE|SQLITE)_[A-Z0-9_]+(?:=[^']+)?)'/g)].map((match) => match[1] ?? '');
  if (defines.length < 20)
    throw new Error('The settings of SQLite in better-sqlite3/deps/defines.gypi look different.');
  return defines.map(define);
}
