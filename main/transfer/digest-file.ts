/** A file's digests, to be held against an object that is there. In: a path, and what is wanted. Out: all of it in one reading. */
import { createHash } from 'node:crypto';
import { failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { FileDigests, WantedDigests } from '../history/match.ts';
import type { FileStat } from '../store/types.ts';
import {
  compositeChecksum,
  isAlgorithm,
  multipartEtag,
  openChecksum,
  type Algorithm,
  type RunningChecksum,
} from './digest.ts';
import { isStill, openStable, readFully, unreadable, type FilePlace } from './stable.ts';

/** How much is read at a time, bytes. */
const BUFFER = 1024 * 1024;

export interface DigestedFile {
  readonly stat: FileStat;
  readonly digests: FileDigests;
}

/** Fails with `file-unreadable` where the file is gone, and with `file-changing` where it changes meanwhile. */
export async function digestFile(
  place: FilePlace,
  wanted: WantedDigests,
  signal?: AbortSignal,
): Promise<Result<DigestedFile>> {
  const { path } = place;
  const opened = await openStable(place);
  if ('vanished' in opened) return failed(failure('file-unreadable', { path, reason: reason('not-there') }));
  if (!opened.ok) return opened;
  const file = opened.value;
  try {
    const running = await openDigests(wanted);
    const buffer = Buffer.allocUnsafe(Math.min(BUFFER, Math.max(1, file.stat.size)));
    let position = 0;
    for (;;) {
      if (signal?.aborted === true) return failed(failure('cancelled'));
      const length = await readFully(file.handle, buffer, position);
      if (length === 0) break;
      await running.update(buffer.subarray(0, length));
      position += length;
    }
    if (position !== file.stat.size || !(await isStill(file))) {
      return failed(failure('file-changing', { path }));
    }
    return success({ stat: file.stat, digests: await running.end() });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return failed(unreadable(error, path));
    throw error;
  } finally {
    await file.handle.close();
  }
}

interface RunningDigests {
  update(bytes: Buffer): Promise<void>;
  end(): Promise<FileDigests>;
}

async function openDigests({ partSizes, algorithms, composites }: WantedDigests): Promise<RunningDigests> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  const names = algorithms.filter(isAlgorithm);
  const whole = await Promise.all(names.map(async (name) => [name, await openChecksum(name)] as const));
  const etags = partSizes.map((size) => new PartEtag(size));
  const wantedComposites = composites.filter(isAlgorithm);
  const split = wantedComposites.flatMap((name) =>
    partSizes.map((size) => ({ name, parts: new PartChecksums(name, size) })),
  );
  return {
    async update(bytes) {
      sha256.update(bytes);
      md5.update(bytes);
      for (const [, checksum] of whole) checksum.update(bytes);
      for (const parts of etags) await parts.update(bytes);
      for (const { parts } of split) await parts.update(bytes);
    },
    async end() {
      const found = new Map<string, string[]>();
      for (const { name, parts } of split) {
        found.set(name, [...(found.get(name) ?? []), await parts.end()]);
      }
      return {
        sha256: sha256.digest('hex'),
        md5: md5.digest('hex'),
        etags: new Map(etags.map((parts) => [parts.size, parts.end()])),
        checksums: new Map(whole.map(([name, checksum]) => [name, checksum.digest().toString('base64')])),
        composites: found,
      };
    },
  };
}

/** Hands bytes on in pieces that end where parts end. */
async function inParts(
  bytes: Buffer,
  size: number,
  filled: number,
  take: (piece: Buffer, endsPart: boolean) => Promise<void> | void,
): Promise<number> {
  let within = filled;
  for (let at = 0; at < bytes.length;) {
    const piece = bytes.subarray(at, at + Math.min(bytes.length - at, size - within));
    at += piece.length;
    within += piece.length;
    await take(piece, within === size);
    if (within === size) within = 0;
  }
  return within;
}

/** The ETag of an upload in parts of one size. */
class PartEtag {
  readonly size: number;
  #filled = 0;
  #md5 = createHash('md5');
  readonly #done: Buffer[] = [];

  constructor(size: number) {
    this.size = size;
  }

  async update(bytes: Buffer): Promise<void> {
    this.#filled = await inParts(bytes, this.size, this.#filled, (piece, endsPart) => {
      this.#md5.update(piece);
      if (endsPart) this.#endPart();
    });
  }

  #endPart(): void {
    this.#done.push(this.#md5.digest());
    this.#md5 = createHash('md5');
  }

  end(): string {
    if (this.#filled > 0) this.#endPart();
    return multipartEtag(this.#done);
  }
}

/** The checksum of the checksums of parts of one size. */
class PartChecksums {
  readonly #algorithm: Algorithm;
  readonly #size: number;
  #filled = 0;
  #running: RunningChecksum | null = null;
  readonly #done: string[] = [];

  constructor(algorithm: Algorithm, size: number) {
    this.#algorithm = algorithm;
    this.#size = size;
  }

  async update(bytes: Buffer): Promise<void> {
    this.#filled = await inParts(bytes, this.#size, this.#filled, async (piece, endsPart) => {
      this.#running ??= await openChecksum(this.#algorithm);
      this.#running.update(piece);
      if (endsPart) this.#endPart();
    });
  }

  #endPart(): void {
    if (this.#running === null) return;
    this.#done.push(this.#running.digest().toString('base64'));
    this.#running = null;
  }

  end(): Promise<string> {
    this.#endPart();
    return compositeChecksum(this.#algorithm, this.#done);
  }
}
