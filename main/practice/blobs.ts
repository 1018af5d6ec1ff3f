/**
 * Bytes in, segments of files out, and back. Small bodies share pack files, so that one sync serves many; large ones
 * stream into files of their own. Names are random: no key ever becomes a file name. A file goes when nothing uses it.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Appender } from './appender.ts';
import { makeFolder, syncFolder } from './folders.ts';
import type { Segment } from './model.ts';
import type { SegmentUse } from './state.ts';

/** Bodies up to this size go into packs. */
const SMALL = 256 * 1024;
/** A pack is closed when it has grown to this. */
const PACK_SIZE = 64 * 1024 * 1024;
/** Bytes of a large body written at once. */
const WRITE_SIZE = 1024 * 1024;
/** Bytes read at once when a body is served. */
const READ_SIZE = 512 * 1024;
const PACK = '.pack';

interface Pack {
  readonly file: string;
  readonly appender: Appender;
}

/** Stored bytes that are kept until `release`, whatever else happens to them. */
export interface Stored {
  readonly segments: readonly Segment[];
  readonly size: number;
  release(): void;
}

export class Blobs implements SegmentUse {
  readonly #folder: string;
  /** How many segments, writers and readers use a file. */
  readonly #uses = new Map<string, number>();
  readonly #removals = new Set<Promise<void>>();
  readonly #open = new Map<string, Promise<FileHandle>>();
  readonly #fanOut = new Map<string, Promise<void>>();
  #pack: Promise<Pack> | undefined;
  #serving = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  retain(segments: readonly Segment[]): void {
    for (const { file } of segments) this.#uses.set(file, (this.#uses.get(file) ?? 0) + 1);
  }

  release(segments: readonly Segment[]): void {
    for (const { file } of segments) {
      const left = (this.#uses.get(file) ?? 0) - 1;
      if (left > 0) this.#uses.set(file, left);
      else {
        this.#uses.delete(file);
        // During the replay a later line may use the file again; what is left over is swept afterwards.
        if (this.#serving) this.#remove(file);
      }
    }
  }

  /** Ends the replay: removes every file that nothing uses, such as those of writes that were cut short. */
  async sweep(): Promise<void> {
    await makeFolder(this.#folder);
    for (const folder of await readdir(this.#folder)) {
      for (const name of await readdir(join(this.#folder, folder))) {
        const file = `${folder}/${name}`;
        if (!this.#uses.has(file)) await rm(this.#path(file), { force: true });
      }
    }
    this.#serving = true;
  }

  /** Sizes of all packs on disk, by file. */
  async packSizes(): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    for (const file of this.#uses.keys()) {
      if (file.endsWith(PACK)) sizes.set(file, (await stat(this.#path(file))).size);
    }
    return sizes;
  }

  /** Stores a body durably. `seen` gets every piece in order. Leaves nothing behind where `source` throws. */
  async write(source: AsyncIterable<Buffer>, seen: (piece: Buffer) => void): Promise<Stored> {
    const pieces: Buffer[] = [];
    let length = 0;
    let large: LargeFile | undefined;
    try {
      for await (const piece of source) {
        seen(piece);
        length += piece.length;
        if (large !== undefined) await large.write(piece);
        else {
          pieces.push(piece);
          if (length > SMALL) {
            large = await this.#beginLarge();
            await large.write(Buffer.concat(pieces.splice(0)));
          }
        }
      }
      if (large === undefined) return await this.#writeSmall(Buffer.concat(pieces));
      await large.finish();
    } catch (error) {
      await large?.discard();
      throw error;
    }
    await syncFolder(join(this.#folder, large.file.slice(0, 2)));
    return this.hold([{ file: large.file, offset: 0, length }], length);
  }

  /** Bytes of the segments from `start` up to, not including, `end`; offsets within the whole. */
  async *read(segments: readonly Segment[], start: number, end: number): AsyncGenerator<Buffer, void> {
    this.retain(segments);
    try {
      let before = 0;
      for (const { file, offset, length } of segments) {
        const from = Math.max(start - before, 0);
        const to = Math.min(end - before, length);
        before += length;
        if (from >= to) continue;
        const { handle, close } = await this.#reader(file);
        try {
          for (let at = from; at < to;) {
            const size = Math.min(READ_SIZE, to - at);
            const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(size), 0, size, offset + at);
            if (bytesRead === 0) throw new Error(`The file ${file} is shorter than it should be.`);
            at += bytesRead;
            yield buffer.subarray(0, bytesRead);
          }
        } finally {
          await close();
        }
      }
    } finally {
      this.release(segments);
    }
  }

  async close(): Promise<void> {
    const pack = await this.#pack?.catch(() => undefined);
    await pack?.appender.close();
    for (const handle of this.#open.values()) await (await handle.catch(() => undefined))?.close();
    await Promise.all(this.#removals);
  }

  /** Keeps segments until they are released, whatever else happens to them. */
  hold(segments: readonly Segment[], size: number): Stored {
    this.retain(segments);
    let held = true;
    const release = (): void => {
      if (held) this.release(segments);
      held = false;
    };
    return { segments, size, release };
  }

  async #writeSmall(bytes: Buffer): Promise<Stored> {
    if (bytes.length === 0) return this.hold([], 0);
    let pack = await (this.#pack ??= this.#openPack());
    if (pack.appender.length > PACK_SIZE) pack = await this.#rollPack(pack);
    // Held while it is written, so that the pack cannot go because all else in it went.
    const writing: Segment[] = [{ file: pack.file, offset: 0, length: 0 }];
    this.retain(writing);
    try {
      const offset = await pack.appender.append(bytes);
      return this.hold([{ file: pack.file, offset, length: bytes.length }], bytes.length);
    } finally {
      this.release(writing);
    }
  }

  async #openPack(): Promise<Pack> {
    const { file, handle } = await this.#create(PACK);
    await syncFolder(join(this.#folder, file.slice(0, 2)));
    this.retain([{ file, offset: 0, length: 0 }]);
    return { file, appender: new Appender(handle, 0) };
  }

  async #rollPack(full: Pack): Promise<Pack> {
    const current = await this.#pack;
    // Another writer may have rolled it already.
    if (current !== undefined && current !== full) return current;
    const next = this.#openPack();
    this.#pack = next;
    const made = await next;
    await full.appender.close();
    this.release([{ file: full.file, offset: 0, length: 0 }]);
    return made;
  }

  async #beginLarge(): Promise<LargeFile> {
    const { file, handle } = await this.#create('');
    return new LargeFile(file, handle, () => rm(this.#path(file), { force: true }));
  }

  async #create(suffix: string): Promise<{ readonly file: string; readonly handle: FileHandle }> {
    const id = randomBytes(16).toString('hex');
    const folder = id.slice(0, 2);
    let made = this.#fanOut.get(folder);
    if (made === undefined) {
      made = makeFolder(join(this.#folder, folder));
      this.#fanOut.set(folder, made);
    }
    await made.catch((error: unknown) => {
      this.#fanOut.delete(folder);
      throw error;
    });
    const file = `${folder}/${id}${suffix}`;
    return { file, handle: await open(this.#path(file), 'wx', 0o600) };
  }

  /** A handle for reading: packs stay open, since many share them; other files are open as long as they are read. */
  async #reader(file: string): Promise<{ readonly handle: FileHandle; readonly close: () => Promise<void> }> {
    if (file.endsWith(PACK)) return { handle: await this.#openForReading(file), close: () => Promise.resolve() };
    const handle = await open(this.#path(file), 'r');
    return { handle, close: () => handle.close() };
  }

  #openForReading(file: string): Promise<FileHandle> {
    const known = this.#open.get(file);
    if (known !== undefined) return known;
    const opened = open(this.#path(file), 'r');
    this.#open.set(file, opened);
    opened.catch(() => this.#open.delete(file));
    return opened;
  }

  #remove(file: string): void {
    const removal = this.#closeAndRemove(file).finally(() => {
      this.#removals.delete(removal);
    });
    this.#removals.add(removal);
  }

  async #closeAndRemove(file: string): Promise<void> {
    const handle = this.#open.get(file);
    this.#open.delete(file);
    await (await handle?.catch(() => undefined))?.close();
    // A file that stays is only space: the next start sweeps it.
    await rm(this.#path(file), { force: true }).catch(() => undefined);
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }
}

/** A file that takes one large body: while some of it is written, the next is received and digested. */
class LargeFile {
  readonly file: string;
  readonly #handle: FileHandle;
  readonly #remove: () => Promise<void>;
  #pieces: Buffer[] = [];
  #waiting = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string, handle: FileHandle, remove: () => Promise<void>) {
    this.file = file;
    this.#handle = handle;
    this.#remove = remove;
  }

  /** Takes a piece, which must not change any more. Waits only where an earlier write is not done yet. */
  async write(piece: Buffer): Promise<void> {
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    if (this.#waiting >= WRITE_SIZE) await this.#flush();
  }

  async finish(): Promise<void> {
    await this.#flush();
    await this.#writing;
    await this.#handle.datasync();
    await this.#handle.close();
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle.close().catch(() => undefined);
    await this.#remove().catch(() => undefined);
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#waiting = 0;
    this.#writing = this.#writeAll(pieces);
    // Whoever waits for it next hears of a failure; until then it must not count as unhandled.
    this.#writing.catch(() => undefined);
  }

  async #writeAll(pieces: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(pieces);
    for (let written = 0; written < bytes.length;) {
      written += (await this.#handle.write(bytes, written)).bytesWritten;
    }
  }
}
