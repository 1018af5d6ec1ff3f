import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttachedFolder, Connection, Folder } from '../../../main/contract/models.ts';
import { EMPTY_SETTINGS, readSettings, writeSettings, type Settings } from '../../../main/store/index.ts';
import { codeOf, must, temporaryFolder } from './support.ts';

const connection: Connection = {
  name: 'store',
  endpoint: 'https://s3.example.com',
  region: 'eu-central-1',
  pathStyle: true,
  credentials: { kind: 'profile', profile: 'p' },
};
const folder: Folder = {
  id: 'i',
  name: 'Photos',
  path: '/home/me/Photos',
  connection: 'store',
  bucket: 'b',
  prefix: 'p/',
  deletes: 'keep',
  paused: false,
  policy: { storageClass: 'STANDARD_IA', tags: { a: 'b' } },
  policyVersion: 2,
  ignore: ['*.iso', '!keep.iso'],
  watching: 'polling',
  addedAt: '2026-03-01T12:00:00.000Z',
};
const settings: Settings = { connections: [connection], folders: [folder] };
const file = (home: string): string => join(home, 'config.json');
const kept = (home: string): string[] => readdirSync(join(home, 'config-before')).sort();

test('a home without a file has no settings, and none is made by looking', () => {
  const home = temporaryFolder();
  expect(must(readSettings(home))).toEqual(EMPTY_SETTINGS);
  expect(must(readSettings(join(home, 'none')))).toEqual(EMPTY_SETTINGS);
  expect(readdirSync(home)).toEqual([]);
});

test('a place without a folder here comes back; one that is half of each is named as wrong', () => {
  const home = join(temporaryFolder(), 'home');
  const { id, name, bucket, prefix, policy, policyVersion, addedAt } = folder;
  const bringingBack = { to: '/home/me/back', since: addedAt };
  const place = { id, name, connection: 'store', bucket, prefix, policy, policyVersion, addedAt };
  const attached: AttachedFolder = { ...place, path: null, bringingBack };
  const both: Settings = { connections: [connection], folders: [folder, attached] };
  must(writeSettings(home, both));
  expect(must(readSettings(home))).toEqual(both);
  const wrong = [
    { ...folder, path: null },
    { ...folder, bringingBack },
    { ...attached, path: '/home/me/there' },
    { ...attached, deletes: 'mark' },
    { ...attached, bringingBack: undefined },
  ];
  for (const one of wrong) {
    writeFileSync(file(home), JSON.stringify({ format: 1, connections: [connection], folders: [folder, one] }));
    const read = readSettings(home);
    expect(read.ok ? null : read.failure.facts['field']).toMatch(/^folders\.1/);
  }
});

test('what is written comes back, is readable for a person, and only for its owner', () => {
  const home = join(temporaryFolder(), 'home');
  must(writeSettings(home, settings));
  expect(must(readSettings(home))).toEqual(settings);
  const text = readFileSync(file(home), 'utf8');
  expect(text).toContain('\n  "folders": [');
  expect(text.endsWith('}\n')).toBe(true);
  expect(statSync(file(home)).mode & 0o777).toBe(0o600);
  expect(readdirSync(home).sort()).toEqual(['config.json']);
});

test('settings of before have no list of ignored files and no way of watching', () => {
  const home = temporaryFolder();
  must(writeSettings(home, settings));
  const text = readFileSync(file(home), 'utf8');
  const before = text.replace(/\s*"ignore": \[[^\]]*\],/, '').replace(/\s*"watching": "polling",/, '');
  expect(before).not.toMatch(/ignore|watching/);
  writeFileSync(file(home), before);
  expect(must(readSettings(home)).folders).toEqual([{ ...folder, ignore: [], watching: 'auto' }]);
});

test.each(['', '  ', '# remark', 'two\nlines', 'x'.repeat(1025)])(
  'a pattern that is none is refused: %j',
  (pattern) => {
    const home = temporaryFolder();
    must(writeSettings(home, { ...settings, folders: [{ ...folder, ignore: [pattern] }] }));
    expect(codeOf(readSettings(home))).toBe('config-malformed');
  },
);

test('ten former ones are kept, the oldest go first, and each is one that once counted', () => {
  const home = temporaryFolder();
  const named = (name: string): Settings => ({ ...settings, folders: [{ ...folder, name }] });
  for (let index = 0; index <= 14; index += 1) must(writeSettings(home, named(`n${String(index)}`)));
  expect(kept(home)).toEqual(Array.from({ length: 10 }, (_, index) => `${String(index + 5).padStart(8, '0')}.json`));
  const names = kept(home).map((name) => {
    const parsed = JSON.parse(readFileSync(join(home, 'config-before', name), 'utf8')) as Settings;
    return parsed.folders[0]?.name;
  });
  expect(names).toEqual(Array.from({ length: 10 }, (_, index) => `n${String(index + 4)}`));
  expect(must(readSettings(home)).folders[0]?.name).toBe('n14');
});

test('what a person put beside the kept ones stays', () => {
  const home = temporaryFolder();
  must(writeSettings(home, settings));
  mkdirSync(join(home, 'config-before'));
  writeFileSync(join(home, 'config-before', 'mine.json'), 'x');
  for (let index = 0; index < 12; index += 1) must(writeSettings(home, settings));
  expect(kept(home)).toHaveLength(11);
  expect(kept(home)).toContain('mine.json');
});

test('a write that fails leaves the file as it was, and nothing half-written', () => {
  const home = temporaryFolder();
  must(writeSettings(home, settings));
  const before = readFileSync(file(home), 'utf8');
  // The kept ones cannot be written: a file stands where their folder belongs.
  writeFileSync(join(home, 'config-before'), '');
  expect(codeOf(writeSettings(home, EMPTY_SETTINGS))).toBe('home-read-only');
  expect(readFileSync(file(home), 'utf8')).toBe(before);
  expect(existsSync(`${file(home)}.new`)).toBe(false);
});

test('a full disk is told as such, and the settings stay whole', () => {
  const home = temporaryFolder();
  must(writeSettings(home, settings));
  const before = readFileSync(file(home), 'utf8');
  // The device that is always full takes the place of the temporary.
  symlinkSync('/dev/full', `${file(home)}.new`);
  expect(codeOf(writeSettings(home, { ...settings, folders: [] }))).toBe('disk-full');
  expect(readFileSync(file(home), 'utf8')).toBe(before);
  expect(existsSync(`${file(home)}.new`)).toBe(false);
});

describe('a file that cannot be used is refused with its place', () => {
  const read = (text: string) => {
    const home = temporaryFolder();
    writeFileSync(file(home), text);
    const result = readSettings(home);
    if (result.ok) return { code: 'ok', field: '', text: readFileSync(file(home), 'utf8') };
    return { code: result.failure.code, field: result.failure.facts['field'], text: readFileSync(file(home), 'utf8') };
  };
  const whole = { format: 1, ...settings };

  test.each([
    ['nothing', '', 'file'],
    ['no JSON', '{ "format": 1,', 'file'],
    ['a list', '[]', ''],
    ['null', 'null', ''],
    ['no format', JSON.stringify(settings), 'format'],
    ['format of a wrong type', JSON.stringify({ ...whole, format: '1' }), 'format'],
    ['an unknown field', JSON.stringify({ ...whole, extra: 1 }), ''],
    ['an unknown field of a folder', JSON.stringify({ ...whole, folders: [{ ...folder, secret: 'x' }] }), 'folders.0'],
    ['a missing field', JSON.stringify({ ...whole, folders: [{ ...folder, bucket: undefined }] }), 'folders.0.bucket'],
    [
      'an unknown kind of credentials',
      JSON.stringify({ ...whole, connections: [{ ...connection, credentials: { kind: 'key', key: 'x' } }] }),
      'connections.0.credentials.kind',
    ],
    [
      'an unknown field of a policy',
      JSON.stringify({ ...whole, folders: [{ ...folder, policy: { colour: 'red' } }] }),
      'policy of Photos',
    ],
    [
      'a policy that is no object',
      JSON.stringify({ ...whole, folders: [{ ...folder, policy: 7 }] }),
      'policy of Photos',
    ],
    [
      'deletes of another way',
      JSON.stringify({ ...whole, folders: [{ ...folder, deletes: 'wipe' }] }),
      'folders.0.deletes',
    ],
  ])('%s', (_, text, field) => {
    expect(read(text)).toEqual({ code: 'config-malformed', field, text });
  });

  test('a newer format is no malformed one', () => {
    expect(read(JSON.stringify({ format: 2, places: [] })).code).toBe('home-from-newer');
  });

  test('whatever is in it, reading it never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(['ok', 'config-malformed', 'home-from-newer']).toContain(read(text).code);
      }),
      { numRuns: 100 },
    );
  });

  test('a folder in its place', () => {
    const home = temporaryFolder();
    mkdirSync(file(home));
    expect(readSettings(home).ok).toBe(false);
    expect(writeSettings(home, settings).ok).toBe(false);
  });

  test.skipIf(process.getuid?.() === 0)('one that may not be read', () => {
    const home = temporaryFolder();
    must(writeSettings(home, settings));
    chmodSync(file(home), 0o000);
    expect(codeOf(readSettings(home))).toBe('home-read-only');
  });
});
