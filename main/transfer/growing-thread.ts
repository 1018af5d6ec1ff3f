/** What the thread of a growing file does. In: how far the file has come. Out: digests, once it is whole. */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { openChecksum, type Algorithm } from './digest.ts';
import { codeOf } from './stable.ts';

/** MD5 and SHA-256 in hex, the checksum as S3 writes it; null: was not asked for. */
export interface WholeDigests {
  readonly sha256: string;
  readonly md5: string | null;
  readonly checksum: string | null;
}

export interface GrowingFile {
  readonly fd: number;
  readonly md5: boolean;
  readonly algorithm: Algorithm | null;
}

export interface Growth {
  /** Bytes from the beginning. */
  readonly to: number;
  readonly isAll: boolean;
}

export type GrowingAnswer =
  | { readonly kind: 'done'; readonly digests: WholeDigests }
  /** @param code of the file system. */
  | { readonly kind: 'failed'; readonly code: string };

const PIECE = 1024 * 1024;

/** Answers once. */
export async function digestGrowing(port: MessagePort, { fd, md5: isMd5, algorithm }: GrowingFile): Promise<void> {
  const sha256 = createHash('sha256');
  const md5 = isMd5 ? createHash('md5') : null;
  const checksum = algorithm === null ? null : await openChecksum(algorithm);
  const piece = Buffer.allocUnsafeSlow(PIECE);
  let at = 0;
  const read = (to: number): void => {
    while (at < to) {
      const count = readSync(fd, piece, 0, Math.min(PIECE, to - at), at);
      // Somebody made it shorter.
      if (count === 0) throw Object.assign(new Error('shorter'), { code: 'EIO' });
      const bytes = piece.subarray(0, count);
      sha256.update(bytes);
      md5?.update(bytes);
      checksum?.update(bytes);
      at += count;
    }
  };
  port.on('message', ({ to, isAll }: Growth) => {
    let answer: GrowingAnswer | null = null;
    try {
      read(to);
      if (isAll) {
        answer = {
          kind: 'done',
          digests: {
            sha256: sha256.digest('hex'),
            md5: md5?.digest('hex') ?? null,
            checksum: checksum?.digest().toString('base64') ?? null,
          },
        };
      }
    } catch (error) {
      answer = { kind: 'failed', code: codeOf(error) };
    }
    if (answer === null) return;
    port.postMessage(answer);
    port.close();
  });
}
