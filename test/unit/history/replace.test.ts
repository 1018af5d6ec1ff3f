import { appendFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceFile, type Fetched } from '../../../main/history/index.ts';
import { temporaryFolder } from '../store/support.ts';

const now = new Date(2026, 2, 1, 4, 5, 6);
const ASIDE = 'a (2026-03-01 04.05.06).txt';

/** A version that lies whole beside its place. */
function fetchedInto(folder: string): Fetched {
  const temporary = join(folder, '.cairn-restore-x');
  writeFileSync(temporary, 'restored');
  const held = {
    at: folder,
    words: { at: folder, real: folder, byHandle: false },
    isInPlace: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
  return { bytes: 8, sha256: '', metadata: {}, held, temporary, place: join(folder, 'a.txt'), mtimeNs: '0' };
}

const read = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

test('a free place is taken; what the bucket has goes; what it does not have gets a name with the time', async () => {
  const folder = temporaryFolder();
  const first = await replaceFile(fetchedInto(folder), 'a.txt', () => false, now);
  expect(first).toMatchObject({
    setAside: null,
    stat: { ino: lstatSync(join(folder, 'a.txt'), { bigint: true }).ino },
  });
  writeFileSync(join(folder, 'a.txt'), 'kept in the bucket');
  expect(await replaceFile(fetchedInto(folder), 'a.txt', () => true, now)).toMatchObject({ setAside: null });
  expect(read(folder)).toEqual({ 'a.txt': 'restored' });
  writeFileSync(join(folder, 'a.txt'), 'mine');
  expect(await replaceFile(fetchedInto(folder), 'a.txt', () => false, now)).toMatchObject({ setAside: ASIDE });
  writeFileSync(join(folder, 'a.txt'), 'mine again');
  const again = await replaceFile(fetchedInto(folder), 'a.txt', () => false, now);
  expect(read(folder)).toEqual({ 'a.txt': 'restored', [ASIDE]: 'mine', [again.setAside ?? '']: 'mine again' });
  expect(again.setAside).toBe('a (2026-03-01 04.05.06) (2).txt');
});

test('what is written between the look and the rename is kept, whatever the bucket has of the former state', async () => {
  const folder = temporaryFolder();
  const fetched = fetchedInto(folder);
  writeFileSync(join(folder, 'a.txt'), 'as sent');
  let asked = 0;
  const held = {
    ...fetched.held,
    // Where to set it aside is asked for after the look: just then a program writes on.
    get at() {
      if ((asked += 1) === 1) appendFileSync(join(folder, 'a.txt'), ' and more');
      return folder;
    },
  };
  const { setAside } = await replaceFile({ ...fetched, held }, 'a.txt', () => true, now);
  expect(read(folder)['a.txt']).toBe('restored');
  expect(setAside).toBe(ASIDE);
  expect(read(folder)[ASIDE]).toBe('as sent and more');
});

test('a directory stays; a link is set aside as the link that it is', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'a.txt'));
  await expect(replaceFile(fetchedInto(folder), 'a.txt', () => true, now)).rejects.toMatchObject({ code: 'EISDIR' });
  const other = temporaryFolder();
  symlinkSync('/nowhere/at/all', join(other, 'a.txt'));
  expect(await replaceFile(fetchedInto(other), 'a.txt', () => false, now)).toMatchObject({ setAside: ASIDE });
  expect(lstatSync(join(other, ASIDE)).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(other, 'a.txt'), 'utf8')).toBe('restored');
});
