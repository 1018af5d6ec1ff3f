/** Pieces of bytes in, durably at the end of a file out; pieces that wait together share one sync. */
import type { FileHandle } from 'node:fs/promises';

/** Most bytes written with one sync, so that a torn end of a file has a known bound. */
export const MAX_BATCH = 4 * 1024 * 1024;

interface Waiting {
  readonly bytes: Buffer;
  readonly durable: (offset: number) => void;
  readonly failed: (error: unknown) => void;
}

export class Appender {
  readonly #handle: FileHandle;
  #length: number;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #broken: unknown;

  /** `length` is where the file ends now. The appender alone writes to the file from here on. */
  constructor(handle: FileHandle, length: number) {
    this.#handle = handle;
    this.#length = length;
  }

  /** Bytes in the file once all that waits is written. */
  get length(): number {
    return this.#queue.reduce((sum, waiting) => sum + waiting.bytes.length, this.#length);
  }

  /**
   * Appends bytes and resolves with their offset once they are on disk. `applied` is called before that, in the order
   * of the file, so that what is in memory always equals what a replay would give.
   */
  append(bytes: Buffer, applied?: () => void): Promise<number> {
    return new Promise((resolve, reject) => {
      const durable = (offset: number): void => {
        applied?.();
        resolve(offset);
      };
      this.#queue.push({ bytes, durable, failed: reject });
      this.#running ??= this.#run();
    });
  }

  /** Waits until nothing is under way and closes the file. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    await this.#handle.close();
  }

  async #run(): Promise<void> {
    // One turn of the event loop lets requests that are ready join the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#writeBatch(this.#takeBatch());
    this.#running = undefined;
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      if (count > 0 && (bytes + waiting.bytes.length > MAX_BATCH || count === 1000)) break;
      bytes += waiting.bytes.length;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const start = this.#length;
    try {
      if (this.#broken !== undefined) throw new Error('The file cannot be written any more.', { cause: this.#broken });
      const bytes = Buffer.concat(batch.map((waiting) => waiting.bytes));
      for (let written = 0; written < bytes.length;) {
        written += (await this.#handle.write(bytes, written, bytes.length - written, start + written)).bytesWritten;
      }
      await this.#handle.datasync();
    } catch (error) {
      await this.#undo(start);
      for (const waiting of batch) waiting.failed(error);
      return;
    }
    for (const waiting of batch) {
      waiting.durable(this.#length);
      this.#length += waiting.bytes.length;
    }
  }

  /** Takes a half-written batch away. Where that fails too, the end of the file is unknown: nothing more is written. */
  async #undo(start: number): Promise<void> {
    try {
      await this.#handle.truncate(start);
      await this.#handle.datasync();
    } catch (error) {
      this.#broken = error;
    }
  }
}
