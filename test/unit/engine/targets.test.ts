import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connection, Folder } from '../../../main/contract/models.ts';
import { collidingFolder, describeTarget, isWithin, storeOf } from '../../../main/engine/targets.ts';

const connection = (endpoint: string | null, name = 'c'): Connection => ({
  name,
  endpoint,
  region: 'us-east-1',
  pathStyle: false,
  credentials: { kind: 'default' },
});
const folder = (bucket: string, prefix: string, of = 'c'): Folder => ({
  id: 'i',
  name: `${bucket}/${prefix}`,
  path: '/x',
  connection: of,
  bucket,
  prefix,
  deletes: 'keep',
  paused: false,
  policy: {},
  policyVersion: 1,
  ignore: [],
  watching: 'auto',
  addedAt: '',
});

describe('which store a connection leads to', () => {
  const one = storeOf(connection('https://s3.example.com'));
  test.each([
    'https://S3.Example.com',
    'https://s3.example.com/',
    'https://s3.example.com:443',
    'HTTPS://s3.example.com//',
    'http://s3.example.com',
  ])('%s is the same place', (endpoint) => {
    expect(storeOf(connection(endpoint))).toBe(one);
  });
  test.each([
    'https://s3.example.com:8443',
    'https://s3.example.com/tenant',
    'https://other.example.com',
    'https://examples3.example.com',
  ])('%s is another', (endpoint) => {
    expect(storeOf(connection(endpoint))).not.toBe(one);
  });
  test('Amazon by any of its names is one: a bucket’s name is there only once', () => {
    const amazon = storeOf(connection(null));
    for (const host of [
      's3.amazonaws.com',
      's3.eu-west-1.amazonaws.com',
      's3.dualstack.eu-west-1.amazonaws.com',
      's3.cn-north-1.amazonaws.com.cn',
    ]) {
      expect(storeOf(connection(`https://${host}`))).toBe(amazon);
    }
    expect(storeOf(connection('https://notamazonaws.com'))).not.toBe(amazon);
    expect(storeOf(connection('https://amazonaws.com.example.com'))).not.toBe(amazon);
  });
  test('a practice server is known by its folder', () => {
    const practice = (directory: string): Connection => ({
      ...connection(null),
      credentials: { kind: 'practice', directory },
    });
    expect(storeOf(practice('/a'))).toBe(storeOf(practice('/a')));
    expect(storeOf(practice('/a'))).not.toBe(storeOf(practice('/b')));
    expect(storeOf(practice('/a'))).not.toBe(storeOf(connection(null)));
  });
});

describe('two folders on one place', () => {
  const collides = (bucket: string, prefix: string, kept: readonly Folder[]): boolean =>
    collidingFolder({ store: storeOf(connection('https://s')), bucket, prefix }, kept, [connection('https://s')]) !==
    null;

  test.each<[string, string, boolean]>([
    ['p/', 'p/', true],
    ['', 'p/', true],
    ['p/', '', true],
    ['', '', true],
    ['p/q/', 'p/', true],
    ['p/', 'p/q/', true],
    ['p/', 'pp/', false],
    ['pp/', 'p/', false],
    ['p/q/', 'p/r/', false],
    ['P/', 'p/', false],
  ])('“%s” beside “%s”: %s', (wanted, kept, expected) => {
    expect(collides('b', wanted, [folder('b', kept)])).toBe(expected);
    expect(collides('other', wanted, [folder('b', kept)])).toBe(false);
  });

  test('the same bucket over another connection to the same store collides, over one to another store it does not', () => {
    const connections = [
      connection('https://s', 'c'),
      connection('https://S/', 'same'),
      connection('https://other', 'other'),
    ];
    const wanted = { store: storeOf(connection('https://s')), bucket: 'b', prefix: 'p/' };
    expect(collidingFolder(wanted, [folder('b', 'p/', 'same')], connections)?.name).toBe('b/p/');
    expect(collidingFolder(wanted, [folder('b', 'p/', 'other')], connections)).toBeNull();
    expect(collidingFolder(wanted, [folder('b', 'p/', 'forgotten')], connections)).toBeNull();
  });

  test('property: it does not matter which of the two came first', () => {
    const prefix = fc
      .array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 3 })
      .map((parts) => parts.map((part) => `${part}/`).join(''));
    fc.assert(
      fc.property(prefix, prefix, (a, b) => {
        expect(collides('b', a, [folder('b', b)])).toBe(collides('b', b, [folder('b', a)]));
        // Collides just where one key could belong to both.
        expect(collides('b', a, [folder('b', b)])).toBe(`${a}x`.startsWith(b) || `${b}x`.startsWith(a));
      }),
    );
  });

  test('a sentence names bucket and prefix', () => {
    expect(describeTarget({ store: 's', bucket: 'b', prefix: '' })).toBe('the bucket “b”');
    expect(describeTarget({ store: 's', bucket: 'b', prefix: 'p/' })).toBe('“b/p/”');
  });
});

describe('whether a path lies in a directory', () => {
  test.each<[string, string, boolean]>([
    ['/a', '/a', true],
    ['/a/b', '/a', true],
    ['/a/..b', '/a', true],
    ['/a/...', '/a', true],
    ['/ab', '/a', false],
    ['/', '/a', false],
    ['/b', '/a', false],
    ['/a', '/', true],
  ])('%s in %s: %s', (path, directory, expected) => {
    expect(isWithin(path, directory)).toBe(expected);
  });

  test('property: just the paths that begin with all parts of it', () => {
    const part = fc.constantFrom('a', 'b', 'ab', '..a', '...', 'a..', ' ', 'C:');
    const path = fc.array(part, { maxLength: 4 });
    fc.assert(
      fc.property(path, path, (one, directory) => {
        const begins = directory.every((name, index) => one[index] === name);
        expect(isWithin(`/${one.join('/')}`, `/${directory.join('/')}`)).toBe(begins);
      }),
      { numRuns: 500 },
    );
  });
});
