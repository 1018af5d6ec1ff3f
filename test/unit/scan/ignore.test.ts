import fc from 'fast-check';
import ignore from 'ignore';
import { describe, expect, test } from 'vitest';
import { parseRelPath, type RelPath } from '../../../main/contract/names.ts';
import { DEFAULT_PATTERNS, defaultPatternFor } from '../../../main/scan/ignore-defaults.ts';
import { openIgnore } from '../../../main/scan/ignore.ts';

const path = (text: string): RelPath => text as RelPath;

describe('the default list', () => {
  const { ignores, why } = openIgnore();

  test.each<[name: string, pattern: string]>([
    ['film.mkv.part', '*.part'],
    ['.part', '*.part'],
    ['Unconfirmed 1.crdownload', '*.crdownload'],
    ['~$letter.docx', '~$*'],
    ['~WRD0001.tmp', '~*.tmp'],
    ['.~lock.table.ods#', '.~lock.*#'],
    ['.notes.txt.swp', '.*.sw[nop]'],
    ['.notes.txt.swo', '.*.sw[nop]'],
    ['.swp', '.sw[nop]'],
    ['.main.cpp.kate-swp', '.*.kate-swp'],
    ['.#notes.txt', '.#*'],
    ['#notes.txt#', '#*#'],
    ['.goutputstream-ABC123', '.goutputstream-*'],
    ['.fuse_hidden0000abcd00000001', '.fuse_hidden*'],
    ['.nfs000000000123abcd00000001', '.nfs*'],
    ['.DS_Store', '.DS_Store'],
    ['Thumbs.db', 'Thumbs.db'],
    ['desktop.ini', 'desktop.ini'],
    ['Desktop.ini', 'desktop.ini'],
    ['.cairn-restore-1234', '.cairn-restore-*'],
    ['~$line\nbreak', '~$*'],
  ])('leaves out %s', (name, pattern) => {
    expect(DEFAULT_PATTERNS).toContain(pattern);
    expect(why(path(name), false)).toBe(pattern);
    expect(why(path(`deep/er/${name}`), false)).toBe(pattern);
    expect(ignores(path(name), false)).toBe(true);
  });

  test.each([
    '4913',
    'notes.txt~',
    'macro.swp',
    'a.part1.rar',
    'party',
    'apart',
    '.git',
    '.gitignore',
    '.nfs',
    '.nfsrc',
    '#1 hits.txt',
    'thumbs.db.txt',
    'a.tmp',
    '._photo.jpg',
    'x.DS_Store',
    'cairn-restore-1',
  ])('keeps %s', (name) => {
    expect(why(path(name), false)).toBeNull();
    expect(ignores(path(`deep/${name}`), false)).toBe(false);
  });

  test('keeps directories of such names, but for restores under way', () => {
    expect(ignores(path('trip.part'), true)).toBe(false);
    expect(ignores(path('a/.cairn-restore-1'), true)).toBe(true);
    expect(ignores(path('.git'), true)).toBe(false);
  });

  test('never leaves out more than its patterns say in gitignore’s own sense', () => {
    // `#` begins a comment in gitignore, so there it is written with a backslash; two entries know capitals.
    const lines = DEFAULT_PATTERNS.map((pattern) => pattern.replace(/^#/, '\\#'));
    const library = ignore({ ignoreCase: false }).add([...lines, '[Tt]humbs.db', '[Dd]esktop.ini']);
    const pieces = fc.constantFrom(
      '.',
      '~',
      '$',
      '#',
      'lock.',
      'sw',
      'p',
      'o',
      'part',
      '.nfs',
      'a',
      '0123456789abcdef',
      '.tmp',
      '-',
      '.DS_Store',
      '.goutputstream',
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { minLength: 1, maxLength: 6 }).map((list) => list.join('')),
        (name) => {
          fc.pre(parseRelPath(name) !== null);
          if (defaultPatternFor(name, false) !== null) expect(library.ignores(name)).toBe(true);
          // The one that is stricter than it reads: only what the NFS client itself makes up.
          else if (!name.startsWith('.nfs')) expect(library.ignores(name)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('the root itself is kept', () => {
    expect(ignores(path(''), true)).toBe(false);
  });
});

describe('lists of a person’s own', () => {
  test('count in the sense of gitignore', () => {
    const { why } = openIgnore(['# comment\nbuild/\n*.log\n!keep.log\n/only-root\n']);
    expect(why(path('a/build'), true)).toBe('build/');
    expect(why(path('a/build'), false)).toBeNull();
    expect(why(path('a/x.log'), false)).toBe('*.log');
    expect(why(path('a/x.LOG'), false)).toBeNull();
    expect(why(path('a/keep.log'), false)).toBeNull();
    expect(why(path('only-root'), false)).toBe('/only-root');
    expect(why(path('a/only-root'), false)).toBeNull();
  });

  test('come after the default list and can take a file back in', () => {
    const { why } = openIgnore(['!*.part']);
    expect(why(path('a/x.part'), false)).toBeNull();
    expect(why(path('a/.DS_Store'), false)).toBe('.DS_Store');
  });

  test('of a directory count below it alone, and over those above', () => {
    const { why } = openIgnore(['*.log', { directory: path('a/b'), text: '!x.log\n/top.txt' }]);
    expect(why(path('a/x.log'), false)).toBe('*.log');
    expect(why(path('a/b/x.log'), false)).toBeNull();
    expect(why(path('a/b/c/x.log'), false)).toBeNull();
    expect(why(path('a/b/y.log'), false)).toBe('*.log');
    expect(why(path('a/b/top.txt'), false)).toBe('/top.txt');
    expect(why(path('a/b/c/top.txt'), false)).toBeNull();
    expect(why(path('a/bb/top.txt'), false)).toBeNull();
    expect(why(path('a/b'), true)).toBeNull();
  });

  test('no list and no path makes them throw', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
        fc.boolean(),
        (text, parts, isDirectory) => {
          const candidate = parseRelPath(parts.join('/'));
          fc.pre(candidate !== null);
          const { ignores, why } = openIgnore([text]);
          expect(ignores(candidate, isDirectory)).toBe(why(candidate, isDirectory) !== null);
        },
      ),
    );
  });
});
