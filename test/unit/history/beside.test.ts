import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { besideName } from '../../../main/history/index.ts';
import { temporaryFolder } from '../store/support.ts';

const at = new Date(2026, 2, 1, 4, 5, 6);

test.each([
  ['report.pdf', 'report (2026-03-01 04.05.06).pdf'],
  ['archive.tar.gz', 'archive.tar (2026-03-01 04.05.06).gz'],
  ['README', 'README (2026-03-01 04.05.06)'],
  ['.profile', '.profile (2026-03-01 04.05.06)'],
  ['.profile.bak', '.profile (2026-03-01 04.05.06).bak'],
  ['ends.', 'ends (2026-03-01 04.05.06).'],
  ['😀', '😀 (2026-03-01 04.05.06)'],
])('%s', (name, expected) => {
  expect(besideName(name, at)).toBe(expected);
});

test('a name of 255 bytes still fits, keeps its extension, and no character is halved', () => {
  for (const letter of ['x', 'é', '日', '😀']) {
    const size = Buffer.byteLength(letter);
    const stem = letter.repeat(Math.floor((255 - 4) / size));
    const beside = besideName(`${stem}.txt`, at);
    expect(Buffer.byteLength(beside)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(beside)).toBeGreaterThan(255 - size);
    expect(beside).toMatch(/ \(2026-03-01 04\.05\.06\)\.txt$/);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a', beside), '');
  }
});

test('whatever a disk may hold: it fits, differs, lies in the same folder, and is valid text', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 255 })
    .map((text) => text.replaceAll('/', '.').replaceAll('\0', '.'))
    .filter((text) => Buffer.byteLength(text) <= 255 && !/\p{Cs}/u.test(text));
  fc.assert(
    fc.property(name, (one) => {
      const beside = besideName(one, at);
      expect(Buffer.byteLength(beside)).toBeLessThanOrEqual(255);
      expect(beside).not.toBe(one);
      expect(beside).not.toContain('/');
      expect(beside).not.toMatch(/\p{Cs}/u);
      if (Buffer.byteLength(one) <= 233) expect(beside.replace(' (2026-03-01 04.05.06)', '')).toBe(one);
    }),
    { numRuns: 500 },
  );
});
