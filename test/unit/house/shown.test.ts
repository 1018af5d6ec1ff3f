/** The table of what a person can do and see names tests; each of them is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../support/paths.ts';

const TABLE = 'test/e2e/README.md';

interface Row {
  readonly what: string;
  /** What stands in its second cell, a test each. */
  readonly named: readonly string[];
}

function rowsOf(text: string): readonly Row[] {
  const cells = text.split('\n').flatMap((line) => {
    const [, what, shown] = /^\| (.+?) \| (.+) \|$/.exec(line) ?? [];
    return what === undefined || shown === undefined || shown === 'shown by' ? [] : [{ what, shown }];
  });
  return cells.map(({ what, shown }) => ({ what, named: shown.split('<br>') }));
}

/** What is wrong with a named test; null: it is there. */
function faultOf(named: string): string | null {
  const [, file, name] = /^`([\w/-]+)` (.+)$/.exec(named) ?? [];
  if (file === undefined || name === undefined) return `“${named}” names no test`;
  const path = join(root, 'test', `${file}.test.ts`);
  if (!existsSync(path)) return `${file} is no file of tests`;
  // As a string of its own that something follows, so that a part of a longer name does not pass for it.
  const isThere = ["'", '"', '`'].some((quote) => readFileSync(path, 'utf8').includes(`${quote}${name}${quote},`));
  return isThere ? null : `${file} has no test “${name}”`;
}

test('each test that the table of what a person can do and see names is there', () => {
  const rows = rowsOf(readFileSync(join(root, TABLE), 'utf8'));
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.flatMap(({ named }) => named.map(faultOf)).filter((fault) => fault !== null)).toEqual([]);
});

test('a test that was renamed, a file that is gone and a row without a test are found', () => {
  expect(
    faultOf('`unit/house/shown` a test that was renamed, a file that is gone and a row without a test are found'),
  ).toBe(null);
  expect(faultOf('`unit/house/shown` a test that was renamed')).toMatch(/has no test/);
  expect(faultOf('`unit/house/gone` each')).toMatch(/no file/);
  expect(faultOf('somebody looked')).toMatch(/names no test/);
});
