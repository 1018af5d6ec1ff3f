/** Digests of a file that grows: they are of what lies on the disk in the end, however it came there. */
import { createHash, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { digestOf, type Algorithm } from '../../../main/transfer/digest.ts';
import { openGrowingDigests } from '../../../main/transfer/growing.ts';
import { temporaryFolder } from '../store/support.ts';

async function openFile(content: Buffer) {
  const handle = await open(join(temporaryFolder(), 'file'), 'w+');
  onTestFinished(() => handle.close());
  await handle.write(content, 0, content.length, 0);
  return handle;
}

function growing(fd: number, md5 = false, algorithm: Algorithm | null = null) {
  const digests = openGrowingDigests(fd, md5, algorithm);
  onTestFinished(() => digests.stop());
  return digests;
}

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

test.each<Algorithm | null>([null, 'CRC32', 'CRC64NVME', 'SHA1'])('however it grows, with %s', async (algorithm) => {
  const content = randomBytes(3 * 1024 * 1024 + 5);
  const file = await openFile(content);
  const whole = {
    sha256: sha256Of(content),
    md5: createHash('md5').update(content).digest('hex'),
    checksum: algorithm === null ? null : (await digestOf(content, algorithm)).checksum,
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(content.length), { maxLength: 8 }), async (steps) => {
      const digests = growing(file.fd, true, algorithm);
      for (const to of steps) digests.grown(to);
      expect(await digests.end(content.length)).toEqual(whole);
      await digests.stop();
    }),
    { numRuns: 5 },
  );
});

test('what nothing is known by is not computed', async () => {
  const file = await openFile(Buffer.from('abc'));
  expect(await growing(file.fd).end(3)).toEqual({ sha256: sha256Of(Buffer.from('abc')), md5: null, checksum: null });
});

test('only what was told to be there is read before the end', async () => {
  const file = await openFile(Buffer.from('hello'));
  const digests = growing(file.fd);
  digests.grown(2);
  await file.write(Buffer.from('LLO'), 0, 3, 2);
  expect((await digests.end(5)).sha256).toBe(sha256Of(Buffer.from('heLLO')));
});

test('a file that is shorter than it should be is an error of the disk', async () => {
  const file = await openFile(Buffer.from('hello'));
  await expect(growing(file.fd).end(6)).rejects.toMatchObject({ code: 'EIO', syscall: 'read' });
});

test('one that cannot be read tells the code, and a thread that was stopped is like one', async () => {
  const directory = await open(temporaryFolder(), 'r');
  onTestFinished(() => directory.close());
  await expect(growing(directory.fd).end(1)).rejects.toMatchObject({ code: 'EISDIR', syscall: 'read' });
  const stopped = growing(directory.fd);
  await stopped.stop();
  await expect(stopped.end(1)).rejects.toMatchObject({ code: 'EIO' });
});
