/** The key that a command reads from its standard input. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { ringFromStdin } from '../../../main/cli/key-stdin.ts';

const asking = (name: string | undefined) => ({ text: () => name });
const stream = (...pieces: readonly Buffer[]) => Readable.from(pieces) as AsyncIterable<Buffer>;

test('is one key by its name, in however many pieces it comes; nothing is read where none was asked for', async () => {
  const key = randomBytes(32);
  const text = Buffer.from(`${key.toString('base64')}\n`);
  const ring = await ringFromStdin(asking('photos'), stream(text.subarray(0, 7), text.subarray(7)));
  if (!ring.ok) throw new Error(ring.failure.message);
  expect(ring.value.byName('photos')).toMatchObject({ value: { SSECustomerKey: key.toString('base64') } });
  expect(ring.value.byName('other')).toMatchObject({ failure: { code: 'ring-key-missing' } });

  const untouched: AsyncIterable<Buffer> = {
    [Symbol.asyncIterator]: () => {
      throw new Error('it was read');
    },
  };
  const none = await ringFromStdin(asking(undefined), untouched);
  expect(none.ok && none.value.byName('photos')).toMatchObject({ failure: { code: 'secret-in-app' } });
});

test('is not taken from a terminal, where it would stand to be read', async () => {
  const terminal = Object.assign(stream(Buffer.alloc(32)), { isTTY: true });
  expect(await ringFromStdin(asking('photos'), terminal)).toMatchObject({ failure: { code: 'usage' } });
});
