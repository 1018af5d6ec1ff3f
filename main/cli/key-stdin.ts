/**
 * A customer key for one run: `--key-stdin NAME`. In: the key from standard input, as a recovery copy, 32 bytes, or their
 * Base64 or hexadecimal. Out: a ring of that one key, which policies name by NAME. It is in memory alone, and gone with
 * the command; an argument or a variable would show it to every program of this computer. Where another engine does the
 * work, that one's own keys count.
 */
import { createHash } from 'node:crypto';
import { failure } from '../contract/errors.ts';
import { ringKeySchema } from '../contract/key-ring.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { keyIn } from '../engine/key-text.ts';
import { NO_RING, ringOf, type Ring } from '../engine/ring.ts';
import { usage, type Invocation } from './command.ts';

export const KEY_OPTION = { 'key-stdin': 'string' } as const;

/** What holds a key is small; what is larger holds none. */
const LARGEST = 64 * 1024;

/** The ring of a command: of the key that is handed to it, or of none. To be called once, since a stream is read once. */
export async function ringFromStdin(
  invocation: Pick<Invocation, 'text'>,
  input: AsyncIterable<Buffer> & { readonly isTTY?: boolean } = process.stdin,
): Promise<Result<Ring>> {
  const name = invocation.text('key-stdin');
  if (name === undefined) return success(NO_RING);
  if (!ringKeySchema.shape.name.safeParse(name).success) return failed(usage('--key-stdin takes the name of a key.'));
  // What is typed at a terminal would stand there to be read.
  if (input.isTTY === true) {
    return failed(usage('--key-stdin reads the key from a file or a program: `cairn … --key-stdin NAME < FILE`.'));
  }
  const bytes = await readSmall(input);
  const key = bytes === null ? null : keyIn(bytes);
  if (key === null) return failed(failure('not-a-key', { path: 'standard input' }));
  const md5 = createHash('md5').update(Buffer.from(key, 'base64')).digest('base64');
  // Whoever hands it over has it somewhere.
  return success(ringOf(() => [{ name, key, md5, confirmed: true }]));
}

/** Null: it is too much. */
async function readSmall(input: AsyncIterable<Buffer>): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of input) {
    pieces.push(Buffer.from(piece));
    size += piece.length;
    if (size > LARGEST) return null;
  }
  return Buffer.concat(pieces);
}
