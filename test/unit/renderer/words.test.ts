import { expect, it } from 'vitest';
import { FAILURE_CODES } from '../../../main/contract/errors.ts';
import { de } from '../../../renderer/words/de.ts';
import { en } from '../../../renderer/words/en.ts';
import { localeFor, wordsFor } from '../../../renderer/words/index.ts';

/** Every text by its path; one with gaps is filled with 2 and with names. */
function texts(words: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words) as [string, unknown][]) {
    const at = `${path}${key}`;
    if (typeof value === 'string') found.set(at, value);
    else if (typeof value === 'function') {
      found.set(at, (value as (...parts: unknown[]) => string)(2, 'A', 'B', 'C'));
    } else if (typeof value === 'object' && value !== null) {
      for (const entry of texts(value, `${at}.`)) found.set(...entry);
    }
  }
  return found;
}

it('has the same texts in both languages, none of them empty', () => {
  const english = texts(en);
  const german = texts(de);
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  for (const [path, text] of [...english, ...german]) expect(text.trim(), path).not.toBe('');
});

it('has a short word for every failure, in both languages', () => {
  for (const code of FAILURE_CODES) {
    for (const words of [en, de]) {
      expect(words.short[code], code).toMatch(/\S/);
      expect(words.short[code].length, code).toBeLessThan(30);
    }
  }
});

it('counts one thing as one', () => {
  expect(en.app.toGo(1, '1')).toBe('1 file to go');
  expect(en.app.toGo(2, '2')).toBe('2 files to go');
  expect(de.panel.versions(1, '1')).toBe('1 Version');
  expect(de.panel.versions(7, '7')).toBe('7 Versionen');
});

it('chooses the language of the person, else English', () => {
  expect(wordsFor('de-AT')).toBe(de);
  expect(wordsFor('de')).toBe(de);
  expect(wordsFor('en-US')).toBe(en);
  expect(wordsFor('fr-FR')).toBe(en);
  // Numbers must not be French in an English sentence.
  expect(localeFor('fr-FR')).toBe('en-GB');
  expect(localeFor('de-CH')).toBe('de-CH');
});
