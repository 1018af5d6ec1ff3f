import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openWriter, type Writer } from '../../../main/history/writer.ts';
import { temporaryFolder } from '../store/support.ts';

function writer(): Writer {
  const opened = openWriter();
  onTestFinished(() => opened.stop());
  return opened;
}

test('many files come at once, each with its own bytes, time and mode', async () => {
  const folder = temporaryFolder();
  const one = writer();
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  const times = await Promise.all(
    numbers.map((number) =>
      one.write({
        path: join(folder, String(number)),
        bytes: Buffer.alloc(number * 17, number),
        mode: 0o640,
        mtime: 1_000_000_000 + number + 0.25,
      }),
    ),
  );
  for (const number of numbers) {
    const path = join(folder, String(number));
    expect(readFileSync(path).equals(Buffer.alloc(number * 17, number))).toBe(true);
    const { mode, mtimeNs } = statSync(path, { bigint: true });
    expect([Number(mode) & 0o777, String(mtimeNs)]).toEqual([0o640, times[number]]);
    expect(times[number]).toBe(`${String(1_000_000_000 + number)}250000000`);
  }
});

test('one that cannot be written leaves nothing behind and the others alone; what is there already stays', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'taken'), 'mine');
  mkdirSync(join(folder, 'shut'));
  chmodSync(join(folder, 'shut'), 0o500);
  const one = writer();
  const write = (path: string) =>
    one
      .write({ path: join(folder, path), bytes: Buffer.from('new'), mode: null, mtime: null })
      .catch((error: unknown) => (error as { code: string }).code);
  const [taken, missing, good] = await Promise.all([write('taken'), write('missing/a'), write('good')]);
  expect([taken, missing]).toEqual(['EEXIST', 'ENOENT']);
  expect(good).toMatch(/^\d+$/);
  expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('mine');
  expect(readdirSync(folder).sort()).toEqual(['good', 'shut', 'taken']);
});

test('a file that fails while it is written is taken away again', async () => {
  // A time that is none is refused once the bytes are written.
  const folder = temporaryFolder();
  const path = join(folder, 'a');
  const task = { path, bytes: Buffer.from('new'), mode: null, mtime: Number.NaN };
  await expect(writer().write(task)).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

test('after its end it says so', async () => {
  const one = openWriter();
  await one.stop();
  await expect(one.write({ path: '/nowhere', bytes: Buffer.alloc(0), mode: null, mtime: null })).rejects.toMatchObject({
    code: 'EIO',
  });
});
