import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placesOf, PLAIN_TARGET, type TargetTraits } from '../../../main/history/index.ts';

const FOLDING: TargetTraits = { ...PLAIN_TARGET, foldsCase: true, foldsForm: true };
const WINDOWS: TargetTraits = { ...FOLDING, windowsNames: true, nameUnit: 'utf16' };

const places = (paths: readonly string[], traits: TargetTraits): string[] =>
  paths.map((path) => placesOf(paths, traits).get(path) ?? '–');

describe('where files come to lie', () => {
  test.each<[string, TargetTraits, string[], string[]]>([
    ['plain names stay', PLAIN_TARGET, ['a', 'b/c', 'B/c', 'con.txt'], ['a', 'b/c', 'B/c', 'con.txt']],
    ['a file that is a directory, too', PLAIN_TARGET, ['a', 'a/b', 'a (2)'], ['a (3)', 'a/b', 'a (2)']],
    ['case', FOLDING, ['Readme.md', 'README.md', 'readme.md'], ['Readme.md', 'README (2).md', 'readme (3).md']],
    ['directories that differ in case', FOLDING, ['Docs/a', 'docs/b', 'DOCS/A'], ['Docs/a', 'Docs/b', 'Docs/A (2)']],
    ['a file and a directory that differ in case', FOLDING, ['A', 'a/b'], ['A (2)', 'a/b']],
    ['forms of one letter', FOLDING, ['é', 'e\u0301'], ['é', 'e\u0301 (2)']],
    ['sharp s', FOLDING, ['strasse', 'straße'], ['strasse', 'straße (2)']],
    [
      'devices',
      WINDOWS,
      ['con.txt', 'AUX', 'nul.tar.gz', 'com1', 'console'],
      ['con_.txt', 'AUX_', 'nul_.tar.gz', 'com1_', 'console'],
    ],
    [
      'what Windows has no names with',
      WINDOWS,
      ['C:\\x', 'a?', 'a*', 'b. ', 'd./e'],
      ['C__x', 'a_', 'a_ (2)', 'b__', 'd_/e'],
    ],
    ['a name that can stay comes first', WINDOWS, ['a?', 'a_'], ['a_ (2)', 'a_']],
  ])('%s', (_, traits, paths, expected) => {
    expect(places(paths, traits)).toEqual(expected);
  });

  test('names that are too long are cut, keep their extension, and stay apart', () => {
    const long = 'é'.repeat(200);
    const [one = '', two = ''] = places([`${long}1.txt`, `${long}2.txt`], PLAIN_TARGET);
    expect(one).not.toBe(two);
    for (const place of [one, two]) {
      expect(Buffer.byteLength(place)).toBeLessThanOrEqual(255);
      expect(place).toMatch(/\.txt$/);
    }
    expect(places([`${long}1.txt`], WINDOWS)).toEqual([`${long}1.txt`]);
  });

  test('whatever the names: each has a place, no two the same, none a directory of another', () => {
    const part = fc.oneof(
      fc.constantFrom('a', 'A', 'con', 'a.', 'é', 'e\u0301', 'a:', 'a_', 'a (2)'),
      fc.string({ minLength: 1, maxLength: 3 }),
    );
    const name = part.map((text) => text.replace(/[/\0]/g, '_')).filter((text) => text !== '.' && text !== '..');
    const paths = fc.uniqueArray(
      fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(paths, fc.constantFrom(PLAIN_TARGET, FOLDING, WINDOWS), (all, traits) => {
        const found = places(all, traits);
        const id = (text: string): string => {
          const formed = traits.foldsForm ? text.normalize('NFD') : text;
          return traits.foldsCase ? formed.toUpperCase().toLowerCase() : formed;
        };
        const ids = found.map(id);
        expect(new Set(ids).size).toBe(all.length);
        for (const one of ids) {
          expect(one).not.toMatch(/^\/|\/\/|(^|\/)\.\.?(\/|$)/);
          expect(ids.some((other) => other.startsWith(`${one}/`))).toBe(false);
          if (traits.windowsNames) expect(one).not.toMatch(/[<>:"|?*\\]|[. ](\/|$)/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
