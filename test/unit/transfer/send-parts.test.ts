import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { digestOf, type Algorithm } from '../../../main/transfer/digest.ts';
import { openMemory } from '../../../main/transfer/index.ts';
import { sendParts, type UploadRun } from '../../../main/transfer/send-parts.ts';
import type { UploadPart } from '../../../main/store/types.ts';
import { stat } from '../store/support.ts';

interface Given {
  /** The bytes on disk. */
  readonly bytes: string;
  readonly done?: readonly UploadPart[];
  /** Answers a part; by number. */
  readonly answer?: (number: number) => Promise<unknown>;
  readonly readFails?: (position: number) => boolean;
  readonly commit?: () => Promise<void>;
  readonly isEnding?: () => boolean;
}

/** An upload of parts of four bytes, of a file that is read from a text. */
function open(given: Given) {
  const sent: number[] = [];
  let inFlight = 0;
  let most = 0;
  const memory = openMemory(12);
  const run = {
    file: {
      stat: stat({ size: given.bytes.length }),
      handle: {},
    },
    upload: {
      key: 'k',
      path: 'a',
      uploadId: 'u',
      partSize: 4,
      algorithm: 'SHA256',
      checksumType: 'COMPOSITE',
      request: {},
    },
    done: given.done ?? [],
    prepared: { secret: {}, contentMd5: 'auto' },
    signal: new AbortController().signal,
    ports: {
      bucket: 'b',
      memory,
      reader: {
        prepare: () => undefined,
        part: async (_: unknown, { start, size }: { start: number; size: number }, algorithm: Algorithm) => {
          if (given.readFails?.(start) === true) return { kind: 'unreadable', reason: 'EIO' };
          const bytes = Buffer.from(given.bytes).subarray(start, start + size);
          if (bytes.length !== size) return { kind: 'changing' };
          return { kind: 'read', bytes, digests: await digestOf(bytes, algorithm) };
        },
      },
      capabilities: () => ({ checksums: 'returned' }),
      client: {
        send: async (_: string, { PartNumber }: { PartNumber: number }) => {
          inFlight += 1;
          most = Math.max(most, inFlight);
          sent.push(PartNumber);
          try {
            return await (given.answer?.(PartNumber) ?? Promise.resolve(success({ ETag: `"e${String(PartNumber)}"` })));
          } finally {
            inFlight -= 1;
          }
        },
      },
      commit:
        given.commit ??
        ((work: () => void) => {
          work();
          return Promise.resolve();
        }),
      attempts: { addPart: () => undefined },
      onBytes: () => undefined,
      isEnding: () => given.isEnding?.() ?? false,
      onStep: () => undefined,
    },
  };
  return { run: run as unknown as UploadRun, sent, memory, counts: () => ({ inFlight, most }) };
}

test('every part is sent once, in order of reading, and the digests are those of the whole', async () => {
  const { run, sent } = open({ bytes: '0123456789' });
  const whole = await sendParts(run);
  if ('failure' in whole) throw new Error(whole.failure.code);
  expect(sent).toEqual([1, 2, 3]);
  expect(whole.parts.map((part) => [part.number, part.size])).toEqual([
    [1, 4],
    [2, 4],
    [3, 2],
  ]);
  expect(whole.sha256).toBe('84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882');
  expect(whole.checksum).toMatch(/-3$/);
});

test('parts that S3 has are not sent again, unless the file holds something else there by now', async () => {
  const first = open({ bytes: '01234567' });
  const whole = await sendParts(first.run);
  if ('failure' in whole) throw new Error(whole.failure.code);
  const again = open({ bytes: '01234567', done: whole.parts });
  await sendParts(again.run);
  expect(again.sent).toEqual([]);
  const changed = open({ bytes: '0123456X', done: whole.parts });
  await sendParts(changed.run);
  expect(changed.sent).toEqual([2]);
});

test('once Cairn is to end no further part begins, and those under way end and are kept', async () => {
  let isEnding = false;
  const { run, sent, counts } = open({
    bytes: 'x'.repeat(80),
    isEnding: () => isEnding,
    answer: async (number) => {
      if (number === 2) isEnding = true;
      await sleep(1);
      return success({ ETag: 'e' });
    },
  });
  expect(await sendParts(run)).toMatchObject({ failure: { code: 'cancelled' } });
  expect(sent.length).toBeLessThan(6);
  expect(counts().inFlight).toBe(0);
});

test('the room for buffers holds, and all of it is given back', async () => {
  const { run, counts, memory } = open({
    bytes: 'x'.repeat(80),
    answer: async () => {
      await sleep(1);
      return success({ ETag: 'e' });
    },
  });
  await sendParts(run);
  expect(counts().most).toBeLessThanOrEqual(3);
  (await memory.take(12)).giveBack();
});

test('the first failure ends it, and nothing is under way any more when it is told', async () => {
  const { run, sent, counts, memory } = open({
    bytes: 'x'.repeat(80),
    answer: async (number) => {
      await sleep(number === 2 ? 1 : 20);
      return number === 2 ? failed(failure('busy')) : success({ ETag: 'e' });
    },
  });
  const ended = await sendParts(run);
  expect('failure' in ended && ended.failure.code).toBe('busy');
  expect(sent.length).toBeLessThanOrEqual(5);
  expect(counts().inFlight).toBe(0);
  (await memory.take(12)).giveBack();
});

test('a file that has become shorter is changing', async () => {
  const { run } = open({ bytes: '0123456789' });
  const shorter = { ...run, file: { ...run.file, stat: stat({ size: 20 }) } };
  const ended = await sendParts(shorter);
  expect('failure' in ended && ended.failure.code).toBe('file-changing');
});

test('a disk that fails in the middle waits for the parts under way before it is told', async () => {
  const { run, counts, memory } = open({
    bytes: 'x'.repeat(40),
    readFails: (position) => position === 8,
    answer: async () => {
      await sleep(20);
      return success({ ETag: 'e' });
    },
  });
  expect(await sendParts(run)).toMatchObject({ failure: { code: 'file-unreadable', facts: { reason: 'EIO' } } });
  expect(counts().inFlight).toBe(0);
  (await memory.take(12)).giveBack();
});

test('a part that cannot be written down ends the upload with that error, and no promise is left alone', async () => {
  const unhandled: unknown[] = [];
  const listen = (error: unknown): void => {
    unhandled.push(error);
  };
  process.on('unhandledRejection', listen);
  const { run, sent } = open({
    bytes: 'x'.repeat(400),
    commit: () => Promise.reject(new Error('disk full')),
  });
  await expect(sendParts(run)).rejects.toThrow('disk full');
  await sleep(5);
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
  expect(sent.length).toBeLessThan(20);
});
