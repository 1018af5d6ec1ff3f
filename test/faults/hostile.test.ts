/** A bucket that others write into as they like: whatever its keys, a restore writes nothing outside the chosen folder. */
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';
import { plan, Tally } from './tally.ts';

const { rounds, versions, milliseconds, seed } = plan(
  'hostile',
  { rounds: 1, versions: 300 },
  { rounds: 40, versions: 4_000 },
);

const PREFIX = 'kept/';
/** No file can safely be called so. */
const UNSAFE = [
  '../../escaped',
  '../escaped',
  '/etc/escaped',
  '//escaped',
  'a//b',
  './here',
  'deep/../../../escaped',
  'deep/..',
  '.',
  '..',
  'nul\0l',
];
/** A file can be called so here, though not everywhere. */
const SAFE = [
  'C:\\x',
  '..\\..\\x',
  'con.txt',
  'aux',
  'Readme',
  'README',
  'é',
  'e\u0301',
  '...',
  ' lead',
  'end. ',
  'x\ny',
  '%2e%2e%2f',
  '-rf',
  '~',
  'a:b',
];
/** The same place twice: the file gets a name beside the directory. */
const BOTH = ['both', 'both/inner', 'both/inner/most'];
const LONG = `long/${'x'.repeat(300)}.txt`;

/** Everything outside of the target that a hostile key could mean. */
async function outside(w: World): Promise<readonly string[]> {
  const names = await readdir(w.root, { recursive: true });
  return names
    .map(String)
    .filter((name) => !/^(home|back)/.test(name))
    .sort();
}

async function put(w: World, key: string, body = key): Promise<void> {
  await w.bucket.client.send(new PutObjectCommand({ Bucket: w.bucket.name, Key: PREFIX + key, Body: body }));
}

test(
  'whatever the keys, nothing is written outside the chosen folder',
  { timeout: milliseconds + 600_000 },
  async () => {
    const tally = new Tally('hostile', seed);
    const end = performance.now() + milliseconds;
    try {
      for (let round = 0; round < rounds && performance.now() < end; round += 1) {
        await using w = await openWorld({ prefix: PREFIX });
        for (const key of [...UNSAFE, ...SAFE, ...BOTH, LONG]) await put(w, key);
        for (let count = 0; count < versions; count += 20) {
          const some = Array.from({ length: Math.min(20, versions - count) }, (_, index) => count + index);
          await Promise.all(some.map((number) => put(w, 'often', `state ${String(number)}`)));
        }
        await put(w, 'gone');
        await w.bucket.client.send(new DeleteObjectCommand({ Bucket: w.bucket.name, Key: `${PREFIX}gone` }));
        const before = await outside(w);
        const at = new Date(Date.now() + 60_000).toISOString();

        const { code, lines, stderr } = await w.cairn('restore', FOLDER, '--at', at, '--to', join(w.root, 'back'));
        tally.add('runs');
        tally.add('keys', UNSAFE.length + SAFE.length + BOTH.length + 2);
        tally.add('versions of one key', versions);
        expect(stderr).toBe('');
        expect(code).toBe(3);
        const errors = lines.flatMap((line) =>
          line['error'] === undefined ? [] : [line['error'] as { message: string }],
        );
        expect(errors).toHaveLength(UNSAFE.length);
        for (const key of UNSAFE)
          expect(
            errors.some(({ message }) => message.includes(`“${PREFIX}${key}”`)),
            key,
          ).toBe(true);
        expect(await outside(w)).toEqual(before);
        for (const name of SAFE) expect(await readFile(join(w.root, 'back', name), 'utf8'), name).toBe(name);
        expect(await readFile(join(w.root, 'back/both (2)'), 'utf8')).toBe('both');
        expect(await readFile(join(w.root, 'back/both/inner (2)'), 'utf8')).toBe('both/inner');
        expect(await readFile(join(w.root, 'back/often'), 'utf8')).toMatch(/^state \d+$/);
        const [cut = ''] = await readdir(join(w.root, 'back/long'));
        expect(await readFile(join(w.root, 'back/long', cut), 'utf8')).toBe(LONG);
        const renamed = lines.flatMap((line) =>
          typeof line['renamedTo'] === 'string' ? [[line['path'], line['renamedTo']]] : [],
        );
        expect(renamed.sort()).toEqual([
          ['both', 'both (2)'],
          ['both/inner', 'both/inner (2)'],
          [LONG, `long/${cut}`],
        ]);
        const all = await w.cairnDone('versions', FOLDER, 'often');
        expect(all).toHaveLength(versions);

        await plantLinks(w);
        tally.add('links planted', 3);
      }
    } finally {
      tally.close();
    }
  },
);

/** Where a link stands under the name, or on the way. */
async function plantLinks(w: World): Promise<void> {
  const elsewhere = join(w.root, 'elsewhere');
  await mkdir(elsewhere);
  await writeFile(join(elsewhere, 'kept'), 'mine');
  const words = ['--version-id', await newest(w, 'both/inner/most'), '--to'];
  const chosen = join(w.root, 'back-links');
  await mkdir(chosen);
  await symlink(elsewhere, join(chosen, 'file'));
  await symlink(join(elsewhere, 'made'), join(chosen, 'dangling'));
  for (const name of ['file', 'dangling']) {
    await w.expectRefused(['restore', FOLDER, 'both/inner/most', ...words, join(chosen, name)], 2, 'target-exists');
  }
  // Beside its file: there the way is the folder's own, and one part of it is a link by now.
  await symlink(elsewhere, w.path('both'));
  const [command = '', option = ''] = words;
  await w.expectRefused(['restore', FOLDER, 'both/inner/most', command, option], 1, 'write-failed');
  expect(await readdir(elsewhere)).toEqual(['kept']);
}

async function newest(w: World, path: string): Promise<string> {
  const [version] = (await w.cairnDone('versions', FOLDER, path)) as { versionId: string }[];
  return version?.versionId ?? '';
}
