import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RelPath } from '../../../main/contract/names.ts';
import { openReader, type Reader } from '../../../main/transfer/reader.ts';
import type { ReadRoom } from '../../../main/transfer/reading.ts';
import type { FilePlace } from '../../../main/transfer/stable.ts';
import { temporaryFolder } from '../store/support.ts';

function reader(entry?: URL, processors?: number): Reader {
  const opened = openReader(entry, processors);
  onTestFinished(() => opened.stop());
  return opened;
}

const fresh = (size: number): ReadRoom => ({ size, memory: null });
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
    const read = await reader().whole(place(root, 'a'), size, 'SHA256', fresh(size));
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
    expect(await reader().whole(place(root, 'a'), 4, 'CRC32', fresh(4))).toMatchObject({
      kind: 'other-size',
      stat: { size: 5 },
    });
  });

  test('that is none any more has vanished: gone, a directory, a link, a pipe', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'directory'));
    writeFileSync(join(root, 'file'), '');
    symlinkSync('file', join(root, 'link'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const one = reader();
    for (const path of ['gone', 'directory', 'link', 'pipe', 'file/below']) {
      expect([path, await one.whole(place(root, path), 0, 'CRC32', fresh(0))]).toEqual([path, { kind: 'vanished' }]);
    }
  });

  test('is read through a link where links are followed, unless it leads out of the folder', async () => {
    const [root, outside] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(root, 'file'), 'here');
    writeFileSync(join(outside, 'file'), 'there');
    symlinkSync('file', join(root, 'inside'));
    symlinkSync(join(outside, 'file'), join(root, 'out'));
    const one = reader();
    expect(await one.whole(place(root, 'inside', 'follow'), 4, 'CRC32', fresh(4))).toMatchObject({ kind: 'read' });
    expect(await one.whole(place(root, 'out', 'follow'), 5, 'CRC32', fresh(5))).toEqual({ kind: 'vanished' });
  });

  test('property of many at once: each gets its own bytes', async () => {
    const root = temporaryFolder();
    const one = reader();
    const sizes = Array.from({ length: 300 }, (_, index) => (index * 37) % 5_000);
    for (const [index, size] of sizes.entries()) writeFileSync(join(root, String(index)), Buffer.alloc(size, index));
    const read = await Promise.all(
      sizes.map((size, index) => one.whole(place(root, String(index)), size, 'CRC32', fresh(size))),
    );
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
    const second = await one.part(handle, { number: 2, start: 4, size: 4 }, 'CRC32', fresh(4));
    expect(second).toMatchObject({ kind: 'read', bytes: Buffer.from('bbbb') });
    truncateSync(path, 10);
    expect(await one.part(handle, { number: 3, start: 8, size: 4 }, 'CRC32', fresh(4))).toEqual({ kind: 'changing' });
  });
});

describe('memory that served before', () => {
  test('takes the bytes, goes from hand to hand without a copy, and shows nothing of what was there', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'a'), 'abc');
    const memory = Buffer.from(new ArrayBuffer(8).transfer()).fill('z').buffer;
    const found = await reader().whole(place(root, 'a'), 3, 'CRC32', { size: 8, memory });
    if (found.kind !== 'read') throw new Error(found.kind);
    expect(memory.byteLength, 'it was handed over').toBe(0);
    expect(found.bytes.toString()).toBe('abc');
    expect(Buffer.from(found.bytes.buffer).toString(), 'the same memory').toBe('abczzzzz');
  });

  test('is as large as was asked for where it is taken anew', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'a'), 'abc');
    const found = await reader().whole(place(root, 'a'), 3, 'CRC32', { size: 8, memory: null });
    if (found.kind !== 'read') throw new Error(found.kind);
    expect([found.bytes.length, found.bytes.buffer.byteLength]).toEqual([3, 8]);
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
    // Its memory ended with the first thread.
    const memory = new ArrayBuffer(8);
    expect(await reader(entry).whole(place(root, 'a'), 0, 'CRC32', { size: 8, memory })).toEqual({ kind: 'vanished' });
    rmSync(mark);
  });

  test('under which the same task ends it twice is not asked a third time', async () => {
    const entry = entryOf(`parentPort.on('message', () => { throw new Error('broken'); });`);
    await expect(reader(entry).whole(place('/', 'a'), 0, 'CRC32', fresh(0))).rejects.toThrow(
      'the reading thread ended',
    );
  });

  test.each([8, 2])('that hangs keeps what comes later from no other one, of %i processors', async (processors) => {
    const entry = entryOf(`parentPort.on('message', ({ id, task }) => {
        if (task.place.path !== 'hangs') parentPort.postMessage({ id, answer: { kind: 'vanished' } });
        else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`);
    const one = reader(entry, processors);
    const hanging = one.whole(place('/', 'hangs'), 0, 'CRC32', fresh(0)).catch((error: unknown) => String(error));
    await sleep(500);
    expect(await Promise.all(['a', 'b', 'c'].map((path) => one.whole(place('/', path), 0, 'CRC32', fresh(0))))).toEqual(
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
    const one = reader(entry, processors);
    await Promise.all(['a', 'b', 'c'].map((path) => one.whole(place('/', path), 0, 'CRC32', fresh(0))));
    expect(readFileSync(log, 'utf8').trim().split(' ').sort()).toEqual(['a', 'b', 'c']);
  });

  test('that hangs keeps nobody waiting once the reader is stopped', async () => {
    const entry = entryOf(`parentPort.on('message', () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`);
    const one = reader(entry, 2);
    const paths = Array.from({ length: 20 }, (_, index) => String(index));
    const asked = paths.map((path) => one.whole(place('/', path), 0, 'CRC32', fresh(0)).catch(() => 'failed'));
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
      const one = reader(entry, processors);
      const ask = (path: string): Promise<unknown> => one.whole(place('/', path), 0, 'CRC32', fresh(0));
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
