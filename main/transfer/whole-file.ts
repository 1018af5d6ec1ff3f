/** Digests of a file that is only read. In: an open file. Out: its digests; whether it is still the same is for the caller to ask. */
import { createHash } from 'node:crypto';
import { failure, FailureError } from '../contract/errors.ts';
import { openChecksum, type Algorithm, type Digests } from './digest.ts';
import { readFully, type OpenFile } from './stable.ts';
import type { TransferPorts } from './types.ts';

/** How much is read at a time, bytes. */
const BUFFER = 4 * 1024 * 1024;

export async function sha256OfFile(file: OpenFile, ports: TransferPorts, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await eachPiece(file, ports, signal, (bytes) => {
    hash.update(bytes);
  });
  return hash.digest('hex');
}

/** All that an answer of the store may be held against. */
export async function digestsOfFile(
  file: OpenFile,
  algorithm: Algorithm,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Digests> {
  const [sha256, md5, checksum] = [createHash('sha256'), createHash('md5'), await openChecksum(algorithm)];
  await eachPiece(file, ports, signal, (bytes) => {
    sha256.update(bytes);
    md5.update(bytes);
    checksum.update(bytes);
  });
  return { sha256: sha256.digest('hex'), md5: md5.digest(), checksum: checksum.digest().toString('base64') };
}

async function eachPiece(
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
  take: (bytes: Buffer) => void,
): Promise<void> {
  const size = Math.min(BUFFER, file.stat.size);
  const room = await ports.memory.take(size);
  const memory = room.memory ?? new ArrayBuffer(room.size);
  try {
    const buffer = Buffer.from(memory, 0, size);
    for (let position = 0; position < file.stat.size;) {
      if (signal.aborted) throw new FailureError(failure('cancelled'));
      const length = await readFully(file.handle, buffer, position);
      if (length === 0) break;
      take(buffer.subarray(0, length));
      position += length;
    }
  } finally {
    room.giveBack(memory);
  }
}
