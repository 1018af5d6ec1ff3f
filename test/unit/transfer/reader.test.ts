import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RelPath } from '../../../main/contract/names.ts';
import { openReader, type Reader } from '../../../main/transfer/reader.ts';
import { LEAST_KEPT, roomFor } from '../../../main/transfer/reading.ts';
import type { FilePlace } from '../../../main/transfer/stable.ts';
import { temporaryFolder } from '../store/support.ts';

function reader(entry?: URL, spareMs?: number, processors?: number): Reader {
  const opened = openReader(entry, spareMs, processors);
  onTestFinished(() => opened.stop());
  return opened;
}

const place = (root: string, path: string, links: FilePlace['links'] = 'skip'): FilePlace => ({
  root,
  path: path as RelPath,
  links,
});

describe('a whole file', () => {
  test.each([0, 1, 4_096, 3 * 1024 * 1024])('of %i bytes comes with its digests and its stat', async (size) => {
    const root = temporaryFolder();
    const bytes = Buffer.alloc(size, 'abc');
    writeFileSync(join(root, 'a'), bytes);
    const read = await reader().whole(place(root, 'a'), size, 'SHA256');
    if (read.kind !== 'read') throw new Error(read.kind);
    expect(read.bytes.equals(bytes)).toBe(true);
    expect(read.stat.size).toBe(size);
    expect(read.digests).toEqual({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      md5: createHash('md5').update(bytes).digest(),
      checksum: createHash('sha256').update(bytes).digest('base64'),
    });
  });

  test('of another size is told with its stat, and not read', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'a'), 'five.');
    expect(await reader().whole(place(root, 'a'), 4, 'CRC32')).toMatchObject({ kind: 'other-size', stat: { size: 5 } });
  });

  test('that is none any more has vanished: gone, a directory, a link, a pipe', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'directory'));
    writeFileSync(join(root, 'file'), '');
    symlinkSync('file', join(root, 'link'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const one = reader();
    for (const path of ['gone', 'directory', 'link', 'pipe', 'file/below']) {
      expect([path, await one.whole(place(root, path), 0, 'CRC32')]).toEqual([path, { kind: 'vanished' }]);
    }
  });

  test('is read through a link where links are followed, unless it leads out of the folder', async () => {
    const [root, outside] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(root, 'file'), 'here');
    writeFileSync(join(outside, 'file'), 'there');
    symlinkSync('file', join(root, 'inside'));
    symlinkSync(join(outside, 'file'), join(root, 'out'));
    const one = reader();
    expect(await one.whole(place(root, 'inside', 'follow'), 4, 'CRC32')).toMatchObject({ kind: 'read' });
    expect(await one.whole(place(root, 'out', 'follow'), 5, 'CRC32')).toEqual({ kind: 'vanished' });
  });

  test('property of many at once: each gets its own bytes', async () => {
    const root = temporaryFolder();
    const one = reader();
    const sizes = Array.from({ length: 300 }, (_, index) => (index * 37) % 5_000);
    for (const [index, size] of sizes.entries()) writeFileSync(join(root, String(index)), Buffer.alloc(size, index));
    const read = await Promise.all(sizes.map((size, index) => one.whole(place(root, String(index)), size, 'CRC32')));
    for (const [index, found] of read.entries()) {
      if (found.kind !== 'read') throw new Error(found.kind);
      expect(found.bytes.equals(Buffer.alloc(sizes[index] ?? 0, index))).toBe(true);
    }
  });
});

describe('a part', () => {
  test('comes from where it lies, and not where the file has become shorter', async () => {
    const root = temporaryFolder();
    const path = join(root, 'a');
    writeFileSync(path, 'aaaabbbbcccc');
    const handle = await open(path);
    onTestFinished(() => handle.close());
    const one = reader();
    const second = await one.part(handle, { number: 2, start: 4, size: 4 }, 'CRC32');
    expect(second).toMatchObject({ kind: 'read', bytes: Buffer.from('bbbb') });
    truncateSync(path, 10);
    expect(await one.part(handle, { number: 3, start: 8, size: 4 }, 'CRC32')).toEqual({ kind: 'changing' });
  });
});

describe('memory that is given back', () => {
  const SIZE = LEAST_KEPT + 1_000;

  /** A file of three letters, SIZE of each. */
  async function abc(): Promise<{
    readonly root: string;
    readonly part: (reader: Reader, at: number) => Promise<Buffer>;
  }> {
    const root = temporaryFolder();
    const path = join(root, 'abc');
    writeFileSync(path, ['a', 'b', 'c'].map((letter) => letter.repeat(SIZE)).join(''));
    const handle = await open(path);
    onTestFinished(() => handle.close());
    const part = async (one: Reader, at: number): Promise<Buffer> => {
      const found = await one.part(handle, { number: at + 1, start: at * SIZE, size: SIZE }, 'CRC32');
      if (found.kind !== 'read') throw new Error(found.kind);
      return found.bytes;
    };
    return { root, part };
  }

  test('serves the next part of that size, with its own bytes', async () => {
    const { part } = await abc();
    const one = reader();
    const first = await part(one, 0);
    expect(first.toString()).toBe('a'.repeat(SIZE));
    one.giveBack(first);
    expect((await part(one, 1)).toString()).toBe('b'.repeat(SIZE));
    expect(first.length, 'it was handed over').toBe(0);
    one.giveBack(Buffer.from('of a pool'));
    one.giveBack(Buffer.alloc(3 * SIZE).subarray(SIZE, 2 * SIZE));
    expect((await part(one, 2)).toString()).toBe('c'.repeat(SIZE));
  });

  test('serves a file that is somewhat smaller, and shows nothing of what was there', async () => {
    const { root, part } = await abc();
    writeFileSync(join(root, 'smaller'), 'z'.repeat(SIZE - 500));
    const one = reader();
    const first = await part(one, 0);
    one.giveBack(first);
    const found = await one.whole(place(root, 'smaller'), SIZE - 500, 'CRC32');
    if (found.kind !== 'read') throw new Error(found.kind);
    expect(first.length, 'it was handed over').toBe(0);
    expect(found.bytes.toString()).toBe('z'.repeat(SIZE - 500));
  });

  test('is let go of where nobody asks for it', async () => {
    const { part } = await abc();
    const one = reader(undefined, 10);
    const first = await part(one, 0);
    one.giveBack(first);
    await sleep(100);
    await part(one, 1);
    expect(first.toString(), 'the second part has memory of its own').toBe('a'.repeat(SIZE));
  });

  test('is kept up to a limit, the oldest let go of', async () => {
    const one = reader();
    const { part } = await abc();
    const first = await part(one, 0);
    one.giveBack(first);
    for (let large = 0; large < 4; large += 1) one.giveBack(Buffer.from(new ArrayBuffer(16 * 1024 * 1024)));
    await part(one, 1);
    expect(first.toString(), 'the second part has memory of its own').toBe('a'.repeat(SIZE));
  });

  test('property of its size: it holds the bytes, with an eighth more at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 * 1024 ** 3 }), (size) => {
        const room = roomFor(size);
        expect(room).toBeGreaterThanOrEqual(size);
        expect(room).toBeLessThanOrEqual(size * 1.125);
        expect(roomFor(room)).toBe(room);
      }),
    );
  });
});

/** A thread's code of its own, beside what it remembers in a file. */
function entryOf(code: string): URL {
  const path = join(temporaryFolder(), 'entry.mjs');
  writeFileSync(path, `import { parentPort, threadId } from 'node:worker_threads';\n${code}`);
  return pathToFileURL(path);
}

describe('a thread', () => {
  test('that ends under a task is begun anew, and the task with it', async () => {
    const root = temporaryFolder();
    const mark = join(root, 'was here');
    const entry = entryOf(`import { existsSync, writeFileSync } from 'node:fs';
      parentPort.on('message', ({ id }) => {
        if (existsSync(${JSON.stringify(mark)})) parentPort.postMessage({ id, answer: { kind: 'vanished' } });
        else { writeFileSync(${JSON.stringify(mark)}, ''); process.exit(1); }
      });`);
    expect(await reader(entry).whole(place(root, 'a'), 0, 'CRC32')).toEqual({ kind: 'vanished' });
    rmSync(mark);
  });

  test('under which the same task ends it twice is not asked a third time', async () => {
    const entry = entryOf(`parentPort.on('message', () => { throw new Error('broken'); });`);
    await expect(reader(entry).whole(place('/', 'a'), 0, 'CRC32')).rejects.toThrow('the reading thread ended');
  });

  test.each([8, 2])('that hangs keeps what comes later from no other one, of %i processors', async (processors) => {
    const entry = entryOf(`parentPort.on('message', ({ id, task }) => {
        if (task.place.path !== 'hangs') parentPort.postMessage({ id, answer: { kind: 'vanished' } });
        else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`);
    const one = reader(entry, undefined, processors);
    const hanging = one.whole(place('/', 'hangs'), 0, 'CRC32').catch((error: unknown) => String(error));
    await sleep(500);
    expect(await Promise.all(['a', 'b', 'c'].map((path) => one.whole(place('/', path), 0, 'CRC32')))).toEqual(
      Array.from({ length: 3 }, () => ({ kind: 'vanished' })),
    );
    await one.stop();
    expect(await hanging).toContain('the reading thread ended');
  });

  test.each([8, 2])('that is slow is asked for nothing twice, of %i processors', async (processors) => {
    const log = join(temporaryFolder(), 'log');
    const entry = entryOf(`import { appendFileSync } from 'node:fs';
      parentPort.on('message', ({ id, task }) => {
        appendFileSync(${JSON.stringify(log)}, task.place.path + ' ');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
        parentPort.postMessage({ id, answer: { kind: 'vanished' } });
      });`);
    const one = reader(entry, undefined, processors);
    await Promise.all(['a', 'b', 'c'].map((path) => one.whole(place('/', path), 0, 'CRC32')));
    expect(readFileSync(log, 'utf8').trim().split(' ').sort()).toEqual(['a', 'b', 'c']);
  });

  test('that hangs keeps nobody waiting once the reader is stopped', async () => {
    const entry = entryOf(`parentPort.on('message', () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`);
    const one = reader(entry, undefined, 2);
    const paths = Array.from({ length: 20 }, (_, index) => String(index));
    const asked = paths.map((path) => one.whole(place('/', path), 0, 'CRC32').catch(() => 'failed'));
    await sleep(500);
    await one.stop();
    expect(await Promise.all(asked)).toEqual(paths.map(() => 'failed'));
  });

  test.each([8, 2])(
    'that takes its time has others beside it where there are processors, of %i',
    async (processors) => {
      const entry = entryOf(`parentPort.on('message', ({ id }) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
        parentPort.postMessage({ id, answer: { kind: 'unreadable', reason: String(threadId) } });
      });`);
      const one = reader(entry, undefined, processors);
      const ask = (path: string): Promise<unknown> => one.whole(place('/', path), 0, 'CRC32');
      await ask('first'); // its thread has begun
      const asked: Promise<unknown>[] = [];
      for (const path of ['a', 'b', 'c']) {
        asked.push(ask(path));
        await sleep(100);
      }
      const ids = (await Promise.all(asked)).map((answer) => (answer as { readonly reason: string }).reason);
      expect(new Set(ids).size > 1).toBe(processors > 2);
    },
  );
});
