import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRelPath, type RelPath } from '../../../main/contract/names.ts';
import {
  decodeName,
  exactName,
  findCollisions,
  keyOf,
  normalisePrefix,
  pathOfKey,
  safeRelPath,
} from '../../../main/scan/names.ts';

const NFC = 'caf\u00e9' as RelPath;
const NFD = 'cafe\u0301' as RelPath;

/** Any path that a disk can hold, with Unicode in any form. */
const paths = fc
  .array(
    fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom(NFC, NFD, '\u212b', '%41', 'a b', '\ufeff')),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.map((part) => part.replaceAll('/', '')).join('/'))
  .map(parseRelPath)
  .filter((path) => path !== null);

describe('the key of a file', () => {
  test('is the prefix and the path, NFC', () => {
    expect(keyOf('', NFC)).toEqual({ ok: true, value: NFC });
    expect(keyOf('p/', NFD)).toEqual({ ok: true, value: `p/${NFC}` });
  });

  test('has at most 1,024 bytes of UTF-8', () => {
    const longest = 'é'.repeat(511) as RelPath;
    expect(keyOf('p/', longest).ok).toBe(true);
    expect(keyOf('pp/', longest)).toMatchObject({
      ok: false,
      failure: { code: 'key-too-long', facts: { path: longest, bytes: 1025 } },
    });
  });

  test('cannot be had of half a character', () => {
    expect(keyOf('', 'a\ud800b' as RelPath)).toMatchObject({
      ok: false,
      failure: { code: 'name-not-utf8', facts: { path: 'a\ufffdb' } },
    });
  });
});

describe('a prefix', () => {
  test.each([
    ['', ''],
    ['a', 'a/'],
    ['a/', 'a/'],
    ['a/b', 'a/b/'],
    ['a b', 'a b/'],
    [NFD, `${NFC}/`],
  ])('%s is %s', (text, prefix) => {
    expect(normalisePrefix(text)).toEqual({ ok: true, value: prefix });
  });

  test.each([
    ['/', /begin with/],
    ['/a', /begin with/],
    ['a//b', /\/\//],
    ['a//', /\/\//],
    ['.', /\. or \.\./],
    ['a/../b', /\. or \.\./],
    ['a\nb', /character/],
  ])('%s is refused', (text, problem) => {
    expect(normalisePrefix(text)).toMatchObject({
      ok: false,
      failure: { code: 'bad-input', facts: { field: 'prefix', problem: expect.stringMatching(problem) as unknown } },
    });
  });

  test('leaves room for a name', () => {
    expect(normalisePrefix('x'.repeat(1022))).toMatchObject({ ok: true });
    expect(normalisePrefix('x'.repeat(1023))).toMatchObject({
      ok: false,
      failure: { facts: { problem: 'it has 1024 bytes, which leaves no room for a name within 1,024' } },
    });
  });

  test('once in its form stays the same', () => {
    fc.assert(
      fc.property(fc.oneof(paths, fc.string({ unit: 'binary' })), (text) => {
        const once = normalisePrefix(text);
        if (once.ok) expect(normalisePrefix(once.value)).toEqual(once);
      }),
    );
  });
});

describe('the exact name', () => {
  test('is only needed where the name is not NFC', () => {
    expect(exactName(NFC)).toBeNull();
    expect(exactName(`a b/${NFD}` as RelPath)).toBe('a%20b/cafe%CC%81');
  });

  test('with the key it gives back the very path, whatever its form', () => {
    fc.assert(
      fc.property(paths, fc.constantFrom('', 'p/', 'caf\u00e9/'), (path, prefix) => {
        const key = keyOf(prefix, path);
        fc.pre(key.ok);
        expect(key.value).toBe(key.value.normalize('NFC'));
        const exact = exactName(path);
        expect(exact ?? '').toMatch(/^[\x21-\x7e]*$/);
        expect(pathOfKey(prefix, key.value, exact ?? undefined, 'linux')).toBe(path);
      }),
    );
  });
});

describe('the path of a key', () => {
  test('is what comes after the prefix', () => {
    expect(pathOfKey('p/', 'p/a/b')).toBe('a/b');
    expect(pathOfKey('p/', 'q/a')).toBeNull();
    expect(pathOfKey('p/', 'p/')).toBeNull();
    expect(pathOfKey('', 'a')).toBe('a');
  });

  test('believes an exact name only where it is the same name', () => {
    expect(pathOfKey('p/', `p/${NFC}`, 'cafe%CC%81')).toBe(NFD);
    expect(pathOfKey('p/', `p/${NFC}`, 'other')).toBe(NFC);
    expect(pathOfKey('p/', `p/${NFC}`, '../../etc/passwd')).toBe(NFC);
    expect(pathOfKey('p/', `p/${NFC}`, '%')).toBe(NFC);
    expect(pathOfKey('p/', `p/${NFC}`, '%FF')).toBe(NFC);
  });

  test('is none where the key is hostile', () => {
    for (const key of ['/etc/passwd', '../a', 'a/../../b', 'a//b', './a', 'a/', 'a\0b', '']) {
      expect(pathOfKey('p/', `p/${key}`, undefined, 'linux')).toBeNull();
    }
  });
});

describe('a path from elsewhere', () => {
  test('may hold anything else on Linux', () => {
    for (const path of ['a\\..\\b', 'c:d', 'con', 'a.', '...', '..a', ' ', '\n', '-rf']) {
      expect(safeRelPath(path, 'linux')).toBe(path);
    }
  });

  test('must not name a device, a drive, a stream or another file on Windows', () => {
    const unsafe = [
      'a\\b',
      '..\\a',
      'c:\\a',
      'c:a',
      'a:b',
      'con',
      'x/NUL',
      'aux.txt',
      'COM1',
      'lpt².x',
      'a.',
      'a ',
      'x./y',
      '.. /a',
      'a?',
      'a*',
      'a"',
      'a<',
      'a|',
      'a\nb',
      '...',
    ];
    for (const path of unsafe) expect([path, safeRelPath(path, 'win32')]).toEqual([path, null]);
    for (const path of ['console', 'com', 'com10', 'a.b/c d', '.git', '~$a', NFD]) {
      expect(safeRelPath(path, 'win32')).toBe(path);
    }
  });

  test('is refused on every system, or never leads out of the folder', () => {
    const parts = fc.constantFrom('..', '.', '', 'a', 'b', 'c:', '\0');
    const systems = fc.constantFrom('linux' as const, 'win32' as const);
    fc.assert(
      fc.property(fc.array(parts), systems, (list, system) => {
        const text = list.join('/');
        const path = safeRelPath(text, system);
        if (path === null) expect(text).toMatch(/^$|^\/|\/$|\/\/|\0|:|(^|\/)\.\.?(\/|$)/);
        else if (system === 'linux') expect(posix.resolve('/folder', path)).toBe(`/folder/${text}`);
        else expect(win32.resolve('C:\\folder', path)).toBe(`C:\\folder\\${text.replaceAll('/', '\\')}`);
      }),
    );
  });
});

describe('a name on disk', () => {
  test('is taken from its bytes, and shown by likeness where it is not UTF-8', () => {
    expect(decodeName(Buffer.from('é\ufeff'))).toEqual({ ok: 'é\ufeff' });
    expect(decodeName(Buffer.from('\ufeffa'))).toEqual({ ok: '\ufeffa' });
    expect(decodeName(Buffer.from([0x61, 0xff, 0x62]))).toEqual({ notUtf8: 'a\ufffdb' });
    // A surrogate in UTF-8 is none.
    expect(decodeName(Buffer.from([0xed, 0xa0, 0x80]))).toHaveProperty('notUtf8');
  });

  test('any bytes come back the same, or are said not to be UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const bytes = Buffer.from(array);
        const name = decodeName(bytes);
        expect(Buffer.from('ok' in name ? name.ok : name.notUtf8).equals(bytes)).toBe('ok' in name);
      }),
    );
  });
});

describe('paths with one key', () => {
  test('are found as a group', () => {
    const other = 'b' as RelPath;
    expect(findCollisions([NFD, other, NFC])).toEqual([[NFD, NFC]]);
    expect(findCollisions([NFD, other, NFD])).toEqual([]);
  });

  test('are those that differ only in Unicode form', () => {
    fc.assert(
      fc.property(fc.uniqueArray(paths, { maxLength: 20 }), (list) => {
        const groups = findCollisions(list);
        const keyed = list.flatMap((path) => {
          const key = keyOf('', path);
          return key.ok ? [key.value] : [];
        });
        const extra = groups.reduce((sum, group) => sum + group.length - 1, 0);
        expect(extra).toBe(keyed.length - new Set(keyed).size);
      }),
    );
  });
});
