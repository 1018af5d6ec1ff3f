import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeOfJsonFault } from '../../../main/contract/json-place.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the place where a text stops being JSON', () => {
  test.each<[text: string, line: number, column: number]>([
    ['', 1, 1],
    ['{', 1, 2],
    ['{"a"}', 1, 5],
    ['{"a":1,}', 1, 8],
    ['[1,]', 1, 4],
    ['[1 2]', 1, 4],
    ['{"a":1]', 1, 7],
    ['1 1', 1, 3],
    ['{\n"a": 1,\n  b: 2}', 3, 3],
    ['{\r\n"a": "x\ny"}', 2, 6],
    ['["\\x"]', 1, 2],
    ['01', 1, 2],
    ["{'a': 1}", 1, 2],
    ['// no', 1, 1],
  ])('%j', (text, line, column) => {
    expect(isJson(text)).toBe(false);
    expect(placeOfJsonFault(text)).toEqual({ line, column });
  });

  test('there is one exactly where JSON.parse fails', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '.5',
      'e3',
      'null',
      'tru',
      ' ',
      '\n',
    );
    const near = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(near, fc.json({ stringUnit: 'binary' }), fc.string()), (text) => {
        expect(placeOfJsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('depth is no danger', () => {
    expect(placeOfJsonFault('['.repeat(200_000))).toEqual({ line: 1, column: 200_001 });
  });
});
