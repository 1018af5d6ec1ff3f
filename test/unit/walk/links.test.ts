import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT, type RelPath } from '../../../main/contract/names.ts';
import { LinkedPlaces } from '../../../main/engine/linked-places.ts';
import { walk, type WalkOptions } from '../../../main/scan/walk.ts';

let base = '';
let root = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-links-')));
  root = join(base, 'root');
  mkdirSync(root);
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
}
function link(path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}
const path = (text: string): RelPath => text as RelPath;

async function look(more: Partial<WalkOptions> = {}, start = ROOT) {
  const found = { files: [] as string[], links: [] as string[], names: [] as string[], unknown: [] as string[] };
  const options: WalkOptions = {
    ignores: () => false,
    forbidden: new Set(),
    links: 'follow',
    onLinked: (real, seenAs) => {
      found.names.push(`${real} as ${seenAs}`);
    },
    ...more,
  };
  for await (const listing of walk(root, start, options)) {
    if (listing.state === 'unknown') found.unknown.push(listing.directory);
    else {
      found.files.push(...listing.files.map((file) => file.path));
      found.links.push(...listing.examples.map((one) => one.path));
    }
  }
  for (const list of Object.values(found)) list.sort();
  return found;
}

test('links to files and directories inside the root are followed, and their other names are told', async () => {
  write('real/deep/a', 'real/b');
  link('x/file', '../real/b');
  link('x/way', '../real');
  link('absolute', join(root, 'real/deep'));
  link('twice', 'x/file');
  const found = await look();
  const under = ['absolute/a', 'real/b', 'real/deep/a', 'twice', 'x/file', 'x/way/b', 'x/way/deep/a'];
  expect(found.files).toEqual(under);
  expect(found.links).toEqual([]);
  expect(found.names).toEqual([
    'real as ',
    'real as x',
    'real as x/way',
    'real/deep as absolute',
    'real/deep as x/way/deep',
  ]);
  // A look at one directory comes to the same as a look at all.
  expect((await look({}, path('x/way/deep'))).files).toEqual(['x/way/deep/a']);
});

test('what leads out of the root, nowhere, or to where one came from is left out, and counted', async () => {
  writeFileSync(join(base, 'secret'), '');
  mkdirSync(join(base, 'root-too'));
  write('d/a', 'e/b');
  link('out', '../secret');
  link('beside', '../root-too');
  link('etc', '/etc');
  link('through', 'd/up/../../secret');
  link('nowhere', 'none');
  link('self', 'self');
  link('d/up', '..');
  link('d/here', '.');
  // Each leads into the other: followed once, and not round and round.
  link('d/to-e', '../e');
  link('e/to-d', '../d');
  const found = await look();
  expect(found.files).toEqual(['d/a', 'd/to-e/b', 'e/b', 'e/to-d/a']);
  const left = ['beside', 'd/here', 'd/to-e/to-d', 'd/up', 'e/to-d/here', 'e/to-d/to-e', 'e/to-d/up', 'etc'];
  expect(found.links).toEqual([...left, 'nowhere', 'out', 'self', 'through']);
  expect((await look({}, path('d/up'))).unknown).toEqual(['d/up']);
  expect((await look({}, path('d/to-e/to-d'))).unknown).toEqual(['d/to-e/to-d']);
});

test('no more than eight links lie on the way to a directory', async () => {
  write('n00/a');
  for (let at = 1; at <= 10; at += 1) write(`n${String(at).padStart(2, '0')}/x`);
  for (let at = 0; at < 10; at += 1)
    link(`n${String(at).padStart(2, '0')}/next`, `../n${String(at + 1).padStart(2, '0')}`);
  const deepest = (await look()).files
    .filter((file) => file.startsWith('n00/next'))
    .map((file) => file.split('/').length);
  expect(Math.max(...deepest)).toBe(8 + 2);
});

test('ignored by the name that the link has; what is forbidden stays so under every name', async () => {
  write('real/a', 'own/lock');
  link('kept', 'real');
  link('left', 'real');
  link('sly', 'own');
  link('slyer', 'own/lock');
  const found = await look({
    ignores: (one, isDirectory) => (one === 'left' && isDirectory) || one === 'real',
    forbidden: new Set([join(root, 'own')]),
  });
  expect(found).toMatchObject({ files: ['kept/a'], links: [], unknown: [] });
});

test('names that are no more are forgotten after a look through all, and new ones count at once', () => {
  const places = new LinkedPlaces();
  places.begin(true);
  places.note(path('real'), path('one'));
  expect(places.allNames([path('real'), path('x')])).toEqual(['real', 'one', 'x']);
  places.end(true);
  places.begin(false);
  places.note(path('real'), path('two'));
  places.end(true);
  expect(places.allNames([path('real')])).toEqual(['real', 'one', 'two']);
  places.begin(true);
  places.note(path('real'), path('two'));
  places.end(false);
  expect(places.allNames([path('real')])).toEqual(['real', 'one', 'two']);
  places.begin(true);
  places.note(path('real'), path('two'));
  places.end(true);
  expect(places.allNames([path('real')])).toEqual(['real', 'two']);
});
